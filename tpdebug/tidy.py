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


def tidy(
    rounded: Ints,
    seen: Any,
    wanted: Ints,
    groups: Sequence[slice],
    *,
    few_variables: bool = False,
) -> Ints:
    """The smallest scores that are found for some predictions.

    Args:
        rounded: scores that give them, `[features, classes]`.
        seen: the features of each case, a sparse matrix `[cases, features]`.
        wanted: the class of each case.
        groups: the features of each variable.
        few_variables: whether scores of few variables are looked for first of all.

    Returns:
        Scores that give them as well; those that were given if all of this is too
        large.
    """
    if seen.nnz * rounded.shape[1] > _MOST_WORK:
        return rounded
    starts, least = [rounded], _Least(seen, wanted, rounded.shape[1])
    if few_variables and rounded.size <= _MOST_SPARSE:
        starts += _few_variables(least, groups)
    if rounded.size <= _MOST_COLUMNS:
        weights = least.weights()
        starts += () if weights is None else _roundings(weights, seen, wanted)
    found = [_Leads(start, seen, wanted, groups).shrunk() for start in starts]

    def size(scores: Ints) -> tuple[int, ...]:
        """The variables, the digits that are read, and the sum."""
        rows = abs(scores[scores.any(1)])
        digits = 1 + np.floor(np.log10(np.maximum(rows, 1)))
        variables = sum(bool(scores[group].any()) for group in groups)
        first = (variables, len(rows)) if few_variables else ()
        return *first, int(digits.sum()), int(rows.sum())

    return min([rounded, *found], key=size)


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


def _few_variables(least: _Least, groups: Sequence[slice]) -> Iterator[Ints]:
    """Integer scores that predict as wanted, of as few variables as can be found.

    Each time the cost of a variable's scores is what they were small by before, so what
    is small becomes nothing (reweighted 1-norm: Candes, Wakin, Boyd, 2008; for groups:
    the group lasso of Yuan and Lin, 2006).
    """
    costs = np.ones(least.seen.shape[1])
    best: Floats | None = None
    for _ in range(_REWEIGHTED):
        weights = least.weights(costs)
        if weights is None:
            break
        best = weights
        sizes = [abs(weights[group]).sum() for group in groups]
        for group, size in zip(groups, sizes, strict=True):
            costs[group] = 1 / (size + 0.05 * max(sizes) + 1e-9)
        costs /= costs.min()
    if best is not None:
        yield from _roundings(best, least.seen, least.wanted, _FINEST)


class _Least:
    """Real scores with the smallest sum that predict with a lead of one.

    Constraints that are not met are added until all are; they are kept for the next
    time.

    Attributes:
        seen, wanted, classes: as above.
    """

    def __init__(self, seen: Any, wanted: Ints, classes: int) -> None:
        self.seen, self.wanted, self.classes = seen, wanted, classes
        self._rows = csr_array((0, seen.shape[1] * classes))

    def weights(self, costs: Floats | None = None) -> Floats | None:
        """The scores `[features, classes]`; None where it takes too long.

        Args:
            costs: what a unit of each score of a feature costs; default: 1.
        """
        features, classes = self.seen.shape[1], self.classes
        costs = np.ones(features) if costs is None else costs
        weights: Floats | None = np.zeros((features, classes))
        if self._rows.shape[0]:
            weights = self._solved(costs)
        for _ in range(_MOST_ROUNDS):
            if weights is None:
                return None
            lacks = 1 - _leads(self.seen @ weights, self.wanted)
            worst = np.flatnonzero(lacks > 1e-6)
            if not len(worst):
                return weights
            order = np.argsort(-lacks.ravel()[worst], kind="stable")
            order = order[:: max(1, len(order) // _EACH)]
            cases, rivals = np.divmod(worst[order], classes)
            more = self.seen[cases], self.wanted[cases], rivals, classes
            self._rows = vstack([self._rows, _differences(*more)])
            weights = self._solved(costs)
        return None

    def _solved(self, costs: Floats) -> Floats | None:
        """The cheapest scores that meet the constraints so far."""
        rows = self._rows
        both: Any = vstack([-rows.T, rows.T]).T  # the scores are differences: w = p - n
        options: Any = {"maxiter": _MOST_STEPS}
        prices = np.tile(np.repeat(costs, self.classes), 2)
        bounds = -np.ones(rows.shape[0])
        found: Any = linprog(prices, both, bounds, method="highs-ds", options=options)
        if found.x is None:
            return None
        size = rows.shape[1]
        weights: Floats = found.x[:size] - found.x[size:]
        return weights.reshape(-1, self.classes)


def _differences(seen: Any, wanted: Ints, rivals: Ints, classes: int) -> Any:
    """Rows that give the lead of the wanted class over a rival."""
    cells = seen.tocoo()
    row, feature = cells.coords
    at = np.concatenate([feature * classes + c[row] for c in (wanted, rivals)])
    data = np.concatenate([cells.data, -cells.data])
    size = seen.shape[0], seen.shape[1] * classes
    return coo_array((data, (np.tile(row, 2), at)), shape=size).tocsr()
