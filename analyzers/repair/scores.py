"""The read-out refitted: the fewest score rows that make answers right and break none.

First whether any scores can do it, then with which rows, then by how little. Whether an
answer is right in the end is computed exactly, in integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from analyzers.repair.climb import climb
from analyzers.repair.features import Features, Ints, colliding, floor
from analyzers.repair.fewest_rows import all_met, fewest_rows
from analyzers.repair.linear import combination, most_right
from analyzers.repair.requirements import Mask, Requirements, Wanted
from tpdebug.findings import Alteration, Scores

MOST_WHOLE = 30
"""Of more wrong answers that cannot all be right, the best choice is guessed."""

MANY = 1_000
"""If more answers than that cannot be right, or differ, scores change one by one."""

STEPS = 1_000


@dataclass(frozen=True, eq=False)
class Fit:
    """Other scores.

    Attributes:
        changes: of each score, in units `[rules, classes]`; None: none that help.
        right: the answers that are right with them, of those that were or should be.
        fewest: whether no fewer rows can do that.
        stepwise: whether one score was changed after the other, so that it is not known
            what is best.
        contradiction: (answer, rival, times): requirements that contradict each other.
    """

    changes: Ints | None
    right: Mask
    fewest: bool = False
    contradiction: tuple[tuple[int, int, int], ...] = ()
    stepwise: bool = False

    @property
    def rows(self) -> int:
        """How many rows change."""
        return 0 if self.changes is None else int(self.changes.any(axis=1).sum())


def fit(
    found: Features, allowed: int = 0, tick: Callable[[], None] = lambda: None
) -> Fit:
    """Find the score rows to change.

    Args:
        found: what the read-out sees at each answer.
        allowed: how many right answers may become wrong, where that mends more.
        tick: is called now and then.
    """
    before = ~found.wrong
    if found.rules and floor(found) > MANY:
        return _stepwise(found, allowed, tick)
    wanted = Wanted(found, _possible(found, allowed))
    have = Requirements(wanted)
    start = wanted.slack(np.zeros_like(found.points))
    if start.min(initial=0) >= 0 or not found.rules:
        return Fit(None, before)
    have.add(start, below=0)
    have.add(start, below=np.inf)
    proof: tuple[tuple[int, int, int], ...] = ()
    price = np.ones(len(found.rules))
    loose = all_met(have, price, tick)
    if loose.changes is None:
        proof = _contradiction(have)
        if int((wanted.answers & ~before).sum()) > MANY:
            return _stepwise(found, allowed, tick, proof)
        have = _best_part(have, before, tick)
        if not (have.wanted.answers & ~before).any():
            return Fit(None, before, contradiction=proof)
        loose = all_met(have, price, tick)
    if loose.changes is None:
        return Fit(None, before, contradiction=proof)
    changes, least = fewest_rows(have, loose.changes, tick)
    if changes is None:
        return Fit(None, before, contradiction=proof)
    return Fit(changes, have.wanted.answers, least, proof)


def _stepwise(
    found: Features,
    allowed: int,
    tick: Callable[[], None],
    proof: tuple[tuple[int, int, int], ...] = (),
) -> Fit:
    """Scores changed one after the other."""
    changes = climb(found, allowed, tick)
    totals = found.totals + found.counts @ changes
    right = totals.argmax(axis=1) == found.label
    changed = changes if changes.any() else None
    return Fit(changed, right, contradiction=proof, stepwise=True)


def altered(found: Features, changes: Ints) -> Iterator[Alteration]:
    """The rows that change, as alterations."""
    for number in np.flatnonzero(changes.any(axis=1)).tolist():
        scores = found.points[number] + changes[number]
        yield Scores(found.rules[number], tuple(scores.tolist()))


def _possible(found: Features, allowed: int) -> Mask:
    """The answers that can be right together, as far as collisions tell."""
    possible: Mask = found.label >= 0
    right = ~found.wrong
    for members in colliding(found):
        label, weight = found.label[members], found.weight[members]
        known = np.unique(label[label >= 0])
        sums = [int(weight[label == x].sum()) for x in known]
        have = int(weight[right[members]].sum())
        best = known[int(np.argmax(sums))]
        kept = label[right[members]][:1]
        if len(kept) == 0 or (have <= allowed and max(sums) > have):
            allowed -= have
            kept = np.array([best])
        possible[members] = label == kept[0]
    return possible


def _best_part(
    have: Requirements, before: Mask, tick: Callable[[], None]
) -> Requirements:
    """The requirements without the answers that are given up, which are few."""
    found = have.features
    soft = have.wanted.answers & ~before
    whole = int(soft.sum()) <= MOST_WHOLE
    held = np.abs(found.points).max(initial=1) / have.scale
    largest = 8 * float(max(held, 1))
    while True:
        tick()
        solved = most_right(have, soft, largest, whole)
        given = soft if solved.chosen is None else solved.chosen
        wanted = replace(have.wanted, answers=have.wanted.answers & ~given)
        if solved.changes is None:
            break
        slack = wanted.slack(solved.changes * have.scale)
        if not have.add(slack, below=-1e-6 * have.scale):
            break
    kept = Requirements(wanted)
    kept.add(wanted.slack(np.zeros_like(found.points)), below=np.inf)
    return kept


def _contradiction(have: Requirements) -> tuple[tuple[int, int, int], ...]:
    """Requirements that no scores meet together, proved in integers, if found.

    Taken so many times over, what they ask of each score cancels out, and what is left
    asks 0 to be more than 0.
    """
    times = combination(have)
    used = np.flatnonzero(times > 1e-9)
    if not len(used):
        return ()
    least = times[used].min()
    parts = [Fraction(x / least).limit_denominator(STEPS) for x in times[used].tolist()]
    common = int(np.lcm.reduce([part.denominator for part in parts]))
    whole = np.array([int(part * common) for part in parts], np.int64)
    matrix = have.matrix()[used].astype(np.int64)
    strict = have.rivals[used] < have.features.label[have.states[used]]
    if np.any(whole @ matrix) or not whole[strict].sum() > 0:
        return ()
    triples = zip(have.states[used], have.rivals[used], whole, strict=True)
    return tuple((int(s), int(r), int(t)) for s, r, t in triples)
