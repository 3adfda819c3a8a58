"""Rules changed so that answers which look alike to the read-out do not any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analyzers.alter import alternatives, current
from analyzers.blame import blame, in_question
from analyzers.effects import Effects
from analyzers.judged import Judged
from analyzers.looked import Looked
from analyzers.repair.features import Features, colliding, features, floor, place_of
from analyzers.repair.rules import Look, Mended, no_scores
from analyzers.survey import Progress
from tpdebug.evaluate import Evaluation, Evaluator
from tpdebug.findings import Alteration, Keys
from tpdebug.nodes import Node

PAIRS, SEPARATING, TRIED = 3, 24, 5
"""Colliding pairs that are looked at, changes that tell one apart, and of them, the
least harmful, those that a read-out is tried on."""


def for_a_readout(
    looked: Looked,
    found: Features,
    look: Look,
    most: int,
    progress: Progress | None,
) -> Iterator[tuple[Mended, Features]]:
    """Changes after which fewer answers collide, so that scores can tell them apart.

    Yields programs of which fewer answers are wrong at the least; where most changes
    are made, none if that can be.
    """
    state, before = Mended((), looked), floor(found)
    for _ in range(most):
        if not before:
            return
        best = None
        changes = _separating(state.looked, found, progress)
        for alteration in changes[:TRIED]:
            other = state.then(alteration, look)
            seen = features(other.looked.program, other.looked.blocks)
            least = floor(seen)
            if least < before:
                before, best = least, (other, seen)
                yield best
            if not least:
                break
        if best is None:
            return
        state, found = best


def _separating(
    looked: Looked, found: Features, progress: Progress | None
) -> list[Alteration]:
    """Changes after which a colliding pair sees different values, best first."""
    pairs = list(_pairs(looked, found))
    effects = Effects(looked.program, looked.blocks)
    numbers = _behind_pairs(looked, pairs)
    changes = list[Alteration]()
    for done, number in enumerate(numbers, start=1):
        now = current(looked.program, looked.spectra.rules[number])
        keys = _keys_seen(looked, now, pairs)
        for alteration in alternatives(looked.program, now, keys):
            if any(_apart(effects, alteration, pair) for pair in pairs):
                changes.append(alteration)
        if progress is not None:
            progress(done, len(numbers))
        if len(changes) >= SEPARATING:
            break
    nets = [(-effects.effect(a).net, i) for i, a in enumerate(changes[:SEPARATING])]
    return [changes[i] for _, i in sorted(nets)]


@dataclass(frozen=True, eq=False)
class _Seen:
    """One answer: its input, and which one it is."""

    block: Judged
    place: int


def _pairs(looked: Looked, found: Features) -> Iterator[tuple[_Seen, _Seen]]:
    """The first colliding pairs."""
    for count, members in enumerate(colliding(found)):
        if count == PAIRS:
            return
        first = members[0]
        second = members[found.label[members] != found.label[first]][0]
        sides = []
        for state in (int(first), int(second)):
            number, row, place = place_of(found, looked.blocks, state)
            block = looked.blocks[number].some(np.array([row]))
            sides.append(_Seen(block, place))
        yield sides[0], sides[1]


def _behind_pairs(looked: Looked, pairs: Sequence[tuple[_Seen, _Seen]]) -> list[int]:
    """The rules that colliding answers depend on, those few others depend on first."""
    taken = np.zeros(len(looked.spectra.rules), bool)
    for side in (side for pair in pairs for side in pair):
        found = blame(looked.spectra, looked.evaluator, side.block, 0)
        taken |= found.failed + found.passed > 0
    numbers = no_scores(looked, in_question(looked.spectra, taken))
    return sorted(numbers, key=lambda n: (int(looked.blame.passed[n]), n))


def _keys_seen(
    looked: Looked, now: Alteration, pairs: Sequence[tuple[_Seen, _Seen]]
) -> list[str | int] | None:
    """The keys that these inputs have, where a head looks for some."""
    if not isinstance(now, Keys):
        return None
    node = looked.program.writers[now.rule.node]
    name = getattr(node, "key", "")
    seen = {
        int(column[0])
        for pair in pairs
        for side in pair
        for column in side.block.values[name]
    }
    return [looked.program.variables[name].values[i] for i in sorted(seen)]


def _apart(effects: Effects, alteration: Alteration, pair: tuple[_Seen, _Seen]) -> bool:
    """Whether the read-out sees different values at two answers after a change."""
    evaluator = effects.altered(alteration)
    behind = effects.behind(alteration.rule.node)
    first, second = (_sight(evaluator, behind, side) for side in pair)
    return first != second


def _sight(
    evaluator: Evaluator, behind: Sequence[Node], side: _Seen
) -> list[Counter[int]]:
    """The values of the scored variables at an answer; pooled, at all positions."""
    done = Evaluation(dict(side.block.values))
    evaluator.resume(done, behind)
    program = evaluator.program
    sights = []
    for name in program.scored:
        columns = done.values[name]
        if not program.classifier.pooled:
            columns = [columns[side.place + (program.domain.letters.start or 0)]]
        values = [int(column[0]) for column in columns]
        numerical = program.variables[name].numerical
        sights.append(Counter([sum(values)] if numerical else values))
    return sights
