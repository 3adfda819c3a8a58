"""Why a program gave an answer: what is enough for it, and the way back to the input.

An `Explanation` holds the scores of an answer against a rival class, variable by
variable, and the circuit behind the answer: values that are enough for it, and how they
came about.
"""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.answered import answered_letters, choose
from analyzers.circuits.one import circuit_behind
from analyzers.circuits.readouts import Survey
from analyzers.ways import WaysBack
from tpdebug.findings import Explanation
from tpdebug.program import Program
from tpdebug.sourcemap import SourceMap


def explain(
    program: Program,
    letters: Sequence[str],
    *,
    position: int | None = None,
    expected: Sequence[str] | None = None,
    source: SourceMap | None = None,
    survey: Survey | None = None,
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
        survey: what was looked at before, to look at every input once only.

    Raises:
        DomainError: the input, the position or the expected answers do not fit.
    """
    letters = program.domain.accept(letters)
    survey = survey or Survey(program)
    trace = survey.trace(letters)
    answered = answered_letters(program, trace, letters, expected)
    chosen = choose(program, answered, position)
    rival = chosen.expected if chosen.wrong else chosen.runner_up
    places = survey.places(len(letters), chosen.position)
    ways = WaysBack(program, trace, source)
    contributions = sorted(
        ways.contributions(chosen.answer, rival, places),
        key=lambda c: (-c.difference, c.place.position),
    )
    circuit = circuit_behind(ways, letters, chosen, survey)
    return Explanation(answered, chosen, rival, tuple(contributions), circuit)
