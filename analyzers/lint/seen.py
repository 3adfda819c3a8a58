"""What happens at all on the inputs that are looked at: one survey of them.

A *cell* of a head is a query value with a key value at a position that the query sees;
a cell of a table is a combination of its inputs. Variables that are equal wherever a
letter stands are found on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from analyzers.survey import Progress, survey
from tpdebug.columns import Column, align
from tpdebug.evaluate import Evaluation, Evaluator
from tpdebug.evaluate.codes import size_of, values_of
from tpdebug.evaluate.scores import join
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    Head,
    Key,
    LookupTable,
    NumericalHead,
    Value,
    Variable,
    inputs_of,
    outputs_of,
)
from tpdebug.parts import Part
from tpdebug.program import Program

Bools = NDArray[np.bool_]
Pair = tuple[str, str]
Look = tuple[str, str, bool]
"""A query, a key, and whether all queries count or only those of letters."""


@dataclass(frozen=True)
class Seen:
    """What the inputs that were looked at show.

    Attributes:
        program: the program.
        values: the values of each variable, anywhere.
        letters: the same where a letter stands.
        looks: how each head looks.
        pairs: which key values a query value sees `[queries, keys]`, for each look.
        cells: which combinations of its inputs each table gets, as many axes.
        equal: variable -> one before it that is the same wherever a letter stands.
    """

    program: Program
    values: dict[str, frozenset[Value]]
    letters: dict[str, frozenset[Value]]
    looks: dict[str, Look]
    pairs: dict[Look, Bools]
    cells: dict[str, Bools]
    equal: dict[str, str]

    def of_head(self, head: Head) -> Bools:
        """The cells of a head `[queries, keys]`."""
        return self.pairs[self.looks[head.name]]

    def matched(self, head: Head) -> Bools:
        """Which cells of a head its predicate is true for."""
        queries = self.program.variables[head.query].values
        keys = self.program.variables[head.key].values
        wanted = [set(head.predicate.keys_for(q)) for q in queries]  # type: ignore[union-attr]
        return np.array([[key in some for key in keys] for some in wanted], bool)

    def reached(self, table: LookupTable, keys: Iterable[Key]) -> Iterator[bool]:
        """Whether each combination of inputs occurs."""
        known = [self.program.variables[name] for name in table.inputs]
        place = [{v: i for i, v in enumerate(variable.values)} for variable in known]
        cells = self.cells[table.name]
        for key in keys:
            yield bool(cells[tuple(p[v] for p, v in zip(place, key, strict=True))])

    def unreached(self, node: Head | LookupTable) -> list[Key]:
        """The cells that never occur."""
        if isinstance(node, LookupTable):
            names, cells = node.inputs, self.cells[node.name]
        else:
            names, cells = (node.query, node.key), self.of_head(node)
        known = [self.program.variables[name].values for name in names]
        flat = cells.reshape(-1)
        return [
            key for key, seen in zip(product(*known), flat, strict=True) if not seen
        ]


@dataclass
class _Found:
    """What a part shows; values are numbers."""

    values: dict[str, set[int]]
    letters: dict[str, set[int]]
    pairs: dict[Look, Bools]
    cells: dict[str, Bools]
    differ: set[Pair]


def see(
    program: Program,
    parts: Sequence[Part],
    *,
    needed: bool = False,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Seen:
    """Look at some inputs.

    Args:
        program: the program.
        parts: the inputs.
        needed: whether only those cells count that an answer can depend on: not what
            happens at a begin or end token, where nothing reads it from elsewhere.
        jobs: how many parts to evaluate at a time; default: one for each core.
        progress: is told how many inputs are done, and how many there are.
    """
    look = _Look(program, needed)
    total = look.nothing()
    for _, found in survey(
        parts, lambda number: look.part(parts[number]), jobs=jobs, progress=progress
    ):
        for name in program.variables:
            total.values[name] |= found.values[name]
            total.letters[name] |= found.letters[name]
        for pair, seen in found.pairs.items():
            total.pairs[pair] |= seen
        for name, seen in found.cells.items():
            total.cells[name] |= seen
        total.differ |= found.differ
    known = program.variables
    equal: dict[str, str] = {}
    for first, second in look.comparable:  # the earliest comes first
        if (first, second) not in total.differ:
            equal.setdefault(second, first)
    return Seen(
        program,
        {name: values_of(known[name], seen) for name, seen in total.values.items()},
        {name: values_of(known[name], seen) for name, seen in total.letters.items()},
        look.looks,
        total.pairs,
        {name: _shaped(program, name, seen) for name, seen in total.cells.items()},
        equal,
    )


class _Look:
    """Looks at one part after another."""

    def __init__(self, program: Program, needed: bool = False) -> None:
        self.program = program
        self.evaluator = Evaluator(program)
        self.everywhere = set(program.variables)
        if needed and not program.classifier.pooled:
            self.everywhere = read_from_elsewhere(program)
        self.looks: dict[str, Look] = {}
        self.tables: list[LookupTable] = []
        for node in program.nodes:
            if isinstance(node, CategoricalHead | NumericalHead):
                look = node.query, node.key, node.name in self.everywhere
                self.looks[node.name] = look
            elif isinstance(node, LookupTable):
                self.tables.append(node)
        self.ids = _same_numbers(program.variables.values())
        self.comparable = [
            (a.name, b.name)
            for a, b in combinations(program.variables.values(), 2)
            if a.numerical == b.numerical
            and b.name in program.writers
            and not isinstance(program.writers[b.name], Embedding)
        ]

    def nothing(self) -> _Found:
        """What no input shows."""
        known = self.program.variables
        pairs = {
            (q, k, every): np.zeros((size_of(known[q]), size_of(known[k])), bool)
            for q, k, every in self.looks.values()
        }
        cells = {table.name: np.zeros(self.size(table), bool) for table in self.tables}
        values: dict[str, set[int]] = {name: set() for name in known}
        letters: dict[str, set[int]] = {name: set() for name in known}
        return _Found(values, letters, pairs, cells, set())

    def size(self, table: LookupTable) -> int:
        """How many combinations of numbers its inputs have."""
        sizes = [size_of(self.program.variables[name]) for name in table.inputs]
        return int(np.prod(sizes))

    def part(self, part: Part) -> _Found:
        """What a part shows."""
        done = self.evaluator.evaluate(part.columns())
        found = self.nothing()
        letters = range(len(done.values["tokens"]))[self.program.domain.letters]
        for name, columns in done.values.items():
            for place, column in enumerate(columns):
                some = set(np.unique(column).tolist())
                found.values[name] |= some
                if place in letters:
                    found.letters[name] |= some
        whole = range(len(done.values["tokens"]))
        for look, seen in found.pairs.items():
            self._pairs(done, look, whole if look[2] else letters, seen.reshape(-1))
        for table in self.tables:
            sizes = [size_of(self.program.variables[name]) for name in table.inputs]
            for place in whole if table.name in self.everywhere else letters:
                row = [done.values[name][place] for name in table.inputs]
                found.cells[table.name][join(row, sizes)] = True
        found.differ.update(self._differing(done, letters))
        return found

    def _pairs(
        self, done: Evaluation, look: Look, places: Iterable[int], seen: Bools
    ) -> None:
        """Mark which query sees which key."""
        query, key = (done.values[name] for name in look[:2])
        sizes = [size_of(self.program.variables[name]) for name in look[:2]]
        causal = self.program.domain.causal
        for place in places:
            for other in key[: place + 1 if causal else len(key)]:
                seen[join([query[place], other], sizes)] = True

    def _differing(self, done: Evaluation, letters: range) -> Iterator[Pair]:
        """The variables that differ where a letter stands."""
        values = {
            name: [self.ids[name].take(columns[p]) for p in letters]
            if name in self.ids
            else [columns[p] for p in letters]
            for name, columns in done.values.items()
        }
        for first, second in self.comparable:
            pairs = zip(values[first], values[second], strict=True)
            if any(_differ(*pair) for pair in pairs):
                yield first, second


def read_from_elsewhere(program: Program) -> set[str]:
    """The variables of which an answer may need values that stand at no letter."""
    found: set[str] = set()
    for node in reversed(program.nodes):
        if isinstance(node, CategoricalHead | NumericalHead):
            found |= {node.key, node.value}
            found |= {node.query} if node.name in found else set()
        elif found.intersection(outputs_of(node)):
            found.update(inputs_of(node))
    return found


def _differ(first: Column, second: Column) -> bool:
    left, right = align(first, second)
    return bool((left != right).any())


def _same_numbers(variables: Iterable[Variable]) -> dict[str, Column]:
    """For each number of a categorical variable one that other variables share."""
    ids: dict[Value, int] = {}
    return {
        variable.name: np.array([ids.setdefault(v, len(ids)) for v in variable.values])
        for variable in variables
        if not variable.numerical
    }


def _shaped(program: Program, name: str, cells: Bools) -> Bools:
    """The cells of a table with an axis for each input, one place for each value."""
    table = program.writers[name]
    assert isinstance(table, LookupTable)
    known = [program.variables[each] for each in table.inputs]
    shaped = cells.reshape([size_of(variable) for variable in known])
    first = [int(v.values[0]) if v.numerical else 0 for v in known]
    step = [v.values.step if isinstance(v.values, range) else 1 for v in known]
    return shaped[tuple(slice(f, None, s) for f, s in zip(first, step, strict=True))]
