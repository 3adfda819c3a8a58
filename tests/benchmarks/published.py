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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tpdebug.evaluate import answers
from tpdebug.execute import execute
from tpdebug.findings import percent
from tpdebug.inputs import decode, sample
from tpdebug.read import Source, read

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "published.md"
START = "<!-- figures: written by `python tests/benchmarks/published.py --write` -->"
END = "<!-- end of figures -->"
TASKS = ("reverse", "hist", "double_hist", "sort", "most_freq", "dyck1", "dyck2")
HEAD = (
    "| program | inputs | failing | letters right | patterns | seconds | MB "
    "| executed, 0 differences | file, ms an input | times faster |",
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
)
EVERYTHING = str(2**31)


@dataclass
class Run:
    """A command that was run: its wall time, its memory, its JSON."""

    seconds: float
    megabytes: float
    found: dict[str, Any]


def verify(path: Path, task: str, jobs: int) -> Run:
    """Run `tpdebug verify` in a child process."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        child = subprocess.Popen(
            [
                *(sys.executable, "-m", "tpdebug", "verify", str(path)),
                *("--task", task, "--most", EVERYTHING),
                *("--jobs", str(jobs), "--format", "json"),
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


def rows(folder: Path, options: argparse.Namespace) -> Iterator[str]:
    """A row of the table for each program."""
    for version in ("rasp", "rasp_categorical_only"):
        for task in TASKS:
            path = folder / version / task / f"{task}.py"
            if task == "dyck2" and options.skip_dyck2:
                continue
            yield task_row(f"{version}/{task}", path, task, options)
    for path in (folder / "trec" / "trec.py", folder / "conll" / "conll_ner.py"):
        source = read(path)
        differ, each = executed(source, path, options.inputs)
        if differ:
            raise SystemExit(f"{path}: {differ} inputs are answered differently")
        name = f"{path.parent.name}/{path.stem}"
        count = f"{options.inputs:,}"
        yield f"| {name} | - | - | - | - | - | - | {count} | {each * 1e3:.0f} | - |"


def task_row(name: str, path: Path, task: str, options: argparse.Namespace) -> str:
    """Verify a program of a task, and execute its file."""
    source = read(path)
    run = verify(path, task, options.jobs)
    differ, each = executed(source, path, options.inputs)
    if differ:
        raise SystemExit(f"{path}: {differ} inputs are answered differently")
    found, count = run.found, options.inputs
    shortest = [
        tuple(failure["input"])
        for failure in found["failures"]
        if len(failure["input"]) == len(found["failures"][0]["input"])
    ]
    if shortest:
        got = execute(path, shortest, timeout=3600, published=source.published)
        if got != answers(source.program, shortest):
            raise SystemExit(f"{path}: failing inputs are answered differently")
    atlas = found["atlas"]
    patterns = f"{len(atlas['patterns'])}" if atlas["complete"] else "-"
    cells = (
        name,
        f"{found['inputs']:,}",
        f"{found['failing']:,}",
        percent(found["letters_right"] / found["letters"]),
        patterns,
        f"{run.seconds:.1f}",
        f"{run.megabytes:.0f}",
        f"{count + len(shortest):,}",
        f"{each * 1e3:.0f}",
        f"{each / (run.seconds / found['inputs']):,.0f}",
    )
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
    print("\n".join(HEAD), flush=True)
    for row in rows(options.folder, options):
        print(row, flush=True)
        lines.append(row)
    if options.write:
        text = PAGE.read_text(encoding="utf-8")
        before, after = text.split(START)[0], text.split(END)[1]
        table = "\n".join([START, *lines, END])
        PAGE.write_text(before + table + after, encoding="utf-8")


if __name__ == "__main__":
    main()
