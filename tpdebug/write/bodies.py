"""The body of a function that a person may have written, for other rules.

Its first line, its docstring and its comments stay; the comments come to stand above
what the function does now.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator, Sequence

from tpdebug.nodes import Head, LookupTable
from tpdebug.program import Program
from tpdebug.write.functions import body_lines
from tpdebug.write.kept import CannotRewrite
from tpdebug.write.texts import Edits


def indented(edits: Edits, function: ast.FunctionDef) -> str:
    """What stands before each statement of a function.

    Raises:
        CannotRewrite: its statements do not stand on lines of their own.
    """
    first = function.body[0]
    if first.lineno == function.lineno or function.decorator_list:
        raise CannotRewrite(f"{function.name} stands on one line")
    prefix = edits.lines[first.lineno - 1][: first.col_offset]
    if prefix.strip():
        raise CannotRewrite(f"{function.name} has several statements on one line")
    return prefix


def first_line(edits: Edits, function: ast.FunctionDef) -> int:
    """The line before which a case can be put: after the docstring, above comments."""
    first = function.body[0]
    match first:
        case ast.Expr(value=ast.Constant(value=str())):
            assert first.end_lineno is not None
            if len(function.body) > 1 and function.body[1].lineno == first.end_lineno:
                raise CannotRewrite(f"{function.name} has two statements on one line")
            return first.end_lineno + 1
    line = first.lineno
    while edits.lines[line - 2].lstrip().startswith("#"):
        line -= 1
    return line


def new_body(
    edits: Edits,
    function: ast.FunctionDef,
    program: Program,
    node: Head | LookupTable,
    names: Sequence[str],
) -> tuple[int, int, str] | None:
    """All that a function does in its shortest form; None if that takes a constant.

    Args:
        edits: the text of the file.
        function: the function.
        program: the program as it shall be.
        node: the head or table whose function it is.
        names: what the parameters are called.

    Raises:
        CannotRewrite: its statements do not stand on lines of their own.
    """
    prefix = indented(edits, function)
    lines = body_lines(program, node, names)
    if lines is None:
        return None
    assert function.end_lineno is not None
    start, end = first_line(edits, function), function.end_lineno
    comments = (f"{prefix}{text}" for text in _comments(edits, start, end))
    text = [*comments, *(f"{prefix}{line[4:]}" for line in lines)]
    _, stop = edits.span(function)
    ends = edits.lines[end - 1][function.end_col_offset :].strip()
    if ends.startswith("#"):  # it stands with the others
        stop = edits.starts[end - 1] + len(edits.lines[end - 1].rstrip("\r\n"))
    elif ends:
        raise CannotRewrite(f"other things stand beside the end of {function.name}")
    return edits.starts[start - 1], stop, edits.newline.join(text)


def _comments(edits: Edits, first: int, last: int) -> Iterator[str]:
    """The comments on some lines."""
    lines = io.StringIO(edits.text, newline="").readline
    for token in tokenize.generate_tokens(lines):
        if token.type == tokenize.COMMENT and first <= token.start[0] <= last:
            yield token.string
