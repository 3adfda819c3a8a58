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
from analyzers.repair.linear import (
    Solved,
    combination,
    fewest,
    most_right,
    smallest,
)
from analyzers.repair.requirements import Floats, Mask, Requirements, Wanted
from tpdebug.findings import Alteration, Scores

FINE = 1_000
"""From so many units in a point on scores are as good as real numbers."""

LEADS = (0.01, 0.0001, 1e-6)
"""So far right classes lead there, in points: the first that is possible."""

MOST_SEARCHED = 24
"""If more rows than this are changed, whether fewer could do it is not asked."""

MOST_CUTS = 20
"""So many sets of rows that turn out not to be enough are tried."""

MOST_WHOLE = 30
"""Of more wrong answers that cannot all be right, the best choice is guessed."""

MANY = 1_000
"""If more answers than that cannot be right, or differ, scores change one by one."""

REWEIGHTED = 4
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
    loose = _all_met(have, price, tick)
    if loose.changes is None:
        proof = _contradiction(have)
        if int((wanted.answers & ~before).sum()) > MANY:
            return _stepwise(found, allowed, tick, proof)
        have = _best_part(have, before, tick)
        if not (have.wanted.answers & ~before).any():
            return Fit(None, before, contradiction=proof)
        loose = _all_met(have, price, tick)
    if loose.changes is None:
        return Fit(None, before, contradiction=proof)
    changes, least = _fewest(have, loose.changes, tick)
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


def _all_met(
    have: Requirements,
    price: Floats,
    tick: Callable[[], None],
    *,
    integral: bool = False,
    more: float = 0.0,
) -> Solved:
    """The cheapest changes that meet all requirements, which are added as needed."""
    while True:
        tick()
        found = smallest(have, price, integral=integral, more=more)
        if found.changes is None:
            return found
        exact = found.changes * have.scale
        if have.scale < FINE and integral:
            exact = np.rint(exact).astype(np.int64)
        # Half of what is asked for on top may get lost in the accuracy of the solver.
        below = (more / 2 - 1e-7) * have.scale if not integral else 0
        if not have.add(have.wanted.slack(exact), below=below):
            return found


def _fewest(
    have: Requirements, loose: Floats, tick: Callable[[], None]
) -> tuple[Ints | None, bool]:
    """Exact changes in as few rows as can be found, and whether no fewer can do it."""
    rules = len(have.features.rules)
    sparse = _sparse(have, loose, tick)
    best = _exact(have, sparse, tick)
    if best is None:
        best = _exact(have, np.ones(rules, bool), tick)
    most = rules if best is None else int(best.any(axis=1).sum())
    if most == 1 or (most > MOST_SEARCHED and best is not None):
        return best, most == 1
    integral = have.scale < FINE
    held = np.abs(have.features.points).max(initial=1) / have.scale
    largest = 2 * max(float(held), float(np.abs(loose).max()), 4 / have.scale)
    cuts: list[Mask] = []
    certain = True
    while len(cuts) < MOST_CUTS:
        tick()
        found = fewest(have, largest, most, integral=integral, cuts=cuts)
        if found.chosen is None:
            return best, certain and found.infeasible and best is not None
        count = int(found.chosen.sum())
        certain &= found.bound > count - 1 + 1e-6
        if count >= most and best is not None:
            return best, certain
        price = np.where(found.chosen, 1.0, np.inf)
        before = len(have.states)
        met = _all_met(have, price, tick, integral=integral)
        exact = None if met.changes is None else _exact(have, found.chosen, tick)
        if exact is not None:
            return exact, certain
        certain &= met.infeasible
        if len(have.states) == before or met.changes is not None or met.infeasible:
            cuts.append(~found.chosen)
    return best, False


def _sparse(have: Requirements, loose: Floats, tick: Callable[[], None]) -> Mask:
    """Few rows that are enough: small changes are made dear, again and again.

    Reweighted l1 minimisation (Candes, Wakin, Boyd 2008).
    """
    changes = loose
    for _ in range(REWEIGHTED):
        size = np.abs(changes).sum(axis=1)
        price = 1 / (size + 0.01 * max(float(size.max()), 1e-9))
        found = _all_met(have, price, tick)
        if found.changes is None:
            break
        changes = found.changes
    return np.asarray(np.abs(changes).sum(axis=1) > 1e-9)


def _exact(have: Requirements, rows: Mask, tick: Callable[[], None]) -> Ints | None:
    """Changes of these rows in whole units that meet all requirements, small ones."""
    price = np.where(rows, 1.0, np.inf)
    if have.scale < FINE:
        found = _all_met(have, price, tick, integral=True)
        if found.changes is None:
            return None
        whole = np.rint(found.changes * have.scale).astype(np.int64)
        return whole if have.wanted.slack(whole).min() >= 0 else None
    for lead in LEADS:
        found = _all_met(have, price, tick, more=lead)
        if found.changes is None:
            continue
        step = have.scale
        while step >= 1:  # the roundest numbers that will do
            whole = np.rint(found.changes * (have.scale / step)).astype(np.int64) * step
            if have.wanted.slack(whole).min() >= 0:
                return whole
            step //= 10
    return None


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
