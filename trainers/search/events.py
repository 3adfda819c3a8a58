"""Heads that count where two codes combine in some way: fitted, cell by cell.

Whether a bracket closes one of another sort says something here; whether any did, up to
here, says much more. Such a head is found as a whole: for each combination of codes it
is known what it would gain to count it, and so the keys to count can be chosen before
the head exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from trainers.search.gain import Gain
from trainers.search.ranking import Ranking
from trainers.search.sample import Ints, Sample
from trainers.search.terms import Mapped, Term

MOST_CELLS = 300
_EFFORT = 4.0
Pair = Callable[[], tuple[Term, Term]]


class Events:
    """Tables that say where something is that is worth counting.

    Args:
        screen, gain: where candidates are looked at, and what is left to explain there.
        trial, left: the same of more inputs, to choose the codes on.
        keep: how many tables of each length.
    """

    def __init__(
        self, screen: Sample, gain: Gain, trial: Sample, left: Gain, keep: int
    ) -> None:
        self._once = Once(screen)
        self._here = gain.seen(screen)
        self._trial, self._left = trial, left
        self._all_once, self._there = Once(trial), left.seen(trial)
        self._ranking = Ranking(keep)

    def note(self, cells: Ints, size: int, lines: float, pair: Pair) -> None:
        """Remember a pair of codes if it would help to know that some two were there.

        Args:
            cells: the combinations at the cases.
            size: how many there could be.
            lines: the effort of what is read.
            pair: makes it.
        """
        if size <= MOST_CELLS:
            gains = self._here.of_each(self._once.of(cells, size), size + 1)
            self._ranking.add(gains[:-1].max(), lines, lambda: self._table(*pair()))

    def best(self) -> Iterator[Term]:
        """Tables of codes 0 and 1 that say what to count."""
        for entry in self._ranking.best():
            table = entry.make()
            if table is not None:
                yield table

    def _table(self, left: Term, right: Term) -> Term | None:
        """The table of the combinations that gain most when they are counted."""
        trial, many = self._trial, left.size * right.size
        read = [trial.values(term) for term in (left, right)]
        cells = np.ravel_multi_index(read, (left.size, right.size))
        once = self._all_once.of(cells[trial.scored], many)
        gains = self._there.of_each(once, many + 1)[:-1]
        chosen, count, best = [], np.zeros(cells.shape, np.int64), 0.0
        for cell in np.argsort(-gains)[: (gains > 0).sum()]:
            more = count + self._count(cells == cell)
            gain = self._left.of_numbers(more[trial.scored])
            if gain > best:
                chosen.append(cell)
                count, best = more, gain
        if not chosen:
            return None
        output = np.isin(np.arange(many), chosen).astype(np.int64)
        made = Mapped((left, right), output.reshape(left.size, right.size))
        return Term(made, "code", 2, effort=_EFFORT + 0.25 * len(chosen))

    def _count(self, there: Ints) -> Ints:
        """How often it is seen from each position, `[inputs, positions]`."""
        real = there & self._trial.real
        if self._trial.causal:
            return np.asarray(real.cumsum(1))
        return np.broadcast_to(real.sum(1, keepdims=True), real.shape)


class Once:
    """Tells where a code is for the first time in its input.

    Args:
        sample: where the cases are from.
    """

    def __init__(self, sample: Sample) -> None:
        self._input = np.nonzero(sample.scored)[0]
        self._inputs = sample.inputs
        self._number = np.arange(len(self._input))

    def of(self, codes: Ints, size: int) -> Ints:
        """The codes of the cases, and `size` where it was there before."""
        place = self._input * size + codes
        first = np.empty(self._inputs * size, np.int64)
        first[place[::-1]] = self._number[::-1]  # the first is written last
        return np.where(first[place] == self._number, codes, size)
