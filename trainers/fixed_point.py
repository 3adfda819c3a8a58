"""Real-valued scores become small integers, and no prediction changes.

Sums of integers are exact in any order, so two machines cannot differ and equality
can be proved. Two freedoms that change no answer are used first: a row may be shifted
for all classes at once, and a constant may move from one variable to another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tpdebug.errors import UserError

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
    weights: Mapping[str, Floats],
    features: Mapping[str, Ints],
    numerical: Collection[str] = (),
    finer: int = 1,
) -> FixedPoint:
    """Round scores at the coarsest scale that keeps every prediction.

    Args:
        weights: real scores of each variable, `[values, classes]`; a numerical one has
            a single row, which counts as often as the variable says.
        features: the value index of each variable `[cases]`, or the number itself, for
            every case in which the prediction must not change. Values that never occur
            get zeros.
        numerical: the names of the numerical variables.
        finer: how many times finer than that to round in the end, for the sake of
            cases that are not among these.

    Raises:
        UserError: no scale up to a million keeps them (two classes tie, or nearly).
    """
    centred = _centre(weights, features, numerical)
    wanted = _sum(weights, features, numerical).argmax(axis=-1)

    def keeps(scale: int) -> bool:
        rounded = _sum(_round(centred, scale), features, numerical)
        return bool((rounded.argmax(axis=-1) == wanted).all())

    for scale in _scales():
        if keeps(scale) and (finer == 1 or keeps(scale * finer)):
            break
    else:
        raise UserError("the scores of two classes are too close to be told apart")
    return FixedPoint(_round(centred, scale * finer), scale * finer)


def _round(scores: Mapping[str, Floats], scale: int) -> dict[str, Ints]:
    return {v: np.rint(rows * scale).astype(np.int64) for v, rows in scores.items()}


def _scales() -> Iterator[int]:
    scale = 1
    while scale <= LARGEST_SCALE:
        yield from (scale, 2 * scale, 3 * scale, 5 * scale)
        scale *= 10


def _centre(
    weights: Mapping[str, Floats],
    features: Mapping[str, Ints],
    numerical: Collection[str],
) -> dict[str, Floats]:
    """Shift rows to mean 0 and put what is constant into the first variable.

    If all are numerical, it is counted with `ones`.
    """
    centred = {}
    constant: Floats | float = 0.0
    for name, scores in weights.items():
        row = scores - scores.mean(axis=1, keepdims=True)
        if name == "ones":
            constant = constant + row[0]
        elif name in numerical:
            centred[name] = row
        else:
            counts = np.bincount(features[name], minlength=len(scores))[:, None]
            middle = (row * counts).sum(axis=0) / max(counts.sum(), 1)
            constant = constant + middle
            centred[name] = np.where(counts > 0, row - middle, 0.0)
    home = next((name for name in centred if name not in numerical), "ones")
    if home == "ones":
        centred["ones"] = np.zeros((1, np.size(constant))) + constant
    else:
        used = np.bincount(features[home], minlength=len(centred[home])) > 0
        centred[home] = np.where(used[:, None], centred[home] + constant, 0.0)
    return centred


def _sum(
    scores: Mapping[str, Floats] | Mapping[str, Ints],
    features: Mapping[str, Ints],
    numerical: Collection[str],
) -> NDArray[Any]:
    """The score of each class in each case `[cases, classes]`."""
    parts = [
        features[name][:, None] * rows if name in numerical else rows[features[name]]
        for name, rows in scores.items()
    ]
    total: NDArray[Any] = np.sum(parts, axis=0)
    return total
