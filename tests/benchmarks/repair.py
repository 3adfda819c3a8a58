"""Mends published programs and planted faults, and executes what comes out.

    python tests/benchmarks/repair.py [PROGRAM.py ...] --write

Each program, whose name is that of its task, is repaired and written in our dialect;
the file is executed on every input of its domain, or on a sample where there are very
many. Then faults are planted in examples, one rule each (a head looks
for another key, or for nothing; a table gives another output; a score is changed), and
repaired, and each with a second fault on top: how many come out without a failure, by
what, and how long that takes. Mutants that answer as before on every input are left
out.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from analyzers.mutants import mutants
from analyzers.repair import repair
from analyzers.repair.saving import draft, write_draft
from tpdebug.cli.subject import narrowed, subject
from tpdebug.evaluate import answers
from tpdebug.execute import execute
from tpdebug.findings import Repair
from tpdebug.inputs import decode
from tpdebug.oracles import Oracle
from tpdebug.parts import all_or_sample
from tpdebug.program import Program
from tpdebug.read import read

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
from tests.benchmarks.localize import PROGRAMS, fails  # noqa: E402
from tests.benchmarks.localize import subject as planted_in  # noqa: E402
from tests.benchmarks.pages import Block  # noqa: E402

FIGURES = Block(
    "docs/repair.md",
    "<!-- figures: written by `python tests/benchmarks/repair.py --write` -->",
)
TIMEOUT = 3600.0
EXECUTED = 20_000
"""Files are executed on so many inputs at most, drawn with seed 0."""

TWO = "two at once"


@dataclass(frozen=True)
class Mended:
    """What became of one program.

    Attributes:
        name: the program.
        found: the repair.
        seconds: of computing it took to find.
        executed: on how many inputs the emitted file was executed, and how many of them
            it answered wrong.
    """

    name: str
    found: Repair
    seconds: float
    executed: tuple[int, int] = (0, 0)


def mended(path: Path, task: str) -> Mended:
    """Repair a program file, write it in our dialect, and execute that."""
    source = read(path)
    options = dict.fromkeys(("oracle", "cases", "lengths", "alphabet"))
    program = narrowed(source, None, None)
    asked = subject([source], program, task=task, **options)
    domain = asked.program.domain
    start = time.process_time()
    found = repair(asked.program, asked.oracle, name=task, source=source.map, jobs=1)
    seconds = time.process_time() - start
    with TemporaryDirectory() as folder:
        target = Path(folder) / "repaired.py"
        made = draft(source, path, asked.program, found, target, task=task)
        write_draft(made)
        parts, _ = all_or_sample(domain, most=EXECUTED, samples=EXECUTED, seed=0)
        inputs = [x for part in parts for x in decode(domain, part.block())]
        said = execute(target, inputs, timeout=TIMEOUT)
        assert said == answers(made.program, inputs)
    right = map(tuple, map(asked.oracle, inputs))
    wrong = sum(a != b for a, b in zip(said, right, strict=True))
    return Mended(str(Path(*path.parts[-3:])), found, seconds, (len(inputs), wrong))


def planted(name: str, count: int, seed: int) -> Iterator[tuple[str, Mended]]:
    """Repairs of planted faults: of one rule, with its kind, and of two at once."""
    program, oracle = planted_in(name)
    done = 0
    for mutant in mutants(program, 10 * count, seed=seed):
        if done == count:
            return
        if not fails(mutant.program, oracle):
            continue
        yield mutant.kind, timed(name, mutant.program, oracle)
        second = next(mutants(mutant.program, 1, seed=seed + done), None)
        if second is not None and fails(second.program, oracle):
            yield TWO, timed(name, second.program, oracle)
        done += 1


def timed(name: str, program: Program, oracle: Oracle) -> Mended:
    """Repair a program; nothing fails afterwards unless it is said."""
    start = time.process_time()
    found = repair(program, oracle, jobs=1)
    seconds = time.process_time() - start
    assert fails(found.program, oracle) == bool(found.left)
    return Mended(name, found, seconds)


def changed(found: Repair) -> str:
    """How many rules and score rows."""
    rows = len(found.rows)
    rules = len(found.changes) - rows
    parts = [f"{rules} rule{'s' * (rules > 1)}"] if rules else []
    parts += [f"{rows} score row{'s' * (rows > 1)}"] if rows else []
    return " and ".join(parts) or "nothing"


def program_table(mends: Sequence[Mended]) -> Iterator[str]:
    """A row for each program."""
    yield (
        "| program | wrong | at least, whatever the scores | changed | mended | broken "
        "| left | executed on | wrong there | CPU seconds |"
    )
    yield "|---|---:|---:|---|---:|---:|---:|---:|---:|---:|"
    for each in mends:
        found, (inputs, wrong) = each.found, each.executed
        yield (
            f"| {each.name} | {found.wrong:,} | {found.least or 0:,} "
            f"| {changed(found)} | {found.fixes:,} | {found.breaks:,} "
            f"| {found.left:,} | {inputs:,} | {wrong:,} | {each.seconds:.0f} |"
        )


def fault_table(found: Sequence[tuple[str, Mended]]) -> Iterator[str]:
    """A row for each program and each kind of fault."""
    heading = "| | faults | repaired | by one change | broken "
    yield f"{heading}| CPU seconds, median | most |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    groups: dict[str, list[Mended]] = {}
    for key in (lambda pair: pair[1].name, lambda pair: pair[0], lambda _: "all"):
        for pair in found:
            groups.setdefault(key(pair), []).append(pair[1])
    for name, some in groups.items():
        whole = [each for each in some if not each.found.left]
        one = sum(len(each.found.changes) == 1 for each in whole)
        broken = sum(each.found.breaks for each in some)
        seconds = [each.seconds for each in some]
        share = f"{len(whole) / len(some):.1%}".replace("%", " %")
        yield (
            f"| {name} | {len(some)} | {share} | {one} | {broken} "
            f"| {np.median(seconds):.1f} | {max(seconds):.1f} |"
        )


def main() -> None:
    """Measure, print, and replace the block in the documentation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", type=Path, help="programs to repair")
    parser.add_argument("--task", help="what they are for; default: their name")
    parser.add_argument("--count", type=int, default=20, help="faults of each example")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--programs", nargs="*", default=PROGRAMS)
    parser.add_argument("--write", action="store_true", help=f"write {FIGURES.page}")
    asked = parser.parse_args()
    lines = [""]
    if asked.paths:
        mends = []
        for path in asked.paths:
            mends.append(mended(path, asked.task or path.stem))
            print(*program_table(mends[-1:]), sep="\n", file=sys.stderr)
        lines += [*program_table(mends), ""]
    faults: list[tuple[str, Mended]] = []
    for name in asked.programs:
        faults += planted(name, asked.count, asked.seed)
        says = [pair for pair in faults if pair[1].name == name]
        print(*list(fault_table(says))[2:], sep="\n", file=sys.stderr)
    if faults:
        lines += [
            f"Faults planted with seed {asked.seed}:",
            "",
            *fault_table(faults),
            "",
        ]
    print(FIGURES.around(lines))
    if asked.write:
        FIGURES.put(lines)


if __name__ == "__main__":
    main()
