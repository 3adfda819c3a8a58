"""Our trainer and the reference trainer, side by side in one run.

    python tests/benchmarks/trainer.py --reference PATH [--seeds 5] [--only speed|time]

PATH is a clone of princeton-nlp/TransformerPrograms; without it nothing is measured.

speed: training steps a second for each restart, at the paper's configuration of sort
    (3 layers, 4 + 4 heads, 2 + 2 MLPs, V = N = 8, batch 512), median over steps; at
    several temperatures, since numbers next to nothing cost more time. We compile
    nothing, so there is no time of compilation to report apart.
time: to a program with 99 % of the held-out letters right. Ours: `tpdebug train sort
    --method gradient`, from start to the end of the command. Theirs: its
    training loop, until the first epoch after which the program (every choice made) is
    as good on its validation examples; also when the relaxed network was.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
DRIVER = Path(__file__).with_name("reference_trainer.py")
ENOUGH = 0.99
FIRST, LAST, HEATS = 3.0, 0.01, 3
"""The temperatures of the paper, and how many of them to measure at."""


def environment(threads: int) -> dict[str, str]:
    """That of a child process that may use so many threads."""
    return {**os.environ, "OMP_NUM_THREADS": str(threads), "PYTHONPATH": str(ROOT)}


def reference(path: Path, threads: int, *what: object) -> dict[str, Any]:
    """Run the reference trainer in a child process."""
    command = [sys.executable, str(DRIVER), str(path), *map(str, what), str(threads)]
    child = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment(threads)
    )
    if child.returncode:
        raise SystemExit(f"the reference trainer does not run:\n{child.stderr}")
    found: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return found


def step_of_ours(
    restarts: int, steps: int, heat: float, threads: int
) -> tuple[float, float]:
    """Seconds that a step of ours takes, and of the processor, the medians."""
    os.environ["OMP_NUM_THREADS"] = str(threads)
    from trainers.config import Config
    from trainers.pipeline import trainer_for
    from trainers.tasks import task

    config = Config(
        layers=3,
        heads=4,
        numerical_heads=4,
        mlps=2,
        numerical_mlps=2,
        restarts=restarts,
        batch=512,
        steps=steps + 5,
        report_every=1,
        halving=0,
        tau_start=heat,
        tau_end=heat,
    )
    trainer = trainer_for(task("sort"), config)
    wall, processor = [], []
    for step in range(config.steps):
        start = time.perf_counter(), time.process_time()
        trainer.advance()
        if step >= 5:
            wall.append(time.perf_counter() - start[0])
            processor.append(time.process_time() - start[1])
    return statistics.median(wall), statistics.median(processor)


def speeds(path: Path, threads: int, steps: int) -> Iterator[str]:
    """The rows of the table of speeds at a number of threads.

    At the first temperature, and in the middle of equal parts of the way to the last
    one, so that the mean of those is that of a whole training.
    """
    parts = [(i + 0.5) / HEATS for i in range(HEATS)]
    heats = [FIRST, *(FIRST * (LAST / FIRST) ** part for part in parts)]
    found: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for heat in heats:
        said = reference(path, threads, "speed", steps, heat)
        took = said["seconds_a_step"], said["processor_a_step"]
        found.setdefault(("reference", 1), []).append(took)
        for restarts in (1, 4):
            took = step_of_ours(restarts, steps, heat, threads)
            each = took[0] / restarts, took[1] / restarts
            found.setdefault(("tpdebug", restarts), []).append(each)
        yield from _rows(found, f"{threads} | {heat:.2g}", slice(-1, None))
    yield from _rows(found, f"{threads} | all", slice(1, None))


def _rows(
    found: dict[tuple[str, int], list[tuple[float, float]]], at: str, which: slice
) -> Iterator[str]:
    """Rows with the mean of some of the times of each trainer."""
    for (name, restarts), times in found.items():
        each, theirs = (
            [statistics.mean(column) for column in zip(*some[which], strict=True)]
            for some in (times, found["reference", 1])
        )
        cells = [name, at, f"{restarts}"]
        cells += [f"{seconds * 1e3:.1f}" for seconds in each]
        cells += [f"{1 / each[0]:.1f}"]
        cells += [f"{a / b:.1f}" for a, b in zip(theirs, each, strict=True)]
        yield f"| {' | '.join(cells)} |"


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds to 99 %; none where the limit came first."""

    ours: float | None
    program: float | None
    relaxed: float | None


def times(path: Path, seed: int, limit: float, threads: int) -> Times:
    """Train with both."""
    with tempfile.TemporaryDirectory() as folder:
        output = str(Path(folder) / "sort.py")
        command = ("train", "sort", "--method", "gradient", "--seed", str(seed))
        where = ("-o", output, "--format", "json")
        start = time.perf_counter()
        child = subprocess.run(
            [sys.executable, "-m", "tpdebug", *command, *where],
            capture_output=True,
            text=True,
            check=True,
            env=environment(threads),
        )
        seconds = time.perf_counter() - start
    ours = seconds if json.loads(child.stdout)["test"] >= ENOUGH else None
    found = reference(path, threads, "time", seed, limit)
    return Times(ours, found["hard"], found["soft"])


def said(seconds: float | None, limit: float) -> str:
    """Seconds, or that there were not enough."""
    return f"more than {limit:.0f} s" if seconds is None else f"{seconds:.0f} s"


def median(found: list[float | None]) -> float | None:
    """The median; one that never ended took longer than all others."""
    ordered = sorted(found, key=lambda each: float("inf") if each is None else each)
    return ordered[len(ordered) // 2]


def time_rows(found: list[Times], limit: float) -> Iterator[str]:
    """The rows of the table of times; the last one has the medians."""
    for seed, each in enumerate(found):
        cells = (said(s, limit) for s in (each.ours, each.program, each.relaxed))
        yield f"| {seed} | {' | '.join(cells)} | |"
    ours = median([each.ours for each in found])
    program = median([each.program for each in found])
    relaxed = median([each.relaxed for each in found])
    ratio = "-"
    if ours is not None:
        least = "at least " if program is None else ""
        ratio = f"{least}{(limit if program is None else program) / ours:.1f}"
    cells = (said(s, limit) for s in (ours, program, relaxed))
    yield f"| median | {' | '.join(cells)} | {ratio} |"


def main() -> None:
    """Measure, and print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", choices=("speed", "time"))
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--limit", type=float, default=3600, help="seconds for a seed")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    path = options.reference
    if path is None or not (path / "src" / "run.py").is_file():
        print(
            "Skipped: --reference must name a clone of "
            "princeton-nlp/TransformerPrograms."
        )
        return
    machine = f"{os.cpu_count()}-core {platform.machine()}"
    print(f"On a {machine} machine, Python {platform.python_version()}.\n")
    if options.only != "time":
        print("Per restart; where other work shares the machine, only the time of the")
        print("processor says something:\n")
        print("| trainer | threads | temperature | restarts | ms a step ", end="")
        print("| of the processor | steps a second | times faster | by the processor |")
        print("|---|---|---|---|---|---|---|---|---|")
        for threads in range(1, options.threads + 1):
            for row in speeds(path, threads, options.steps):
                print(row, flush=True)
        print()
    if options.only != "speed":
        print(f"To 99 % of held-out letters, on {options.threads} threads:\n")
        print("| seed | tpdebug | reference | its relaxed network | times faster |")
        print("|---|---|---|---|---|")
        found = []
        for seed in range(options.seeds):
            found.append(times(path, seed, options.limit, options.threads))
            print(list(time_rows(found, options.limit))[seed], flush=True)
        print(list(time_rows(found, options.limit))[-1])


if __name__ == "__main__":
    main()
