"""Makes programs shorter, and says by how much.

    python tests/benchmarks/simplify.py examples/*.py [--write]
    python tests/benchmarks/simplify.py --whole dyck2.py [--write]
    python tests/benchmarks/simplify.py --budget 0.1% PROGRAMS [--write]

Each is compared with what it became on its whole domain, or on the sample that is
stated (`tpdebug.simplify` does it), and the file that is written is read again. With
`--whole` they are compared on all inputs, however many these are. `--write` replaces a
table in docs/simplify.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from analyzers.lint.lines import Functions  # noqa: E402
from analyzers.lint.seen import see  # noqa: E402
from analyzers.simplify import MOST, SAMPLES, simplify  # noqa: E402
from tests.benchmarks.pages import Block  # noqa: E402
from tpdebug.cli.outcome import lines_of_code  # noqa: E402
from tpdebug.parts import all_parts, looked_at  # noqa: E402
from tpdebug.read import Source, read  # noqa: E402
from tpdebug.write import save  # noqa: E402

PAGE = "docs/simplify.md"
WRITTEN = "written by `python tests/benchmarks/simplify.py"
FIGURES = Block(PAGE, f"<!-- figures: {WRITTEN} --write` -->")
WHOLE = Block(PAGE, f"<!-- whole: {WRITTEN} --whole --write` -->")
BUDGETS = Block(PAGE, f"<!-- budgets: {WRITTEN} --budget SHARE --write` -->")
LARGEST = 2**33
HEADINGS = (
    "| program | same answers on | lines | then | less | cells | then | less | listed "
    "| then | less | nodes | then | rows | then | seconds | CPU |",
    f"|---|---|{'---:|' * 15}",
)
BUDGET_HEADINGS = (
    "| program | other answers on | of | lines | exact | then | cells | exact | then "
    "| rows | exact | then | CPU seconds |",
    f"|---|{'---:|' * 12}",
)


def row(path: Path, most: int) -> str:
    """How much shorter a program becomes."""
    source = read(path)
    start, worked = time.monotonic(), time.process_time()
    found = simplify(source.program, most=most)
    seconds, worked = time.monotonic() - start, time.process_time() - worked
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "short.py"
        made = found.program.with_about(source.program.about)  # as many lines
        save(made, output)
        again = read(output)
        assert again.program == made
        lines = lines_of_code(path), lines_of_code(output)
        listed = listed_cells(source, path), listed_cells(again, output)
    before, after = found.before, found.after
    cells = [
        f"{a:,} | {b:,} | {1 - b / a if a else 0:.0%}".replace("%", " %")
        for a, b in (lines, (before.cells, after.cells), listed)
    ]
    parts = f"{before.nodes} | {after.nodes} | {before.rows} | {after.rows}"
    kind = "all" if found.evidence.kind == "proved" else "a sample of"
    inputs = f"{kind} {found.evidence.inputs:,}"
    times = f"{seconds:,.0f} | {worked:,.0f}"
    return f"| {name(path)} | {inputs} | {' | '.join(cells)} | {parts} | {times} |"


def budget_row(path: Path, share: Fraction) -> str:
    """What a budget buys."""
    program = read(path).program
    exact = simplify(program)
    worked = time.process_time()
    allowed = int(share * looked_at(program.domain, MOST, SAMPLES))
    found = simplify(program, budget=allowed)
    worked = time.process_time() - worked
    sizes = found.before, exact.after, found.after
    numbers = [
        f"{getattr(size, what):,}"
        for what in ("lines", "cells", "rows")
        for size in sizes
    ]
    inputs = f"{found.changed:,} | {found.evidence.inputs:,}"
    return f"| {name(path)} | {inputs} | {' | '.join(numbers)} | {worked:,.0f} |"


def name(path: Path) -> str:
    """What a program is called in the table."""
    return path.stem if path.parent.name == "examples" else "/".join(path.parts[-3:-1])


def listed_cells(source: Source, path: Path) -> int:
    """How many cells the conditions of a file list."""
    seen = see(source.program, list(all_parts(source.program.domain))[:1])
    counts = Functions(source, path.read_bytes(), seen).counts()
    return sum(count.listed for count in counts)


def main() -> None:
    """Measure, print, and replace a block in the documentation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", nargs="+", type=Path)
    parser.add_argument("--whole", action="store_true", help="compare on all inputs")
    parser.add_argument("--budget", help="a share such as 0.1%%")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE}")
    asked = parser.parse_args()
    if asked.budget is None:
        lines, place = [*HEADINGS], WHOLE if asked.whole else FIGURES
        most = LARGEST if asked.whole else MOST
        made = (row(path, most) for path in asked.programs)
    else:
        lines, place = [*BUDGET_HEADINGS], BUDGETS
        share = Fraction(asked.budget.rstrip("%")) / 100
        made = (budget_row(path, share) for path in asked.programs)
    for line in made:
        lines.append(line)
        print(line, file=sys.stderr, flush=True)
    block = ["", *lines, ""]
    print(place.around(block))
    if asked.write:
        place.put(block)


if __name__ == "__main__":
    main()
