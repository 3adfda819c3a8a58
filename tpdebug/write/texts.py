"""Replacing stretches of a text, all else left as it is, byte for byte."""

from __future__ import annotations

import ast
import io
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from tpdebug.write.kept import CannotRewrite

MARK = "\ufeff"
"""What some editors put before a text."""


def marked(text: str) -> tuple[str, str]:
    """The mark before a text, if there is one, and the text without it."""
    rest = text.removeprefix(MARK)
    return text[: len(text) - len(rest)], rest


@dataclass
class Edits:
    """A text, and what is to be put in the place of some of its stretches.

    Attributes:
        text: the text.
        changes: (start, end, what shall stand there), in characters.
    """

    text: str
    changes: list[tuple[int, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lines = list(io.StringIO(self.text, newline=""))
        self.starts = [0, *accumulate(map(len, self.lines))]

    @property
    def newline(self) -> str:
        """How lines end, as the first one does."""
        ends = ("\r\n", "\n", "\r")
        first = self.lines[0] if self.lines else "\n"
        return next((end for end in ends if first.endswith(end)), "\n")

    def at(self, line: int, column: int) -> int:
        """The place of a line, counted from 1, and a column, counted from 0."""
        return self.starts[line - 1] + column

    def span(self, node: ast.expr | ast.stmt | ast.arg) -> tuple[int, int]:
        """Where a part of the syntax tree stands."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self.at(node.lineno, node.col_offset)
        return start, self.at(node.end_lineno, node.end_col_offset)

    def says(self, node: ast.expr | ast.stmt) -> str:
        """What stands there."""
        start, end = self.span(node)
        return self.text[start:end]

    def replace(self, start: int, end: int, new: str) -> None:
        """Put something in the place of a stretch."""
        self.changes.append((start, end, new))

    def result(self) -> str:
        """The text with all changes.

        Raises:
            CannotRewrite: two of them are about the same stretch.
        """
        ordered = sorted(self.changes, key=lambda change: change[:2])
        if any(one[1] > other[0] for one, other in pairwise(ordered)):
            raise CannotRewrite("two changes would be made in the same place")
        found, done = [], 0
        for start, end, new in ordered:
            found += [self.text[done:start], new]
            done = end
        return "".join([*found, self.text[done:]])
