"""Confirms every finding of lint by doing what it says, and counts dead cells.

    python tests/benchmarks/lint.py examples/*.py [--write]

Each finding that is called proved is done to the program, and both are evaluated on the
whole domain; one answer that differs is a false alarm. All cells that are said never to
occur are changed at random, at once. `--write` replaces the table in docs/lint.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from analyzers.diff import diff  # noqa: E402
from analyzers.lint import lint  # noqa: E402
from analyzers.rewrites import rewritten  # noqa: E402
from tests.benchmarks.pages import Block  # noqa: E402
from tests.scrambled import scrambled  # noqa: E402
from tpdebug.findings import Lint  # noqa: E402
from tpdebug.read import Source, read  # noqa: E402

FIGURES = Block(
    "docs/lint.md",
    "<!-- figures: written by `python tests/benchmarks/lint.py --write` -->",
)
MOST = 500_000


def confirm(source: Source, found: Lint, name: str) -> tuple[int, int, int]:
    """How many findings are proved, are confirmed by doing them, and are false."""
    proved = confirmed = false = 0
    for finding in found.findings:
        if not finding.proved:
            continue
        proved += 1
        if not finding.edits:  # about values that the program does not have at all
            continue
        changed = rewritten(source.program, finding.edits)
        if diff(source.program, changed, most=MOST).witnesses:
            false += 1
            print(f"{name}: FALSE: {finding.code} {finding.says}", file=sys.stderr)
        else:
            confirmed += 1
    return proved, confirmed, false


def row(path: Path) -> tuple[str, int]:
    """What lint finds in a program, and how many findings are false."""
    source = read(path)
    start = time.monotonic()
    found = lint(source, most=MOST)
    seconds = time.monotonic() - start
    proved, confirmed, false = confirm(source, found, str(path))
    cells = sum(count.cells for count in found.cells)
    never = sum(count.unreached for count in found.cells)
    listed = sum(count.listed for count in found.cells)
    dead = sum(count.listed_unreached for count in found.cells)
    if found.evidence.kind == "proved":
        other = scrambled(source.program, seed=0)
        if diff(source.program, other, most=MOST).witnesses:
            false += 1
            print(f"{path}: FALSE: a cell that never occurs matters", file=sys.stderr)
    name = "/".join(path.parts[-3:-1]) if source.published else path.stem
    if path.parent.name == "categorical":
        name = f"categorical/{name}"
    basis = "all" if found.evidence.kind == "proved" else "sample"
    counts = f"{len(found.findings)} | {proved} | {confirmed} | {false}"
    dead_cells = f"{never:,} of {cells:,} | {dead} of {listed}"
    return f"| {name} | {basis} | {counts} | {dead_cells} | {seconds:.0f} |", false


def main() -> None:
    """Measure, print, and replace the block in the documentation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true", help=f"write {FIGURES.page}")
    asked = parser.parse_args()
    lines = [
        "| program | inputs | findings | proved | confirmed | false | cells that never "
        "occur | of those listed | seconds |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    wrong = 0
    for path in asked.programs:
        line, false = row(path)
        wrong += false
        lines.append(line)
        print(line, file=sys.stderr, flush=True)
    block = ["", *lines, ""]
    print(FIGURES.around(block))
    if asked.write:
        FIGURES.put(block)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
