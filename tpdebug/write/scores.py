"""The score table of a written program: aligned columns, headed by the classes."""

from __future__ import annotations

from itertools import groupby

from tpdebug.nodes import Classifier, ScoreRow
from tpdebug.write.layout import aligned_lines
from tpdebug.write.literals import literal


def score_lines(classifier: Classifier) -> list[str]:
    """Write `SCORES`, one row a value; a formatter is told to leave it aligned."""
    if not classifier.rows:
        return ["SCORES = {}"]
    heads = [literal(name) for name in classifier.classes]
    columns = zip(
        heads, *(map(str, row.scores) for row in classifier.rows), strict=True
    )
    widths = [max(map(len, column)) for column in columns]
    title = "    # class"
    margin = max(len(title), *(len(_label(row)) for row in classifier.rows))
    lines = ["# fmt: off", "SCORES = {"]
    lines += aligned_lines(title.ljust(margin + 2), heads, widths, "", " ")
    for variable, rows in groupby(classifier.rows, lambda row: row.variable):
        group = [_row(row, margin, widths) for row in rows]
        if group[0][0].startswith("     "):
            group = [[f"    {literal(variable)}: {{"], *group, ["    },"]]
        lines += [line for row_lines in group for line in row_lines]
    return [*lines, "}", "# fmt: on"]


def _row(row: ScoreRow, margin: int, widths: list[int]) -> list[str]:
    end = ",)," if len(row.scores) == 1 else "),"
    scores = [str(score) for score in row.scores]
    start = f"{_label(row).ljust(margin)} ("
    return list(aligned_lines(start, scores, widths, end, ","))


def _label(row: ScoreRow) -> str:
    if row.value is None:
        return f"    {literal(row.variable)}:"
    return f"        {literal(row.value)}:"
