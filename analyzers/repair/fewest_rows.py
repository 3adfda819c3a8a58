"""Which score rows change: as few as can be found, by small whole numbers.

Rows are chosen with real numbers; whether whole units meet all requirements is computed
exactly, in integers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analyzers.repair.features import Ints
from analyzers.repair.linear import Solved, fewest, smallest
from analyzers.repair.requirements import Floats, Mask, Requirements

FINE = 1_000
"""From so many units in a point on scores are as good as real numbers."""

LEADS = (0.01, 0.0001, 1e-6)
"""So far right classes lead there, in points: the first that is possible."""

MOST_SEARCHED = 24
"""If more rows than this are changed, whether fewer could do it is not asked."""

MOST_CUTS = 20
"""So many sets of rows that turn out not to be enough are tried."""

REWEIGHTED = 4


def all_met(
    have: Requirements,
    price: Floats,
    tick: Callable[[], None],
    *,
    integral: bool = False,
    more: float = 0.0,
) -> Solved:
    """The cheapest changes that meet all requirements, which are added as needed.

    Args:
        have: some of the requirements.
        price, integral, more: see `smallest`.
        tick: is called now and then.
    """
    while True:
        tick()
        found = smallest(have, price, integral=integral, more=more)
        if found.changes is None:
            return found
        exact = found.changes * have.scale
        if have.scale < FINE and integral:
            exact = np.rint(exact).astype(np.int64)
        # Half of what is asked for on top may get lost in the accuracy of the solver.
        below = (more / 2 - 1e-7) * have.scale if not integral else 0
        if not have.add(have.wanted.slack(exact), below=below):
            return found


def fewest_rows(
    have: Requirements, loose: Floats, tick: Callable[[], None]
) -> tuple[Ints | None, bool]:
    """Exact changes in as few rows as can be found, and whether no fewer can do it.

    Args:
        have: the requirements.
        loose: changes that meet them, in as many rows as they like.
        tick: is called now and then.
    """
    rules = len(have.features.rules)
    sparse = _sparse(have, loose, tick)
    best = _exact(have, sparse, tick)
    if best is None:
        best = _exact(have, np.ones(rules, bool), tick)
    most = rules if best is None else int(best.any(axis=1).sum())
    if most == 1 or (most > MOST_SEARCHED and best is not None):
        return best, most == 1
    integral = have.scale < FINE
    held = np.abs(have.features.points).max(initial=1) / have.scale
    largest = 2 * max(float(held), float(np.abs(loose).max()), 4 / have.scale)
    cuts: list[Mask] = []
    certain = True
    while len(cuts) < MOST_CUTS:
        tick()
        found = fewest(have, largest, most, integral=integral, cuts=cuts)
        if found.chosen is None:
            return best, certain and found.infeasible and best is not None
        count = int(found.chosen.sum())
        certain &= found.bound > count - 1 + 1e-6
        if count >= most and best is not None:
            return best, certain
        price = np.where(found.chosen, 1.0, np.inf)
        before = len(have.states)
        met = all_met(have, price, tick, integral=integral)
        exact = None if met.changes is None else _exact(have, found.chosen, tick)
        if exact is not None:
            return exact, certain
        certain &= met.infeasible
        if len(have.states) == before or met.changes is not None or met.infeasible:
            cuts.append(~found.chosen)
    return best, False


def _sparse(have: Requirements, loose: Floats, tick: Callable[[], None]) -> Mask:
    """Few rows that are enough: small changes are made dear, again and again.

    Reweighted l1 minimisation (Candes, Wakin, Boyd 2008).
    """
    changes = loose
    for _ in range(REWEIGHTED):
        size = np.abs(changes).sum(axis=1)
        price = 1 / (size + 0.01 * max(float(size.max()), 1e-9))
        found = all_met(have, price, tick)
        if found.changes is None:
            break
        changes = found.changes
    return np.asarray(np.abs(changes).sum(axis=1) > 1e-9)


def _exact(have: Requirements, rows: Mask, tick: Callable[[], None]) -> Ints | None:
    """Changes of these rows in whole units that meet all requirements, small ones."""
    price = np.where(rows, 1.0, np.inf)
    if have.scale < FINE:
        found = all_met(have, price, tick, integral=True)
        if found.changes is None:
            return None
        whole = np.rint(found.changes * have.scale).astype(np.int64)
        return whole if have.wanted.slack(whole).min() >= 0 else None
    for lead in LEADS:
        found = all_met(have, price, tick, more=lead)
        if found.changes is None:
            continue
        step = have.scale
        while step >= 1:  # the roundest numbers that will do
            whole = np.rint(found.changes * (have.scale / step)).astype(np.int64) * step
            if have.wanted.slack(whole).min() >= 0:
                return whole
            step //= 10
    return None
