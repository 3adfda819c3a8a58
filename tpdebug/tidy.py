"""Integer scores that are few and small; no prediction changes.

What a logistic regression finds is larger than it need be: its weights grow with what
it is sure of. So scores are also looked for by a linear program, which wants a lead of
one at the smallest sum of absolute scores (a support vector machine in the 1-norm; Zhu
et al., NIPS 2003). Then, one after another, each is moved as near to zero as it can be.
All limits are counts, not seconds: the result depends on no clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, vstack

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SWEEPS = 6
_MOST_WORK = 15_000_000  # entries of a matrix times classes; more takes too long
_MOST_COLUMNS = 500  # scores of a linear program, for 10 s
_MOST_ROUNDS, _EACH = 25, 300  # constraints that are added
_MOST_STEPS = 20_000  # of the simplex method
_MOST_SCALE = 12
_MOST_SPARSE = 2_000  # scores, where few variables are looked for
_FINEST = 400
_REWEIGHTED = 4
_FAR = 2**40


def tidy(rounded: Ints, seen: Any, wanted: Ints, groups: Sequence[slice]) -> Ints:
    """The smallest scores that are found for some predictions.

    Args:
        rounded: scores that give them, `[features, classes]`.
        seen: the features of each case, a sparse matrix `[cases, features]`.
        wanted: the class of each case.
        groups: the features of each variable.

    Returns:
        Scores that give them as well; those that were given if all of this is too
        large.
    """
    if seen.nnz * rounded.shape[1] > _MOST_WORK:
        return rounded
    starts = [rounded]
    if rounded.size <= _MOST_COLUMNS:
        weights = _least(seen, wanted, rounded.shape[1])
        starts += () if weights is None else _roundings(weights, seen, wanted)
    found = [_Leads(start, seen, wanted, groups).shrunk() for start in starts]
    return min([rounded, *found], key=_size)


def _size(scores: Ints) -> tuple[int, int]:
    """The digits that are read, and the sum."""
    rows = abs(scores[scores.any(1)])
    digits = 1 + np.floor(np.log10(np.maximum(rows, 1)))
    return int(digits.sum()), int(rows.sum())


def _roundings(
    weights: Floats, seen: Any, wanted: Ints, most: int = _MOST_SCALE
) -> Iterator[Ints]:
    """Rounded at the coarsest scale that keeps every prediction, if there is one."""
    for scale in range(1, most + 1):
        rounded = np.rint(weights * scale).astype(np.int64)
        if _leads(seen @ rounded, wanted).min() >= 1:
            yield rounded
            return


class _Leads:
    """How far the wanted class leads each other one, while scores change.

    What is kept is by how much each lead may shrink: down to 1, or to 0 where it is 0
    from the start. (A tie goes to the first class; such answers are hard to explain.)
    """

    def __init__(
        self, scores: Ints, seen: Any, wanted: Ints, groups: Sequence[slice]
    ) -> None:
        self.scores, self.seen, self.wanted = scores.copy(), seen, wanted
        self.groups = groups
        self._columns = seen.tocsc()
        leads = _leads((seen @ scores).astype(np.int64), wanted)
        self.spare = np.maximum(leads - 1, 0)

    def shrunk(self) -> Ints:
        """The scores, as near to zero as moving one at a time gets them."""
        self._centre()
        for group in reversed(self.groups):
            self._drop(group)
        for feature in reversed(range(len(self.scores))):
            self._drop(slice(feature, feature + 1))
        for _ in range(_SWEEPS):
            before = self.scores.copy()
            for feature in reversed(range(len(self.scores))):
                self._move(feature)
            self._centre()
            if (self.scores == before).all():
                break
        found: Ints = self.scores // max(1, np.gcd.reduce(self.scores, axis=None))
        return found

    def _centre(self) -> None:
        """A row may be shifted for all classes at once."""
        middle = np.sort(self.scores, 1)[:, (self.scores.shape[1] - 1) // 2]
        self.scores -= middle[:, None]

    def _drop(self, features: slice) -> None:
        """Make some rows zeros, if that changes nothing."""
        rows = self.scores[features]
        if not rows.any():
            return
        part = self._columns[:, features].tocsr()
        cases = np.flatnonzero(np.diff(part.indptr))
        added = (part[cases] @ rows).astype(np.int64)
        own = np.arange(len(cases)), self.wanted[cases]
        spare = self.spare[cases] - added[own][:, None] + added
        spare[own] = _FAR
        if spare.min(initial=0) >= 0:
            self.spare[cases] = spare
            self.scores[features] = 0

    def _move(self, feature: int) -> None:
        """Move each score of a row as near to zero as it may be."""
        row = self.scores[feature]
        if not row.any():
            return
        at = slice(*self._columns.indptr[feature : feature + 2])
        cases, times = self._columns.indices[at], self._columns.data[at]
        times = times.astype(np.int64)[:, None]
        spare, wanted = self.spare[cases], self.wanted[cases]
        for label in np.argsort(-abs(row), kind="stable"):
            if not row[label]:
                break
            mine = wanted == label
            if row[label] > 0:  # down by what those that want it can spare
                most = (spare[mine] // times[mine]).min(initial=_FAR)
                step = -min(int(most), int(row[label]))
            else:
                most = (spare[:, label] // times[:, 0])[~mine].min(initial=_FAR)
                step = min(int(most), int(-row[label]))
            if step:
                row[label] += step
                spare[mine] += step * times[mine]
                spare[~mine, label] -= step * times[~mine, 0]
        self.spare[cases] = spare


def _leads(totals: Any, wanted: Ints) -> Any:
    """By how much the wanted class leads each one `[cases, classes]`, itself by far."""
    own = np.arange(len(wanted)), wanted
    leads = totals[own][:, None] - totals
    leads[own] = _FAR
    return leads


def few_variables(
    seen: Any, wanted: Ints, classes: int, groups: Sequence[slice]
) -> Ints | None:
    """Integer scores that predict as wanted, of as few variables as can be found.

    Each time the cost of a variable's scores is what they were small by before, so what
    is small becomes nothing (reweighted 1-norm: Candes, Wakin, Boyd, 2008; for groups:
    the group lasso of Yuan and Lin, 2006).

    Args:
        seen: the features of each case, a sparse matrix `[cases, features]`.
        wanted: the class of each case.
        classes: how many there are.
        groups: the features of each variable.

    Returns:
        `[features, classes]`; None if none are found, or it takes too long.
    """
    features = seen.shape[1]
    if features * classes > _MOST_SPARSE or seen.nnz * classes > _MOST_WORK:
        return None
    costs = np.ones(features)
    best: Floats | None = None
    for _ in range(_REWEIGHTED):
        weights = _least(seen, wanted, classes, np.repeat(costs, classes))
        if weights is None:
            break
        best = weights
        sizes = [abs(weights[group]).sum() for group in groups]
        for group, size in zip(groups, sizes, strict=True):
            costs[group] = 1 / (size + 0.05 * max(sizes) + 1e-9)
        costs /= costs.min()
    if best is None:
        return None
    return next(_roundings(best, seen, wanted, _FINEST), None)


def _least(
    seen: Any, wanted: Ints, classes: int, weigh: Floats | None = None
) -> Floats | None:
    """Real scores with the smallest sum that predict with a lead of one.

    Constraints that are not met are added until all are.

    Args:
        seen, wanted, classes: as above.
        weigh: what a unit of each score costs `[features * classes]`; default: 1.

    Returns:
        `[features, classes]`; None where it takes too long.
    """
    features = seen.shape[1]
    size = features * classes
    weigh = np.ones(size) if weigh is None else weigh
    weights, rows = np.zeros((features, classes)), csr_array((0, size))
    bounds = np.zeros(0)
    for _ in range(_MOST_ROUNDS):
        lacks = 1 - _leads(seen @ weights, wanted)
        worst = np.flatnonzero(lacks > 1e-6)
        if not len(worst):
            return weights
        order = np.argsort(-lacks.ravel()[worst], kind="stable")
        cases, rivals = np.divmod(worst[order[:: max(1, len(order) // _EACH)]], classes)
        rows = vstack([rows, _differences(seen[cases], wanted[cases], rivals, classes)])
        bounds = np.append(bounds, np.ones(len(cases)))
        both: Any = vstack([-rows.T, rows.T]).T  # the scores are differences: w = p - n
        options: Any = {"maxiter": _MOST_STEPS}
        costs = np.tile(weigh, 2)
        found: Any = linprog(costs, both, -bounds, method="highs-ds", options=options)
        if found.x is None:
            return None
        weights = (found.x[:size] - found.x[size:]).reshape(features, classes)
    return None


def _differences(seen: Any, wanted: Ints, rivals: Ints, classes: int) -> Any:
    """Rows that give the lead of the wanted class over a rival."""
    cells = seen.tocoo()
    row, feature = cells.coords
    at = np.concatenate([feature * classes + c[row] for c in (wanted, rivals)])
    data = np.concatenate([cells.data, -cells.data])
    size = seen.shape[0], seen.shape[1] * classes
    return coo_array((data, (np.tile(row, 2), at)), shape=size).tocsr()
