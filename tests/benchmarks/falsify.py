"""falsify against Hypothesis alone: how often a failing input is found, and how fast.

    python tests/benchmarks/falsify.py small PROGRAM [--task sort] [--seeds 20]
    python tests/benchmarks/falsify.py large PROGRAM [--task double_hist] [--seconds 10]

`small` forces a search of a domain that is also enumerated, so that what is found can
be held against all that there is: whether the smallest failing input is found, and the
smallest of each kind. `large` counts the distinct failing inputs found in a second
where a domain cannot be enumerated. "Hypothesis" is a plain property test: the same
inputs are drawn, and the same answers compared, one input at a time. The program of
`large` is best made by `tpdebug train double_hist --vocabulary 16 --length 16
--searches 1`. Exit code 1 if falsify misses a failing input, or finds fewer. Prints a
table in Markdown.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase, given, settings

from analyzers.falsify import Settings, falsify_check
from analyzers.falsify.found import Found
from analyzers.falsify.moves import uniform
from analyzers.falsify.search import Search
from tpdebug.cli.held import held
from tpdebug.findings import Falsification
from tpdebug.testing import Checker, inputs

Input = tuple[str, ...]


@dataclass(frozen=True)
class Look:
    """One run: the smallest failing input found, if any, and how long it took."""

    smallest: Input | None
    kinds: int
    kinds_exact: int
    seconds: float


def main() -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=["small", "large"])
    parser.add_argument("program", type=Path)
    parser.add_argument("--task")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    measure = small if options.size == "small" else large
    return measure(options)


def small(options: argparse.Namespace) -> int:
    """Searches of a domain that is known, with many seeds."""
    check = held(options.program, task=options.task).check
    known = falsify_check(check)
    assert known.complete
    of = f"{known.failing:,} of {known.inputs:,} inputs fail"
    print(f"{options.program.name}: {of}, {len(known.kinds)} kinds\n")
    columns = ("method", "found", "the smallest", "kinds", "smallest of each", "time")
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    seeds = range(options.seeds)

    def searched(seed: int) -> Look:
        return search(check, Settings(most=0, seed=seed), known)

    def default(seed: int) -> Look:
        return search(check, Settings(seed=seed), known)

    plain = Checker(options.program, task=options.task)
    ways: dict[str, Callable[[int], Look]] = {
        "Hypothesis, 100 examples": lambda seed: alone(plain, 100, seed),
        "Hypothesis, 1,000 examples": lambda seed: alone(plain, 1000, seed),
        "falsify --search": searched,
        "falsify": default,
    }
    missed = 0
    for name, way in ways.items():
        looks = [way(seed) for seed in seeds]
        found = [look for look in looks if look.smallest is not None]
        exact = sum(look.smallest == known.kinds[0].smallest.input for look in found)
        if name.startswith("falsify"):
            missed += len(looks) - exact
        kinds = statistics.median(look.kinds for look in looks)
        each = sum(look.kinds_exact for look in looks)
        of = sum(look.kinds for look in looks)
        seconds = statistics.median(look.seconds for look in looks)
        print(
            f"| {name} | {len(found)} of {len(looks)} | {exact} of {len(looks)} "
            f"| {kinds:g} | {each} of {of} | {seconds:.2f} s |",
            flush=True,
        )
    return int(missed > 0)


def search(check: object, how: Settings, known: Falsification) -> Look:
    """One run of falsify, held against all failing inputs."""
    start = time.perf_counter()
    found = falsify_check(check, how)  # type: ignore[arg-type]
    seconds = time.perf_counter() - start
    smallest = {kind.smallest.input for kind in known.kinds}
    exact = sum(kind.smallest.input in smallest for kind in found.kinds)
    first = found.kinds[0].smallest.input if found.kinds else None
    return Look(first, len(found.kinds), exact, seconds)


def alone(check: Checker, examples: int, seed: int) -> Look:
    """One plain property test: it stops at the first failure, and shrinks it."""
    last: list[Input] = []

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.seed(seed)
    @given(inputs(check))
    def test(letters: Input) -> None:
        if check.margin(letters) < 0:
            last.append(letters)
            raise AssertionError

    start = time.perf_counter()
    try:
        test()
    except AssertionError:
        return Look(last[-1], 1, 0, time.perf_counter() - start)
    return Look(None, 0, 0, time.perf_counter() - start)


def large(options: argparse.Namespace) -> int:
    """Failing inputs found in a second."""
    columns = ("method", "inputs looked at", "failing inputs", "kinds", "a second")
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    rates = []
    ways = (("Hypothesis", drawn), ("uniform, in blocks", blind), ("falsify", rounds))
    for name, way in ways:
        start = time.perf_counter()
        looked, found = way(options.program, options.task, options.seconds)
        seconds = time.perf_counter() - start
        rates.append(found.failing / seconds)
        print(
            f"| {name} | {looked:,} | {found.failing:,} | {len(found.groups)} "
            f"| {rates[-1]:,.2f} |",
            flush=True,
        )
    return int(rates[-1] <= max(rates[:-1]))


def rounds(program: Path, task: str | None, seconds: float) -> tuple[int, Found]:
    """The search of falsify, for so long."""
    found = Found(held(program, task=task).check)
    stop = time.perf_counter() + seconds
    for _ in Search(found, seed=0).run(10**12):
        if time.perf_counter() > stop:
            break
    return found.looked, found


def blind(program: Path, task: str | None, seconds: float) -> tuple[int, Found]:
    """The same blocks without any guidance: inputs drawn uniformly, for so long."""
    found = Found(held(program, task=task).check)
    random, domain = np.random.default_rng(0), found.check.program.domain
    stop = time.perf_counter() + seconds
    while time.perf_counter() < stop:
        for block in uniform(domain, random, 8192):
            found.look(block)
    return found.looked, found


def drawn(program: Path, task: str | None, seconds: float) -> tuple[int, Found]:
    """A plain property test that notes what fails and goes on, for so long."""
    check = Checker(program, task=task)
    found = Found(check.held.check)
    stop = time.perf_counter() + seconds

    @settings(
        max_examples=100,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs(check))
    def test(letters: Input) -> None:
        if time.perf_counter() < stop:
            found.add_new(check._judged(letters))
            found.looked += 1

    seed = 0
    while time.perf_counter() < stop:
        hypothesis.seed(seed)(test)()
        seed += 1
    return found.looked, found


if __name__ == "__main__":
    sys.exit(main())
