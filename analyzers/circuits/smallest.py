"""The fewest values that are enough for an answer, by integer programming."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from analyzers.circuits.sufficient import SECONDS, Bools, Enough, minimal


def smallest(sets: Bools, known: Enough, seconds: float = SECONDS) -> Enough:
    """A smallest set of places that hits all sets, by integer programming (HiGHS).

    Args:
        sets: what has to be hit, `[sets, places]`.
        known: a set that does.
        seconds: when to give up; then the best that was found, and how small another
            could be at least.
    """
    if len(known.chosen) <= 1:
        return known
    found: Any = milp(
        np.ones(sets.shape[1]),
        integrality=np.ones(sets.shape[1], np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(sets.astype(float), lb=1),
        options={"time_limit": seconds},
    )
    bound = getattr(found, "mip_dual_bound", None)
    least = known.least if bound is None else int(np.ceil(bound - 1e-6))
    chosen = known.chosen
    if found.x is not None:
        best = np.flatnonzero(np.rint(found.x))
        if len(best) < len(chosen) and sets[:, best].any(1).all():
            order = [p for p in range(sets.shape[1]) if p not in best]
            chosen = minimal(sets, [*order, *best]).chosen
    return Enough(chosen, min(max(least, known.least), len(chosen)))
