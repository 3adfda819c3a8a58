"""The same answers from a shorter program: a step at a time, each one checked.

What can go is found greedily, with a check on all inputs (`analyzers.maximal`); what
never occurs is filled in so that it can be said shortly; scores become small. In the
end both programs are compared on the whole domain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod

from analyzers.diff import diff
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
from analyzers.simplify.whole import counterexamples
from analyzers.survey import Progress
from tpdebug.errors import counted
from tpdebug.findings import (
    Difference,
    Edit,
    Evidence,
    Replaced,
    Simplification,
    SimplifyStep,
    Size,
)
from tpdebug.nodes import CategoricalHead, Embedding, LookupTable
from tpdebug.parts import Part, all_or_sample
from tpdebug.program import Program
from tpdebug.write import write
from tpdebug.write.about import in_lines
from tpdebug.write.source import describe

__all__ = ["simplify"]

MOST = WORKED_ON = 5_000_000
"""With more inputs it works on a sample, even if it compares on all in the end."""
SAMPLES = 50_000
MOST_ROUNDS = 4
ENOUGH = 0.97
"""Another round has to be worth it: this share of the lines is left at most."""


def simplify(
    program: Program,
    *,
    budget: int = 0,
    name: str = "another program",
    most: int = MOST,
    samples: int = SAMPLES,
    seed: int = 0,
    jobs: int | None = None,
    progress: Progress | None = None,
    comparing: Progress | None = None,
) -> Simplification:
    """Make a program shorter without changing an answer, or at the cost of a few.

    If the domain is very large, but not larger than `most`, it works on a sample and
    compares on all inputs. What is answered differently joins the sample, and it begins
    anew.

    Args:
        program: the program.
        budget: so many inputs may be answered differently, of all that are looked at.
        name: what to call the program in the docstring of the shorter one.
        most: a domain with more inputs than this is sampled; then it is not proved
            that no answer changes.
        samples, seed: what to draw from such a one.
        jobs: how many parts to evaluate at a time; default: one for each core.
        progress: is told how many parts were tried to remove, and how many there are.
        comparing: is told how many inputs were compared, and how many there are.
    """
    some = min(most, WORKED_ON)
    parts, evidence = all_or_sample(
        program.domain, most=some, samples=samples, seed=seed
    )
    proving = evidence.kind == "sampled" and program.domain.count <= most and not budget
    while True:
        working = _Working(program, parts, evidence, seed, jobs, progress)
        steps = tuple(working.all(budget))
        found = working.program
        if not proving:
            compared = diff(
                program, found, most=some, samples=samples, seed=seed, jobs=jobs
            )
            break
        more = counterexamples(program, found, jobs=jobs, progress=comparing)
        if not more:
            count = program.domain.count
            compared = Difference(Evidence("proved", count), count, (), None)
            break
        parts = [*parts, *more]
    if len(compared.witnesses) > budget:
        raise RuntimeError("a step of simplify changed an answer: this is a bug")
    before = size_of_program(program)
    made = Simplification(found, before, steps, compared, budget)
    return replace(made, program=found.with_about(_about(made, name)))


def _about(found: Simplification, name: str) -> str:
    """What is true of the program; what was said of the other one need not be."""
    says = (describe(found.program.with_about("")), "", f"Simplified from {name}.")
    return in_lines((*says, found.sentence))


def size_of_program(program: Program) -> Size:
    """How large a program is."""
    known, cells = program.variables, 0
    for node in program.nodes:
        if isinstance(node, LookupTable):
            cells += prod(len(known[name].values) for name in node.inputs)
        elif not isinstance(node, Embedding):
            cells += len(known[node.query].values) * len(known[node.key].values)
    code = re.split("(?:# fmt: off\n)?SCORES = ", write(program.with_about("")).code)
    lines = code[0].rstrip().count("\n") + 1
    return Size(len(program.nodes), cells, len(program.classifier.rows), lines)


class _Working:
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
