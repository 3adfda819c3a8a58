"""The circuit behind one answer: values that are enough for it, and the way back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analyzers.answered import answered_letters, choose
from analyzers.circuits.by_scores import by_scores
from analyzers.circuits.readouts import Readouts, Survey, together
from analyzers.circuits.sufficient import (
    SECONDS,
    differences,
    minimal,
    ordered,
)
from analyzers.ways import WaysBack
from tpdebug.errors import DomainError
from tpdebug.findings import Circuit, Contribution, Letter, Reach
from tpdebug.program import Program
from tpdebug.sourcemap import SourceMap


def slice_answer(
    program: Program,
    letters: Sequence[str],
    *,
    position: int | None = None,
    minimum: bool = False,
    any_length: bool = False,
    reach: Reach = "full",
    seconds: float = SECONDS,
    source: SourceMap | None = None,
    survey: Survey | None = None,
    around: bool = True,
) -> Circuit:
    """Find a part of a program that is enough for its answer at one position.

    Args:
        program: the program.
        letters: the input, without begin and end tokens.
        position: which answer, counted as the program does. Default: that of the least
            margin.
        minimum: whether to look for the fewest values; else none can be left out, but
            others could be fewer.
        any_length: whether they have to be enough on inputs of every length, not only
            of the same.
        reach: what is followed back: "data", what was copied and computed with, or
            "full", also what made heads look where they did.
        seconds: how long to look for the fewest values.
        source: where the rules stand.
        survey: what was looked at before, to look at every input once only.
        around: whether a sample is completed by inputs that are like this one.

    Raises:
        DomainError: the input or the position do not fit the program.

    >>> from tpdebug.nodes import Classifier
    >>> from tpdebug.domain import Domain
    >>> scores = {("tokens", "b"): [0, 1], ("positions", 1): [0, 9]}
    >>> domain = Domain(("a", "b"), (1, 3), begin="<s>")
    >>> program = Program(domain, (), Classifier.of("ny", scores))
    >>> circuit = slice_answer(program, ["a", "b"], position=2)
    >>> [(c.place.variable, c.value) for c in circuit.kept], circuit.alike
    ([('tokens', 'b')], 2)
    """
    survey = survey or Survey(program)
    letters = program.domain.accept(letters)
    trace = survey.trace(letters)
    chosen = choose(program, answered_letters(program, trace, letters), position)
    ways = WaysBack(program, trace, source)
    return circuit_behind(
        ways,
        letters,
        chosen,
        survey,
        seconds=seconds if minimum else 0,
        any_length=any_length,
        reach=reach,
        around=around,
    )


def circuit_behind(
    ways: WaysBack,
    letters: tuple[str, ...],
    chosen: Letter,
    survey: Survey,
    *,
    seconds: float = 0,
    any_length: bool = False,
    reach: Reach = "full",
    around: bool = True,
    scores: bool = True,
) -> Circuit:
    """Find values that are enough for an answer, and how they came about.

    Args:
        ways: leads back through the trace of the input.
        letters: the input.
        chosen: the answer.
        survey: looks at what the read-out sees.
        seconds: how long to look for the fewest values; 0: not at all.
        any_length: whether they have to be enough on inputs of every length.
        reach: what is followed back.
        around: whether a sample is completed by inputs that are like this one.
        scores: whether to look for those that are enough by their scores, too.
    """
    program, trace, where = ways.program, ways.trace, chosen.position
    others = _other_lengths(program, len(letters), where) if any_length else ()
    lengths = [len(letters), *others]
    several = [survey.of(n, where) for n in lengths]
    if around and several[0].evidence.kind != "proved":
        several.append(survey.around(letters, where))
    places = several[0].places
    seen = np.array([trace.variables[p.variable][0, p.position] for p in places], int)
    answer = program.classifier.classes.index(chosen.answer)
    sets = np.concatenate(
        [differences(r.seen, r.answers, seen, answer) for r in several]
    )
    values = list(ways.contributions(chosen.answer, chosen.runner_up, places))
    enough = minimal(sets, ordered(sets, [value.difference for value in values]))
    if seconds:
        from analyzers.circuits.smallest import smallest

        enough = smallest(sets, enough, seconds)
    kept = sorted((values[i] for i in enough.chosen), key=_strongest_first)
    evidence = together(r.evidence for r in several)
    certain = by_scores(program, seen, places, answer) if scores else ()
    number = list(enough.chosen)
    return Circuit(
        letters,
        chosen,
        tuple(kept),
        len(values),
        enough.least,
        (min(lengths), max(lengths)),
        sum(_alike(r, number, seen) for r in several),
        evidence,
        reach,
        tuple(ways.steps((c.place for c in kept), reach)),
        tuple(values[i] for i in certain),
    )


def _strongest_first(value: Contribution) -> tuple[int, int]:
    return -value.difference, value.place.position


def _other_lengths(program: Program, length: int, position: int | None) -> list[int]:
    """The other lengths of inputs that have a letter at a position."""
    if position is None:
        raise DomainError(
            "this program gives one answer for the whole input, from values at every "
            "position: the lengths cannot be compared"
        )
    shortest, longest = program.domain.lengths
    first = max(shortest, position - program.domain.offset + 1)
    return [n for n in range(first, longest + 1) if n != length]


def _alike(readouts: Readouts, places: list[int], seen: np.ndarray) -> int:
    """On how many inputs some places have the same values."""
    same = (readouts.seen[:, places] == seen[places]).all(1)
    return int(readouts.times[same].sum())
