"""What was done to a program to make it shorter, in a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tpdebug.errors import counted
from tpdebug.findings import Simplification, Size
from tpdebug.render.data import VERSION
from tpdebug.render.lint_data import edit_data
from tpdebug.render.verification import indent, notes_view, witnesses_view
from tpdebug.render.verification_data import MOST, witness_data


def simplification_view(
    name: str, output: str, found: Simplification, notes: Sequence[str] = ()
) -> RenderableType:
    """Everything that `tpdebug simplify` prints."""
    return Group(*_parts(name, output, found, notes))


def _parts(
    name: str, output: str, found: Simplification, notes: Sequence[str]
) -> Iterator[RenderableType]:
    yield Text.assemble(
        (name, "bold"),
        " -> ",
        (output, "bold"),
        ": ",
        (_shrunk(found), "green"),
    )
    yield Text(found.sentence)
    yield from notes_view(notes)
    if not found.steps:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("step")
    for column in ("nodes", "cells", "rows", "lines"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_row("as it was", *_numbers(found.before), style="dim")
    for step in found.steps:
        table.add_row(step.says, *_numbers(step.size))
    yield ""
    yield indent(table)
    if found.changed:
        yield ""
        yield from witnesses_view(("before", "after"), found.compared)


def _shrunk(found: Simplification) -> str:
    before, after = found.before, found.after
    if not found.steps:
        return "nothing could be taken out."
    sizes = {
        "line": (before.lines, after.lines),
        "cell": (before.cells, after.cells),
        "score row": (before.rows, after.rows),
    }
    says = [
        f"{counted(b, name)} instead of {a:,}"
        for name, (a, b) in sizes.items()
        if a != b
    ]
    return f"{', '.join(says[:2]) or 'as large as before'}."


def _numbers(size: Size) -> list[str]:
    return [f"{n:,}" for n in (size.nodes, size.cells, size.rows, size.lines)]


def simplification_data(
    name: str, output: str, found: Simplification, notes: Sequence[str]
) -> dict[str, Any]:
    """The steps, each with what is left after it; at most a thousand changed inputs."""
    return {
        "version": VERSION,
        "program": name,
        "output": output,
        "notes": list(notes),
        "evidence": asdict(found.evidence),
        "budget": found.budget,
        "changed": found.changed,
        "witnesses": [witness_data(w) for w in found.compared.witnesses[:MOST]],
        "before": asdict(found.before),
        "after": asdict(found.after),
        "steps": [
            {
                "says": step.says,
                "removed": list(step.removed),
                "edits": [edit_data(edit) for edit in step.edits],
                "size": asdict(step.size),
            }
            for step in found.steps
        ],
    }
