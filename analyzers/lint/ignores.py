"""Comments that silence findings: `# tpdebug: ignore[TP104]`.

On a line it is for what is found there, or in the statement that the line is part of;
on a `def` line for everything in the function. Without brackets it is for all codes; a
symbol will do as a code.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize

from tpdebug.findings import Finding
from tpdebug.read import Source

COMMENT = re.compile(r"#\s*tpdebug:\s*ignore\b(?:\[([^\]]*)\])?")
EVERY = "*"


class Ignores:
    """Says whether a comment of the file silences a finding."""

    def __init__(self, text: bytes, source: Source) -> None:
        self.path = source.map.path
        self._comments = dict(_comments(text))
        self._stretches = list(_stretches(ast.parse(text)) if self._comments else ())

    def __call__(self, found: Finding) -> bool:
        """Whether a finding is silenced."""
        if found.path != self.path or found.line is None:
            return False
        lines = {found.line}
        for first, last, heading in self._stretches:
            if first <= found.line <= last:
                lines.update(heading)
        names = set[str]().union(*(self._comments.get(n, set()) for n in lines))
        return bool(names & {EVERY, found.code, found.symbol})


def _comments(text: bytes) -> list[tuple[int, set[str]]]:
    """The lines with such a comment, and the codes that they name."""
    found = []
    try:
        for token in tokenize.tokenize(io.BytesIO(text).readline):
            match = COMMENT.search(token.string)
            if token.type == tokenize.COMMENT and match:
                names = [name.strip() for name in (match[1] or EVERY).split(",")]
                found.append((token.start[0], {name for name in names if name}))
    except (tokenize.TokenError, SyntaxError):  # it was read, so this is at its end
        return found
    return found


def _stretches(tree: ast.AST) -> list[tuple[int, int, range]]:
    """Where statements begin and end, and the lines on which a comment is for them."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            heading = range(node.lineno, node.body[0].lineno)
        elif isinstance(node, ast.stmt) and not isinstance(node, ast.If | ast.For):
            heading = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
                continue  # the score table: each row is by itself
        else:
            continue
        found.append((node.lineno, node.end_lineno or node.lineno, heading))
    return found
