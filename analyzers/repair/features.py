"""What a read-out could tell apart: for each answer how often it counts each score row.

Answers that count the same rows as often get the same scores whatever the rows hold. If
different classes are right for them, no read-out answers both right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analyzers.judged import Judged
from analyzers.states import States
from tpdebug.columns import expand
from tpdebug.findings import Collision, Wrong
from tpdebug.inputs import decode
from tpdebug.nodes import Rule
from tpdebug.program import Program

Ints = NDArray[np.int64]
MOST_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Features:
    """All answers that were looked at, alike ones once.

    Attributes:
        program: the program.
        states: what the read-out sees at each answer.
        rules: the score rows that there are or could be, of the scored variables.
        counts: how often each answer counts each row `[states, rules]`.
        points: what the rows hold `[rules, classes]`.
        group: answers of a group count the same rows as often `[states]`.
    """

    program: Program
    states: States
    rules: tuple[Rule, ...]
    counts: csr_array
    points: Ints
    group: Ints

    @property
    def label(self) -> Ints:
        """The class that is right, negative where the program does not have it."""
        return self.states.label

    @property
    def weight(self) -> Ints:
        """How many answers are alike."""
        return self.states.weight

    @property
    def totals(self) -> Ints:
        """The score of each class `[states, classes]`."""
        return self.states.totals

    @property
    def classes(self) -> tuple[str, ...]:
        """What can be answered."""
        return self.program.classifier.classes

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Which answers are."""
        found: NDArray[np.bool_] = self.totals.argmax(axis=1) != self.label
        return found

    def count(self, some: NDArray[np.bool_]) -> int:
        """How many answers these are."""
        return int(self.weight[some].sum())


def features(program: Program, blocks: Sequence[Judged]) -> Features:
    """Collect what the read-out sees in inputs that were judged."""
    states = States(program, blocks)
    rules: list[Rule] = []
    rows, columns, times = list[Ints](), list[Ints](), list[Ints]()
    for name, values in states.values.items():
        if name not in program.scored:
            continue
        if program.variables[name].numerical:
            total = values.sum(axis=1)
            seen = np.flatnonzero(total)
            rows.append(seen)
            columns.append(np.full(len(seen), len(rules)))
            times.append(total[seen])
            rules.append(Rule("score", name, ()))
            continue
        state, place = np.nonzero(values >= 0)
        taken, which = np.unique(values[state, place], return_inverse=True)
        rows.append(state)
        columns.append(which.reshape(-1) + len(rules))
        times.append(np.ones(len(state), np.int64))
        known = program.variables[name].values
        rules += [Rule("score", name, (known[value],)) for value in taken.tolist()]
    shape = (len(states.label), len(rules))
    empty = np.zeros(0, np.int64)
    where = tuple(np.concatenate([empty, *part]) for part in (rows, columns))
    counts = csr_array((np.concatenate([empty, *times]), where), shape)
    return Features(
        program, states, tuple(rules), counts, _points(program, rules), _groups(counts)
    )


def _points(program: Program, rules: Sequence[Rule]) -> Ints:
    """What the score rows hold; zeros for those that there are not."""
    rows = {(row.variable, row.value): row.scores for row in program.classifier.rows}
    none = (0,) * len(program.classifier.classes)
    held = [rows.get((r.node, r.key[0] if r.key else None), none) for r in rules]
    return np.array(held, np.int64).reshape(len(rules), len(none))


def _groups(counts: csr_array) -> Ints:
    """Number answers so that those with equal rows have one number."""
    draw = np.random.default_rng(0)
    keys = draw.integers(-(2**62), 2**62, counts.shape[1])
    hashed = counts @ keys  # wraps around; `_collision` looks at the rows themselves
    _, group = np.unique(np.asarray(hashed), return_inverse=True)
    return np.asarray(group, np.int64).reshape(-1)


def colliding(found: Features) -> Iterator[Ints]:
    """Groups of answers that see the same and need different classes."""
    order = np.argsort(found.group, kind="stable")
    group, label = found.group[order], found.label[order]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    if not len(starts):
        return
    least, most = (f.reduceat(label, starts) for f in (np.minimum, np.maximum))
    ends = np.append(starts[1:], len(order))
    for place in np.flatnonzero(least < most).tolist():
        yield order[starts[place] : ends[place]]


def floor(found: Features) -> int:
    """So many answers at the least are wrong, whatever the score rows hold."""
    known = found.label >= 0
    group, label, weight = found.group[known], found.label[known], found.weight[known]
    pairs, place = np.unique(group * len(found.classes) + label, return_inverse=True)
    sums = np.zeros(len(pairs), np.int64)
    np.add.at(sums, place.reshape(-1), weight)
    best = np.zeros(int(group.max(initial=-1)) + 1, np.int64)
    np.maximum.at(best, pairs // len(found.classes), sums)
    return found.count(~known) + int(weight.sum() - best.sum())


def collisions(
    found: Features, blocks: Sequence[Judged], most: int = MOST_SHOWN
) -> Iterator[Collision]:
    """Pairs of inputs that the read-out cannot tell apart, the first few."""
    for members in colliding(found):
        known = [m for m in members.tolist() if found.label[m] >= 0]
        if len({found.label[m] for m in known}) < 2 or most <= 0:
            continue
        known.sort(key=lambda m: -found.weight[m])
        first = known[0]
        second = next(m for m in known if found.label[m] != found.label[first])
        most -= 1
        yield _collision(found, blocks, first, second)


def _collision(
    found: Features, blocks: Sequence[Judged], first: int, second: int
) -> Collision:
    places = [place_of(found, blocks, state) for state in (first, second)]
    wrongs = [
        answer_at(found, blocks, at, state)
        for at, state in zip(places, (first, second), strict=True)
    ]
    same = found.counts[[first]] - found.counts[[second]]
    if abs(same).sum():
        raise RuntimeError("two answers that see different values were taken as alike")
    program = found.program
    other: tuple[str, ...] = ()
    if not program.classifier.pooled:
        scored = program.scored
        unscored = (name for name in program.variables if name not in scored)
        other = tuple(
            name
            for name in unscored
            if len({_value(program, blocks, at, name) for at in places}) > 1
        )
    return Collision(wrongs[0], wrongs[1], other)


def place_of(
    found: Features, blocks: Sequence[Judged], state: int
) -> tuple[int, int, int]:
    """Where an answer is for the first time: block, row, and which answer."""
    states, label = found.states, found.label[state]
    offset = found.program.domain.letters.start or 0
    pooled = found.program.classifier.pooled
    for number, block in enumerate(blocks):
        for place, labels in enumerate(block.labels):
            same = expand(labels, block.size) == label
            for name, values in states.values.items():
                at = range(len(block.values[name])) if pooled else [place + offset]
                for position, value in zip(at, values[state].tolist(), strict=False):
                    same &= expand(block.values[name][position], block.size) == value
                if pooled and (values[state, len(at) :] > 0).any():
                    same[:] = False
            if same.any():
                return number, int(np.argmax(same)), place
    raise RuntimeError("an answer was not found again")


def _value(
    program: Program, blocks: Sequence[Judged], at: tuple[int, int, int], name: str
) -> int:
    number, row, place = at
    block = blocks[number]
    column = block.values[name][place + (program.domain.letters.start or 0)]
    return int(column[row // (block.size // len(column))])


def answer_at(
    found: Features, blocks: Sequence[Judged], at: tuple[int, int, int], state: int
) -> Wrong:
    """An answer in words: its input, and what is right and what is said there."""
    number, row, place = at
    block = blocks[number].part.letters(np.array([row]))
    (letters,) = decode(found.program.domain, block)
    classes = found.program.classifier.classes
    said = classes[int(found.totals[state].argmax())]
    return Wrong(letters, place, classes[int(found.label[state])], said)
