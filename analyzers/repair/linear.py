"""Programs over scores, solved with cutting planes: which changes of rows make answers
right.

One solves with some of the requirements, looks which others the solution violates, and
adds those. (Cutting planes: Kelley 1960. Solver: HiGHS, Huangfu and Hall 2018.)
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack, kron

from analyzers.repair.requirements import Floats, Mask, Requirements

NODES = 1_000
"""So many nodes of a search tree are looked at; a limit of time would be random."""


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
