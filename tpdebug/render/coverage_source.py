"""Coverage of rules line by line: the source, and what was exercised on each line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tpdebug.findings import Coverage, RuleUse


def annotated_view(
    lines: Sequence[str], found: Coverage, scores_inside: bool
) -> RenderableType:
    """The source with what was exercised of the rules that stand on each line.

    Args:
        lines: the source.
        found: what was found.
        scores_inside: whether the score rows stand in this file.
    """
    by_line: dict[int, list[RuleUse]] = {}
    for use in found.uses:
        if use.line is not None and (scores_inside or use.rule.kind != "score"):
            by_line.setdefault(use.line, []).append(use)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_header=False)
    for style, justify in (("", "left"), ("dim", "right"), ("dim", "right")):
        table.add_column(style=style, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    table.add_column(overflow="fold")
    for number, line in enumerate(lines if lines[-1] else lines[:-1], start=1):
        mark, count, style = _mark(by_line.get(number, []))
        table.add_row(mark, count, str(number), Text(line, style))
    legend = "> all rules of the line exercised   ~ some   ! none   - none can be"
    return Group(table, "", Text(legend, "dim"))


def _mark(uses: Sequence[RuleUse]) -> tuple[str, str, str]:
    """A sign, how many of how many, and a style."""
    if not uses:
        return "", "", ""
    hit = sum(use.status == "exercised" for use in uses)
    reachable = sum(use.status != "unreachable" for use in uses)
    if not reachable:
        return "-", "", "dim"
    count = f"{hit}/{reachable}"
    if hit == reachable:
        return ">", count, "green"
    return ("~", count, "yellow") if hit else ("!", count, "red")
