"""The answers to one input, letter by letter, and which of them is asked about."""

from __future__ import annotations

from collections.abc import Sequence

from tpdebug.errors import DomainError, counted
from tpdebug.evaluate import Trace
from tpdebug.findings import Letter
from tpdebug.program import Program


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
