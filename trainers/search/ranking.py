"""The candidates of a round, ranked by what they gain for their length."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from trainers.search.candidates import Candidate
from trainers.search.terms import Term

_SHORTEST = 3.0
_LENGTH, _LENGTHS = 6.0, 4  # in lines
_DIGITS = 6  # of a gain in nats
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
    the other way round. Of those that gain exactly the same, which say the same in
    other words, only the shortest of each length is kept.

    Args:
        keep: how many of each length.
    """

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._kept: tuple[dict[float, Entry], ...] = tuple({} for _ in range(_LENGTHS))
        self._least = [-np.inf] * _LENGTHS
        self._seen: set[int] = set()
        self.looked = 0

    def add(self, gain: float, effort: float, make: Make) -> None:
        """Offer a candidate: what it gains, how long it is, and how to make it."""
        self.looked += 1
        # By the root of the length: twice as long must gain 1.4 times as much.
        rank = float(gain / max(effort, _SHORTEST) ** 0.5)
        bucket = min(int(effort / _LENGTH), _LENGTHS - 1)
        if rank <= self._least[bucket]:
            return
        kept, same = self._kept[bucket], round(gain, _DIGITS)
        if same in kept and kept[same].rank >= rank:
            return
        kept[same] = Entry(rank, -self.looked, make)
        if len(kept) > self._keep:
            del kept[min(kept, key=kept.__getitem__)]
            self._least[bucket] = min(entry.rank for entry in kept.values())

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
        entries = (entry for kept in self._kept for entry in kept.values())
        return iter(sorted(entries, reverse=True))
