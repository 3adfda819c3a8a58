"""How long localize takes on programs with very many failures.

    python tests/benchmarks/many_failures.py PROGRAM.py ... --write

Each program has the name of its task. Every input of its domain is looked at, with one
thread; what is measured is the time that the processor computed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzers.localize import localize
from tpdebug.cli.subject import narrowed, subject
from tpdebug.findings import Localization
from tpdebug.read import read

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
from tests.benchmarks.pages import Block  # noqa: E402

FIGURES = Block(
    "docs/localize.md",
    "<!-- many failures: written by tests/benchmarks/many_failures.py --write -->",
    "<!-- end of many failures -->",
)


@dataclass(frozen=True)
class Timed:
    """What localize found in a program, and how long it took."""

    name: str
    found: Localization
    seconds: float


def timed(path: Path) -> Timed:
    """Localize what is wrong in a program file, on all its inputs."""
    source, task = read(path), path.stem
    options = dict.fromkeys(("oracle", "cases", "lengths", "alphabet"))
    asked = subject([source], narrowed(source, None, None), task=task, **options)
    start = time.process_time()
    found = localize(asked.program, asked.oracle, name=task, jobs=1)
    seconds = time.process_time() - start
    return Timed(str(Path(*path.parts[-3:])), found, seconds)


def table(rows: Sequence[Timed]) -> Iterator[str]:
    """A row for each program."""
    yield (
        "| program | wrong answers | failing inputs | rules in question "
        "| changed on all inputs | of them help | the best mends | and breaks "
        "| CPU seconds |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for each in rows:
        found = each.found
        effects = [s.effect for s in found.suspects if s.effect is not None]
        helping = sum(effect.net > 0 for effect in effects)
        best = max(effects, key=lambda effect: effect.net)
        yield (
            f"| {each.name} | {found.wrong:,} | {found.failing:,} "
            f"| {len(found.suspects):,} | {len(effects):,} | {helping:,} "
            f"| {best.fixes:,} | {best.breaks:,} | {each.seconds:.0f} |"
        )


def main() -> None:
    """Measure, print, and replace the block in the documentation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", type=Path, help="programs")
    parser.add_argument("--write", action="store_true", help=f"write {FIGURES.page}")
    asked = parser.parse_args()
    block = ["", *table([timed(p) for p in asked.paths]), ""]
    print(FIGURES.around(block))
    if asked.write:
        FIGURES.put(block)


if __name__ == "__main__":
    main()
