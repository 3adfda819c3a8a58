"""Draws docs/explain.svg, the picture in the README: `python docs/picture.py`."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

from rich.console import Console
from rich.text import Text

from analyzers.explain import explain
from tpdebug.read import read
from tpdebug.render.terminal import explanation_view

ROOT = Path(__file__).resolve().parent.parent
NAME = "examples/reverse.py"
INPUT = "3 1 4 2"
POSITION = 2


def main() -> None:
    """Explain one answer of the example and save what the terminal shows."""
    os.chdir(ROOT)  # so that places in the file read as a user sees them
    source = read(Path(NAME))
    letters = INPUT.split()
    found = explain(source.program, letters, position=POSITION, source=source.map)
    console = Console(record=True, width=80, file=io.StringIO(), highlight=False)
    command = f'$ tpdebug explain {NAME} --input "{INPUT}" --position {POSITION}'
    console.print(Text(command, style="bold"))
    console.print(explanation_view(source.program, NAME, found))
    svg = console.export_svg(title="tpdebug explain", unique_id="tpdebug")
    svg = re.sub(r"@font-face \{.*?\n    \}", "", svg, flags=re.DOTALL)  # no downloads
    (ROOT / "docs" / "explain.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
