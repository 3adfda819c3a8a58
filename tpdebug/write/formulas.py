"""Formulas for integers: cores that are fitted to a table, and compared with it.

A core (`a`, `a - b`, `a // max(b, 1)`, `(a + b) % 10`, ...) may be turned round, moved
by a constant and clipped. The constants are read off the table: the commonest
difference, and the commonest output beyond each end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tpdebug.write.boxes import Cells
from tpdebug.write.cores import (
    NAME,
    PRODUCT,
    SUM,
    Columns,
    Formula,
    Ints,
    clipped,
    cores,
)

LARGEST = 10_000
"""Inputs beyond it are names of things rather than amounts."""

MOST_FOUND = 6
MOST_COMPARED = 4096
_OFFSETS = 3


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
    drawn = slice(None) if len(wanted) <= MOST_COMPARED else _drawn(len(wanted))
    some = [column[drawn] for column in columns]
    goal = wanted[drawn]
    outputs, codes = np.unique(goal, return_inverse=True)
    codes = codes.reshape(-1)
    fewest = 2 if len(outputs) == 2 else 3
    rare = codes != np.bincount(codes).argmax()
    found: dict[bytes, Formula] = {}
    most = np.inf
    ranked = sorted(cores(names, amounts, some), key=lambda core: core.operations)
    for core in ranked:
        if core.operations > most:
            break  # there is a simpler one that is always right
        for formula in _fitted(core, some, goal):
            right = formula.at(some) == goal
            key = right.tobytes()
            if key in found and found[key].rank <= formula.rank:
                continue
            count = np.count_nonzero(right)
            several = np.count_nonzero(np.bincount(codes[right])) >= fewest
            often = 4 * count >= len(goal) or 4 * (right & rare).sum() >= rare.sum()
            if formula.operations and not (often and several):
                continue
            if formula.operations and fewest == 2 and count < len(goal):
                continue
            if formula.operations > 1 and fewest == 2 and "%" not in formula.text:
                continue  # a comparison says it better
            found[key] = formula
            if count == len(goal):
                most = min(most, formula.operations)
    return _best([(np.frombuffer(key, bool), found[key]) for key in found], rare)


def _drawn(cells: int) -> Ints:
    """Some of the cells of a large table, the same ones every time."""
    return np.random.default_rng(0).integers(cells, size=MOST_COMPARED)


def _best(found: list[tuple[Cells, Formula]], rare: Cells) -> list[Formula]:
    """Those that are right most often, of all cells and of rare outputs; and inputs.

    None that is right only where a simpler one is.
    """
    kept: list[tuple[Cells, Formula]] = []
    for right, formula in sorted(found, key=lambda f: (-f[0].sum(), f[1].rank)):
        simpler = (r for r, other in kept if other.operations <= formula.operations)
        if not any((r >= right).all() for r in simpler):
            kept.append((right, formula))
    widest = [formula for _, formula in kept if formula.operations][:MOST_FOUND]
    kept.sort(key=lambda f: (-(f[0] & rare).sum(), f[1].rank))
    rarest = [formula for _, formula in kept if formula.operations][:MOST_FOUND]
    simple = [formula for _, formula in kept if not formula.operations]
    return list(dict.fromkeys([*widest, *rarest, *simple]))


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
        text = f"{offset} - {core.inside(PRODUCT)}" if offset else ""
        text = text or f"-{core.inside(NAME)}"
        return Formula(text, SUM, core.operations + 1, _shift(core, -1, offset))
    if offset == 0:
        return core
    text = f"{core.text} {'+' if offset > 0 else '-'} {abs(offset)}"
    return Formula(text, SUM, core.operations + 1, _shift(core, 1, offset))


def _shift(core: Formula, sign: int, offset: int) -> Callable[[Columns], Ints]:
    return lambda columns: sign * core.at(columns) + offset


def _clips(moved: Formula, values: Ints, wanted: Ints) -> Iterator[Formula]:
    """The formula clipped below, above, and on both sides, where that mends it."""
    real = wanted[abs(wanted) <= LARGEST]
    if not len(real):
        return
    low = _commonest(wanted[wanted > values])
    high = _commonest(wanted[(wanted < values) & (abs(wanted) <= LARGEST)])
    first = int(real.min()) if low is not None else None
    last = int(real.max()) if high is not None else None
    ends = {(low, None), (None, high), (low, high)}
    ends |= {(first, None), (None, last), (first, last)}
    for least, most in sorted(ends - {(None, None)}, key=str):
        if least is not None and most is not None and least >= most:
            continue
        text, operations = moved.text, moved.operations
        if least is not None:
            text, operations = _call("max", text, moved, least), operations + 1
        if most is not None:
            text, operations = _call("min", text, moved, most), operations + 1
        at = clipped(moved.at, least, most)
        yield Formula(text, NAME, operations, at)


def _call(name: str, text: str, moved: Formula, bound: int) -> str:
    """`max(text, bound)`; what is such a call already gets one argument more."""
    if moved.binds == NAME and text == moved.text and text.startswith(f"{name}("):
        return f"{text[:-1]}, {bound})"
    return f"{name}({text}, {bound})"


def _commonest(outputs: Ints) -> int | None:
    if not len(outputs):
        return None
    values, counts = np.unique(outputs, return_counts=True)
    return int(values[counts.argmax()])
