"""Relations: regions of a table that compare its inputs with each other.

A relation (`a == b`, `a <= b + 2`, `a + b >= 7`) is a range of a quantity
of the inputs. Like a box it holds only cells that are allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tpdebug.nodes import Value
from tpdebug.write.boxes import Cells, Region
from tpdebug.write.conditions import expression

Ints: TypeAlias = NDArray[np.int64]
Says: TypeAlias = Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class Relation:
    """A quantity of the inputs, in every cell, and how to say a comparison of it.

    Attributes:
        known: the values of the quantity, ascending.
        codes: the place of each cell's value among these, in order of the cells.
        says: the comparison with a value as text; the empty text if there is none.
        kind: what it is of; "same" is 0 where the inputs are equal.
    """

    known: tuple[int, ...]
    codes: NDArray[np.intp]
    says: Says
    kind: Literal["one", "two", "same"]

    def regions(self, wanted: Cells, allowed: Cells) -> Iterator[Region]:
        """The ranges of allowed cells that hold some that are wanted."""
        size = len(self.known)
        bad = np.bincount(self.codes, ~allowed.reshape(-1), size) > 0
        good = np.bincount(self.codes, wanted.reshape(-1), size) * ~bad
        if not good.any():
            return
        best = int(good.argmax())
        yield from self._region("==", best, np.arange(size) == best, wanted)
        first = int(bad.argmax()) if bad.any() else size
        if good[:first].any():
            last = int(np.flatnonzero(good[:first])[-1])
            yield from self._region("<=", last, np.arange(size) <= last, wanted)
        start = size - int(bad[::-1].argmax()) if bad.any() else 0
        if good[start:].any():
            least = start + int(np.flatnonzero(good[start:])[0])
            yield from self._region(">=", least, np.arange(size) >= least, wanted)
        if bad.sum() == 1 and (good > 0).sum() == size - 1:
            yield from self._region("!=", int(bad.argmax()), ~bad, wanted)

    def _region(
        self, sign: str, place: int, inside: Cells, wanted: Cells
    ) -> Iterator[Region]:
        value = self.known[place]
        if sign == "<=" and place + 1 < len(self.known):
            value = _simplest(value, self.known[place + 1] - 1)
        if sign == ">=" and place > 0:
            value = _simplest(self.known[place - 1] + 1, value)
        text = self.says(sign, value)
        if text:
            cells = inside[self.codes].reshape(wanted.shape)
            yield Region((expression(text),), cells)


def relations(
    names: Sequence[str], values: Sequence[Sequence[Value]], amounts: Sequence[bool]
) -> list[Relation]:
    """The relations between any two inputs of the same kind, and inputs by themselves.

    Args:
        names: the parameter of each input.
        values: every value that each input can take.
        amounts: which inputs are integers that one may compute with.
    """
    found = []
    shape = tuple(map(len, values))
    inputs = range(len(names))
    columns = [np.array(values[i] if amounts[i] else 0) for i in inputs]
    axes = [_along(column, i, shape) for i, column in enumerate(columns)]
    for i in inputs:
        name, x = names[i], axes[i]
        if amounts[i] and len(names) > 1:
            found.append(_relation(x, shape, _plain(name), "one"))
    for i, j in combinations(inputs, 2):
        a, b, x, y = names[i], names[j], axes[i], axes[j]
        if amounts[i] and amounts[j]:
            found.append(_relation(x - y, shape, difference(a, b), "same"))
            found.append(_relation(x + y, shape, total(a, b), "two"))
            if (x < y).any() and (x > y).any():
                found.append(_relation(abs(x - y), shape, distance(a, b), "two"))
        elif len(set(values[i]) & set(values[j])) > 1:
            place = {value: n for n, value in enumerate(values[i])}
            x = _along(np.arange(len(place)), i, shape)
            y = _along(np.array([place.get(v, -1) for v in values[j]]), j, shape)
            found.append(_relation((x != y) * 1, shape, _sameness(a, b), "same"))
    return found


def equalities(related: Sequence[Relation], shape: tuple[int, ...]) -> list[Region]:
    """Where two inputs are equal, for any two that can be."""
    found = []
    for relation in related:
        if relation.kind == "same" and 0 in relation.known:
            cells = (relation.codes == relation.known.index(0)).reshape(shape)
            found.append(Region((expression(relation.says("==", 0)),), cells))
    return found


def within(
    same: Region, related: Sequence[Relation], wanted: Cells, allowed: Cells
) -> Iterator[Region]:
    """Where two inputs are equal and one of them is in a range."""
    wanted, allowed = wanted & same.cells, allowed | ~same.cells
    for relation in related:
        if relation.kind == "one" and wanted.any():
            for region in relation.regions(wanted, allowed):
                yield Region(same.when + region.when, same.cells & region.cells)


def _along(column: Ints, axis: int, shape: tuple[int, ...]) -> Ints:
    return column.reshape([-1 if i == axis else 1 for i in range(len(shape))])


def _relation(
    quantity: Ints,
    shape: tuple[int, ...],
    says: Says,
    kind: Literal["one", "two", "same"],
) -> Relation:
    cells = np.broadcast_to(quantity, shape).reshape(-1)
    known, codes = np.unique(cells, return_inverse=True)
    return Relation(tuple(known.tolist()), codes.reshape(-1), says, kind)


def _simplest(low: int, high: int) -> int:
    """The bound in a range that is said in the shortest way."""
    return min(range(low, high + 1), key=lambda bound: (abs(bound), bound))


def difference(a: str, b: str) -> Says:
    """Comparisons of `a - b`.

    >>> difference("a", "b")("<=", -1), difference("a", "b")("==", 2)
    ('a < b', 'a == b + 2')
    """

    def says(sign: str, value: int) -> str:
        if (sign, value) == ("<=", -1):
            return f"{a} < {b}"
        if (sign, value) == (">=", 1):
            return f"{a} > {b}"
        return f"{a} {sign} {moved(b, value)}"

    return says


def moved(a: str, c: int) -> str:
    """`a + c`.

    >>> moved("a", 0), moved("a", -2)
    ('a', 'a - 2')
    """
    return f"{a} {'+' if c > 0 else '-'} {abs(c)}" if c else a


def _plain(a: str) -> Says:
    return lambda sign, value: f"{a} {sign} {value}"


def total(a: str, b: str) -> Says:
    """Comparisons of `a + b`."""
    return lambda sign, value: f"{a} + {b} {sign} {value}"


def distance(a: str, b: str) -> Says:
    """Comparisons of `abs(a - b)`."""
    return lambda sign, value: f"abs({a} - {b}) {sign} {value}"


def _sameness(a: str, b: str) -> Says:
    def says(sign: str, value: int) -> str:
        return f"{a} {'!=' if value else '=='} {b}" if sign == "==" else ""

    return says
