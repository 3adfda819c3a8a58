"""Values that are enough for an answer by their scores, whatever the others are.

Scores are added, so the least that every other value can give is known without looking
at an input. What is shown so holds for inputs of any length, however many there
are; of a pooled program of the same length, as longer inputs have more values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tpdebug.findings import Place
from tpdebug.program import Program

Ints = NDArray[Any]


def by_scores(
    program: Program, seen: Ints, places: Sequence[Place], answer: int
) -> tuple[int, ...]:
    """Find places whose values outweigh the worst that all others could say.

    None of them can be left out.

    Args:
        program: the program.
        seen: the value at each place: its index, or the count.
        places: the scored variables.
        answer: the number of the class that they give.
    """
    width = len(program.classifier.classes)
    given, least = np.zeros((2, len(places), width), np.int64)
    leads = {name: leads_of(program, name, answer) for name in program.scored}
    for i, (place, value) in enumerate(zip(places, seen, strict=True)):
        variable, rows = program.variables[place.variable], leads[place.variable]
        if variable.numerical:
            ends = [rows[0] * int(variable.values[end]) for end in (0, -1)]
            given[i], least[i] = rows[0] * int(value), np.minimum(*ends)
        else:
            given[i], least[i] = rows[value], rows.min(0)
    ahead = (np.arange(width) < answer).astype(np.int64)  # wins a tie
    lack, gain = ahead - least.sum(0), given - least
    lack[answer] = 0
    chosen, open_ = list[int](), lack.copy()
    while (open_ > 0).any():
        worth = np.minimum(gain, np.maximum(open_, 0)).sum(1)
        worth[chosen] = -1
        chosen.append(int(worth.argmax()))
        open_ -= gain[chosen[-1]]
    for number in chosen.copy():
        if (open_ + gain[number] <= 0).all():
            chosen.remove(number)
            open_ += gain[number]
    return tuple(sorted(chosen))


def leads_of(program: Program, name: str, answer: int) -> Ints:
    """How far the answer leads by each value `[values, classes]`, or by one unit."""
    variable = program.variables[name]
    place: dict[object, int] = {None: 0}
    if not variable.numerical:
        place = {value: i for i, value in enumerate(variable.values)}
    scores = np.zeros((len(place), len(program.classifier.classes)), np.int64)
    for row in program.classifier.rows:
        if row.variable == name:
            scores[place[row.value]] = row.scores
    leads: Ints = scores[:, [answer]] - scores
    return leads
