"""Why a program gave an answer: what carried it, and the way back to the input.

An `Explanation` holds the scores of an answer against a rival class, variable by
variable, and for every variable involved a `Step`: how its value came about.
"""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.ways import WaysBack
from tpdebug.errors import DomainError, counted
from tpdebug.evaluate import Evaluator, Trace
from tpdebug.findings import Contribution, Explanation, Letter
from tpdebug.inputs import encode
from tpdebug.program import Program
from tpdebug.sourcemap import SourceMap

CARRIED = 0.9
"""The share of all that speaks for an answer that its carriers make up, at least."""


def explain(
    program: Program,
    letters: Sequence[str],
    *,
    position: int | None = None,
    expected: Sequence[str] | None = None,
    source: SourceMap | None = None,
) -> Explanation:
    """Explain the answer of a program at one position of an input.

    Args:
        program: the program.
        letters: the input, without begin and end tokens.
        position: which answer to explain, counted as the program does (0 is the
            begin token, where there is one). Default: the first wrong answer if
            `expected` is given, else the one with the least margin.
        expected: the right answers, one for each letter (pooled: one).
        source: where the rules stand, for `file:line`.

    Raises:
        DomainError: the input, the position or the expected answers do not fit.
    """
    letters = program.domain.accept(letters)
    trace = Evaluator(program).trace(encode(program.domain, [letters]))
    answered = answered_letters(program, trace, letters, expected)
    chosen = choose(program, answered, position)
    rival = chosen.expected if chosen.wrong else chosen.runner_up
    positions = (
        range(len(letters) + len(program.domain.wrap(())))
        if chosen.position is None
        else (chosen.position,)
    )
    ways = WaysBack(program, trace, source)
    contributions = sorted(
        ways.contributions(chosen.answer, rival, positions),
        key=lambda c: (-c.difference, c.place.position),
    )
    carriers = _carriers(contributions)
    steps = ways.steps(c.place for c in contributions[:carriers])
    return Explanation(
        answered, chosen, rival, tuple(contributions), carriers, tuple(steps)
    )


def answered_letters(
    program: Program,
    trace: Trace,
    letters: Sequence[str],
    expected: Sequence[str] | None = None,
) -> tuple[Letter, ...]:
    """The answers to one input, with their runners-up; `trace` is of it alone.

    Raises:
        DomainError: the expected answers do not fit.
    """
    classes = program.classifier.classes
    pooled = program.classifier.pooled
    answers = [int(i) for i in trace.answers[0]]
    if expected is not None:
        _check_expected(program, expected, len(answers))
    found = []
    for i, answer in enumerate(answers):
        position = None if pooled else i + program.domain.offset
        scores = [int(s) for s in trace.scores[0, 0 if position is None else position]]
        others = [c for c in range(len(classes)) if c != answer]
        second = max(others, key=lambda c: scores[c], default=None)
        found.append(
            Letter(
                position,
                " ".join(letters) if pooled else letters[i],
                classes[answer],
                None if second is None else classes[second],
                None if second is None else scores[answer] - scores[second],
                None if expected is None else expected[i],
            )
        )
    return tuple(found)


def _check_expected(program: Program, expected: Sequence[str], count: int) -> None:
    if len(expected) != count:
        given = counted(len(expected), "expected answer")
        raise DomainError(f"{given} for {counted(count, 'answer')}")
    for label in expected:
        program.classifier.index(label)  # or there is none


def choose(program: Program, letters: Sequence[Letter], position: int | None) -> Letter:
    """The answer at a position; by default the first wrong or the least certain.

    Raises:
        DomainError: there is no answer at that position.
    """
    if position is not None:
        for letter in letters:
            if letter.position == position:
                return letter
        if program.classifier.pooled:
            raise DomainError("this program gives one answer for the whole input")
        first, last = letters[0].position, letters[-1].position
        raise DomainError(f"position {position} has no letter; use {first} to {last}")
    wrong = next((letter for letter in letters if letter.wrong), None)
    return wrong or min(letters, key=lambda letter: letter.margin or 0)


def _carriers(contributions: Sequence[Contribution]) -> int:
    """How many of the strongest carry the answer; equals stay together."""
    total = sum(max(c.difference, 0) for c in contributions)
    carried = 0
    for count, contribution in enumerate(contributions):
        enough = carried >= CARRIED * total
        before = contributions[count - 1].difference if count else 0
        if contribution.difference <= 0 or (
            enough and contribution.difference < before
        ):
            return count
        carried += contribution.difference
    return len(contributions)
