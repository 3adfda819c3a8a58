"""What a program answers, and how it gets there: one numpy implementation.

A block of inputs of one length is evaluated column by column (`tpdebug.columns`): each
variable at each position, in evaluation order. A categorical variable holds the *index*
of its value, a numerical one the count itself. Scores are int64, so sums are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tpdebug.columns import Column, stack
from tpdebug.evaluate.attention import Matcher, nearest, read_at
from tpdebug.evaluate.codes import index_of, kind_of, size_of
from tpdebug.evaluate.preferences import Chooser
from tpdebug.evaluate.scores import Scorer, join, winners
from tpdebug.evaluate.trace import Trace
from tpdebug.inputs import BLOCK, Letters, columns_of, delimited, encode
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    Embedding,
    Head,
    Key,
    LookupTable,
    Node,
    NumericalHead,
    Preference,
    Tie,
    Value,
    outputs_of,
)
from tpdebug.program import Program

__all__ = ["Evaluation", "Evaluator", "Trace", "answers"]

Ints = NDArray[np.int64]


@dataclass
class Evaluation:
    """What a program does with a block of inputs, as columns.

    Attributes:
        values: each variable at each position.
        attended: the position that each categorical head read, at each position.
        scores: the score of each class at each position; pooled: once, for all.
    """

    values: dict[str, list[Column]]
    attended: dict[str, list[Column]] = field(default_factory=dict)
    scores: list[list[Column]] = field(default_factory=list)


class Evaluator:
    """A program turned into arrays once, to be applied to many blocks."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.kinds = {
            name: kind_of(variable) for name, variable in program.variables.items()
        }
        self.tables = {
            node.name: self._table_array(node)
            for node in program.nodes
            if isinstance(node, LookupTable)
        }
        self.codes: dict[str, Column] = {}
        for node in program.nodes:
            if isinstance(node, Embedding):
                self.codes |= self._code_arrays(node)
        self.matchers: dict[str, Matcher] = {}
        self.choosers: dict[str, Chooser] = {}
        self.ties: dict[str, Tie] = {}
        for node in program.nodes:
            if isinstance(node, CategoricalHead | NumericalHead):
                self._look(node)
        self.scorer = Scorer(program)
        self.given: dict[str, tuple[str | None, Column]] = {}
        self.counting = [n.name for n in program.nodes if isinstance(n, NumericalHead)]

    def evaluate(self, letters: Sequence[Column]) -> Evaluation:
        """Evaluate a block of inputs of one length.

        Args:
            letters: a column of letter indices for each letter.
        """
        done = self.begin(letters)
        self.resume(done, self.program.nodes)
        return done

    def begin(self, letters: Sequence[Column]) -> Evaluation:
        """What every program starts from: tokens, positions and ones."""
        delimiting = delimited(self.program.domain, letters)
        tokens = [column.astype(self.kinds["tokens"]) for column in delimiting]
        done = Evaluation({"tokens": tokens})
        done.values["positions"] = [
            np.full(1, p, self.kinds["positions"]) for p in range(len(tokens))
        ]
        done.values["ones"] = [np.ones(1, np.uint8) for _ in tokens]
        return done

    def resume(self, done: Evaluation, nodes: Iterable[Node]) -> None:
        """Compute what some nodes write, and then the scores again.

        Args:
            done: the values of everything that these nodes read and do not write; what
                they write is added, or replaced.
            nodes: some of the program, in evaluation order.
        """
        self.compute(done, nodes)
        done.scores = self._scores(done, range(len(done.values["tokens"])))

    def compute(self, done: Evaluation, nodes: Iterable[Node]) -> None:
        """Compute what some nodes write, and leave the scores: see `resume`."""
        for node in nodes:
            names = outputs_of(node)
            if not self.given.keys() >= set(names):
                self._apply(node, done)
            for name in self.given.keys() & set(names):
                self._give(name, done)

    def answered(self, done: Evaluation) -> Iterator[Column]:
        """The class index at each letter, from the values of what is scored.

        The scores of a letter are not computed before it is asked for, and where no
        letter stands nothing is scored, so this is faster than `resume`.
        """
        places = range(len(done.values["tokens"]))
        if self.program.classifier.pooled:
            yield from (winners(t)[0] for t in self._scores(done, places))
            return
        for place in places[self.program.domain.letters]:
            yield winners(self.scorer.totals(done.values, place))[0]

    def _scores(self, done: Evaluation, places: Sequence[int]) -> list[list[Column]]:
        """The score of each class at some positions; pooled: once, for all."""
        totals = [self.scorer.totals(done.values, p) for p in places]
        if not self.program.classifier.pooled:
            return totals
        size = max(len(column) for row in totals for column in row)
        sums = (
            stack([row[c] for row in totals], size).sum(axis=1)
            for c in range(self.scorer.classes)
        )
        return [list(sums)]

    def with_head(self, head: Head) -> Evaluator:
        """The same with another predicate, preference or tie policy in one head.

        It must write the variable of the head that it replaces. `program` stays.
        """
        other = copy(self)
        other.choosers, other.matchers = dict(self.choosers), dict(self.matchers)
        other.ties = dict(self.ties)
        other._look(head)
        return other

    def with_table(self, table: LookupTable) -> Evaluator:
        """The same with other outputs of a table, which it must have already.

        It reads the same variables. `program` stays.
        """
        other = copy(self)
        other.tables = self.tables | {table.name: self._table_array(table)}
        return other

    def with_entry(self, table: LookupTable, key: Key, output: Value) -> Evaluator:
        """The same with another output for one tuple of input values of a table.

        It must be one that the table has already. `program` stays.
        """
        other = copy(self)
        array = self.tables[table.name].copy()
        place = 0
        for name, value in zip(table.inputs, key, strict=True):
            variable = self.program.variables[name]
            place = place * size_of(variable) + index_of(variable)[value]
        array[place] = index_of(self.program.variables[table.name])[output]
        other.tables = self.tables | {table.name: array}
        return other

    def with_given(self, name: str, source: str | None, codes: Column) -> Evaluator:
        """The same, where what is written to a variable is not computed.

        Args:
            name: the variable.
            source: a variable before it that it is read off at each position; None: it
                is the same everywhere.
            codes: its number for each number of that one; or the one that it always is.
        """
        other = copy(self)
        other.given = self.given | {name: (source, codes.astype(self.kinds[name]))}
        return other

    def with_scores(self, classifier: Classifier) -> Evaluator:
        """The same with other scores, for variables of this program."""
        other = copy(self)
        other.scorer = Scorer(self.program, classifier)
        return other

    def answer(self, letters: Sequence[Column]) -> list[tuple[Column, Column]]:
        """The class index and its lead at each letter; pooled: one pair in all."""
        return self.winners(self.evaluate(letters))

    def winners(self, done: Evaluation) -> list[tuple[Column, Column]]:
        """The class index and its lead at each letter of an evaluated block."""
        scores = done.scores
        if not self.program.classifier.pooled:
            scores = scores[self.program.domain.letters]
        return [winners(totals) for totals in scores]

    def answers(self, letters: Letters) -> Ints:
        """Return the class index answered at each letter `[inputs, letters]`.

        A pooled program gives one answer for each input: `[inputs, 1]`.
        """
        found = self.answer(columns_of(letters))
        return stack([answer for answer, _ in found], len(letters))

    def trace(self, letters: Letters) -> Trace:
        """Evaluate a block and keep everything, one row an input.

        Args:
            letters: letter indices `[inputs, letters]`, all of one length.
        """
        size = len(letters)
        done = self.evaluate(columns_of(letters))
        scores = [stack(totals, size) for totals in done.scores]
        return Trace(
            self.program,
            {n: stack(c, size).astype(np.int64) for n, c in done.values.items()},
            {n: stack(c, size).astype(np.int64) for n, c in done.attended.items()},
            np.stack(scores, axis=1),
        )

    def _look(self, head: Head) -> None:
        """Turn what a head looks for into arrays."""
        if isinstance(head, CategoricalHead):
            self.ties[head.name] = head.tie
        self.choosers.pop(head.name, None)
        self.matchers.pop(head.name, None)
        read, found = (self.program, head.query, head.key), head.predicate
        if isinstance(found, Preference):
            self.choosers[head.name] = Chooser(*read, found)
        else:
            self.matchers[head.name] = Matcher(*read, found)

    def _apply(self, node: Node, done: Evaluation) -> None:
        """Compute what a node writes, at every position."""
        values = done.values
        match node:
            case CategoricalHead(name=name):
                done.attended[name] = list(self._attended(node, values))
                source = values[node.value]
                values[name] = [read_at(source, place) for place in done.attended[name]]
            case NumericalHead(name=name):
                keys, queries = values[node.key], values[node.query]
                kind = self.kinds[name]
                source = values[node.value]
                values[name] = self.matchers[name].sums(keys, queries, source, kind)
            case LookupTable(name=name):
                sizes = [size_of(self.program.variables[v]) for v in node.inputs]
                rows = zip(*(values[variable] for variable in node.inputs), strict=True)
                values[name] = [self.tables[name].take(join(r, sizes)) for r in rows]
            case Embedding():
                for name in node.names:
                    codes = self.codes[name]
                    values[name] = [codes.take(token) for token in values["tokens"]]

    def _give(self, name: str, done: Evaluation) -> None:
        """Set a variable that is not computed."""
        source, codes = self.given[name]
        read = done.values["tokens" if source is None else source]
        done.values[name] = [codes if source is None else codes.take(v) for v in read]

    def _attended(
        self, head: CategoricalHead, values: Mapping[str, Sequence[Column]]
    ) -> Iterator[Column]:
        """The position that a head reads, at every position."""
        keys, queries = values[head.key], values[head.query]
        if head.name in self.choosers:
            yield from self.choosers[head.name].attended(keys, queries)
            return
        causal, count = self.program.domain.causal, len(keys)
        found = self.matchers[head.name].found(keys, queries)
        for i, words in enumerate(found):
            yield nearest(words, i, i + 1 if causal else count, self.ties[head.name])

    def _table_array(self, table: LookupTable) -> Column:
        """The table as output indices, flat over the combinations of its inputs."""
        variables = [self.program.variables[name] for name in table.inputs]
        indices = [index_of(variable) for variable in variables]
        code = index_of(self.program.variables[table.name])
        shape = [size_of(variable) for variable in variables]
        array = np.full(shape, code[table.default], self.kinds[table.name])
        for key, output in table.entries:
            cell = tuple(i[v] for i, v in zip(indices, key, strict=True))
            array[cell] = code[output]
        return array.reshape(-1)

    def _code_arrays(self, node: Embedding) -> dict[str, Column]:
        """The code index of each token, for each variable of an embedding."""
        arrays = {}
        for column, name in enumerate(node.names):
            index = index_of(self.program.variables[name])
            codes = [index[row[column]] for row in node.codes]
            arrays[name] = np.array(codes, self.kinds[name])
        return arrays


def answers(program: Program, inputs: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return the answers of a program for any list of inputs, in order.

    Raises:
        DomainError: an input is too short, too long, or has an unknown letter.
    """
    classes = program.classifier.classes
    evaluator = Evaluator(program)
    found: dict[int, tuple[str, ...]] = {}
    for rows, letters in _by_length(program, inputs):
        for place, row in zip(rows, evaluator.answers(letters), strict=True):
            found[place] = tuple(classes[i] for i in row)
    return [found[place] for place in sorted(found)]


def _by_length(
    program: Program, inputs: Iterable[Sequence[str]]
) -> Iterator[tuple[list[int], Letters]]:
    """Accepted inputs in blocks of one length, and their places in the list."""
    by_length: dict[int, list[tuple[int, Sequence[str]]]] = {}
    for place, letters in enumerate(inputs):
        accepted = program.domain.accept(letters)
        by_length.setdefault(len(accepted), []).append((place, accepted))
    for rows in by_length.values():
        for start in range(0, len(rows), BLOCK):
            part = rows[start : start + BLOCK]
            block = encode(program.domain, [letters for _, letters in part])
            yield [place for place, _ in part], block
