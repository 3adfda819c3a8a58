"""The cores of formulas: a small grammar over integer inputs, enumerated.

An input, two of them joined (`a - b`, `min(a, b)`, `a // max(b, 1)`), and either of
these divided (`x // 3`, `(a + b) % 10`).
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

SUM, PRODUCT, NAME = 1, 2, 3
"""How tightly an expression binds."""

_DIVISORS = range(2, 11)
_FACTORS = range(2, 6)


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


def cores(
    names: Sequence[str], amounts: Sequence[bool], columns: Columns
) -> Iterator[Formula]:
    """Every core of the grammar.

    Args:
        names: the parameter of each input.
        amounts: which of the inputs are integers that one may compute with.
        columns: for each input its value in each cell.
    """
    places = [i for i, amount in enumerate(amounts) if amount]
    inputs = {i: Formula(names[i], NAME, 0, _input(i)) for i in places}
    for i, formula in inputs.items():
        yield formula
        most = int(abs(columns[i]).max())
        widest = 50 if len(names) == 1 else 10
        yield from _divided(formula, range(2, min(most, widest) + 1))
        for c in _FACTORS:
            yield Formula(f"{c} * {formula.text}", PRODUCT, 1, _times(c, i))
    for i, j in combinations(places, 2):
        a, b = inputs[i], inputs[j]
        total = _joined("{} + {}", a, b, np.add)
        yield total
        yield from _divided(total, _DIVISORS)
        yield Formula(f"{a.text} * {b.text}", PRODUCT, 1, _both(a, b, np.multiply))
        for name, apply in (("min", np.minimum), ("max", np.maximum)):
            text = f"{name}({a.text}, {b.text})"
            yield Formula(text, NAME, 1, _both(a, b, apply))
        far = _both(a, b, lambda x, y: abs(x - y))
        yield Formula(f"abs({a.text} - {b.text})", NAME, 2, far)
    for some in combinations(places, 3):
        three = _sum_of([inputs[i] for i in some])
        yield Formula(" + ".join(inputs[i].text for i in some), SUM, 2, three)
    for i, j in permutations(places, 2):
        a, b = inputs[i], inputs[j]
        for c in sorted({*_FACTORS, int(columns[j].max()) + 1} - {0, 1}):
            many = Formula(f"{c} * {a.text}", PRODUCT, 1, _times(c, i))
            yield replace(_joined("{} + {}", many, b, np.add), operations=2)
            less = _joined("{} - {}", many, b, np.subtract)
            yield replace(less, operations=2, turns=False)
        less = replace(_joined("{} - {}", a, b, np.subtract), turns=False)
        yield less
        yield from _divided(less, _DIVISORS)
        least = int(columns[j].min())
        if least >= 0:
            over = b
            if least == 0:
                at = clipped(b.at, 1, None)
                over = Formula(f"max({b.text}, 1)", NAME, 1, at)
            for sign, divide in (("//", np.floor_divide), ("%", np.remainder)):
                text = f"{a.text} {sign} {over.text}"
                operations = 1 + over.operations
                yield Formula(text, PRODUCT, operations, _both(a, over, divide))
        text = f"({a.text} > {b.text}) + ({a.text} >= {b.text})"
        compared = _both(a, b, lambda x, y: 1 + np.sign(x - y))
        yield Formula(text, SUM, 3, compared, turns=False)


def _divided(formula: Formula, divisors: Sequence[int]) -> Iterator[Formula]:
    inner, operations = formula.inside(PRODUCT), formula.operations + 1
    for c in divisors:
        for sign, divide in (("//", np.floor_divide), ("%", np.remainder)):
            at = _by(formula, c, divide)
            yield Formula(f"{inner} {sign} {c}", PRODUCT, operations, at)


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


def _sum_of(parts: Sequence[Formula]) -> Callable[[Columns], Ints]:
    return lambda columns: np.sum([part.at(columns) for part in parts], axis=0)


def _joined(
    shape: str, a: Formula, b: Formula, apply: Callable[[Ints, Ints], Ints]
) -> Formula:
    return Formula(shape.format(a.text, b.text), SUM, 1, _both(a, b, apply))


def clipped(
    at: Callable[[Columns], Ints], least: int | None, most: int | None
) -> Callable[[Columns], Ints]:
    """The values kept between two ends, either of which may be open."""
    return lambda columns: np.clip(at(columns), least, most)
