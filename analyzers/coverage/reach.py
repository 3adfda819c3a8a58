"""Which rules, and rule pairs, some input of the domain exercises, and the first one.

If the domain is enumerated, what no input exercises is proved to be unreachable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzers.coverage.edges import Pairs
from analyzers.spectra import Spectra
from analyzers.survey import Progress, survey
from tpdebug.evaluate import Evaluator, Trace
from tpdebug.findings import Evidence
from tpdebug.inputs import BLOCK, decode
from tpdebug.parts import Part, all_or_sample
from tpdebug.program import Program

Ints = NDArray[Any]


@dataclass(frozen=True)
class Reach:
    """What the inputs of a domain can exercise.

    Attributes:
        evidence: `proved` if all of them were looked at.
        parts: the inputs that were looked at.
        rules, pairs: the first input that exercises each, counted from the first that
            was looked at; -1 for none.
    """

    evidence: Evidence
    parts: Sequence[Part]
    rules: Ints
    pairs: Ints | None

    @property
    def proved(self) -> bool:
        """Whether what was not reached cannot be."""
        return self.evidence.kind == "proved"

    def input(self, number: int) -> tuple[str, ...]:
        """One of the inputs that were looked at."""
        place = int(np.searchsorted(self._ends, number, "right"))
        part = self.parts[place]
        row = np.array([number - (self._ends[place] - part.size)])
        return decode(part.domain, part.letters(row))[0]

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(part.size for part in self.parts))


def reach(
    program: Program,
    spectra: Spectra,
    pairs: Pairs | None,
    *,
    most: int,
    samples: int,
    seed: int,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Reach:
    """Find the first input that exercises each rule, and each rule pair.

    The first one of an enumerated domain is the smallest: shortest, then in the order
    of the alphabet.

    Args:
        program: the program.
        spectra, pairs: its rules, and pairs (None: they are not looked at).
        most: a domain with more inputs than this is sampled.
        samples, seed: what to draw from such a one.
        jobs: how many parts to evaluate at a time; default: one for each core.
        progress: is told how many inputs are done, and how many there are.
    """
    parts, evidence = all_or_sample(
        program.domain, most=most, samples=samples, seed=seed, size=BLOCK
    )
    parts.sort(key=lambda part: part.length)
    starts = [0, *accumulate(part.size for part in parts)]
    evaluator = Evaluator(program)
    never = starts[-1]
    rules = np.full(len(spectra.rules), never, np.int64)
    taken = None if pairs is None else np.full(pairs.count, never, np.int64)

    def work(number: int) -> list[tuple[Ints, Ints]]:
        trace = evaluator.trace(parts[number].block())
        found = [_first_rules(spectra, trace)]
        if pairs is not None:
            found.append(_first_pairs(pairs, trace))
        return found

    for number, found in survey(parts, work, jobs=jobs, progress=progress):
        for best, (numbers, rows) in zip((rules, taken), found, strict=False):
            assert best is not None
            best[numbers] = np.minimum(best[numbers], rows + starts[number])
    for best in (rules, taken):
        if best is not None:
            best[best == never] = -1
    return Reach(evidence, parts, rules, taken)


def _first_rules(spectra: Spectra, trace: Trace) -> tuple[Ints, Ints]:
    """The rules that a block takes, and the first of its inputs that takes each."""
    first = np.full(len(spectra.rules) + 1, -1, np.int64)  # the last: no score row
    found = (*spectra.numbers(trace).values(), *spectra.score_numbers(trace).values())
    for numbers in found:
        rows = np.broadcast_to(np.arange(len(numbers))[:, None], numbers.shape)
        _keep_first(first, rows.ravel(), numbers.ravel())
    (taken,) = np.nonzero(first[:-1] >= 0)
    return taken, first[taken]


def _first_pairs(pairs: Pairs, trace: Trace) -> tuple[Ints, Ints]:
    """The same of rule pairs."""
    numbers, rows = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for edge, (inputs, found) in zip(pairs.edges, pairs.taken(trace), strict=True):
        first = np.full(edge.size, -1, np.int64)
        _keep_first(first, inputs, found - edge.first)
        (taken,) = np.nonzero(first >= 0)
        numbers.append(edge.first + taken)
        rows.append(first[taken])
    return np.concatenate(numbers), np.concatenate(rows)


def _keep_first(first: Ints, inputs: Ints, numbers: Ints) -> None:
    """Note the first input with each number. Inputs are sorted: the last one stays."""
    first[numbers[::-1]] = inputs[::-1]
