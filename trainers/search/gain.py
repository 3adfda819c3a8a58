"""How much a variable would help the read-out, without fitting it.

The gain is that of one Newton step of the cross-entropy in the rows of the variable, as
in gradient boosting (Chen, Guestrin, "XGBoost", KDD 2016, section 2.2); it takes a few
microseconds, so that thousands of variables can be looked at.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trainers.search.sample import Ints, Sample

Floats: TypeAlias = NDArray[np.float64]
_PRIOR = 1.0


class Gain:
    """Asks what is left to explain.

    Args:
        missing: what each class lacks in probability at each case, `[cases, classes]`.
        spread: the curvature there, `[cases]`. It is much the same for all classes:
            their mean saves half the work.
    """

    def __init__(self, missing: Floats, spread: Floats) -> None:
        self._missing, self._spread = missing, spread
        self._both = np.concatenate([missing, spread[:, None]], 1)
        self._columns = np.arange(self._both.shape[1])
        self._flat = self._both.ravel()

    @classmethod
    def of(cls, cases: Ints, chances: Floats) -> Gain:
        """What a read-out leaves to explain.

        Args:
            cases: the right class of each case, `[cases]`.
            chances: the probability of each class by now, `[cases, classes]`.
        """
        missing = np.eye(chances.shape[1])[cases] - chances
        return cls(missing, (chances * (1 - chances)).mean(1))

    def seen(self, sample: Sample) -> Gain:
        """What is left to explain wherever a head sees this case.

        Args:
            sample: where the cases are from.
        """
        there = np.zeros((*sample.scored.shape, len(self._columns)))
        there[sample.scored] = self._both
        if sample.causal:
            from_here = there[:, ::-1].cumsum(1)[:, ::-1]
        else:
            from_here = np.broadcast_to(there.sum(1, keepdims=True), there.shape)
        both = from_here[sample.scored]
        return Gain(both[:, :-1], both[:, -1])

    def of_codes(self, codes: Ints, size: int) -> float:
        """The gain, in nats over all cases, of a row of scores for each code."""
        return float(self.of_each(codes, size).sum())

    def of_pairs(self, cells: Ints, size: int) -> float:
        """The gain of a row for each pair of codes, less what chance would give."""
        sums = self._sums(cells, size)
        free = (sums[:, -1] > 0).sum() * (sums.shape[1] - 2)
        return float(_of_rows(sums).sum()) - float(free) / 2

    def of_numbers(self, numbers: Ints) -> float:
        """The gain of one row that counts as often as the number says."""
        x = numbers - numbers.mean()
        curvature = (x * x) @ self._spread + _PRIOR
        return float(0.5 * ((x @ self._missing) ** 2).sum() / curvature)

    def of_each(self, codes: Ints, size: int) -> Floats:
        """The gain of a row of scores for one code alone, of each code `[size]`."""
        return _of_rows(self._sums(codes, size))

    def _sums(self, codes: Ints, size: int) -> Floats:
        """What is missing and the curvature, added up for each code."""
        wide = len(self._columns)
        cells = (codes.astype(np.int64)[:, None] * wide + self._columns).ravel()
        sums = np.bincount(cells, self._flat, size * wide).astype(np.float64)
        return sums.reshape(size, wide)


def _of_rows(sums: Floats) -> Floats:
    gains: Floats = 0.5 * (sums[:, :-1] ** 2 / (sums[:, -1:] + _PRIOR)).sum(1)
    return gains
