"""Measures the figures in the README and writes them there.

    python tests/benchmarks/readme_figures.py

Takes the results of training from examples/README.md (written by examples.py) and times
the commands.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import textwrap
import time
from itertools import dropwhile, takewhile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
from tests.benchmarks.pages import Block  # noqa: E402

EXAMPLE = ROOT / "examples" / "sort.py"
FIGURES = Block(
    "README.md",
    "<!-- figures: written by `python tests/benchmarks/readme_figures.py` -->",
)
COLUMNS = (
    *("task", "letters", "all inputs right", "lines", "time"),
    *("paper: letters", "paper: lines"),
)


def tpdebug(*arguments: str) -> tuple[float, str]:
    """Run a command; return its wall time in seconds and its output."""
    start = time.perf_counter()
    child = subprocess.run(
        [sys.executable, "-m", "tpdebug", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - start, child.stdout


def median_time(*arguments: str, runs: int = 9) -> float:
    """The median wall time of a command, in seconds, after one run to warm up."""
    times = sorted(tpdebug(*arguments)[0] for _ in range(runs + 1))
    return times[len(times) // 2]


def results() -> list[str]:
    """The table of examples/README.md, with fewer columns."""
    rows = (ROOT / "examples" / "README.md").read_text(encoding="utf-8").splitlines()
    table = list(takewhile(lambda r: r.startswith("|"), dropwhile(_is_text, rows)))
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in table]
    places = [cells[0].index(name) for name in COLUMNS]
    kept = [[row[place] for place in places] for row in cells]
    return [f"| {' | '.join(row)} |".replace("](", "](examples/") for row in kept]


def _is_text(row: str) -> bool:
    return not row.startswith("|")


def prose(text: str) -> str:
    """A paragraph, broken into lines."""
    return textwrap.fill(text, 88, break_long_words=False, break_on_hyphens=False)


def main() -> None:
    """Measure, print, and replace the block in the README."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    run = ("run", str(EXAMPLE), "--input", "3 1 4 2")
    explain = ("explain", str(EXAMPLE), "--input", "3 1 4 2")
    times = {
        "tpdebug --help": median_time("--help"),
        "tpdebug run": median_time(*run),
        "tpdebug explain": median_time(*explain),
    }
    machine = f"a {os.cpu_count()}-core {platform.machine()} machine"
    took = ", ".join(f"`{name}` {seconds:.2f} s" for name, seconds in times.items())
    block = [
        "",
        prose(
            "What `tpdebug train TASK` finds at the sizes of the paper (letters: held "
            "out; all inputs: of the whole domain; lines: without score tables; time: "
            "of the whole command on two cores):"
        ),
        "",
        *results(),
        "",
        prose(
            "How each was made, and the standard Transformers: "
            "[examples/README.md](examples/README.md); what was tried: "
            "[examples/LESSONS.md](examples/LESSONS.md)."
        ),
        "",
        prose(
            f"Median wall time of a command on {machine}, Python "
            f"{platform.python_version()}: {took}."
        ),
        "",
    ]
    FIGURES.put(block)
    print(FIGURES.around(block))


if __name__ == "__main__":
    main()
