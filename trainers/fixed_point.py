"""Real-valued scores become small integers, and no prediction changes.

Sums of integers are exact in any order, so two machines cannot differ and equality
can be proved. Two freedoms that change no answer are used first: a row may be shifted
for all classes at once, and a constant may move from one variable to another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tpdebug.errors import UserError
from tpdebug.tidy import tidy
from trainers.readout import Variable, features

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LARGEST_SCALE = 1_000_000


@dataclass(frozen=True, slots=True)
class FixedPoint:
    """Integer scores `[values, classes]` of each variable; s stands for s / scale.

    A numerical variable has one row.
    """

    scores: Mapping[str, Ints]
    scale: int


def fixed_point(
    weights: Mapping[str, Floats], seen: Mapping[str, Variable], finer: int = 1
) -> FixedPoint:
    """Find integer scores that keep every prediction.

    They are rounded at the coarsest scale that does, or smaller still.

    Args:
        weights: real scores of each variable, `[values, classes]`; a numerical one has
            a single row, which counts as often as the variable says.
        seen: these variables in every case in which the prediction must not change.
            Values that never occur get zeros, unless all scores are integers already:
            such are kept as they are.
        finer: how many times finer than the coarsest scale to round in the end, for
            the sake of cases that are not among these.

    Raises:
        UserError: no scale up to a million keeps them (two classes tie, or nearly).
    """
    matrix = features([seen[name] for name in weights])
    given = np.concatenate(list(weights.values()))
    wanted = (matrix @ given).argmax(1)
    ends = np.cumsum([len(rows) for rows in weights.values()])

    def split(scores: Floats | Ints, scale: int) -> FixedPoint:
        parts = np.split(scores.astype(np.int64), ends[:-1])
        return FixedPoint(dict(zip(weights, parts, strict=True)), scale)

    kept = integers(weights)
    if kept is not None:
        return kept
    centred = _centre(weights, seen)
    stacked = np.concatenate([centred[name] for name in weights])

    def keeps(scale: int) -> bool:  # float64 is exact: the sums are far below 2**53
        rounded = matrix @ np.rint(stacked * scale)
        return bool((rounded.argmax(1) == wanted).all())

    for scale in _scales():
        if keeps(scale) and (finer == 1 or keeps(scale * finer)):
            break
    else:
        raise UserError("the scores of two classes are too close to be told apart")
    scale *= finer
    rounded = np.rint(stacked * scale)
    if finer > 1:  # what is not among the cases is better left as it was fitted
        return split(rounded, scale)
    groups = [slice(a, b) for a, b in zip([0, *ends], ends, strict=False)]
    small = tidy(rounded.astype(np.int64), matrix, wanted, groups)
    return split(small, scale if (small == rounded).all() else 1)


def integers(weights: Mapping[str, Floats]) -> FixedPoint | None:
    """Scores that are integers already, as they are: they were made, and not fitted."""
    if not all((np.rint(rows) == rows).all() for rows in weights.values()):
        return None
    return FixedPoint({name: r.astype(np.int64) for name, r in weights.items()}, 1)


def _scales() -> Iterator[int]:
    scale = 1
    while scale <= LARGEST_SCALE:
        yield from (scale, 2 * scale, 3 * scale, 5 * scale)
        scale *= 10


def _centre(
    weights: Mapping[str, Floats], seen: Mapping[str, Variable]
) -> dict[str, Floats]:
    """Shift rows to mean 0 and put what is constant into the first variable.

    At each place a categorical variable has one value, so there what all its rows have
    in common is constant. If all are numerical, it is counted with `ones`.
    """
    centred = {}
    constant: Floats | float = 0.0
    home = next((name for name in weights if seen[name].size is not None), "ones")
    for name, scores in weights.items():
        row = scores - scores.mean(axis=1, keepdims=True)
        counts = _counts(seen[name])[:, None]
        row = np.where(counts > 0, row, 0.0)
        if name == "ones" != home:
            constant = constant + row[0]
            row = np.zeros_like(row)
        elif seen[name].size is not None:
            middle = (row * counts).sum(axis=0) / max(counts.sum(), 1)
            constant = constant + middle
            row = np.where(counts > 0, row - middle, 0.0)
        centred[name] = row
    if home in seen and seen[home].size is not None:
        used = _counts(seen[home])[:, None] > 0
        centred[home] = np.where(used, centred[home] + constant, 0.0)
    return centred


def _counts(variable: Variable) -> Ints:
    """How often each value occurs; of a number, what it adds up to."""
    values = variable.values[variable.values >= 0]
    if variable.size is None:
        return np.full(1, values.sum())
    found: Ints = np.bincount(values, minlength=variable.size)
    return found
