"""Score rows: what a change does to all answers, and which one is best, exactly.

Inputs are not evaluated again: answers that read the same values are counted once, with
a weight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analyzers.alter import current
from analyzers.states import States
from analyzers.steps import Rivals, best_step
from tpdebug.findings import Effect, Scores
from tpdebug.nodes import Rule

Ints = NDArray[np.int64]

MOST_STATES, SOME_STATES, MOST_STEPS = 100_000, 10_000, 4
"""If more answers than that differ, which class to change is looked up on a few, and
so many classes are changed at most."""


class Margins:
    """By how much classes lead, and what other scores do to that.

    Attributes:
        states: what the read-out sees.
    """

    def __init__(self, states: States) -> None:
        self.states = states

    def effect(self, to: Scores) -> Effect:
        """What other scores in a row do."""
        before = current(self.states.program, to.rule)
        assert isinstance(before, Scores)
        times = self.states.times(to.rule)
        change = np.array(to.scores, np.int64) - before.scores
        counted = np.flatnonzero(times)
        totals = self.states.totals[counted] + times[counted, None] * change
        was = self._right[counted]
        now = totals.argmax(axis=1) == self.states.label[counted]
        weight = self.states.weight[counted]
        return Effect(int(weight[now & ~was].sum()), int(weight[was & ~now].sum()))

    def best(self, now: Scores) -> tuple[Scores, Effect]:
        """The best scores of a row, one class changed after the other.

        In each step the class and the change that leave the fewest wrong answers; of
        equally good ones the smallest change. It ends when no change of a class helps.
        """
        counted, part = self._counted(now.rule)
        totals = self.states.totals[counted].copy()
        scores = list(now.scores)
        few = len(counted) <= MOST_STATES
        rivals = self._rivals.some(counted)
        for _ in range(2 * self.states.classes if few else MOST_STEPS):
            classes = self._worth_it(totals, rivals, part)
            steps = [(*best_step(totals, rivals, c, *part), c) for c in classes]
            gain, change, place = max(steps, key=lambda s: (s[0], -abs(s[1]), -s[2]))
            if gain <= 0:
                break
            scores[place] += change
            totals[:, place] += change * part[0]
            rivals = Rivals.of(totals, part[1])
        found = Scores(now.rule, tuple(scores))
        return found, self.effect(found)

    def _worth_it(
        self, totals: Ints, rivals: Rivals, part: tuple[Ints, Ints, Ints]
    ) -> Sequence[int]:
        """The classes to try: where very many answers differ, the best on some."""
        classes = range(self.states.classes)
        if len(totals) <= MOST_STATES:
            return classes
        every = np.arange(0, len(totals), len(totals) // SOME_STATES)
        few, some = totals[every], tuple(column[every] for column in part)
        against = rivals.some(every)
        gains = [best_step(few, against, c, *some)[0] for c in classes]
        return [max(classes, key=gains.__getitem__)]

    def singles(self, now: Scores) -> Iterator[tuple[Scores, Effect]]:
        """For each class the best change of its score alone, the smallest first."""
        counted, part = self._counted(now.rule)
        totals = self.states.totals[counted]
        rivals = self._rivals.some(counted)
        steps = [
            (best_step(totals, rivals, place, *part)[1], place)
            for place in range(self.states.classes)
        ]
        for change, place in sorted(steps, key=lambda step: (abs(step[0]), step[1])):
            scores = list(now.scores)
            scores[place] += change
            found = Scores(now.rule, tuple(scores))
            yield found, self.effect(found)

    def _counted(self, rule: Rule) -> tuple[Ints, tuple[Ints, Ints, Ints]]:
        """Which answers count a row; how often, their labels and weights."""
        times = self.states.times(rule)
        counted = np.flatnonzero(times)
        seen = self.states
        return counted, (times[counted], seen.label[counted], seen.weight[counted])

    @cached_property
    def _rivals(self) -> Rivals:
        return Rivals.of(self.states.totals, self.states.label)

    @cached_property
    def _right(self) -> NDArray[np.bool_]:
        answers = self.states.totals.argmax(axis=1)
        found: NDArray[np.bool_] = answers == self.states.label
        return found
