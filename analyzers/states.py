"""What the read-out sees at each answer: answers that see the same are counted once.

Score rows can be changed, and the answers counted again, without evaluating any input
again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from analyzers.judged import NOT_SCORED, Judged
from tpdebug.columns import align, expand, numbered, stack
from tpdebug.evaluate.codes import index_of, size_of
from tpdebug.evaluate.scores import join
from tpdebug.nodes import Rule
from tpdebug.program import Program

Ints = NDArray[np.int64]
PACKED = 2**62
"""If what an answer sees has fewer combinations, it is one number."""


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
    packed = prod(shape) < PACKED
    found, weights = [], []
    for block in blocks:
        for rows, weight in _answers(program, block, names, shape if packed else None):
            kept, place = _once(rows, shape)
            counts = np.bincount(place, minlength=len(kept))
            found.append(kept)
            weights.append(counts * weight)
    width = () if packed else (len(shape),)
    if not found:
        found, weights = [np.zeros((0, *width), np.int64)], [np.zeros(0, np.int64)]
    rows, place = _once(np.concatenate(found), shape)
    counts_of = np.zeros(len(rows), np.int64)
    np.add.at(counts_of, place, np.concatenate(weights))
    columns = np.unravel_index(rows, shape) if packed else tuple(rows.T)
    values = {
        name: np.asarray(column, np.int64)[:, None]
        for name, column in zip(names, columns[1:], strict=True)
    }
    return values, np.asarray(columns[0], np.int64) - 2, counts_of


def _once(rows: Ints, shape: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Each number or row of numbers once, in order, and which one each was.

    Args:
        rows: `[answers]`, or `[answers, columns]`.
        shape: how many numbers each column can hold.
    """
    if rows.ndim == 1:
        kept, place = np.unique(rows, return_inverse=True)
        return kept, place.reshape(-1)
    kind = np.min_scalar_type(max(shape) - 1)
    first, place = numbered(rows.astype(kind.newbyteorder(">")))  # sorts like numbers
    return rows[first], place


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
