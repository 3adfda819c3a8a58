"""The score table of a written program: aligned columns, headed by the classes."""

from __future__ import annotations

from collections.abc import Sequence

from tpdebug.nodes import Classifier, ScoreRow
from tpdebug.write.conditions import literal
from tpdebug.write.layout import aligned_lines


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
    lines += aligned_lines(f"    # {'class':<{margin - 2}} ", heads, widths, "", " ")
    variable = None
    for row, name in zip(classifier.rows, names, strict=True):
        if row.variable != variable and variable is not None:
            lines += _closing(variable, classifier.rows)
        if row.variable != variable and row.value is not None:
            lines.append(f"    {literal(row.variable)}: {{")
        variable = row.variable
        end = ",)," if len(row.scores) == 1 else "),"
        scores = [str(score) for score in row.scores]
        lines += aligned_lines(f"{name:<{margin}} (", scores, widths, end, ",")
    if variable is not None:
        lines += _closing(variable, classifier.rows)
    return [*lines, "}", "# fmt: on"]


def _label(row: ScoreRow) -> str:
    if row.value is None:
        return f"    {literal(row.variable)}:"
    return f"        {literal(row.value)}:"


def _closing(variable: str, rows: Sequence[ScoreRow]) -> list[str]:
    """The bracket after the rows of a categorical variable."""
    first = next(row for row in rows if row.variable == variable)
    return [] if first.value is None else ["    },"]
