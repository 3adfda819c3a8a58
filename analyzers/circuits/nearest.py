"""The nearest inputs with another answer: what would have to be different.

All inputs that differ from one in one letter are tried, then in two, and so on; so it
is certain that no nearer one has the other answer. (Counterfactual explanations:
Wachter, Mittelstadt, Russell, Harvard JOLT 2018.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from math import comb

import numpy as np

from tpdebug.errors import DomainError
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Nearest
from tpdebug.inputs import BLOCK, Letters, encode
from tpdebug.program import Program

MOST = 2_000_000
"""How many inputs are tried."""


def nearest(
    program: Program,
    letters: Sequence[str],
    place: int,
    wanted: str | None = None,
    most: int = MOST,
) -> Nearest:
    """Look for the nearest inputs of the same length with another answer.

    Args:
        program: the program.
        letters: the input.
        place: which answer, counted from 0 (pooled: 0).
        wanted: the answer to look for; None for any other.
        most: how many inputs to try.

    Raises:
        DomainError: the input is none of the domain, or there is no such class.
    """
    domain, classes = program.domain, program.classifier.classes
    letters = domain.accept(letters)
    if wanted is not None:
        program.classifier.index(wanted)  # or there is none
    evaluator, start = Evaluator(program), encode(domain, [letters])
    answer = int(evaluator.answers(start)[0, place])
    if wanted == classes[answer]:
        raise DomainError(f"the answer is {wanted} already")
    tried, ended = 0, 0
    found: list[tuple[tuple[str, ...], str]] = []
    while not found and ended < len(letters):
        changed = ended + 1
        tried += comb(len(letters), changed) * (len(domain.alphabet) - 1) ** changed
        if tried > most:
            break
        for block in _changed(start[0], len(domain.alphabet), changed):
            answers = evaluator.answers(block)[:, place]
            for row in np.flatnonzero(answers != answer):
                near = tuple(domain.alphabet[i] for i in block[row])
                other = classes[answers[row]]
                if wanted in (None, other) and domain.why_not(near) is None:
                    found.append((near, other))
        ended = changed
    return Nearest(letters, classes[answer], wanted, tuple(found), ended)


def _changed(letters: Letters, many: int, changed: int) -> Iterator[Letters]:
    """All inputs that differ from one in so many letters, in blocks."""
    if many == 1:  # there is no other letter
        return
    waiting: list[Letters] = []
    size = 0
    steps = np.array(list(product(range(1, many), repeat=changed)), letters.dtype)
    for places in combinations(range(len(letters)), changed):
        block = np.repeat(letters[None], len(steps), axis=0)
        block[:, places] = (letters[list(places)] + steps) % many
        waiting.append(block)
        size += len(block)
        if size >= BLOCK:
            yield np.concatenate(waiting)
            waiting, size = [], 0
    if waiting:
        yield np.concatenate(waiting)
