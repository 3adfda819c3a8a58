"""Why not another answer: the fewest values of the read-out that would have to differ.

Each value may become another one that the read-out sees there on some input. Scores are
added, so the fewest changes are the solution of a small integer program. (Contrastive
explanations: Ignatiev, Narodytska, Asher, Marques-Silva, AIxIA 2020.)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzers.circuits.by_scores import leads_of
from analyzers.circuits.fewest import fewest
from analyzers.circuits.readouts import Survey
from analyzers.circuits.sufficient import SECONDS
from tpdebug.errors import DomainError
from tpdebug.evaluate.codes import value_of
from tpdebug.findings import Changed, Contrast, Place
from tpdebug.program import Program

Ints = NDArray[Any]


def contrast(
    program: Program,
    letters: tuple[str, ...],
    position: int | None,
    wanted: str | None = None,
    *,
    survey: Survey | None = None,
    seconds: float = SECONDS,
) -> Contrast:
    """Find the fewest values that have to differ for another answer.

    Args:
        program: the program.
        letters: the input.
        position: which answer, as the program counts; None if pooled.
        wanted: the answer to get; None for that which takes the fewest changes.
        survey: what was looked at before.
        seconds: how long to look for the fewest.

    Raises:
        DomainError: there is no such class, or it is the answer already.

    >>> from tpdebug.domain import Domain
    >>> from tpdebug.nodes import Classifier
    >>> scores = {("tokens", "b"): [0, 3], ("positions", 1): [0, 1]}
    >>> program = Program(Domain(("a", "b"), (2, 2)), (), Classifier.of("ny", scores))
    >>> found = contrast(program, ("a", "a"), 0, "y")
    >>> [(c.place.variable, c.before, c.after) for (c,) in found.ways]
    [('tokens', 'a', 'b')]
    """
    survey = survey or Survey(program)
    if wanted is None:
        return _easiest(program, letters, position, survey, seconds)
    target = program.classifier.index(wanted)
    letters = program.domain.accept(letters)
    trace = survey.trace(letters)
    at = 0 if position is None else position
    scores = trace.scores[0, at]
    if int(scores.argmax()) == target:
        raise DomainError(f"the answer is {wanted} already")
    readouts = survey.of(len(letters), position)
    places = readouts.places
    seen = np.array([trace.variables[p.variable][0, p.position] for p in places], int)
    ahead = (np.arange(len(scores)) < target).astype(np.int64)  # wins a tie
    lack = ahead - (scores[target] - scores)
    lack[target] = 0
    options, gains = [], []
    leads = {name: leads_of(program, name, target) for name in program.scored}
    for i, place in enumerate(places):
        for other in np.unique(readouts.seen[:, i]):
            if other != seen[i]:
                options.append((i, int(other)))
                gains.append(_gain(program, leads, place, seen[i], other))
    gain = np.stack(gains) if gains else np.zeros((0, len(scores)), np.int64)
    found = fewest(np.array([i for i, _ in options], int), gain, lack, seconds)
    ways = [
        tuple(
            Changed(
                places[i],
                value_of(program.variables[places[i].variable], seen[i]),
                value_of(program.variables[places[i].variable], other),
            )
            for i, other in (options[number] for number in way)
        )
        for way in found.ways
    ]
    least, evidence = found.least, readouts.evidence
    return Contrast(letters, position, wanted, tuple(ways), least, evidence)


def _easiest(
    program: Program,
    letters: tuple[str, ...],
    position: int | None,
    survey: Survey,
    seconds: float,
) -> Contrast:
    """Of all other answers that which takes the fewest changes."""
    trace = survey.trace(letters)
    scores = trace.scores[0, 0 if position is None else position]
    _, *others = np.argsort(-scores, kind="stable")
    if not others:
        raise DomainError("the program has no other class")
    best: Contrast | None = None
    for other in others:
        wanted = program.classifier.classes[other]
        found = contrast(
            program, letters, position, wanted, survey=survey, seconds=seconds
        )
        if best is None or (found.ways and len(found.ways[0]) < _size(best)):
            best = found
        if _size(best) == 1:
            break
    assert best is not None
    return best


def _size(found: Contrast) -> float:
    return len(found.ways[0]) if found.ways else np.inf


def _gain(
    program: Program, leads: dict[str, Ints], place: Place, old: int, new: int
) -> Ints:
    """What the wanted class gains over each other if a value becomes another."""
    rows = leads[place.variable]
    numerical = program.variables[place.variable].numerical
    gain: Ints = rows[0] * (new - old) if numerical else rows[new] - rows[old]
    return gain
