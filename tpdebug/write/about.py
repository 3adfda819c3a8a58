"""What the docstring of a program file says of its accuracy and origin, said anew.

Sentences that tpdebug wrote are replaced where they stand; all else that the docstring
says stays.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Sequence

from tpdebug.write.kept import CannotRewrite
from tpdebug.write.layout import WIDTH
from tpdebug.write.literals import escape
from tpdebug.write.stated import (
    ACCURACY,
    CHANGED,
    FINETUNED,
    PART,
    SAME,
    SOME,
)
from tpdebug.write.texts import Edits

_SENTENCES = (
    ACCURACY,
    SAME,
    PART,
    FINETUNED,
    CHANGED.replace(".", r"\."),
    rf"Simplified from {SOME}\.",
    rf"Made by: tpdebug {SOME}\(tpdebug [^\s()]+\)",
)
OURS = re.compile(
    r"^[ \t]*(?:" + "|".join(_SENTENCES).replace(" ", r"\s+") + r")[ \t]*(?:\n|\Z)",
    re.MULTILINE | re.DOTALL,
)
"""Sentences of ours on lines of their own, whatever line breaks they have."""


def in_lines(sentences: Sequence[str]) -> str:
    """Sentences as a docstring has them, each on lines of its own."""
    broken = (textwrap.fill(line, WIDTH, break_on_hyphens=False) for line in sentences)
    return "\n".join(broken)


def say_anew(
    edits: Edits, tree: ast.Module, sentences: Sequence[str], otherwise: Sequence[str]
) -> None:
    """Let the docstring of a file say something else of its accuracy and origin.

    Args:
        edits: the text of the file.
        tree: what it says.
        sentences: what is known now.
        otherwise: the docstring to put where there is none yet, line by line.

    Raises:
        CannotRewrite: the docstring is not written in three quotes.
    """
    if ast.get_docstring(tree) is None:
        at = _top(edits)
        text = "".join(f"{line}{edits.newline}" for line in (*otherwise, ""))
        edits.replace(at, at, text)
        return
    first = tree.body[0]
    assert isinstance(first, ast.Expr)
    start, end = edits.span(first.value)
    whole = edits.text[start:end]
    quotes = whole[:3]
    if quotes not in ('"""', "'''") or len(whole) < 6 or quotes in whole[3:-3]:
        raise CannotRewrite("its docstring is not written in three quotes")
    said = re.sub(r"\r\n?", "\n", whole[3:-3])
    text = _replaced(said, _inside(in_lines(sentences), quotes))
    text = text.replace("\n", edits.newline)
    edits.replace(start, end, f"{quotes}{text}{quotes}")


def _top(edits: Edits) -> int:
    """Where a docstring can stand: below a first line that starts the file, if any."""
    lines = edits.lines
    return edits.starts[1] if lines and lines[0].startswith("#!") else 0


def _inside(text: str, quotes: str) -> str:
    """Text as it stands in quotes."""
    kept = "".join(c if c == "\n" else escape(c) for c in text)
    escaped = "".join(f"\\{quote}" for quote in quotes)
    return kept.replace(quotes, escaped)


def _replaced(said: str, new: str) -> str:
    """A docstring with other sentences of ours, in place of the first or at its end."""
    found = OURS.search(said)
    if found is None:
        lines = [line for line in said.split("\n")[1:] if line.strip()]
        indent = re.match(r"[ \t]*", lines[-1] if lines else "")
        before, after = f"{said.rstrip()}\n\n", ""
    else:
        indent = re.match(r"[ \t]*", found[0])
        before, after = said[: found.start()], OURS.sub("", said[found.end() :])
    assert indent is not None
    shown = "".join(f"{indent[0]}{line}\n" for line in new.split("\n"))
    return f"{before}{shown}{after}"
