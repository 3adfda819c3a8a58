"""How much a variable would help the read-out, without fitting it.

The gain is that of one Newton step of the cross-entropy in the rows of the variable, as
in gradient boosting (Chen, Guestrin, "XGBoost", KDD 2016, section 2.2); it takes a few
microseconds, so that thousands of variables can be looked at.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trainers.search.sample import Ints

Floats: TypeAlias = NDArray[np.float64]
_PRIOR = 1.0


class Gain:
    """Asks what is left to explain.

    Args:
        cases: the right class of each case, `[cases]`.
        chances: the probability of each class by now, `[cases, classes]`.
    """

    def __init__(self, cases: Ints, chances: Floats) -> None:
        missing = np.eye(chances.shape[1])[cases] - chances
        # The curvature is much the same for all classes: its mean saves half the work.
        spread = (chances * (1 - chances)).mean(1, keepdims=True)
        self._missing, self._spread = missing, spread[:, 0]
        self._both = np.concatenate([missing, spread], 1)
        self._columns = np.arange(self._both.shape[1])
        self._flat = self._both.ravel()

    def of_codes(self, codes: Ints, size: int) -> float:
        """The gain, in nats over all cases, of a row of scores for each code."""
        return self._of_rows(self._sums(codes.astype(np.int64), size))

    def of_pairs(self, left: Ints, right: Ints, size: int) -> float:
        """The gain of a row for each pair of codes, less what chance would give.

        Args:
            left, right: the codes.
            size: how many codes `right` has.
        """
        cells = left.astype(np.int64) * size + right
        sums = self._sums(cells, int(cells.max()) + 1)
        free = (sums[:, -1] > 0).sum() * (sums.shape[1] - 2)
        return self._of_rows(sums) - float(free) / 2

    def of_numbers(self, numbers: Ints) -> float:
        """The gain of one row that counts as often as the number says."""
        x = numbers - numbers.mean()
        curvature = (x * x) @ self._spread + _PRIOR
        return float(0.5 * ((x @ self._missing) ** 2).sum() / curvature)

    def _sums(self, codes: Ints, size: int) -> Floats:
        """What is missing and the curvature, added up for each code."""
        wide = len(self._columns)
        cells = (codes[:, None] * wide + self._columns).ravel()
        sums = np.bincount(cells, self._flat, size * wide).astype(np.float64)
        return sums.reshape(size, wide)

    @staticmethod
    def _of_rows(sums: Floats) -> float:
        return float(0.5 * (sums[:, :-1] ** 2 / (sums[:, -1:] + _PRIOR)).sum())
