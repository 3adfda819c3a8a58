"""What each step of training buys: letters right after each.

    python tests/benchmarks/ablation.py TASK... [-- --layers 2 --heads 2 ...]

For each task: networks trained by gradient, with the read-out that they were trained
with; the same with a read-out that was fitted anew; a search that begins with the best
of them; and a search that begins with nothing. Options after `--` are for training.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tpdebug.findings import percent

COLUMNS = ("task", "step", "validation", "test", "all inputs", "lines", "time")


def main() -> None:
    """Train, measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="+")
    own = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    names = parser.parse_args(sys.argv[1:own]).tasks
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    for name in names:
        for row in rows(name, sys.argv[own + 1 :]):
            print(f"| {name} | {' | '.join(row)} |", flush=True)


def rows(name: str, options: Sequence[str]) -> Iterator[list[str]]:
    """The rows of one task."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "gradient"
        found = train(name, "gradient", folder, options)
        seconds = f"{found['seconds']['training']:.0f} s"
        best = percent(last_accuracy(folder))
        yield ["gradient", best, "", "", "", seconds]
        yield row("read-out fitted anew", found)
        found = train(name, "both", Path(temporary) / "both", options)
        yield row("search from there", found)
        found = train(name, "search", Path(temporary) / "search", ())
        yield row("search from nothing", found)


def train(
    name: str, method: str, folder: Path, options: Sequence[str]
) -> dict[str, Any]:
    """Train, and return the metrics."""
    command = [sys.executable, "-m", "tpdebug", "train", name, "--method", method]
    where = ["--run-dir", str(folder), "--format", "json"]
    child = subprocess.run(
        [*command, *options, *where], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(child.stdout)
    return found


def last_accuracy(folder: Path) -> float:
    """The best restart at the end of training, on the validation examples."""
    with (folder / "curve.csv").open() as file:
        looks = list(csv.DictReader(file))
    last = max(int(look["step"]) for look in looks)
    return max(float(x["accuracy"]) for x in looks if int(x["step"]) == last)


def row(says: str, found: dict[str, Any]) -> list[str]:
    """What a program is like."""
    exact = f"{found['inputs_right']:,} of {found['inputs']:,}"
    seconds = sum(found["seconds"].values())
    return [
        says,
        percent(found["validation"]),
        percent(found["test"]),
        f"{exact} ({found['evidence']})",
        str(found["lines"]),
        f"{seconds:.0f} s",
    ]


if __name__ == "__main__":
    main()
