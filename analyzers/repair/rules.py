"""Rules changed so that answers become right: by one, or by several.

If some rules are changed and an answer with them, that answer depended on one of them
before. So one rule can mend everything only if all wrong answers depend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from analyzers.alter import alter, alternatives, current
from analyzers.altering import alter_all, each
from analyzers.blame import in_question
from analyzers.effects import Effects
from analyzers.judged import Judged
from analyzers.looked import Looked
from analyzers.screen import Screen, too_many
from analyzers.survey import Progress
from analyzers.suspicion import FORMULAS
from tpdebug.columns import expand, stack
from tpdebug.evaluate import Evaluation, Evaluator
from tpdebug.findings import Alteration, Effect, Groups
from tpdebug.nodes import Node
from tpdebug.program import Program

WIDTH = 2
"""So many ways to go on are kept after each change."""

ALTERED = 150
"""So many rules are tried each time, the most suspicious by Ochiai."""

KEPT = 24
NEAR = 50
"""So many failing inputs of a block, and alternatives of a rule, where none mends."""

Look = Callable[[Program], Looked]


@dataclass(frozen=True, eq=False)
class Mended:
    """A program after some changes of rules.

    Attributes:
        alterations: the changes, in order.
        looked: what it answers.
        tried: how many rules were tried on the way.
    """

    alterations: tuple[Alteration, ...]
    looked: Looked
    tried: int = 0

    def then(self, alteration: Alteration, look: Look) -> Mended:
        """After one more change."""
        program = alter(self.looked.program, alteration)
        return Mended((*self.alterations, alteration), look(program))


def by_one(
    looked: Looked, jobs: int | None, progress: Progress | None
) -> list[Alteration]:
    """Single changes that mend everything and break nothing."""
    taken = looked.blame.failed == looked.wrong
    numbers = no_scores(looked, in_question(looked.spectra, taken))
    effects = Effects(looked.program, looked.blocks)
    if too_many(looked.failing, len(numbers)):
        return _by_one_screened(looked, effects, numbers, jobs, progress)
    bests = alter_all(effects, looked.spectra, numbers, jobs, progress)
    return [
        best.alteration
        for best in bests.values()
        if (best.effect.fixes, best.effect.breaks) == (looked.wrong, 0)
    ]


def _by_one_screened(
    looked: Looked,
    effects: Effects,
    numbers: Sequence[int],
    jobs: int | None,
    progress: Progress | None,
) -> list[Alteration]:
    """The same where very many answers are wrong.

    What leaves a wrong answer in a sample, or breaks one, does so in all.
    """
    screen = Screen(effects)
    whole = Effect(sum(block.counts[1] for block in screen.blocks), 0)

    def work(number: int) -> list[Alteration]:
        tried = screen.tried(looked.spectra.rules[number])
        return [alteration for effect, alteration in tried if effect == whole]

    found = each(work, numbers, effects, jobs, progress).values()
    hopes = (alteration for some in found for alteration in some)
    return [a for a in hopes if effects.sparing(a, 0) == Effect(looked.wrong, 0)]


def by_several(
    looked: Looked,
    look: Look,
    most: int,
    jobs: int | None,
    progress: Progress | None,
) -> Iterator[Mended]:
    """Changes one after the other, each the best or nearly so (beam search).

    Where no change alone makes more answers right, one that breaks none and brings the
    wrong ones nearer. Yields every program that was kept, the better ones of each round
    first.
    """
    states = [Mended((), looked)]
    for left in reversed(range(most)):
        found: list[tuple[int, int, Mended, Alteration]] = []
        for place, state in enumerate(states):
            now = state.looked
            effects = Effects(now.program, now.blocks)
            numbers = suspicious(now)
            bests = alter_all(effects, now.spectra, numbers, jobs, progress)
            nets = ((best.effect.net, best.alteration) for best in bests.values())
            better = sorted((n for n in nets if n[0] > 0), key=lambda n: -n[0])
            if not better and left:
                better = [(0, a) for a in _nearer(effects, now, numbers)]
            for net, alteration in better[:WIDTH]:
                found.append((now.wrong - net, place, state, alteration))
        found.sort(key=lambda one: one[:2])
        states = [state.then(a, look) for _, _, state, a in found[:WIDTH]]
        yield from states
        if not states or not states[0].looked.wrong:
            return


def _nearer(
    effects: Effects, looked: Looked, numbers: Sequence[int]
) -> list[Alteration]:
    """Changes that break nothing, and after which wrong answers lack the least."""
    failing = [
        block.some(np.flatnonzero(block.failing)[:NEAR])
        for block in looked.blocks
        if block.failing.any()
    ]
    before = _lack(looked.evaluator, (), failing)
    tried: list[tuple[int, int, Alteration]] = []
    for number in numbers:
        now = current(looked.program, looked.spectra.rules[number])
        behind = effects.behind(now.rule.node)
        for alteration in islice(alternatives(looked.program, now), NEAR):
            lack = _lack(effects.altered(alteration), behind, failing)
            if lack < before:
                tried.append((lack, len(tried), alteration))
    tried.sort(key=lambda one: one[:2])
    best = (a for _, _, a in tried[:KEPT])
    return list(islice((a for a in best if not effects.effect(a).breaks), WIDTH))


def _lack(
    evaluator: Evaluator, behind: Sequence[Node], blocks: Sequence[Judged]
) -> int:
    """How far the right classes of wrong answers are behind, in all."""
    total = 0
    letters = evaluator.program.domain.letters
    for block in blocks:
        done = Evaluation(dict(block.values))
        evaluator.resume(done, behind)
        pooled = evaluator.program.classifier.pooled
        scores = done.scores if pooled else done.scores[letters]
        for place, columns in enumerate(scores):
            totals = stack(columns, block.size)
            label = expand(block.labels[place], block.size)
            wrong = expand(block.wrong[place], block.size) & (label >= 0)
            own = totals[np.arange(block.size), np.maximum(label, 0)]
            total += int((totals.max(axis=1) - own)[wrong].sum())
    return total


def suspicious(looked: Looked) -> list[int]:
    """The rules that wrong answers depend on, the most suspicious ones by Ochiai."""
    found = looked.blame
    score = FORMULAS["ochiai"](found.failed, found.passed, looked.wrong, looked.right)
    numbers = no_scores(looked, looked.in_question())
    return sorted(numbers, key=lambda n: (-float(score[n]), n))[:ALTERED]


def no_scores(looked: Looked, numbers: Sequence[int]) -> list[int]:
    """Rules that are no score rows."""
    return [n for n in numbers if looked.spectra.rules[n].kind != "score"]


def merged(alterations: Sequence[Alteration]) -> tuple[Alteration, ...]:
    """The last alteration of each rule; of a preference that of each query value."""
    last: dict[object, Alteration] = {}
    for to in alterations:
        rule = to.rule
        one = isinstance(to, Groups)
        last[rule.kind, rule.node, rule.key[:1] if one else rule.key] = to
    return tuple(last.values())
