"""Circuits of single answers: are they enough, how small are they, how long it takes.

    python tests/benchmarks/circuits.py PROGRAM... [--pairs 1000] [--seconds 1]

For each program and each length of its inputs, so many random pairs of input and
position. What `slice_answer` finds is held against every input of that length, which
are evaluated anew; the exit code is 1 if it is not enough. Prints a table in Markdown:
medians (values, time) are of the longest inputs, and of those so many are also answered
by the network with all other scores at their mean (`--network`).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from statistics import mean, median

import numpy as np
from numpy.typing import NDArray

from analyzers.circuits import Survey, slice_answer
from tpdebug import load
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Circuit
from tpdebug.inputs import blocks, sample
from tpdebug.program import Program
from trainers.ablation import Ablator

COLUMNS = (
    *("program", "lengths", "pairs", "violations", "values", "enough", "smallest"),
    *("proved smallest", "by scores", "time", "network", "network, by scores"),
)
MOST = 400_000
"""Of a length with more inputs, so many are drawn to look for violations."""


@dataclass
class Found:
    """What was found at one length."""

    sizes: list[int] = field(default_factory=list)
    smallest: list[int] = field(default_factory=list)
    certain: list[int] = field(default_factory=list)
    proved: int = 0
    times: list[float] = field(default_factory=list)
    stays: list[bool] = field(default_factory=list)
    stays_by_scores: list[bool] = field(default_factory=list)
    violations: int = 0
    among: int = 0


def main() -> int:
    """Measure, and print; 1 if anything is not enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", nargs="+", type=Path)
    parser.add_argument("--pairs", type=int, default=1000, help="for each length")
    parser.add_argument("--seconds", type=float, default=1.0, help="for a smallest one")
    parser.add_argument("--network", type=int, default=200, help="pairs to ablate")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    violations = 0
    for path in options.programs:
        program = load(path)
        shortest, longest = program.domain.lengths
        each = [
            look(program, length, options) for length in range(shortest, longest + 1)
        ]
        violations += sum(found.violations for found in each)
        print(f"| {' | '.join(cells(path, program, each))} |", flush=True)
    return int(violations > 0)


def look(program: Program, length: int, options: argparse.Namespace) -> Found:
    """Find and check circuits at one length."""
    random, found = Random(f"{options.seed} {length}"), Found()
    survey, ablator = Survey(program), Ablator(program)
    every = Every(program, length, options.seed)
    domain = replace(program.domain, lengths=(length, length))
    for _ in range(options.pairs):
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
            seconds=options.seconds,
            survey=survey,
        )
        found.times.append(time.perf_counter() - start)
        found.sizes.append(len(minimal.kept))
        found.smallest.append(len(small.kept))
        found.proved += small.smallest
        found.among = small.among
        found.certain.append(len(small.certain))
        if len(found.stays) < options.network and length == program.domain.lengths[1]:
            for values, stays in (
                (small.kept, found.stays),
                (small.certain, found.stays_by_scores),
            ):
                kept = [value.place for value in values]
                alone = ablator.answer(letters, position, kept)
                stays.append(alone.answer == small.chosen.answer)
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


def cells(path: Path, program: Program, each: Sequence[Found]) -> Iterator[str]:
    """The cells of a row; medians are of the longest inputs."""
    last = each[-1]
    pairs = sum(len(found.sizes) for found in each)
    yield name_of(path)
    yield "-".join(map(str, program.domain.lengths))
    yield f"{pairs:,}"
    yield str(sum(found.violations for found in each))
    yield str(last.among)
    yield from (f"{median(sizes):g}" for sizes in (last.sizes, last.smallest))
    yield f"{100 * sum(found.proved for found in each) / pairs:.1f} %"
    yield f"{median(last.certain):g}"
    yield f"{median(last.times) * 1e3:.0f} ms"
    for stays in (last.stays, last.stays_by_scores):
        yield f"{100 * mean(stays):.1f} %" if stays else "-"


def name_of(path: Path) -> str:
    """The folder and the name; a folder of its own does not count."""
    folder = path.parent.parent if path.parent.name == path.stem else path.parent
    return f"{folder.name}/{path.stem}"


if __name__ == "__main__":
    sys.exit(main())
