"""The values that variables take at each position, on the inputs of a domain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tpdebug.columns import align
from tpdebug.evaluate import Evaluation, Evaluator
from tpdebug.evaluate.codes import size_of, value_of, values_of
from tpdebug.evaluate.scores import join
from tpdebug.findings import Evidence, Place
from tpdebug.nodes import Key, LookupTable, Value
from tpdebug.parts import all_or_sample
from tpdebug.program import Program


@dataclass(frozen=True)
class Occurring:
    """What is seen where.

    Attributes:
        values: of each variable at each position.
        keys: of each table: the combinations of input values at each position.
        evidence: which inputs were looked at.
    """

    values: dict[Place, frozenset[Value]]
    keys: dict[Place, frozenset[Key]]
    evidence: Evidence

    def at(self, name: str, positions: Iterable[int]) -> frozenset[Value]:
        """The values of a variable at any of some positions."""
        found: frozenset[Value] = frozenset()
        return found.union(*(self.values.get(Place(name, p), ()) for p in positions))


class Marks:
    """What was seen so far; values and combinations are numbers."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.values: dict[Place, set[int]] = {}
        self.keys: dict[Place, set[int]] = {}

    def look(self, done: Evaluation) -> Marks:
        """Mark what some inputs show."""
        for name, columns in done.values.items():
            for position, column in enumerate(columns):
                found = self.values.setdefault(Place(name, position), set())
                found.update(np.unique(column).tolist())
        for table in self.program.nodes:
            if isinstance(table, LookupTable):
                for position in range(len(done.values["tokens"])):
                    found = self.keys.setdefault(Place(table.name, position), set())
                    found.update(_combined(self.program, table, done, position))
        return self

    def add(self, other: Marks) -> None:
        """Mark what others show, too."""
        for mine, theirs in ((self.values, other.values), (self.keys, other.keys)):
            for place, numbers in theirs.items():
                mine.setdefault(place, set()).update(numbers)

    def occurring(self, evidence: Evidence) -> Occurring:
        """What was seen, by its values."""
        known = self.program.variables
        return Occurring(
            {p: values_of(known[p.variable], i) for p, i in self.values.items()},
            {p: _keys(self.program, p.variable, i) for p, i in self.keys.items()},
            evidence,
        )


def occurring(program: Program, most: int, samples: int, seed: int) -> Occurring:
    """Look at all inputs of the domain.

    Args:
        program: the program.
        most, samples, seed: a domain with more inputs than this is sampled, so.
    """
    evaluator, marks = Evaluator(program), Marks(program)
    parts, evidence = all_or_sample(
        program.domain, most=most, samples=samples, seed=seed
    )
    for part in parts:
        marks.look(evaluator.evaluate(part.columns()))
    return marks.occurring(evidence)


def _combined(
    program: Program, table: LookupTable, done: Evaluation, position: int
) -> list[int]:
    """The combinations of the inputs of a table at a position, numbered."""
    columns = align(*(done.values[name][position] for name in table.inputs))
    sizes = [size_of(program.variables[name]) for name in table.inputs]
    numbers: list[int] = np.unique(join(columns, sizes)).tolist()
    return numbers


def _keys(program: Program, name: str, numbers: Iterable[int]) -> frozenset[Key]:
    table = program.writers[name]
    assert isinstance(table, LookupTable)
    variables = [program.variables[each] for each in table.inputs]
    places = np.unravel_index(
        np.array(sorted(numbers), np.int64), [size_of(each) for each in variables]
    )
    rows = zip(*(place.tolist() for place in places), strict=True)
    return frozenset(
        tuple(value_of(v, i) for v, i in zip(variables, row, strict=True))
        for row in rows
    )
