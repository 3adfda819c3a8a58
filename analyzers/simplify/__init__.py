"""The same answers from a shorter program: a step at a time, each one checked.

What can go is found greedily, with a check on all inputs (`analyzers.maximal`); what
never occurs is filled in so that it can be said shortly; scores become small. In the
end both programs are compared on the whole domain.
"""

from __future__ import annotations

from dataclasses import replace

from analyzers.diff import diff
from analyzers.simplify.whole import counterexamples, joined
from analyzers.simplify.working import Working
from analyzers.survey import Progress
from tpdebug.findings import Difference, Evidence, Simplification
from tpdebug.parts import Part, all_or_sample
from tpdebug.program import Program
from tpdebug.write.about import in_lines
from tpdebug.write.source import describe

__all__ = ["simplify"]

MOST = WORKED_ON = 5_000_000
"""With more inputs it works on a sample, even if it compares on all in the end."""
SAMPLES = 50_000


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
    drawn, evidence = all_or_sample(
        program.domain, most=some, samples=samples, seed=seed
    )
    proving = evidence.kind == "sampled" and program.domain.count <= most and not budget
    parts, missed = drawn, list[Part]()
    while True:
        working = Working(program, parts, evidence, seed, jobs, progress)
        before, steps = working.size, tuple(working.all(budget))
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
        missed += more
        parts = [*drawn, *joined(missed)]
    if len(compared.witnesses) > budget:
        raise RuntimeError("a step of simplify changed an answer: this is a bug")
    made = Simplification(found, before, steps, compared, budget)
    return replace(made, program=found.with_about(_about(made, name)))


def _about(found: Simplification, name: str) -> str:
    """What is true of the program; what was said of the other one need not be."""
    says = (describe(found.program.with_about("")), "", f"Simplified from {name}.")
    return in_lines((*says, found.sentence))
