"""Scores changed one after the other, where too many answers stay wrong to solve it.

Which rows are the fewest is a question for a solver (`fewest_rows.py`); with many
thousands of answers that no scores make right together it is not answered. Here one
score changes at a time, by what makes the most answers right and breaks no more than
allowed: exact for each step, and a good guess in all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analyzers.repair.features import Features, Ints
from analyzers.repair.requirements import Mask
from analyzers.steps import LIMIT, Rivals, steps_of

MOST_STEPS = 60
"""So many scores are changed at most, one at a time."""


@dataclass(frozen=True, slots=True)
class Step:
    """A change of one score.

    Attributes:
        gain: how many more answers are right.
        rule, place: which row, and which class.
        change: by how many units.
    """

    gain: int
    rule: int
    place: int
    change: int


class Climb:
    """Scores on their way up.

    Attributes:
        found: what the read-out sees.
        changes: of each score so far `[rules, classes]`.
        totals: the scores of each answer with them `[states, classes]`.
    """

    def __init__(self, found: Features, allowed: int) -> None:
        self.found, self.allowed = found, allowed
        self.changes = np.zeros_like(found.points)
        self.totals = found.totals.copy()
        self.before = ~found.wrong
        self.rivals = Rivals.of(self.totals, found.label)
        self.columns = found.counts.tocsc()

    @property
    def right(self) -> Mask:
        """The answers that are right now."""
        found: Mask = self.totals.argmax(axis=1) == self.found.label
        return found

    @property
    def left(self) -> int:
        """How many more may break."""
        return self.allowed - self.found.count(self.before & ~self.right)

    def best(self, rule: int, place: int, left: int) -> Step:
        """The best change of a score that breaks no more than so many answers."""
        states, times = self._counting(rule)
        label, weight = self.found.label[states], self.found.weight[states]
        scores, rivals = self.totals[states, place], self.rivals.some(states)
        low, high = steps_of(scores, rivals, place, times, label)
        before = self.before[states]
        first = _farthest(-low, weight, before & (low != LIMIT) & (low <= 0), left)
        last = _farthest(high, weight, before & (high >= 0), left)
        span = (-first, last)
        gain, change = _best(low, high, weight, span)
        return Step(gain, rule, place, change)

    def take(self, step: Step) -> None:
        """Change a score."""
        states, times = self._counting(step.rule)
        self.changes[step.rule, step.place] += step.change
        self.totals[states, step.place] += times * step.change
        self.rivals = Rivals.of(self.totals, self.found.label)

    def _counting(self, rule: int) -> tuple[Ints, Ints]:
        """The answers that count a row, and how often."""
        at = slice(*self.columns.indptr[rule : rule + 2].tolist())
        indices, times = self.columns.indices[at], self.columns.data[at]
        return indices.astype(np.int64), times


def climb(found: Features, allowed: int, tick: Callable[[], None]) -> Ints:
    """Change scores one after the other, as long as that helps.

    The change that would have helped most is tried first again after each step.

    Args:
        found: what the read-out sees.
        allowed: how many right answers may become wrong.
        tick: is called after each row that was looked at, and each step.

    Returns:
        Changes of scores, in units `[rules, classes]`.
    """
    work = Climb(found, allowed)
    steps: list[Step] = []
    for rule in range(len(found.rules)):
        tick()
        pairs = (work.best(rule, place, allowed) for place in range(len(found.classes)))
        steps += [step for step in pairs if step.gain > 0]
    taken = 0
    while steps and taken < MOST_STEPS:
        tick()
        left = work.left
        steps.sort(key=lambda step: -step.gain)
        fresh = work.best(steps[0].rule, steps[0].place, left)
        if fresh.gain <= 0:
            del steps[0]
        elif len(steps) == 1 or fresh.gain >= steps[1].gain:
            work.take(fresh)
            taken += 1
        else:
            steps[0] = fresh
    return work.changes


def _farthest(ends: Ints, weight: Ints, some: Mask, left: int) -> int:
    """How far one may go, if each answer breaks behind its end and so many may."""
    if not some.any():
        return LIMIT // 2
    ends, weight = ends[some], weight[some]
    if left < weight.min():
        return int(ends.min())
    order = np.argsort(ends, kind="stable")
    broken = np.cumsum(weight[order])
    place = int(np.searchsorted(broken, left, side="right"))
    return int(ends[order[place]]) if place < len(order) else LIMIT // 2


def _best(
    low: Ints, high: Ints, weight: Ints, span: tuple[int, int]
) -> tuple[int, int]:
    """How many more are right by the best change in a span with 0, and that change."""
    first, last = span
    rises = (low > first) & (low <= last)
    falls = (high >= first) & (high < last)
    places = np.concatenate([[first, 0], low[rises], high[falls] + 1])
    order = np.argsort(places, kind="stable")
    places = places[order]
    gains = np.concatenate([[0, 0], weight[rises], -weight[falls]])[order]
    ends = np.flatnonzero(np.diff(places, append=LIMIT))
    starts, right = places[ends], np.cumsum(gains)[ends]
    gain = right - right[np.searchsorted(starts, 0)]
    best = int(np.argmax(gain))
    end = starts[best + 1] - 1 if best + 1 < len(starts) else last
    return int(gain[best]), roundest(*_modest(int(starts[best]), int(end)))


def _modest(first: int, last: int) -> tuple[int, int]:
    """The part of a span that is at most twice as far from 0 as its nearer end."""
    return max(first, min(2 * last, 0)), min(last, max(2 * first, 0))


def roundest(first: int, last: int) -> int:
    """The roundest number in a span, the nearest to 0 of equally round ones.

    >>> roundest(1234, 1999), roundest(-57, -52), roundest(-3, 8), roundest(7, 7)
    (1300, -52, 0, 7)
    """
    if first <= 0 <= last:
        return 0
    if last < 0:
        return -roundest(-last, -first)
    step = int(10 ** len(str(last)))
    while True:
        found = -(-first // step) * step
        if found <= last:
            return found
        step //= 10
