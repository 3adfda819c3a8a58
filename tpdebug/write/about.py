"""What the docstring of a program file says of its accuracy and origin, said anew.

Sentences that tpdebug wrote are replaced where they stand; all else that the docstring
says stays.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator, Sequence

from tpdebug.write.kept import CannotRewrite
from tpdebug.write.literals import escape
from tpdebug.write.texts import Edits

WIDTH = 88
_OURS = re.compile(r"(Test cases: )?Right on |Finetuned from |Made by: tpdebug ")
_LAST = {"M": re.compile(r"\(tpdebug [^ ()]+\)$")}
_FULL_STOP = re.compile(r"\.$")


def filled(sentences: Sequence[str]) -> str:
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
    said = re.split(r"\r\n?|\n", whole[3:-3])
    new = _inside(filled(sentences), quotes).split("\n")
    text = edits.newline.join(_replaced(said, new))
    edits.replace(start, end, f"{quotes}{text}{edits.newline}{quotes}")


def _top(edits: Edits) -> int:
    """Where a docstring can stand: below a first line that starts the file, if any."""
    lines = edits.lines
    return edits.starts[1] if lines and lines[0].startswith("#!") else 0


def _inside(text: str, quotes: str) -> str:
    """Text as it stands in quotes."""
    kept = "".join(c if c == "\n" else escape(c) for c in text)
    escaped = "".join(f"\\{quote}" for quote in quotes)
    return kept.replace(quotes, escaped)


def _replaced(said: Sequence[str], new: Sequence[str]) -> list[str]:
    """The lines of a docstring with other sentences of ours."""
    ours = {line for stretch in _ours(said) for line in stretch}
    if ours:
        first = min(ours)
        indent = said[first][: len(said[first]) - len(said[first].lstrip())]
        before = list(said[:first])
        after = [line for i, line in enumerate(said) if i > first and i not in ours]
    else:
        below = [line for line in said[1:] if line.strip()]
        indent = below[-1][: len(below[-1]) - len(below[-1].lstrip())] if below else ""
        before, after = [*_without_end(list(said)), ""], []
    return _without_end([*before, *(f"{indent}{line}" for line in new), *after])


def _without_end(lines: list[str]) -> list[str]:
    """Lines without empty ones at the end."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _ours(said: Sequence[str]) -> Iterator[range]:
    """The lines of each sentence of ours."""
    at = 0
    while at < len(said):
        found = _sentence(said, at)
        if found:
            yield found
            at = found.stop
        else:
            at += 1


def _sentence(said: Sequence[str], at: int) -> range:
    """The lines of a sentence of ours that begins here; none if there is none."""
    found = _OURS.match(said[at].strip())
    if found is None:
        return range(0)
    ends = _LAST.get(found[0][0], _FULL_STOP)
    so_far = ""
    for line in range(at, len(said)):
        if not said[line].strip():
            break
        so_far = f"{so_far} {said[line].strip()}"
        if ends.search(so_far):
            return range(at, line + 1)
    return range(0)
