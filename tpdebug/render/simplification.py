"""What was done to a program to make it shorter, in a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

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
    before, after = found.before, found.after
    yield Text.assemble(
        (name, "bold"),
        " -> ",
        (output, "bold"),
        ": ",
        (_shrunk(before, after), "green"),
    )
    yield Text(_checked(found))
    yield from notes_view(notes)
    if not found.steps:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("step")
    for column in ("nodes", "cells", "rows", "lines"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_row("as it was", *_numbers(before), style="dim")
    for step in found.steps:
        table.add_row(step.says, *_numbers(step.size))
    yield ""
    yield indent(table)
    if found.changed:
        yield ""
        yield from witnesses_view(("before", "after"), found.compared)


def _shrunk(before: Size, after: Size) -> str:
    if before == after:
        return "nothing could be taken out."
    says = f"{after.lines:,} lines instead of {before.lines:,}"
    return f"{says}, {after.cells:,} cells instead of {before.cells:,}."


def _checked(found: Simplification) -> str:
    inputs, proved = f"{found.evidence.inputs:,}", found.evidence.kind == "proved"
    basis = "(proved)" if proved else "(a sample: not proved)"
    if not found.changed:
        where = "all {} inputs of the domain" if proved else "{} drawn inputs"
        return f"The same answers on {where.format(inputs)} {basis}."
    which = "inputs" if proved else "drawn inputs"
    verb = "is" if found.changed == 1 else "are"
    return (
        f"{found.changed:,} of {inputs} {which} {verb} answered differently {basis}; "
        f"{found.budget:,} were allowed."
    )


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
