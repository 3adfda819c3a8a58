"""What a program answers, and how it gets there: one numpy implementation.

Inputs come as blocks of one length (`tpdebug.inputs`); one input is a block of one.
Inside, a categorical variable holds the *index* of its value and a numerical one the
count itself, int64 `[inputs, positions]`. Scores are int64, so sums are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from tpdebug.inputs import BLOCK, Letters, encode, with_specials
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    Head,
    LookupTable,
    NumericalHead,
    Rule,
    Value,
    Variable,
)
from tpdebug.program import Program

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Trace:
    """Everything that happens while a program answers a block of inputs.

    Attributes:
        program: the program that ran.
        variables: each variable at each position: value index (categorical) or
            count (numerical), `[inputs, positions]`.
        attended: the position that each categorical head read, `[inputs, positions]`.
        matches: for each head, which keys match: bool `[inputs, queries, keys]`.
        cells: for each table, the flat index of the entry it used.
        scores: `[inputs, positions, classes]`; pooled `[inputs, 1, classes]`.
    """

    program: Program
    variables: Mapping[str, Ints]
    attended: Mapping[str, Ints]
    matches: Mapping[str, Bools]
    cells: Mapping[str, Ints]
    scores: Ints

    @cached_property
    def answers(self) -> Ints:
        """The class index at each letter `[inputs, letters]`; pooled `[inputs, 1]`.

        Of classes with equal scores the first wins.
        """
        answers: Ints = self.scores.argmax(axis=-1)
        pooled = self.program.classifier.pooled
        return answers if pooled else answers[:, self.program.domain.letters]

    def value(self, variable: str, row: int, position: int) -> Value:
        """The value of a variable for one input at one position."""
        found = int(self.variables[variable][row, position])
        known = self.program.variables[variable]
        return found if known.numerical else known.values[found]

    def rules(self, row: int, position: int) -> Iterator[Rule]:
        """Yield the rules that decide the variables and scores at one position."""
        for node in self.program.nodes:
            if isinstance(node, CategoricalHead | NumericalHead):
                query = self.value(node.query, row, position)
                yield Rule("case", node.name, (query,))
            elif isinstance(node, LookupTable):
                key = tuple(self.value(name, row, position) for name in node.inputs)
                yield Rule("entry", node.name, key)
        for score in self.program.classifier.rows:
            if score.value is None:
                yield Rule("score", score.variable, ())
            elif score.value == self.value(score.variable, row, position):
                yield Rule("score", score.variable, (score.value,))


class Evaluator:
    """A program turned into arrays once, to be applied to many blocks."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.match = {
            node.name: _match_matrix(program, node)
            for node in program.nodes
            if isinstance(node, CategoricalHead | NumericalHead)
        }
        self.table = {
            node.name: _table_array(program, node)
            for node in program.nodes
            if isinstance(node, LookupTable)
        }
        self.rows = _score_arrays(program)

    def answers(self, letters: Letters) -> Ints:
        """Return the class index answered at each letter `[inputs, letters]`.

        A pooled program gives one answer for each input: `[inputs, 1]`.
        """
        return self.trace(letters).answers

    def trace(self, letters: Letters) -> Trace:
        """Evaluate a block and keep everything.

        Args:
            letters: letter indices `[inputs, letters]`, all of one length.
        """
        program = self.program
        tokens = with_specials(program.domain, letters).astype(np.int64)
        values: dict[str, Ints] = {
            "tokens": tokens,
            "positions": np.broadcast_to(np.arange(tokens.shape[1]), tokens.shape),
            "ones": np.ones_like(tokens),
        }
        attended: dict[str, Ints] = {}
        matches: dict[str, Bools] = {}
        cells: dict[str, Ints] = {}
        for node in program.nodes:
            match node:
                case CategoricalHead(name=name):
                    matches[name] = self._matches(node, values)
                    attended[name] = closest(matches[name])
                    source = values[node.value]
                    values[name] = np.take_along_axis(source, attended[name], axis=1)
                case NumericalHead(name=name):
                    matches[name] = self._matches(node, values)
                    source = values[node.value]
                    values[name] = np.einsum("bqk,bk->bq", matches[name], source)
                case LookupTable(name=name):
                    cells[name] = self._cells(node, values)
                    values[name] = self.table[name][cells[name]]
                case Embedding():
                    for i, name in enumerate(node.names):
                        codes = self._codes(node, i)
                        values[name] = codes[tokens]
        scores = self._scores(values)
        return Trace(program, values, attended, matches, cells, scores)

    def _matches(self, head: Head, values: Mapping[str, Ints]) -> Bools:
        matrix = self.match[head.name]
        query, key = values[head.query], values[head.key]
        found = matrix[query[:, :, None], key[:, None, :]]
        if self.program.domain.causal:
            found &= np.tri(query.shape[1], dtype=bool)
        return found

    def _cells(self, table: LookupTable, values: Mapping[str, Ints]) -> Ints:
        flat = np.zeros_like(values["tokens"])
        for name in table.inputs:
            known = self.program.variables[name].values
            first = known[0] if self.program.variables[name].numerical else 0
            flat = flat * len(known) + (values[name] - int(first))
        return flat

    def _codes(self, node: Embedding, column: int) -> Ints:
        place = _places(self.program.variables[node.names[column]])
        return np.array([place[row[column]] for row in node.codes])

    def _scores(self, values: Mapping[str, Ints]) -> Ints:
        width = len(self.program.classifier.classes)
        total = np.zeros((*values["tokens"].shape, width), dtype=np.int64)
        for name, rows in self.rows.items():
            if self.program.variables[name].numerical:
                total += values[name][..., None] * rows[0]
            else:
                total += rows[values[name]]
        pooled = self.program.classifier.pooled
        return total.sum(axis=1, keepdims=True) if pooled else total


def closest(matches: Bools) -> Ints:
    """Return the nearest match of each query `[..., queries]`: `select_closest`.

    Of two equally near the left; itself only if nothing else matches; else 0.

    Args:
        matches: bool `[..., queries, keys]`, queries and keys being positions.
    """
    places = np.arange(matches.shape[-1])
    distance = np.abs(places[:, None] - places)
    order = 2 * distance + (places > places[:, None])  # at equal distance left first
    np.fill_diagonal(order, 2 * len(places))
    best: Ints = np.where(matches, order, 2 * len(places) + 1).argmin(axis=-1)
    return best


def answers(program: Program, inputs: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return the answers of a program for any list of inputs, in order.

    Raises:
        DomainError: an input is too short, too long, or has an unknown letter.
    """
    evaluator = Evaluator(program)
    classes = program.classifier.classes
    by_length: dict[int, list[tuple[int, Sequence[str]]]] = {}
    for place, letters in enumerate(inputs):
        accepted = program.domain.accept(letters)
        by_length.setdefault(len(accepted), []).append((place, accepted))
    found: dict[int, tuple[str, ...]] = {}
    for rows in by_length.values():
        for start in range(0, len(rows), BLOCK):
            part = rows[start : start + BLOCK]
            block = encode(program.domain, [letters for _, letters in part])
            for (place, _), row in zip(part, evaluator.answers(block), strict=True):
                found[place] = tuple(classes[i] for i in row)
    return [found[place] for place in sorted(found)]


def _places(variable: Variable) -> dict[Value | None, int]:
    """The index of each value of a variable."""
    return {value: i for i, value in enumerate(variable.values)}


def _match_matrix(program: Program, head: Head) -> Bools:
    """The predicate as bool `[query values, key values]`."""
    queries = _places(program.variables[head.query])
    keys = _places(program.variables[head.key])
    matrix = np.zeros((len(queries), len(keys)), dtype=bool)
    for query, wanted in head.predicate.cases:
        matrix[queries[query], [keys[key] for key in wanted]] = True
    return matrix


def _table_array(program: Program, table: LookupTable) -> Ints:
    """The table as output indices, flat over the product of its inputs."""
    places = [_places(program.variables[name]) for name in table.inputs]
    code = _places(program.variables[table.name])
    array = np.full([len(p) for p in places], code[table.default], dtype=np.int64)
    for key, output in table.entries:
        array[tuple(p[v] for p, v in zip(places, key, strict=True))] = code[output]
    return array.reshape(-1)


def _score_arrays(program: Program) -> dict[str, Ints]:
    """Score rows `[values, classes]` of each scored variable (numerical: one row)."""
    width = len(program.classifier.classes)
    arrays: dict[str, Ints] = {}
    for name, rows in groupby(program.classifier.rows, lambda row: row.variable):
        variable = program.variables[name]
        places = _places(variable)
        if variable.numerical:
            places = {None: 0}  # one row, which no value owns
        arrays[name] = np.zeros((len(places), width), np.int64)
        for row in rows:
            arrays[name][places[row.value]] = row.scores
    return arrays
