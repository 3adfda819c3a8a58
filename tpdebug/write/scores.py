"""The score table of a written program: aligned columns, headed by the classes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tpdebug.nodes import Classifier, ScoreRow
from tpdebug.write.conditions import literal
from tpdebug.write.layout import WIDTH


def score_lines(classifier: Classifier) -> list[str]:
    """Write `SCORES`, one row a value; a formatter is told to leave it aligned."""
    heads = [literal(name) for name in classifier.classes]
    columns = list(zip(*(row.scores for row in classifier.rows), strict=True))
    columns = columns or [()] * len(heads)
    widths = [
        max(len(head), *(len(str(score)) for score in column), 1)
        for head, column in zip(heads, columns, strict=True)
    ]
    names = [_label(row) for row in classifier.rows]
    margin = max((len(name) for name in names), default=0)
    lines = ["# fmt: off", "SCORES = {"]
    lines += _columns(f"    # {'class':<{margin - 2}} ", heads, widths, "", " ")
    variable = None
    for row, name in zip(classifier.rows, names, strict=True):
        if row.variable != variable and variable is not None:
            lines += _closing(variable, classifier.rows)
        if row.variable != variable and row.value is not None:
            lines.append(f"    {literal(row.variable)}: {{")
        variable = row.variable
        comma = "," if len(row.scores) == 1 else ""
        scores = [str(score) for score in row.scores]
        lines += _columns(f"{name:<{margin}} (", scores, widths, comma, ",")
        lines[-1] += "),"
    if variable is not None:
        lines += _closing(variable, classifier.rows)
    return [*(line.rstrip() for line in lines), "}", "# fmt: on"]


def _label(row: ScoreRow) -> str:
    if row.value is None:
        return f"    {literal(row.variable)}:"
    return f"        {literal(row.value)}:"


def _closing(variable: str, rows: Sequence[ScoreRow]) -> list[str]:
    """The bracket after the rows of a categorical variable."""
    first = next(row for row in rows if row.variable == variable)
    return [] if first.value is None else ["    },"]


def _columns(
    start: str, cells: Sequence[str], widths: Sequence[int], end: str, between: str
) -> Iterator[str]:
    """Right-align cells under each other, going on below where a line is full."""
    line = start
    for i, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        piece = f"{cell:>{width}}" + (between + " " if i < len(cells) - 1 else end)
        if len(line) + len(piece.rstrip()) + 2 > WIDTH and line.strip():
            yield line
            comment = "#" if start.lstrip().startswith("#") else " "
            line = f"    {comment}".ljust(len(start))
        line += piece
    yield line
