"""Dead code in a terminal: one row a finding, then what of it can go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tpdebug.errors import counted
from tpdebug.findings import Finding, Lint
from tpdebug.render.verification import notes_view
from tpdebug.render.ways_back import short_place

NARROW = 72
STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def lint_view(
    name: str, found: Lint, notes: Sequence[str] = (), width: int = 80
) -> RenderableType:
    """Everything that `tpdebug lint` prints."""
    return Group(*_parts(name, found, notes, width))


def _parts(
    name: str, found: Lint, notes: Sequence[str], width: int
) -> Iterator[RenderableType]:
    yield _headline(name, found)
    yield from notes_view(notes)
    for path, some in groupby(found.findings, key=lambda finding: finding.path):
        yield ""
        yield Text(short_place(path or name), "bold")
        yield Padding(_table(list(some), width), (0, 0, 0, 2))
    yield ""
    yield from map(Text, _summary(found))


def _headline(name: str, found: Lint) -> Text:
    basis = found.evidence.sentence
    nodes, rows = found.parts
    size = "1 head or table" if nodes == 1 else f"{nodes:,} heads and tables"
    size += f", {counted(rows, 'score row')}"
    if not found.findings:
        proved = found.evidence.kind == "proved"
        says = ("nothing is dead" if proved else "found nothing dead", "bold green")
        return Text.assemble((name, "bold"), ": ", says, f" in {size} ({basis}).")
    says = (counted(len(found.findings), "finding"), "bold yellow")
    return Text.assemble((name, "bold"), ": ", says, f" in {size} ({basis}).")


def _table(findings: Sequence[Finding], width: int) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for finding in findings:
        code = finding.code if width < NARROW else f"{finding.code} {finding.symbol}"
        line = "" if finding.line is None else str(finding.line)
        says = finding.says if finding.says.endswith(".") else f"{finding.says}."
        table.add_row(line, Text(code, STYLES[finding.severity]), Text(says))
    return table


def _summary(found: Lint) -> Iterator[str]:
    """What never occurs in all, and how many findings of each kind there are."""
    cells = sum(count.cells for count in found.cells)
    if cells:
        never = sum(count.unreached for count in found.cells)
        which = f"{counted(cells, 'cell')} of heads and tables"
        verb = "occurs" if never == 1 else "occur"
        says = f"Of {which} {never:,} never {verb}" if never else f"All {which} occur"
        listed = sum(count.listed for count in found.cells)
        dead = sum(count.listed_unreached for count in found.cells)
        if dead:
            says += f"; of {listed:,} values that conditions list, {dead:,}"
            says += "" if never else " never occur"
        elif listed:
            says += f"; all {listed:,} values that conditions list occur"
        yield f"{says}{'' if found.evidence.kind == 'proved' else ' in the sample'}."
    counts = Counter(finding.code for finding in found.findings)
    if len(counts) > 1:
        yield ", ".join(f"{counts[code]:,} {code}" for code in sorted(counts)) + "."
    if found.ignored:
        verb = "was" if found.ignored == 1 else "were"
        yield f"{counted(found.ignored, 'finding')} {verb} silenced by a comment."
