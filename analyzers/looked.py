"""Every input evaluated, judged and blamed: what looking for faults starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyzers.blame import Blame, blame
from analyzers.judged import Judged, judge
from analyzers.spectra import Spectra
from analyzers.survey import Progress, survey
from tpdebug.evaluate import Evaluator
from tpdebug.nodes import CategoricalHead, Preference, Rule
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
        return in_question(self.program, self.spectra, self.blame.failed > 0)


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
        judged = judge(evaluator, oracle, parts[number])
        return judged, blame(spectra, evaluator, judged, number)

    found, blocks = Blame.none(len(spectra.rules)), dict[int, Judged]()
    for number, (judged, counted) in survey(
        parts, work, jobs=jobs, progress=progress, stopped=oracle.stopped
    ):
        blocks[number], found = judged, found + counted
    listed = [blocks[number] for number in sorted(blocks)]
    return Looked(program, evaluator, spectra, listed, found)


def in_question(
    program: Program, spectra: Spectra, taken: Sequence[bool] | np.ndarray
) -> list[int]:
    """The rules that answers depend on, by number, from those that they take.

    In a head with a preference that is every key of a query value: which one is read
    depends on all of them.
    """
    chosen = {
        node.name
        for node in program.nodes
        if isinstance(node, CategoricalHead) and isinstance(node.predicate, Preference)
    }

    def place(rule: Rule) -> tuple[str, str, object]:
        one = rule.kind == "case" and rule.node in chosen
        return rule.kind, rule.node, rule.key[:1] if one else rule.key

    places = {place(spectra.rules[i]) for i in np.flatnonzero(taken)}
    return [i for i, rule in enumerate(spectra.rules) if place(rule) in places]
