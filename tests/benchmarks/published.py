"""Measures tpdebug on the programs that the paper's authors published.

    git clone https://github.com/princeton-nlp/TransformerPrograms
    python tests/benchmarks/published.py TransformerPrograms/programs

For each program: `verify` on its whole domain (time, memory, exact counts), and the
file itself executed on all failing inputs of the shortest length and on random others,
input by input (needs pandas), in the same run. Takes half an hour; --skip-dyck2 leaves
out the two domains of 4^15 inputs. --write puts the table into docs/published.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tpdebug.evaluate import answers
from tpdebug.execute import execute
from tpdebug.findings import percent
from tpdebug.inputs import decode, sample
from tpdebug.read import Source, read

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
from tests.benchmarks.pages import Block  # noqa: E402

FIGURES = Block(
    "docs/published.md",
    "<!-- figures: written by `python tests/benchmarks/published.py --write` -->",
)
TASKS = ("reverse", "hist", "double_hist", "sort", "most_freq", "dyck1", "dyck2")
HEAD = (
    "| program | inputs | failing | letters right | patterns | seconds | MB "
    "| executed, 0 differences | file, ms an input | times faster |",
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
)
EVERYTHING = str(2**31)
MANY = 10**7


@dataclass
class Run:
    """A command that was run: its wall time, its memory, its JSON."""

    seconds: float
    megabytes: float
    found: dict[str, Any]


def verify(path: Path, task: str, jobs: int, *options: str) -> Run:
    """Run `tpdebug verify` in a child process."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        child = subprocess.Popen(
            [
                *(sys.executable, "-m", "tpdebug", "verify", str(path)),
                *("--task", task, "--most", EVERYTHING),
                *("--jobs", str(jobs), "--format", "json", *options),
            ],
            stdout=output,
            cwd=ROOT,
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            raise SystemExit(f"verify failed on {path}")
        output.seek(0)
        return Run(seconds, usage.ru_maxrss / 1024, json.loads(output.read()))


def executed(source: Source, path: Path, count: int) -> tuple[int, float]:
    """Execute a file on random inputs; the differences, and seconds an input."""
    inputs = [
        letters
        for block in sample(source.program.domain, count, seed=1)
        for letters in decode(source.program.domain, block)
    ]
    start = time.perf_counter()
    found = execute(path, inputs, timeout=3600, published=source.published)
    seconds = time.perf_counter() - start
    wanted = answers(source.program, inputs)
    differ = sum(a != b for a, b in zip(found, wanted, strict=True))
    return differ, seconds / count


@dataclass
class Subject:
    """A published program: its file, its task if it has one, and what verify found."""

    name: str
    path: Path
    task: str | None = None
    run: Run | None = None


def subjects(folder: Path, skip_dyck2: bool) -> list[Subject]:
    """The sixteen programs."""
    found = [
        Subject(f"{version}/{task}", folder / version / task / f"{task}.py", task)
        for version in ("rasp", "rasp_categorical_only")
        for task in TASKS
        if not (skip_dyck2 and task == "dyck2")
    ]
    found.append(Subject("trec", folder / "trec" / "trec.py"))
    found.append(Subject("conll_ner", folder / "conll" / "conll_ner.py"))
    return found


def shortest_failing(subject: Subject, found: dict[str, Any]) -> list[tuple[str, ...]]:
    """The failing inputs of the shortest length; of dyck2 those that JSON holds."""
    failures = found["failures"]
    if found["failing"] > len(failures) and found["inputs"] < MANY and subject.task:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "failing.jsonl"
            verify(subject.path, subject.task, 1, "--failures", str(file))
            with file.open(encoding="utf-8") as lines:
                failures = [json.loads(line) for line in lines]
    inputs = [tuple(failure["input"]) for failure in failures]
    return [letters for letters in inputs if len(letters) == len(inputs[0])]


def row(subject: Subject, inputs: int) -> str:
    """Execute the file, compare, and make the row of the table."""
    path, run = subject.path, subject.run
    source = read(path)
    differ, each = executed(source, path, inputs)
    if differ:
        raise SystemExit(f"{path}: {differ} inputs are answered differently")
    if run is None:
        cells = [subject.name, *["-"] * 6, f"{inputs:,}", f"{each * 1e3:.0f}", "-"]
        return f"| {' | '.join(cells)} |"
    found = run.found
    shortest = shortest_failing(subject, found)
    if shortest:
        got = execute(path, shortest, timeout=3600, published=source.published)
        if got != answers(source.program, shortest):
            raise SystemExit(f"{path}: failing inputs are answered differently")
    atlas = found["atlas"]
    cells = [
        subject.name,
        f"{found['inputs']:,}",
        f"{found['failing']:,}",
        percent(found["letters_right"] / found["letters"]),
        f"{len(atlas['patterns'])}" if atlas["complete"] else "-",
        f"{run.seconds:.1f}",
        f"{run.megabytes:.0f}",
        f"{inputs + len(shortest):,}",
        f"{each * 1e3:.0f}",
        f"{each / (run.seconds / found['inputs']):,.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure and print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--skip-dyck2", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    lines = list(HEAD)
    programs = subjects(options.folder, options.skip_dyck2)
    for subject in programs:
        if subject.task is not None:  # alone, as its time and memory are measured
            subject.run = verify(subject.path, subject.task, options.jobs)
            print(f"{subject.name}: {subject.run.seconds:.1f} s", file=sys.stderr)
    print("\n".join(HEAD), flush=True)
    with ThreadPoolExecutor(options.jobs) as pool:
        for line in pool.map(lambda subject: row(subject, options.inputs), programs):
            print(line, flush=True)
            lines.append(line)
    if options.write:
        FIGURES.put(lines)


if __name__ == "__main__":
    main()
