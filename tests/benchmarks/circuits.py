"""Circuits of single answers: are they enough, how small are they, how long it takes.

    python tests/benchmarks/circuits.py PROGRAM... [--pairs 1000] [--seconds 1]

For each program and each length of its inputs, so many random pairs of input and
position. What `slice_answer` finds is held against every input of that length, which
are evaluated anew; the exit code is 1 if it is not enough. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from analyzers.circuits import Survey, slice_answer
from tpdebug import load
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Circuit
from tpdebug.inputs import blocks, sample
from tpdebug.program import Program

COLUMNS = (
    *("program", "length", "pairs", "values", "enough: median", "smallest: median"),
    *("proved smallest", "median time", "violations"),
)
MOST = 400_000
"""Of a length with more inputs, so many are drawn to look for violations."""


@dataclass
class Found:
    """What was found at one length."""

    sizes: list[int] = field(default_factory=list)
    smallest: list[int] = field(default_factory=list)
    proved: int = 0
    times: list[float] = field(default_factory=list)
    violations: int = 0
    among: int = 0


def main() -> int:
    """Measure, and print; 1 if anything is not enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", nargs="+", type=Path)
    parser.add_argument("--pairs", type=int, default=1000, help="for each length")
    parser.add_argument("--seconds", type=float, default=1.0, help="for a smallest one")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    violations = 0
    for path in options.programs:
        program = load(path)
        for length in range(program.domain.lengths[0], program.domain.lengths[1] + 1):
            found = look(program, length, options.pairs, options.seconds, options.seed)
            violations += found.violations
            print(row(path, length, found), flush=True)
    return int(violations > 0)


def look(program: Program, length: int, pairs: int, seconds: float, seed: int) -> Found:
    """Find and check circuits at one length."""
    random, survey, found = Random(f"{seed} {length}"), Survey(program), Found()
    every = Every(program, length, seed)
    domain = replace(program.domain, lengths=(length, length))
    for _ in range(pairs):
        letters = domain.input(random.randrange(domain.count))
        position = random.choice(survey.positions(length))
        survey.of(length, position)  # done once for all, and not timed
        start = time.perf_counter()
        minimal = slice_answer(program, letters, position=position, survey=survey)
        small = slice_answer(
            program,
            letters,
            position=position,
            minimum=True,
            seconds=seconds,
            survey=survey,
        )
        found.times.append(time.perf_counter() - start)
        found.sizes.append(len(minimal.kept))
        found.smallest.append(len(small.kept))
        found.proved += small.smallest
        found.among = small.among
        found.violations += sum(map(every.violations, (minimal, small)))
    return found


class Every:
    """All inputs of a length, or many, evaluated without a survey."""

    def __init__(self, program: Program, length: int, seed: int) -> None:
        self.program = program
        domain = replace(program.domain, lengths=(length, length))
        inputs = blocks(domain) if domain.count <= MOST else sample(domain, MOST, seed)
        evaluator = Evaluator(program)
        self._traces = [evaluator.trace(block) for block in inputs]

    def violations(self, circuit: Circuit) -> int:
        """On how many inputs the values are seen, and the answer is another."""
        classes = self.program.classifier.classes
        at = circuit.chosen.position
        place = 0 if at is None else at - self.program.domain.offset
        wrong = 0
        for trace in self._traces:
            alike: NDArray[np.bool_] = np.ones(len(trace.answers), bool)
            for kept in circuit.kept:
                known = self.program.variables[kept.place.variable]
                value = tuple(known.values).index(kept.value)
                seen = trace.variables[kept.place.variable][:, kept.place.position]
                alike &= seen == value
            answers = trace.answers[alike, place]
            wrong += int((answers != classes.index(circuit.chosen.answer)).sum())
        return wrong


def row(path: Path, length: int, found: Found) -> str:
    """A row of the table."""
    return f"| {' | '.join(cells(path, length, found))} |"


def cells(path: Path, length: int, found: Found) -> Iterator[str]:
    """The cells of a row."""
    pairs = len(found.sizes)
    yield from (str(path), str(length), str(pairs), str(found.among))
    yield from map(middle, (found.sizes, found.smallest))
    yield f"{100 * found.proved / pairs:.1f} %"
    yield f"{statistics.median(found.times) * 1e3:.0f} ms"
    yield str(found.violations)


def middle(sizes: Sequence[int]) -> str:
    """The median."""
    return f"{statistics.median(sizes):g}"


if __name__ == "__main__":
    sys.exit(main())
