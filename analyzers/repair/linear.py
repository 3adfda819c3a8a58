"""Programs over scores, solved with cutting planes: which changes of rows make answers
right.

A requirement is (answer, rival): the right class leads before the rival. There are
many; one solves with some of them, looks which others the solution violates, and adds
those.
(Cutting planes: Kelley 1960. Solver: HiGHS, Huangfu and Hall 2018.)
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, eye_array, hstack, kron

from analyzers.repair.features import Features, Ints

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
ADDED = 400
"""Requirements that are added in a round, the most violated ones."""

NODES = 5_000
"""So many nodes of a search tree are looked at; a limit of time would be random."""


@dataclass(frozen=True, eq=False)
class Wanted:
    """Answers that have to be right.

    The right class has to lead by a unit of the scores where it comes after the rival
    in class order; elsewhere a tie is enough.

    Attributes:
        features: what the answers see.
        answers: which of them have to be right `[states]`.
    """

    features: Features
    answers: Mask

    def slack(self, changes: Ints | Floats) -> Floats | Ints:
        """How far each requirement is from failing, by changes `[rules, classes]`.

        Less than 0 is violated. `[states, classes]`; very much where there is none.
        """
        found = self.features
        kind = changes.dtype
        totals = found.totals.astype(kind) + found.counts.astype(kind) @ changes
        places = np.arange(len(totals))
        label = np.maximum(found.label, 0)
        own = totals[places, label][:, None]
        after = np.arange(totals.shape[1]) < label[:, None]
        needed = after.astype(kind)
        most = np.iinfo(np.int64).max if kind == np.int64 else np.inf
        slack: Floats | Ints = own - totals - needed
        slack[places, label] = most
        slack[~self.answers] = most
        return slack


class Requirements:
    """Some of the requirements, as rows of a matrix over the changes of scores.

    Changes are in points, one column a (rule, class). A point is so many units of the
    scores that they are of a size that solvers can compute with.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.features = wanted.features
        self.scale = unit_of(self.features)
        self.classes = self.features.totals.shape[1]
        self.states = np.zeros(0, np.int64)
        self.rivals = np.zeros(0, np.int64)
        self._have: set[tuple[int, int]] = set()

    def add(self, slack: Floats | Ints, most: int = ADDED, below: float = 0) -> int:
        """Take in the requirements with the least slack; return how many are new.

        Of each answer only its worst one is taken at a time, so that they differ.
        """
        worst = slack.min(axis=1)
        states = np.flatnonzero(worst < below)
        order = states[np.argsort(worst[states], kind="stable")][:most]
        pairs = [(int(s), int(slack[s].argmin())) for s in order]
        fresh = [pair for pair in pairs if pair not in self._have]
        self._have.update(fresh)
        states, rivals = np.array(fresh, np.int64).reshape(-1, 2).T
        self.states = np.concatenate([self.states, states])
        self.rivals = np.concatenate([self.rivals, rivals])
        return len(fresh)

    def matrix(self) -> csr_array:
        """What each change adds to the lead `[requirements, rules * classes]`."""
        count = len(self.states)
        seen = self.features.counts[self.states].tocoo()
        row, rule = seen.row.astype(np.int64), seen.col.astype(np.int64)
        label = self.features.label[self.states]
        columns = (
            rule * self.classes + label[row],
            rule * self.classes + self.rivals[row],
        )
        size = len(self.features.rules) * self.classes
        data = np.concatenate([seen.data, -seen.data]).astype(float)
        where = (np.concatenate([row, row]), np.concatenate(columns))
        return csr_array(coo_array((data, where), (count, size)))

    def needed(self, more: float = 0.0) -> Floats:
        """How much has to be added to each lead, in points.

        Args:
            more: that much on top of what makes the answer right.
        """
        totals = self.features.totals[self.states]
        label = self.features.label[self.states]
        places = np.arange(len(label))
        lead = totals[places, label] - totals[places, self.rivals]
        least = (self.rivals < label).astype(np.int64)
        return np.asarray((least - lead) / self.scale + more, np.float64)


def unit_of(found: Features) -> int:
    """A power of ten, such that no score is far above a hundred times as much."""
    largest = int(np.abs(found.points).max(initial=1))
    return int(10 ** max(0, len(str(largest)) - 2))


@dataclass(frozen=True, eq=False)
class Solved:
    """What a solver gave.

    Attributes:
        changes: in points `[rules, classes]`; None if none was found.
        infeasible: whether there are none for certain.
        bound: what the objective cannot be less than.
        chosen: which rules change, or which answers are given up.
    """

    changes: Floats | None
    infeasible: bool = False
    bound: float = 0.0
    chosen: Mask | None = None


def smallest(
    have: Requirements,
    price: Floats,
    *,
    integral: bool = False,
    more: float = 0.0,
) -> Solved:
    """The cheapest changes that meet the requirements so far.

    Args:
        have: the requirements.
        price: of a point of change in each rule; infinite: it may not change `[rules]`.
        integral: whether changes are whole units of the scores.
        more: see `Requirements.needed`.
    """
    prices = np.repeat(price, have.classes)
    kept = np.isfinite(prices)
    if not kept.any():
        met = have.needed(more).max(initial=0) <= 0
        still = np.zeros((len(price), have.classes))
        return Solved(still if met else None, not met)
    matrix = have.matrix()[:, kept]
    unit = have.scale if integral else 1
    found = _solve(
        np.concatenate([prices[kept], prices[kept]]),
        [LinearConstraint(hstack([matrix, -matrix]), have.needed(more) * unit)],
        Bounds(0, np.inf),
        np.full(2 * matrix.shape[1], int(integral)),
    )
    if found.x is None:
        return Solved(None, found.status == 2)
    plus, minus = np.split(found.x, 2)
    changes = np.zeros(len(kept))
    changes[kept] = (plus - minus) / unit
    return Solved(changes.reshape(-1, have.classes))


def fewest(
    have: Requirements,
    largest: float,
    most: int,
    *,
    integral: bool,
    cuts: Sequence[Mask],
) -> Solved:
    """The fewest rules whose changes meet the requirements so far, in `chosen`.

    Args:
        have: the requirements.
        largest: no score changes by more points than this.
        most: no more rules than this.
        integral: whether changes are whole units of the scores.
        cuts: sets of rules `[rules]` of which at least one has to change.
    """
    rules, classes = len(have.features.rules), have.classes
    unit = have.scale if integral else 1
    matrix = have.matrix()
    used = np.flatnonzero(abs(matrix).sum(axis=0).reshape(rules, classes).sum(axis=1))
    columns = (used[:, None] * classes + np.arange(classes)).reshape(-1)
    size, many = len(columns), len(used)
    switch = kron(eye_array(many), np.ones((classes, 1))) * -largest * unit
    nothing = csr_array((matrix.shape[0], many))
    met = hstack([matrix[:, columns], nothing])
    rows = [LinearConstraint(met, have.needed() * unit)]
    for sign in (1, -1):
        both = hstack([sign * eye_array(size), switch])
        rows.append(LinearConstraint(both, -np.inf, 0))
    for cut, low, high in [*((c, 1, np.inf) for c in cuts), (used >= 0, 0, most)]:
        marked = cut[used] if len(cut) == rules else cut
        row = np.concatenate([np.zeros(size), marked.astype(float)])
        rows.append(LinearConstraint(csr_array(row[None]), low, high))
    upper = np.concatenate([np.full(size, largest * unit), np.ones(many)])
    lower = np.concatenate([-upper[:size], np.zeros(many)])
    whole = np.concatenate([np.full(size, int(integral)), np.ones(many)])
    goal = np.concatenate([np.zeros(size), np.ones(many)])
    found = _solve(goal, rows, Bounds(lower, upper), whole)
    if found.x is None:
        return Solved(None, found.status == 2, _bound(found))
    chosen = np.zeros(rules, bool)
    chosen[used] = found.x[size:] > 0.5
    changes = np.zeros((rules, classes))
    changes[used] = found.x[:size].reshape(many, classes) / unit
    return Solved(changes, False, _bound(found), chosen)


def most_right(have: Requirements, soft: Mask, largest: float, whole: bool) -> Solved:
    """The changes that give up as few answers as possible, which are `chosen`.

    Args:
        have: the requirements.
        soft: which answers may be given up `[states]`.
        largest: no score changes by more points than this.
        whole: whether answers are given up wholly or not at all; else what they lack
            is counted, which is easier to solve.
    """
    matrix, needed = have.matrix(), have.needed()
    states = np.unique(have.states[soft[have.states]])
    row = np.flatnonzero(soft[have.states])
    column = np.searchsorted(states, have.states[row])
    reach = 2 * largest * abs(matrix).sum(axis=1) / 2
    far = needed[row] + reach[row] if whole else np.ones(len(row))
    shape = (len(needed), len(states))
    given = csr_array((np.maximum(far, 0), (row, column)), shape)
    size, many = matrix.shape[1], len(states)
    weight = have.features.weight[states].astype(float)
    ends = np.full(many, 1.0 if whole else np.inf)
    found = _solve(
        np.concatenate([np.zeros(size), weight]),
        [LinearConstraint(hstack([matrix, given]), needed)],
        Bounds(
            np.concatenate([np.full(size, -largest), np.zeros(many)]),
            np.concatenate([np.full(size, largest), ends]),
        ),
        np.concatenate([np.zeros(size), np.full(many, int(whole))]),
    )
    if found.x is None:
        return Solved(None, found.status == 2)
    chosen = np.zeros(len(soft), bool)
    chosen[states] = found.x[size:] > (0.5 if whole else 1e-7)
    changes = found.x[:size].reshape(-1, have.classes)
    return Solved(changes, False, _bound(found), chosen)


def combination(have: Requirements) -> Floats:
    """Multipliers of requirements that sum to a contradiction, if they have none.

    They are the dual values of missing what is required by as little as possible
    (Farkas' lemma) `[requirements]`.
    """
    matrix = have.matrix()
    count = matrix.shape[0]
    found = _solve(
        -have.needed(),
        [LinearConstraint(csr_array(matrix.T), 0, 0)],
        Bounds(np.zeros(count), np.ones(count)),
        np.zeros(count),
    )
    if found.x is None:
        return np.zeros(len(have.states))
    return np.asarray(found.x, np.float64)


def _bound(found: Any) -> float:
    bound = getattr(found, "mip_dual_bound", None)
    return 0.0 if bound is None or not np.isfinite(bound) else float(bound)


def _solve(
    goal: Floats, rows: Sequence[LinearConstraint], bounds: Bounds, whole: Any
) -> Any:
    with _quiet():
        return milp(
            goal,
            constraints=list(rows),
            bounds=bounds,
            integrality=whole,
            options={"node_limit": NODES},
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the solver prints for its developers away from our output."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # it was closed
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
