"""One score changed: from which change on, and up to which, each answer is right.

An answer is right as long as its class leads. If one score of a row changes by d, the
answers that count the row stay or become right from some d on, or up to some d. So how
many are right is a sum of steps, and it is enough to look at the steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
LIMIT = 2**62
"""No change is as large."""


@dataclass(frozen=True, slots=True)
class Rivals:
    """What right classes have to beat, at each answer.

    Attributes:
        own: the score of the right class `[states]`.
        first, which: the score that it needs against the strongest other class, and
            which class that is.
        second: the same against all but that one.
    """

    own: Ints
    first: Ints
    which: Ints
    second: Ints

    @classmethod
    def of(cls, totals: Ints, label: Ints) -> Rivals:
        """Look for them.

        Args:
            totals: the score of each class `[states, classes]`.
            label: the right class `[states]`; where there is none, any one is taken.
        """
        places, label = np.arange(len(label)), np.maximum(label, 0)
        # Of equal scores the first class wins.
        needed = totals + (np.arange(totals.shape[1]) < label[:, None])
        needed[places, label] = -LIMIT
        which = needed.argmax(axis=1)
        first = needed[places, which]
        needed[places, which] = -LIMIT
        return cls(totals[places, label], first, which, needed.max(axis=1))

    def some(self, rows: Ints) -> Rivals:
        """The same of some answers."""
        columns = (self.own, self.first, self.which, self.second)
        return Rivals(*(column[rows] for column in columns))


def steps_of(
    scores: Ints, rivals: Rivals, place: int, times: Ints, label: Ints
) -> tuple[Ints, Ints]:
    """From which change of a score on, and up to which, each answer is right.

    Args:
        scores: the score of the class at each answer.
        rivals: of these answers.
        place: the class.
        times: how often each counts the row.
        label: the right class.

    Returns:
        One of the two for each answer; `LIMIT` and `-LIMIT` stand for never.
    """
    low, high = np.full(len(label), LIMIT), np.full(len(label), -LIMIT)
    mine = np.flatnonzero(label == place)
    lead = rivals.own[mine] - rivals.first[mine]
    low[mine] = np.maximum(-(lead // times[mine]), -LIMIT + 1)
    others = np.where(rivals.which == place, rivals.second, rivals.first)
    theirs = np.flatnonzero((label >= 0) & (label != place) & (rivals.own >= others))
    needed = scores[theirs] + (place < label[theirs])
    high[theirs] = (rivals.own[theirs] - needed) // times[theirs]
    return low, high


def best_step(
    totals: Ints, rivals: Rivals, place: int, times: Ints, label: Ints, weight: Ints
) -> tuple[int, int]:
    """The best change of the score of one class: how many more are right, and by what.

    Args:
        totals: the score of each class, for answers that count the row.
        rivals: what the right ones have to beat.
        place: the class.
        times, label, weight: of these answers.
    """
    low, high = steps_of(totals[:, place], rivals, place, times, label)
    rises, falls = low != LIMIT, high != -LIMIT
    places = np.concatenate([[-LIMIT, 0], low[rises], high[falls] + 1])
    order = np.argsort(places)
    places = places[order]
    gains = np.concatenate([[0, 0], weight[rises], -weight[falls]])[order]
    last = np.flatnonzero(np.diff(places, append=LIMIT))
    starts, right = places[last], np.cumsum(gains)[last]  # from there to the next one
    ends = np.append(starts[1:], LIMIT) - 1
    now = right[np.searchsorted(starts, 0)]
    best = np.flatnonzero(right == right.max())
    nearest = np.clip(0, starts[best], ends[best])
    chosen = np.argmin(np.abs(nearest))
    return int(right[best[chosen]] - now), int(nearest[chosen])
