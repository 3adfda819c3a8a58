"""The candidates of a round, ranked by what they gain for their length."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from trainers.search.candidates import Candidate
from trainers.search.terms import Term

_SHORTEST = 3.0
Make: TypeAlias = Callable[[], Term | None]


@dataclass(order=True, slots=True)
class Entry:
    """A candidate with its rank; of two with the same, the earlier is better."""

    rank: float
    number: int
    make: Make = field(compare=False)


class Ranking:
    """Keeps the best candidates.

    Args:
        keep: how many.
    """

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._heap: list[Entry] = []
        self._seen: set[int] = set()
        self.looked = 0

    def add(self, gain: float, effort: float, make: Make) -> None:
        """Offer a candidate: what it gains, how long it is, and how to make it."""
        self.looked += 1
        # By the root of the length: twice as long must gain 1.4 times as much.
        entry = Entry(float(gain / max(effort, _SHORTEST) ** 0.5), -self.looked, make)
        if len(self._heap) < self._keep:
            heapq.heappush(self._heap, entry)
        elif entry > self._heap[0]:
            heapq.heapreplace(self._heap, entry)

    def is_new(self, candidate: Candidate) -> bool:
        """Whether nothing with the same values was there before."""
        values = candidate.values.astype(np.int16)
        key = hash((candidate.numerical, values.tobytes()))
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def best(self) -> Iterator[Entry]:
        """The candidates, the best first."""
        return iter(sorted(self._heap, reverse=True))
