"""Repairs of a program, one after the other: what is tried, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analyzers.alter import alter
from analyzers.judged import Judged
from analyzers.looked import Looked
from analyzers.repair.apart import for_a_readout
from analyzers.repair.features import Features, answer_at, features, floor, place_of
from analyzers.repair.many import MANY, by_promising, sample_of
from analyzers.repair.rules import Mended, by_one, by_several, merged
from analyzers.repair.scores import Fit, altered, fit
from analyzers.survey import Progress
from tpdebug.columns import align
from tpdebug.findings import Alteration, Effect, Evidence, Opposed
from tpdebug.program import Program

MOST_OPPOSED = 12
"""A contradiction of more requirements than this is not listed."""


@dataclass(frozen=True, eq=False)
class Offer:
    """A repair that was found.

    Attributes:
        alterations: what to change.
        program: the result.
        effect: what that does.
        fewest: whether no fewer score rows do the same.
    """

    alterations: tuple[Alteration, ...]
    program: Program
    effect: Effect
    fewest: bool | None = None


class Offers:
    """The search for offers, with what it learns on the way.

    Attributes:
        found: what the read-out of the program sees, if scores may change.
        least: so many answers are wrong whatever the scores are.
        opposed: requirements that contradict each other.
        tried: how many rules were tried.
        screened: the sample that rules are tried on first, as very many inputs fail.
        stepwise: whether scores were changed one after the other.
    """

    def __init__(
        self,
        start: Looked,
        again: Callable[[Program], Looked],
        judge: Callable[[Program], Sequence[Judged]],
        scores: bool,
        rules: bool,
        most: int,
        allowed: int,
        jobs: int | None,
        fitting: Progress | None,
        altering: Progress | None,
    ) -> None:
        self.start, self.again, self.judge = start, again, judge
        self.scores, self.rules = scores, rules
        self.most, self.allowed = most, allowed
        self.jobs, self.altering = jobs, self._counted(altering)
        self.fitting = fitting
        self.rounds = 0
        self.found: Features | None = None
        self.least: int | None = None
        self.opposed: tuple[Opposed, ...] = ()
        self.tried = 0
        self.screened: Evidence | None = None
        self.stepwise = False

    def __iter__(self) -> Iterator[Offer]:
        """Repairs that break no more than allowed; the last may mend everything."""
        whole = False
        for offer in self._attempts():
            if offer.effect.breaks <= self.allowed and offer.effect.net > 0:
                yield offer
                whole |= offer.effect.net == self.start.wrong
                if whole and len(offer.alterations) == 1:
                    return

    def _attempts(self) -> Iterator[Offer]:
        """One after the other, the cheap ones first."""
        start = self.start
        if self.scores:
            self.found = features(start.program, start.blocks)
            self.least = floor(self.found)
        if self.rules and self.least:  # scores cannot do it, maybe one rule can
            whole = yield from self._by_one()
            if whole:
                return
        whole = False
        if self.found is not None:
            whole = yield from self._by_scores(self.found)
        if not self.rules:
            return
        if not self.least or self.found is None:
            whole |= yield from self._by_one()
        if whole:
            return
        if start.failing > MANY:
            yield from self._by_promising()
            return
        if self.found is not None:
            whole = yield from self._for_a_readout(self.found)
        if not whole:
            yield from self._by_several()

    def _by_one(self) -> Generator[Offer, None, bool]:
        """One rule that mends everything."""
        for alteration in by_one(self.start, self.jobs, self.altering):
            yield self._offer((alteration,))
            return True
        return False

    def _for_a_readout(self, found: Features) -> Generator[Offer, None, bool]:
        """Rules after which the read-out can do it."""
        whole = False
        for mended, seen in for_a_readout(
            self.start, found, self.again, self.most, self.altering
        ):
            for offer in self._refitted(mended, seen):
                yield offer
                whole |= offer.effect == Effect(self.start.wrong, 0)
        return whole

    def _by_several(self) -> Iterator[Offer]:
        """Rules one after the other, and the read-out on top."""
        for mended in by_several(
            self.start, self.again, self.most, self.jobs, self.altering
        ):
            yield self._offer(mended.alterations)
            if self.scores and mended.looked.wrong:
                now = mended.looked
                yield from self._refitted(mended, features(now.program, now.blocks))

    def _by_promising(self) -> Iterator[Offer]:
        """The same where very many inputs fail; the read-out on top of the last."""
        self.screened = sample_of(self.start)
        last = None
        for last in by_promising(
            self.start, self.again, self.most, self.allowed, self.jobs, self.altering
        ):
            yield self._offer(last.alterations)
        if self.scores and last is not None and last.looked.wrong:
            now = last.looked
            yield from self._refitted(last, features(now.program, now.blocks))

    def _by_scores(self, found: Features) -> Generator[Offer, None, bool]:
        """The read-out alone."""
        fitted = self._fit(found, self.allowed)
        if fitted.contradiction:
            self._note(found, fitted)
        if fitted.changes is None:
            return False
        offer = self._offer(tuple(altered(found, fitted.changes)), fitted.fewest)
        yield offer
        return offer.effect == Effect(self.start.wrong, 0)

    def _note(self, found: Features, fitted: Fit) -> None:
        """Keep a contradiction, and what follows from it."""
        states = np.array([state for state, _, _ in fitted.contradiction])
        sizes = np.bincount(found.group)
        if self.least is not None and (sizes[found.group[states]] == 1).all():
            self.least += int(found.weight[states].min())
        if len(states) > MOST_OPPOSED:
            return
        classes = found.program.classifier.classes
        blocks = self.start.blocks
        self.opposed = tuple(
            Opposed(
                answer_at(found, blocks, place_of(found, blocks, state), state),
                classes[rival],
                times,
            )
            for state, rival, times in fitted.contradiction
        )

    def _refitted(self, mended: Mended, seen: Features) -> Iterator[Offer]:
        """The read-out on top of changed rules."""
        fitted = self._fit(seen, self.allowed - self._broken(mended))
        if fitted.changes is None:
            yield self._offer(mended.alterations)
        else:
            yield self._offer((*mended.alterations, *altered(seen, fitted.changes)))

    def _offer(
        self, alterations: Sequence[Alteration], fewest: bool | None = None
    ) -> Offer:
        """What changes do, counted again on every input."""
        kept = merged(alterations)
        program = self.start.program
        for each in kept:
            program = alter(program, each)
        effect = compared(self.start.blocks, self.judge(program))
        return Offer(kept, program, effect, fewest)

    def _broken(self, mended: Mended) -> int:
        """How many right answers rules broke already, of those that may break."""
        broken = compared(self.start.blocks, mended.looked.blocks).breaks
        return min(broken, self.allowed)

    def _fit(self, found: Features, allowed: int) -> Fit:
        fitted = fit(found, allowed, self._tick)
        self.stepwise |= fitted.stepwise
        return fitted

    def _tick(self) -> None:
        self.rounds += 1
        if self.fitting is not None:
            self.fitting(self.rounds, self.rounds + 1)

    def _counted(self, progress: Progress | None) -> Progress:
        def count(done: int, total: int) -> None:
            self.tried += 1
            if progress is not None:
                progress(done, total)

        return count


def compared(before: Sequence[Judged], after: Sequence[Judged]) -> Effect:
    """What changed between two programs on the same inputs."""
    fixes = breaks = 0
    for old, new in zip(before, after, strict=True):
        columns = zip(old.right, old.wrong, new.right, new.wrong, strict=True)
        for was, bad, right, wrong in columns:
            was, bad, right, wrong = align(was, bad, right, wrong)
            weight = old.size // len(was)
            fixes += int(np.count_nonzero(bad & right)) * weight
            breaks += int(np.count_nonzero(was & wrong)) * weight
    return Effect(fixes, breaks)
