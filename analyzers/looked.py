"""Every input evaluated, judged and blamed: what looking for faults starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyzers.blame import Blame, blame, in_question
from analyzers.judged import Judged, judge
from analyzers.spectra import Spectra
from analyzers.survey import Progress, survey
from tpdebug.evaluate import Evaluator
from tpdebug.oracles import Oracle
from tpdebug.parts import Part
from tpdebug.program import Program


@dataclass(frozen=True, eq=False)
class Looked:
    """A program on inputs that were looked at.

    Attributes:
        program: the program.
        evaluator, spectra: it as arrays.
        blocks: the inputs, judged, in order.
        blame: how many right and wrong answers depend on each rule.
    """

    program: Program
    evaluator: Evaluator
    spectra: Spectra
    blocks: Sequence[Judged]
    blame: Blame

    @property
    def right(self) -> int:
        """How many answers are."""
        return sum(block.counts[0] for block in self.blocks)

    @property
    def wrong(self) -> int:
        """How many answers are."""
        return sum(block.counts[1] for block in self.blocks)

    @property
    def failing(self) -> int:
        """How many inputs have a wrong answer."""
        return sum(int(np.count_nonzero(block.failing)) for block in self.blocks)

    def in_question(self) -> list[int]:
        """The rules that a wrong answer depends on, by number."""
        return in_question(self.spectra, self.blame.failed)


def judged(
    program: Program,
    oracle: Oracle,
    parts: Sequence[Part],
    *,
    jobs: int | None = None,
) -> list[Judged]:
    """Evaluate and judge all parts, on several cores; nothing is blamed.

    Raises:
        UserError: the oracle fails.
    """
    evaluator, blocks = Evaluator(program), dict[int, Judged]()
    oracle.stopped.clear()

    def work(number: int) -> Judged:
        return judge(evaluator, oracle, parts[number])

    for number, block in survey(parts, work, jobs=jobs, stopped=oracle.stopped):
        blocks[number] = block
    return [blocks[number] for number in sorted(blocks)]


def look(
    program: Program,
    oracle: Oracle,
    parts: Sequence[Part],
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Looked:
    """Evaluate all parts, on several cores.

    Raises:
        UserError: the oracle fails.
    """
    evaluator, spectra = Evaluator(program), Spectra(program)
    oracle.stopped.clear()

    def work(number: int) -> tuple[Judged, Blame]:
        block = judge(evaluator, oracle, parts[number])
        return block, blame(spectra, evaluator, block, number)

    found, blocks = Blame.none(len(spectra.rules)), dict[int, Judged]()
    for number, (block, counted) in survey(
        parts, work, jobs=jobs, progress=progress, stopped=oracle.stopped
    ):
        blocks[number], found = block, found + counted
    listed = [blocks[number] for number in sorted(blocks)]
    return Looked(program, evaluator, spectra, listed, found)
