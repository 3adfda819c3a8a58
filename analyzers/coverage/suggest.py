"""Which inputs would raise the coverage: the one that adds most, then again.

Greedy choice covers at least 1 - 1/e of what the same number of inputs can cover
(Nemhauser, Wolsey, Fisher, Mathematical Programming 1978).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzers.coverage.edges import Pairs
from analyzers.coverage.reach import Reach
from analyzers.spectra import Spectra
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Suggestion
from tpdebug.inputs import BLOCK, decode, encode, sample
from tpdebug.program import Program

Ints = NDArray[Any]
Bools = NDArray[np.bool_]

MOST_WITNESSES = 2000
DRAWN = 2000
"""How many inputs are chosen from: the first one of each missing rule, then of pairs,
and others that are drawn, which may exercise several at once."""


@dataclass(frozen=True, slots=True)
class _Gains:
    """What is missing and some inputs exercise: an input and a number for each."""

    inputs: Ints
    numbers: Ints

    def of_each(self, missing: Bools, count: int) -> Ints:
        """How many of the missing each input exercises."""
        still = self.inputs[missing[self.numbers]]
        found: Ints = np.bincount(still, minlength=count)
        return found

    def of(self, chosen: int) -> Ints:
        """What one input exercises."""
        found: Ints = self.numbers[self.inputs == chosen]
        return found


def suggest(
    program: Program,
    spectra: Spectra,
    pairs: Pairs | None,
    hit: tuple[Bools, Bools],
    reached: Reach,
    count: int,
    seed: int,
) -> Iterator[Suggestion]:
    """Yield inputs that exercise what others do not, the one that adds most first.

    Rules count before pairs; of inputs that add as much the smallest is taken.

    Args:
        program, spectra, pairs: the program, its rules and its pairs.
        hit: which rules, and which pairs, are exercised already.
        reached: what can be exercised.
        count: how many inputs at most.
        seed: what candidates are drawn with.
    """
    missing = [~hit[0] & (reached.rules >= 0)]
    if pairs is not None and reached.pairs is not None:
        missing.append(~hit[1] & (reached.pairs >= 0))
    if not any(some.any() for some in missing):
        return
    inputs = _candidates(program, reached, missing, seed)
    gains = _gains(program, spectra, pairs, inputs, missing)
    exercised = int(hit[0].sum())
    for _ in range(count):
        each = [
            found.of_each(some, len(inputs))
            for found, some in zip(gains, missing, strict=True)
        ]
        best = int(np.lexsort([-gain for gain in reversed(each)])[0])
        rules, *others = (int(gain[best]) for gain in each)
        if not rules and not sum(others):
            return
        for found, some in zip(gains, missing, strict=True):
            some[found.of(best)] = False
        exercised += rules
        yield Suggestion(inputs[best], rules, sum(others), exercised)


def _candidates(
    program: Program, reached: Reach, missing: list[Bools], seed: int
) -> list[tuple[str, ...]]:
    """Inputs to choose from, the smallest first."""
    found: dict[int, None] = {}
    for first, some in zip((reached.rules, reached.pairs), missing, strict=False):
        assert first is not None
        room = max(0, MOST_WITNESSES - len(found))
        found.update(dict.fromkeys(np.unique(first[some])[:room].tolist()))
    inputs = {reached.input(number) for number in found}
    for block in sample(program.domain, DRAWN, seed):
        inputs.update(decode(program.domain, block))
    index = program.domain.letter_index
    return sorted(inputs, key=lambda one: (len(one), [index[a] for a in one]))


def _gains(
    program: Program,
    spectra: Spectra,
    pairs: Pairs | None,
    inputs: list[tuple[str, ...]],
    missing: list[Bools],
) -> list[_Gains]:
    """Which of the missing rules, and pairs, each candidate exercises."""
    evaluator = Evaluator(program)
    found: list[list[tuple[Ints, Ints]]] = [[] for _ in missing]
    start = 0
    for _, group in groupby(inputs, key=len):
        rows = list(group)
        for at in range(0, len(rows), BLOCK // 8):
            some = rows[at : at + BLOCK // 8]
            trace = evaluator.trace(encode(program.domain, some))
            taken = spectra.executed(trace) & missing[0]
            which, numbers = np.nonzero(taken)
            found[0].append((which + start, numbers))
            if pairs is not None and len(missing) > 1:
                for which, numbers in pairs.taken(trace):
                    kept = missing[1][numbers]
                    codes = np.unique(which[kept] * pairs.count + numbers[kept])
                    which, numbers = np.divmod(codes, pairs.count)
                    found[1].append((which + start, numbers))
            start += len(some)
    return [
        _Gains(*(np.concatenate(arrays) for arrays in zip(*rows, strict=True)))
        if rows
        else _Gains(np.zeros(0, np.int64), np.zeros(0, np.int64))
        for rows in found
    ]
