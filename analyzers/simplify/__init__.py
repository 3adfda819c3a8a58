"""The same answers from a shorter program: a step at a time, each one checked.

What can go is found greedily, with a check on all inputs (`analyzers.maximal`); what
never occurs is filled in so that it can be said shortly; scores become small. In the
end both programs are compared on the whole domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from analyzers.diff import diff
from analyzers.lint.seen import Seen, see
from analyzers.lint.variables import computed, without
from analyzers.maximal import Candidate, maximal
from analyzers.rewrites import rewritten
from analyzers.sameness import Sameness
from analyzers.simplify.fill import Cost, filled
from analyzers.simplify.fold import assembled, fold
from analyzers.simplify.scores import small_scores
from analyzers.simplify.shorter import shorter
from analyzers.survey import Progress
from tpdebug.errors import counted
from tpdebug.findings import (
    Copied,
    Edit,
    Evidence,
    Fixed,
    Simplification,
    SimplifyStep,
    Size,
    Unscored,
)
from tpdebug.nodes import Embedding, LookupTable, Node
from tpdebug.parts import Part, all_or_sample
from tpdebug.program import Program
from tpdebug.write import write

__all__ = ["simplify"]

MOST = 5_000_000
SAMPLES = 50_000
MOST_ROUNDS = 4
ENOUGH = 0.97
"""Another round has to be worth it: this share of the lines is left at most."""


def simplify(
    program: Program,
    *,
    most: int = MOST,
    samples: int = SAMPLES,
    seed: int = 0,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Simplification:
    """Make a program shorter without changing an answer.

    Args:
        program: the program.
        most: a domain with more inputs than this is sampled; then it is not proved
            that no answer changes.
        samples, seed: what to draw from such a one.
        jobs: how many parts to evaluate at a time; default: one for each core.
        progress: is told how many parts were tried to remove, and how many there are.
    """
    parts, evidence = all_or_sample(
        program.domain, most=most, samples=samples, seed=seed
    )
    working = _Working(program, parts, evidence, seed, jobs, progress)
    steps: list[SimplifyStep] = []
    for _ in range(MOST_ROUNDS):
        before = size_of_program(working.program)
        steps += working.round()
        if size_of_program(working.program).lines > ENOUGH * before.lines:
            break
    found = working.program
    compared = diff(program, found, most=most, samples=samples, seed=seed, jobs=jobs)
    if compared.witnesses:
        raise RuntimeError("a step of simplify changed an answer: this is a bug")
    return Simplification(
        found, size_of_program(program), tuple(steps), compared.evidence
    )


def size_of_program(program: Program) -> Size:
    """How large a program is."""
    known, cells = program.variables, 0
    for node in program.nodes:
        if isinstance(node, LookupTable):
            cells += prod(len(known[name].values) for name in node.inputs)
        elif not isinstance(node, Embedding):
            cells += len(known[node.query].values) * len(known[node.key].values)
    lines = write(program).code.split("# fmt: off\nSCORES")[0].rstrip().count("\n") + 1
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
        self.costs: dict[Node, Cost] = {}

    def round(self) -> Iterator[SimplifyStep]:
        """Every kind of step once."""
        yield from self._removed()
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
        self.program = program
        yield SimplifyStep(says, tuple(gone), tuple(edits), size_of_program(program))

    def _removed(self) -> Iterator[SimplifyStep]:
        same = Sameness(
            *(self.program, self.parts, self.evidence), seed=self.seed, jobs=self.jobs
        )
        seen = see(self.program, self.parts, jobs=self.jobs)
        found = maximal(same, list(_candidates(seen)), progress=self.progress)
        edits = [edit for some in found for edit in some]
        yield from self._step(_in_words(edits), fold(self.program, edits), edits)

    def _filled(self) -> Iterator[SimplifyStep]:
        seen = see(self.program, self.parts, needed=True, jobs=self.jobs)
        nodes = filled(self.program, seen)
        program = assembled(self.program, nodes, self.program.classifier)
        yield from self._step("filled in what never occurs", program)

    def _shortened(self) -> Iterator[SimplifyStep]:
        same = Sameness(
            *(self.program, self.parts, self.evidence), seed=self.seed, jobs=self.jobs
        )
        edits = shorter(same, self.costs, self.progress)
        program = rewritten(self.program, edits)
        program = assembled(program, program.nodes, program.classifier)
        says = f"said {counted(len(edits), 'function')} more shortly"
        yield from self._step(says, program, edits)

    def _scored(self) -> Iterator[SimplifyStep]:
        same = Sameness(
            *(self.program, self.parts, self.evidence), seed=self.seed, jobs=self.jobs
        )
        classifier = small_scores(same)
        program = assembled(self.program, self.program.nodes, classifier)
        fewer = len(program.classifier.rows) < len(self.program.classifier.rows)
        if fewer or 2 * _points(program) < _points(self.program):
            yield from self._step("made scores smaller and fewer", program)


def _points(program: Program) -> int:
    return sum(abs(s) for row in program.classifier.rows for s in row.scores)


def _candidates(seen: Seen) -> Iterator[Candidate]:
    """What can go: variables, the largest first, then scores, then single rows."""
    program = seen.program
    names = computed(seen)[::-1]
    names.sort(key=lambda name: -_weight(program, name))
    for name in names:
        yield [*without(seen, name), *_replacements(seen, name)]
    for name in program.scored[::-1]:
        yield [(Unscored(name),)]
    for row in program.classifier.rows[::-1]:
        if row.value is not None:
            yield [(Unscored(row.variable, (row.value,)),)]


def _replacements(seen: Seen, name: str) -> Iterator[tuple[Edit, ...]]:
    """What could stand in place of a variable: a value, or one before it."""
    known = seen.program.variables
    variable, values = known[name], set(known[name].values)
    before = list(known)[: list(known).index(name)]
    sources = [
        other
        for other in before
        if known[other].numerical == variable.numerical
        and (values & set(known[other].values))
        and not (variable.numerical and len(known[other].values) > len(variable.values))
    ]
    copies = [Copied(name, source) for source in sources]
    scored = name in seen.program.scored
    if scored:
        yield from ((copy, Unscored(name)) for copy in copies)
        yield from ((edits[0],) for edits in without(seen, name))
    yield from ((copy,) for copy in copies)


def _weight(program: Program, name: str) -> int:
    node, known = program.writers[name], program.variables
    if isinstance(node, LookupTable):
        return prod(len(known[each].values) for each in node.inputs)
    assert not isinstance(node, Embedding)
    return len(known[node.query].values) * len(known[node.key].values)


def _in_words(edits: list[Edit]) -> str:
    """What was removed."""
    nodes = [e for e in edits if isinstance(e, Fixed | Copied)]
    gone = {e.variable for e in nodes}
    rows = [e for e in edits if isinstance(e, Unscored) and e.variable not in gone]
    some = sum(len(e.values) for e in rows if e.values is not None)
    whole = [e.variable for e in rows if e.values is None]
    says = [f"took out {counted(len(nodes), 'variable')}"] if nodes else []
    says += [f"dropped all scores of {', '.join(whole)}"] if whole else []
    says += [f"dropped {counted(some, 'score row')}"] if some else []
    return " and ".join(says) or "took out what no answer needs"
