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
_LENGTH, _LENGTHS = 6.0, 4  # in lines
Make: TypeAlias = Callable[[], Term | None]


@dataclass(order=True, slots=True)
class Entry:
    """A candidate with its rank; of two with the same, the earlier is better."""

    rank: float
    number: int
    make: Make = field(compare=False)


class Ranking:
    """Keeps the best candidates, those of about the same length apart.

    The gain is only an estimate: long candidates must not crowd out short ones, nor
    the other way round.

    Args:
        keep: how many of each length.
    """

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._heaps: tuple[list[Entry], ...] = tuple([] for _ in range(_LENGTHS))
        self._seen: set[int] = set()
        self.looked = 0

    def add(self, gain: float, effort: float, make: Make) -> None:
        """Offer a candidate: what it gains, how long it is, and how to make it."""
        self.looked += 1
        # By the root of the length: twice as long must gain 1.4 times as much.
        entry = Entry(float(gain / max(effort, _SHORTEST) ** 0.5), -self.looked, make)
        heap = self._heaps[min(int(effort / _LENGTH), _LENGTHS - 1)]
        if len(heap) < self._keep:
            heapq.heappush(heap, entry)
        elif entry > heap[0]:
            heapq.heapreplace(heap, entry)

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
        return iter(sorted((e for heap in self._heaps for e in heap), reverse=True))
