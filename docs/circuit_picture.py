"""Draws docs/circuit.svg for circuits.md: `python docs/circuit_picture.py`."""

from __future__ import annotations

from pathlib import Path

from analyzers.circuits import slice_answer
from tpdebug.read import read
from tpdebug.render.circuit_svg import circuit_svg

ROOT = Path(__file__).resolve().parent.parent
INPUT, POSITION = "3 1 4 2", 2


def picture() -> str:
    """The circuit of one answer of the example."""
    source = read(ROOT / "examples" / "reverse.py")
    letters = INPUT.split()
    found = slice_answer(source.program, letters, position=POSITION, source=source.map)
    return circuit_svg(source.program, found)


if __name__ == "__main__":
    (ROOT / "docs" / "circuit.svg").write_text(picture(), encoding="utf-8")
