"""A program while it becomes shorter, a step at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from analyzers.lint.seen import see
from analyzers.maximal import maximal
from analyzers.rewrites import rewritten
from analyzers.sameness import Sameness
from analyzers.simplify.budget import savings, spend
from analyzers.simplify.fill import filled
from analyzers.simplify.fold import assembled, fold
from analyzers.simplify.removing import candidates, in_words
from analyzers.simplify.scores import small_scores
from analyzers.simplify.shorter import shorter
from analyzers.simplify.sizes import size_of_program
from analyzers.survey import Progress
from tpdebug.errors import counted
from tpdebug.findings import (
    Edit,
    Evidence,
    Replaced,
    SimplifyStep,
)
from tpdebug.nodes import CategoricalHead
from tpdebug.parts import Part
from tpdebug.program import Program

MOST_ROUNDS = 4
ENOUGH = 0.97
"""Another round has to be worth it: this share of the lines is left at most."""


class Working:
    """A program while it becomes shorter."""

    def __init__(
        self,
        program: Program,
        parts: list[Part],
        evidence: Evidence,
        seed: int,
        jobs: int | None,
        progress: Progress | None,
    ) -> None:
        self.program = program
        self.parts = parts
        self.evidence = evidence
        self.seed = seed
        self.jobs = jobs
        self.progress = progress
        self.size = size_of_program(program)

    def all(self, budget: int) -> Iterator[SimplifyStep]:
        """What costs nothing; then what is in the budget, and so on."""
        yield from self.rounds()
        known = set[Program]()  # what is free may be undone by what follows
        while budget and self.program not in known:
            known.add(self.program)
            spent, more = self.spent(budget)
            budget -= spent
            yield from more
            if more:
                yield from self.rounds()

    def rounds(self) -> Iterator[SimplifyStep]:
        """Every kind of step, again and again, as long as it is worth it."""
        for _ in range(MOST_ROUNDS):
            before, lines = self.program, self.size.lines
            yield from self._round()
            if self.program == before or self.size.lines > ENOUGH * lines:
                break

    def spent(self, budget: int) -> tuple[int, list[SimplifyStep]]:
        """What changes the answers of some inputs: how many, and the step, if any."""
        seen = see(self.program, self.parts, jobs=self.jobs)
        edits, inputs = spend(
            *(self._same(), savings(seen), budget),
            seed=self.seed,
            progress=self.progress,
        )
        program = fold(self.program, edits)
        says = f"{in_words(edits)}; {counted(inputs, 'input')} answered differently"
        return inputs, list(self._step(says, program, edits))

    def _round(self) -> Iterator[SimplifyStep]:
        """Every kind of step once."""
        yield from self._removed()
        yield from self._untied()
        yield from self._filled()
        yield from self._shortened()
        yield from self._scored()

    def _step(
        self, says: str, program: Program, edits: Sequence[Edit] = ()
    ) -> Iterator[SimplifyStep]:
        """A step, if it does something."""
        if program == self.program:
            return
        gone = [n for n in self.program.variables if n not in program.variables]
        self.program, self.size = program, size_of_program(program)
        yield SimplifyStep(says, tuple(gone), tuple(edits), self.size)

    def _same(self) -> Sameness:
        return Sameness(
            *(self.program, self.parts, self.evidence), seed=self.seed, jobs=self.jobs
        )

    def _removed(self) -> Iterator[SimplifyStep]:
        same = self._same()
        seen = see(self.program, self.parts, jobs=self.jobs)
        found = maximal(same, list(candidates(seen)), progress=self.progress)
        edits = [edit for some in found for edit in some]
        yield from self._step(in_words(edits), fold(self.program, edits), edits)

    def _untied(self) -> Iterator[SimplifyStep]:
        heads = [n for n in self.program.nodes if isinstance(n, CategoricalHead)]
        ways = [
            [(Replaced(replace(head, tie="last")),)]
            for head in heads
            if head.tie == "matches"
        ]
        if not ways:
            return
        edits = [edit for some in maximal(self._same(), ways) for edit in some]
        says = f"gave {counted(len(edits), 'head')} the usual rule for ties"
        yield from self._step(says, rewritten(self.program, edits), edits)

    def _filled(self) -> Iterator[SimplifyStep]:
        seen = see(self.program, self.parts, needed=True, jobs=self.jobs)
        nodes = filled(self.program, seen)
        program = assembled(self.program, nodes, self.program.classifier)
        yield from self._step("filled in what never occurs", program)

    def _shortened(self) -> Iterator[SimplifyStep]:
        same = self._same()
        edits = shorter(same, self.progress)
        program = rewritten(self.program, edits)
        program = assembled(program, program.nodes, program.classifier)
        says = f"said {counted(len(edits), 'function')} more shortly"
        yield from self._step(says, program, edits)

    def _scored(self) -> Iterator[SimplifyStep]:
        same = self._same()
        classifier = small_scores(same)
        program = assembled(self.program, self.program.nodes, classifier)
        fewer = len(program.classifier.rows) < len(self.program.classifier.rows)
        if fewer or 2 * _points(program) < _points(self.program):
            yield from self._step("made scores smaller and fewer", program)


def _points(program: Program) -> int:
    return sum(abs(s) for row in program.classifier.rows for s in row.scores)
