"""Inputs that were evaluated once and judged: every value, and which answers are right.

What depends on an altered rule is computed again from there; everything before it is
kept. Columns stay as short as evaluation made them (`tpdebug.columns`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tpdebug.columns import Column, align, columns_any, expand
from tpdebug.evaluate import Evaluation, Evaluator
from tpdebug.nodes import Node
from tpdebug.oracles import Oracle
from tpdebug.parts import Part
from tpdebug.tally import MISSING

NOT_SCORED = -1


@dataclass(frozen=True)
class Judged:
    """A block of inputs of one length.

    Attributes:
        part: the inputs.
        size: how many they are.
        values: each variable at each position.
        labels: the class that is right, for each answer; -1: not scored, -2: the
            program does not have it.
        right, wrong: whether each answer is; neither where nothing is scored.
    """

    part: Part
    size: int
    values: Mapping[str, list[Column]]
    labels: Sequence[Column]
    right: Sequence[Column]
    wrong: Sequence[Column]

    @cached_property
    def counts(self) -> tuple[int, int]:
        """How many answers are right, and wrong."""
        return _count(self.right, self.size), _count(self.wrong, self.size)

    @cached_property
    def failing(self) -> Column:
        """Which inputs have a wrong answer: bool `[inputs]`."""
        return expand(columns_any(self.wrong), self.size)

    def some(self, rows: NDArray[np.int64]) -> Judged:
        """Some of the inputs."""

        def pick(columns: Sequence[Column]) -> list[Column]:
            steps = [self.size // len(column) for column in columns]
            pairs = zip(columns, steps, strict=True)
            return [c if len(c) == 1 else c.take(rows // step) for c, step in pairs]

        values = {name: pick(columns) for name, columns in self.values.items()}
        judged = (pick(columns) for columns in (self.labels, self.right, self.wrong))
        return Judged(self.part.some(rows), len(rows), values, *judged)


def judge(evaluator: Evaluator, oracle: Oracle, part: Part) -> Judged:
    """Evaluate inputs and compare with the right answers."""
    columns = part.columns()
    done = evaluator.evaluate(columns)
    wanted = oracle.right(part, columns)
    classes = evaluator.program.classifier.classes
    known = [classes.index(x) if x in classes else MISSING for x in oracle.labels]
    as_class = np.array([*known, NOT_SCORED])
    labels = [as_class[label] for label in wanted]
    right, wrong = [], []
    for (answer, _), label in zip(evaluator.winners(done), labels, strict=True):
        same = np.equal(*align(answer, label))
        right.append(same)
        wrong.append(np.logical_and(*align(~same, label != NOT_SCORED)))
    return Judged(part, part.size, done.values, labels, right, wrong)


def judge_again(
    evaluator: Evaluator, nodes: Sequence[Node], block: Judged
) -> tuple[int, int]:
    """How many answers become right and become wrong if some nodes are others.

    Args:
        evaluator: the program with these nodes.
        nodes: they, and all that come behind them, in evaluation order.
        block: inputs judged with the program as it was.
    """
    done = Evaluation(dict(block.values))
    evaluator.compute(done, nodes)
    fixes = breaks = 0
    for place, answer in enumerate(evaluator.answered(done)):
        columns = (block.labels[place], block.right[place], block.wrong[place])
        answer, label, right, wrong = align(answer, *columns)
        weight = block.size // len(answer)
        same = answer == label
        fixes += int(np.count_nonzero(same & wrong)) * weight
        breaks += int(np.count_nonzero(right & ~same)) * weight
    return fixes, breaks


def _count(columns: Sequence[Column], size: int) -> int:
    return sum(int(np.count_nonzero(c)) * (size // len(c)) for c in columns)


def some_of(block: Judged, rows: Column) -> Judged | None:
    """The inputs of a block that are marked, if there are any."""
    found = np.flatnonzero(rows)
    if len(found) == block.size:
        return block
    return block.some(found) if len(found) else None


def probes(blocks: Sequence[Judged], many: int, seed: int) -> Iterator[Judged]:
    """About so many right inputs, drawn evenly from all blocks."""
    total = sum(block.size for block in blocks)
    draw = np.random.default_rng(seed)
    for block in blocks:
        rows = np.flatnonzero(~block.failing)
        share = min(len(rows), -(-many * block.size // max(total, 1)))
        if share:
            yield block.some(np.sort(draw.choice(rows, share, replace=False)))
