"""Formulas for integers: a small grammar, enumerated and compared with a table.

A core (`a`, `a - b`, `a // max(b, 1)`, `(a + b) % 10`, ...) may be turned round, moved
by a constant and clipped. The constants are read off the table: the commonest
difference, and the commonest output beyond each end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Columns: TypeAlias = Sequence[Ints]

LARGEST = 10_000
"""Inputs beyond it are names of things rather than amounts."""

MOST_FOUND = 8
MOST_COMPARED = 4096
_DIVISORS = range(2, 11)
_OFFSETS = 3
_SUM, _PRODUCT, _NAME = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Formula:
    """An integer expression over the inputs.

    Attributes:
        text: the expression.
        binds: how tightly: 3 a name or a call, 2 a product, 1 a sum.
        operations: how many it has.
        at: its values, from a column of values for each input.
        turns: whether it may be subtracted from a constant.
    """

    text: str
    binds: int
    operations: int
    at: Callable[[Columns], Ints]
    turns: bool = True

    @property
    def rank(self) -> tuple[int, int, str]:
        """Sort key: the simplest first."""
        return self.operations, len(self.text), self.text

    def inside(self, binds: int) -> str:
        """The text as an operand of what binds so tightly."""
        return self.text if self.binds >= binds else f"({self.text})"


def formulas(
    names: Sequence[str], amounts: Sequence[bool], columns: Columns, wanted: Ints
) -> list[Formula]:
    """Return formulas that are right for many of the cells of a table.

    Args:
        names: the parameter of each input.
        amounts: which of the inputs are integers that one may compute with.
        columns: for each input its value in each cell.
        wanted: the output in each cell; a huge negative number where it is none.

    >>> x = np.arange(9)
    >>> [f.text for f in formulas(["x"], [True], [x], np.minimum(x + 1, 7))][:2]
    ['min(x + 1, 7)', 'x + 1']
    """
    step = len(wanted) // MOST_COMPARED + 1
    some = [column[::step] for column in columns]
    goal = wanted[::step]
    outputs, codes = np.unique(goal, return_inverse=True)
    codes = codes.reshape(-1)
    fewest = 2 if len(outputs) == 2 else 3
    enough = len(goal) / 4
    found: dict[bytes, Formula] = {}
    most = np.inf
    cores = sorted(_cores(names, amounts, some), key=lambda core: core.operations)
    for core in cores:
        if core.operations > most:
            break  # there is a simpler one that is always right
        for formula in _fitted(core, some, goal):
            right = formula.at(some) == goal
            key = right.tobytes()
            if key in found and found[key].rank <= formula.rank:
                continue
            count = np.count_nonzero(right)
            several = np.count_nonzero(np.bincount(codes[right])) >= fewest
            if formula.operations and (count < enough or not several):
                continue
            if formula.operations > 1 and fewest == 2:
                continue  # a comparison says it better
            found[key] = formula
            if count == len(goal):
                most = min(most, formula.operations)
    return _best([(np.frombuffer(key, bool), found[key]) for key in found])


def _best(found: list[tuple[NDArray[np.bool_], Formula]]) -> list[Formula]:
    """Those that are right most often, and inputs by themselves.

    None that is right only where a simpler one is.
    """
    kept: list[tuple[NDArray[np.bool_], Formula]] = []
    for right, formula in sorted(found, key=lambda f: (-f[0].sum(), f[1].rank)):
        simpler = (r for r, other in kept if other.operations <= formula.operations)
        if not any((r >= right).all() for r in simpler):
            kept.append((right, formula))
    simple = [formula for _, formula in kept if not formula.operations]
    return [f for _, f in kept if f.operations][:MOST_FOUND] + simple


def _cores(
    names: Sequence[str], amounts: Sequence[bool], columns: Columns
) -> Iterator[Formula]:
    places = [i for i, amount in enumerate(amounts) if amount]
    inputs = {i: Formula(names[i], _NAME, 0, _input(i)) for i in places}
    for i, formula in inputs.items():
        yield formula
        most = int(abs(columns[i]).max())
        widest = 50 if len(names) == 1 else 10
        yield from _divided(formula, range(2, min(most, widest) + 1))
        for c in range(2, 6):
            yield Formula(f"{c} * {formula.text}", _PRODUCT, 1, _times(c, i))
    for i, j in combinations(places, 2):
        a, b = inputs[i], inputs[j]
        total = _joined("{} + {}", a, b, np.add)
        yield total
        yield from _divided(total, _DIVISORS)
        yield Formula(f"{a.text} * {b.text}", _PRODUCT, 1, _both(a, b, np.multiply))
        for name, apply in (("min", np.minimum), ("max", np.maximum)):
            text = f"{name}({a.text}, {b.text})"
            yield Formula(text, _NAME, 1, _both(a, b, apply))
        far = _both(a, b, lambda x, y: abs(x - y))
        yield Formula(f"abs({a.text} - {b.text})", _NAME, 2, far)
    for i, j in permutations(places, 2):
        a, b = inputs[i], inputs[j]
        less = replace(_joined("{} - {}", a, b, np.subtract), turns=False)
        yield less
        yield from _divided(less, _DIVISORS)
        least = int(columns[j].min())
        if least >= 0:
            over = b
            if least == 0:
                at = _clipped(b.at, 1, None)
                over = Formula(f"max({b.text}, 1)", _NAME, 1, at)
            for sign, divide in (("//", np.floor_divide), ("%", np.remainder)):
                text = f"{a.text} {sign} {over.text}"
                operations = 1 + over.operations
                yield Formula(text, _PRODUCT, operations, _both(a, over, divide))
        text = f"({a.text} > {b.text}) + ({a.text} >= {b.text})"
        compared = _both(a, b, lambda x, y: 1 + np.sign(x - y))
        yield Formula(text, _SUM, 3, compared, turns=False)


def _divided(formula: Formula, divisors: Sequence[int]) -> Iterator[Formula]:
    inner, operations = formula.inside(_PRODUCT), formula.operations + 1
    for c in divisors:
        for sign, divide in (("//", np.floor_divide), ("%", np.remainder)):
            at = _by(formula, c, divide)
            yield Formula(f"{inner} {sign} {c}", _PRODUCT, operations, at)


def _input(i: int) -> Callable[[Columns], Ints]:
    return lambda columns: columns[i]


def _times(c: int, i: int) -> Callable[[Columns], Ints]:
    return lambda columns: c * columns[i]


def _by(
    formula: Formula, c: int, divide: Callable[[Ints, Ints], Ints]
) -> Callable[[Columns], Ints]:
    by = np.array(c)
    return lambda columns: divide(formula.at(columns), by)


def _both(
    a: Formula, b: Formula, apply: Callable[[Ints, Ints], Ints]
) -> Callable[[Columns], Ints]:
    return lambda columns: apply(a.at(columns), b.at(columns))


def _joined(
    shape: str, a: Formula, b: Formula, apply: Callable[[Ints, Ints], Ints]
) -> Formula:
    return Formula(shape.format(a.text, b.text), _SUM, 1, _both(a, b, apply))


def _fitted(core: Formula, columns: Columns, wanted: Ints) -> Iterator[Formula]:
    """The core moved, turned and clipped so that it is often right."""
    values = core.at(columns)
    for sign in (1, -1) if core.turns else (1,):
        for offset in _offsets(wanted, sign * values):
            moved = _moved(core, sign, offset)
            yield moved
            yield from _clips(moved, sign * values + offset, wanted)


def _offsets(wanted: Ints, values: Ints) -> list[int]:
    """The differences that occur with the most outputs, the most often."""
    off = wanted - values
    real = abs(off) <= 2 * LARGEST
    pairs, counts = np.unique(
        off[real] * 8 * LARGEST + wanted[real], return_counts=True
    )
    differences = (pairs + 4 * LARGEST) // (8 * LARGEST)
    found, which = np.unique(differences, return_inverse=True)
    outputs = np.bincount(which.reshape(-1), minlength=len(found))
    cells = np.bincount(which.reshape(-1), counts, len(found))
    best = np.lexsort((found, -cells, -outputs))[:_OFFSETS]
    return [int(offset) for offset in found[best]]


def _moved(core: Formula, sign: int, offset: int) -> Formula:
    if sign < 0:
        text = f"{offset} - {core.inside(_PRODUCT)}" if offset else ""
        text = text or f"-{core.inside(_NAME)}"
        return Formula(text, _SUM, core.operations + 1, _shift(core, -1, offset))
    if offset == 0:
        return core
    text = f"{core.text} {'+' if offset > 0 else '-'} {abs(offset)}"
    return Formula(text, _SUM, core.operations + 1, _shift(core, 1, offset))


def _shift(core: Formula, sign: int, offset: int) -> Callable[[Columns], Ints]:
    return lambda columns: sign * core.at(columns) + offset


def _clips(moved: Formula, values: Ints, wanted: Ints) -> Iterator[Formula]:
    """The formula clipped below, above, and on both sides, where that mends it."""
    low = _commonest(wanted[(wanted > values)])
    high = _commonest(wanted[(wanted < values) & (abs(wanted) <= LARGEST)])
    ends = {(low, None), (None, high), (low, high)} - {(None, None)}
    for least, most in sorted(ends, key=str):
        if least is not None and most is not None and least >= most:
            continue
        text, operations = moved.text, moved.operations
        if least is not None:
            text, operations = _call("max", text, moved, least), operations + 1
        if most is not None:
            text, operations = _call("min", text, moved, most), operations + 1
        at = _clipped(moved.at, least, most)
        yield Formula(text, _NAME, operations, at)


def _call(name: str, text: str, moved: Formula, bound: int) -> str:
    """`max(text, bound)`; what is such a call already gets one argument more."""
    if moved.binds == _NAME and text == moved.text and text.startswith(f"{name}("):
        return f"{text[:-1]}, {bound})"
    return f"{name}({text}, {bound})"


def _clipped(
    at: Callable[[Columns], Ints], least: int | None, most: int | None
) -> Callable[[Columns], Ints]:
    return lambda columns: np.clip(at(columns), least, most)


def _commonest(outputs: Ints) -> int | None:
    if not len(outputs):
        return None
    values, counts = np.unique(outputs, return_counts=True)
    return int(values[counts.argmax()])
