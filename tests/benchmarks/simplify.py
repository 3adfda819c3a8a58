"""Makes programs shorter, and says by how much.

    python tests/benchmarks/simplify.py examples/*.py [--write]

Each is compared with what it became on its whole domain (`tpdebug.simplify` does), and
the file that is written is read again. `--write` replaces the table in
docs/simplify.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from analyzers.lint.lines import Functions  # noqa: E402
from analyzers.lint.seen import see  # noqa: E402
from analyzers.simplify import simplify  # noqa: E402
from tpdebug.cli.outcome import lines_of_code  # noqa: E402
from tpdebug.parts import all_parts  # noqa: E402
from tpdebug.read import Source, read  # noqa: E402
from tpdebug.write import save  # noqa: E402

DOCS = ROOT / "docs" / "simplify.md"
START = "<!-- figures: written by `python tests/benchmarks/simplify.py --write` -->"
END = "<!-- end of figures -->"


def row(path: Path) -> str:
    """How much shorter a program becomes."""
    source = read(path)
    start = time.monotonic()
    found = simplify(source.program)
    seconds = time.monotonic() - start
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "short.py"
        save(found.program, output)
        again = read(output)
        assert again.program == found.program
        lines = lines_of_code(path), lines_of_code(output)
        listed = listed_cells(source, path), listed_cells(again, output)
    before, after = found.before, found.after
    name = "/".join(path.parts[-3:-1]) if source.published else path.stem
    cells = [
        f"{a:,} | {b:,} | {1 - b / a if a else 0:.0%}".replace("%", " %")
        for a, b in (lines, (before.cells, after.cells), listed)
    ]
    parts = f"{before.nodes} | {after.nodes} | {before.rows} | {after.rows}"
    return f"| {name} | {' | '.join(cells)} | {parts} | {seconds:.0f} |"


def listed_cells(source: Source, path: Path) -> int:
    """How many cells the conditions of a file list."""
    seen = see(source.program, list(all_parts(source.program.domain))[:1])
    counts = Functions(source, path.read_bytes(), seen).counts()
    return sum(count.listed for count in counts)


def main() -> None:
    """Measure, print, and replace the block in the documentation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true", help=f"write {DOCS.name}")
    asked = parser.parse_args()
    lines = [
        "| program | lines | then | less | cells | then | less | listed | then | less "
        "| nodes | then | rows | then | seconds |",
        f"|---|{'---:|' * 14}",
    ]
    for path in asked.programs:
        lines.append(row(path))
        print(lines[-1], file=sys.stderr, flush=True)
    block = "\n".join([START, "", *lines, "", END])
    print(block)
    if asked.write:
        text = DOCS.read_text(encoding="utf-8")
        before, after = text.split(START)[0], text.split(END)[1]
        DOCS.write_text(before + block + after, encoding="utf-8")


if __name__ == "__main__":
    main()
