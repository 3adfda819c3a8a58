"""Score rows: which change of one score is best, exactly.

An answer is right as long as its class leads. If one score of a row changes by d, the
answers that count the row stay or become right from some d on, or up to some d. So how
many are right is a sum of steps, and it is enough to look at the steps. Inputs are not
evaluated again: answers that read the same values are counted once, with a weight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from analyzers.alter import current
from analyzers.judged import NOT_SCORED, Judged
from tpdebug.columns import align, expand, stack
from tpdebug.evaluate.codes import index_of, size_of
from tpdebug.evaluate.scores import join
from tpdebug.findings import Effect, Scores
from tpdebug.nodes import Rule
from tpdebug.program import Program

Ints = NDArray[np.int64]
LIMIT = 2**62

MOST_STATES, SOME_STATES, MOST_STEPS = 100_000, 10_000, 4
"""If more answers than that differ, which class to change is looked up on a few, and
so many classes are changed at most."""


class States:
    """What the classifier sees at each answer, and what is right there.

    Attributes:
        values: each scored variable (value indices or counts) `[states, places]`: one
            place, pooled every position, where -1 is none.
        weight: how many answers are alike `[states]`.
        label: the class that is right; -2: none `[states]`.
        totals: the score of each class `[states, classes]`.
    """

    def __init__(self, program: Program, blocks: Sequence[Judged]) -> None:
        self.program = program
        self.classes = len(program.classifier.classes)
        self._index = {
            name: index_of(program.variables[name]) for name in _read(program)
        }
        if program.classifier.pooled:
            self.values, self.label, self.weight = _pooled(program, blocks)
        else:
            self.values, self.label, self.weight = _letters(program, blocks)
        self.totals = np.zeros((len(self.label), self.classes), np.int64)
        for name in program.scored:
            self._add_scores(name)

    def times(self, rule: Rule) -> Ints:
        """How often each answer counts a row `[states]`."""
        values = self.values[rule.node]
        if not rule.key:
            total: Ints = values.sum(axis=1)
            return total
        number = self._index[rule.node][rule.key[0]]
        if values.shape[1] == 1:
            once: Ints = (values[:, 0] == number).astype(np.int64)
            return once
        found: Ints = np.count_nonzero(values == number, axis=1)
        return found

    def _add_scores(self, name: str) -> None:
        """Add what a variable scores to the totals."""
        rows = [r for r in self.program.classifier.rows if r.variable == name]
        values = self.values[name]
        if self.program.variables[name].numerical:
            unit = np.array(rows[0].scores, np.int64)
            self.totals += values.sum(axis=1)[:, None] * unit
            return
        index = self._index[name]
        table = np.zeros((len(index) + 1, self.classes), np.int64)  # -1, the last: none
        for row in rows:
            assert row.value is not None
            table[index[row.value]] = row.scores
        for column in values.T:
            self.totals += table[column]

    def effect(self, to: Scores) -> Effect:
        """What other scores in a row do."""
        before = current(self.program, to.rule)
        assert isinstance(before, Scores)
        times = self.times(to.rule)
        change = np.array(to.scores, np.int64) - before.scores
        counted = np.flatnonzero(times)
        totals = self.totals[counted] + times[counted, None] * change
        was = self._right[counted]
        now = totals.argmax(axis=1) == self.label[counted]
        weight = self.weight[counted]
        return Effect(int(weight[now & ~was].sum()), int(weight[was & ~now].sum()))

    def best(self, now: Scores) -> tuple[Scores, Effect]:
        """The best scores of a row, one class changed after the other.

        In each step the class and the change that leave the fewest wrong answers; of
        equally good ones the smallest change. It ends when no change of a class helps.
        """
        counted, part = self._counted(now.rule)
        totals = self.totals[counted].copy()
        scores = list(now.scores)
        few = len(counted) <= MOST_STATES
        rivals = self._rivals.some(counted)
        for _ in range(2 * self.classes if few else MOST_STEPS):
            classes = self._worth_it(totals, rivals, part)
            steps = [(*_best_step(totals, rivals, c, *part), c) for c in classes]
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
        classes = range(self.classes)
        if len(totals) <= MOST_STATES:
            return classes
        every = np.arange(0, len(totals), len(totals) // SOME_STATES)
        few, some = totals[every], tuple(column[every] for column in part)
        against = rivals.some(every)
        gains = [_best_step(few, against, c, *some)[0] for c in classes]
        return [max(classes, key=gains.__getitem__)]

    def singles(self, now: Scores) -> Iterator[tuple[Scores, Effect]]:
        """For each class the best change of its score alone, the smallest first."""
        counted, part = self._counted(now.rule)
        totals = self.totals[counted]
        rivals = self._rivals.some(counted)
        steps = [
            (_best_step(totals, rivals, place, *part)[1], place)
            for place in range(self.classes)
        ]
        for change, place in sorted(steps, key=lambda step: (abs(step[0]), step[1])):
            scores = list(now.scores)
            scores[place] += change
            found = Scores(now.rule, tuple(scores))
            yield found, self.effect(found)

    def _counted(self, rule: Rule) -> tuple[Ints, tuple[Ints, Ints, Ints]]:
        """Which answers count a row; how often, their labels and weights."""
        times = self.times(rule)
        counted = np.flatnonzero(times)
        return counted, (times[counted], self.label[counted], self.weight[counted])

    @cached_property
    def _rivals(self) -> Rivals:
        return Rivals.of(self.totals, self.label)

    @cached_property
    def _right(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.totals.argmax(axis=1) == self.label
        return found


def _best_step(
    totals: Ints, rivals: Rivals, place: int, times: Ints, label: Ints, weight: Ints
) -> tuple[int, int]:
    """The best change of the score of one class: how many more are right, and by what.

    Args:
        totals: the score of each class, for answers that count the row.
        rivals: what the right ones have to beat.
        place: the class.
        times, label, weight: of these answers.
    """
    low, high = steps_of(totals[:, place], rivals, place, times, label)
    rises, falls = low != LIMIT, high != -LIMIT
    places = np.concatenate([[-LIMIT, 0], low[rises], high[falls] + 1])
    order = np.argsort(places)
    places = places[order]
    gains = np.concatenate([[0, 0], weight[rises], -weight[falls]])[order]
    last = np.flatnonzero(np.diff(places, append=LIMIT))
    starts, right = places[last], np.cumsum(gains)[last]  # from there to the next one
    ends = np.append(starts[1:], LIMIT) - 1
    now = right[np.searchsorted(starts, 0)]
    best = np.flatnonzero(right == right.max())
    nearest = np.clip(0, starts[best], ends[best])
    chosen = np.argmin(np.abs(nearest))
    return int(right[best[chosen]] - now), int(nearest[chosen])


@dataclass(frozen=True, slots=True)
class Rivals:
    """What right classes have to beat, at each answer.

    Attributes:
        own: the score of the right class `[states]`.
        first, which: the score that it needs against the strongest other class, and
            which class that is.
        second: the same against all but that one.
    """

    own: Ints
    first: Ints
    which: Ints
    second: Ints

    @classmethod
    def of(cls, totals: Ints, label: Ints) -> Rivals:
        """Look for them.

        Args:
            totals: the score of each class `[states, classes]`.
            label: the right class `[states]`; where there is none, any one is taken.
        """
        places, label = np.arange(len(label)), np.maximum(label, 0)
        # Of equal scores the first class wins.
        needed = totals + (np.arange(totals.shape[1]) < label[:, None])
        needed[places, label] = -LIMIT
        which = needed.argmax(axis=1)
        first = needed[places, which]
        needed[places, which] = -LIMIT
        return cls(totals[places, label], first, which, needed.max(axis=1))

    def some(self, rows: Ints) -> Rivals:
        """The same of some answers."""
        columns = (self.own, self.first, self.which, self.second)
        return Rivals(*(column[rows] for column in columns))


def steps_of(
    scores: Ints, rivals: Rivals, place: int, times: Ints, label: Ints
) -> tuple[Ints, Ints]:
    """From which change of a score on, and up to which, each answer is right.

    Args:
        scores: the score of the class at each answer.
        rivals: of these answers.
        place: the class.
        times: how often each counts the row.
        label: the right class.

    Returns:
        One of the two for each answer; `LIMIT` and `-LIMIT` stand for never.
    """
    low, high = np.full(len(label), LIMIT), np.full(len(label), -LIMIT)
    mine = np.flatnonzero(label == place)
    lead = rivals.own[mine] - rivals.first[mine]
    low[mine] = np.maximum(-(lead // times[mine]), -LIMIT + 1)
    others = np.where(rivals.which == place, rivals.second, rivals.first)
    theirs = np.flatnonzero((label >= 0) & (label != place) & (rivals.own >= others))
    needed = scores[theirs] + (place < label[theirs])
    high[theirs] = (rivals.own[theirs] - needed) // times[theirs]
    return low, high


def _read(program: Program) -> tuple[str, ...]:
    """The variables that are scored; `ones` if none is, which tells nothing apart."""
    return program.scored or ("ones",)


def _letters(
    program: Program, blocks: Sequence[Judged]
) -> tuple[dict[str, Ints], Ints, Ints]:
    """The values that are scored, label and weight of each answer that differs."""
    names = _read(program)
    sizes = [size_of(program.variables[name]) for name in names]
    shape = (len(program.classifier.classes) + 2, *sizes)
    packed = prod(shape) < LIMIT
    found, weights = [], []
    for block in blocks:
        for rows, weight in _answers(program, block, names, shape if packed else None):
            kept, place = _unique(rows, shape)
            counts = np.bincount(place, minlength=len(kept))
            found.append(kept)
            weights.append(counts * weight)
    width = () if packed else (len(shape),)
    if not found:
        found, weights = [np.zeros((0, *width), np.int64)], [np.zeros(0, np.int64)]
    rows, place = _unique(np.concatenate(found), shape)
    counts_of = np.zeros(len(rows), np.int64)
    np.add.at(counts_of, place, np.concatenate(weights))
    columns = np.unravel_index(rows, shape) if packed else tuple(rows.T)
    values = {
        name: np.asarray(column, np.int64)[:, None]
        for name, column in zip(names, columns[1:], strict=True)
    }
    return values, np.asarray(columns[0], np.int64) - 2, counts_of


def _unique(rows: Ints, shape: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Each number or row of numbers once, in order, and which one each was.

    Rows are numbered column by column; sorting them as they are takes far longer.

    Args:
        rows: `[answers]`, or `[answers, columns]`.
        shape: how many numbers each column can hold.
    """
    if rows.ndim == 1:
        kept, place = np.unique(rows, return_inverse=True)
        return kept, place.reshape(-1)
    numbers, many = np.zeros(len(rows), np.int64), 1
    for column, size in zip(rows.T, shape, strict=True):
        if many * size >= LIMIT:
            known, numbers = np.unique(numbers, return_inverse=True)
            many = len(known)
        numbers = numbers * size + column
        many *= size
    _, first, place = np.unique(numbers, return_index=True, return_inverse=True)
    return rows[first], place.reshape(-1)


def _answers(
    program: Program,
    block: Judged,
    names: Sequence[str],
    shape: tuple[int, ...] | None,
) -> Iterator[tuple[Ints, int]]:
    """What is scored at each letter and its label, as numbers or rows of numbers."""
    letters = range(len(block.values["tokens"]))[program.domain.letters]
    for place, position in enumerate(letters):
        label = block.labels[place] + 2
        columns = align(label, *(block.values[name][position] for name in names))
        kept = columns[0] != NOT_SCORED + 2
        size = len(columns[0])
        if not kept.any():
            continue
        columns = [column[kept] for column in columns]
        if shape is None:
            yield stack(columns, len(columns[0])).astype(np.int64), block.size // size
        else:
            yield join(columns, shape).astype(np.int64), block.size // size


def _pooled(
    program: Program, blocks: Sequence[Judged]
) -> tuple[dict[str, Ints], Ints, Ints]:
    """The same where there is one answer for an input: all positions side by side."""
    longest = max((len(block.values["tokens"]) for block in blocks), default=0)
    labels: list[Ints] = []
    found: dict[str, list[Ints]] = {name: [] for name in _read(program)}
    for block in blocks:
        label = expand(block.labels[0], block.size)
        kept = label != NOT_SCORED
        labels.append(label[kept])
        for name, rows in found.items():
            side = stack(block.values[name], block.size)[kept].astype(np.int64)
            numerical = program.variables[name].numerical
            filler = 0 if numerical else -1
            short = ((0, 0), (0, longest - side.shape[1]))
            rows.append(np.pad(side, short, constant_values=filler))
    empty = np.zeros((0, longest), np.int64)
    values = {name: np.concatenate([empty, *rows]) for name, rows in found.items()}
    label = np.concatenate([np.zeros(0, np.int64), *labels])
    return values, label, np.ones(len(label), np.int64)
