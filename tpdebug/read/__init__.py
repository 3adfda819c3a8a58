"""Reading a program file, statically: it is never imported or executed.

`read` returns the program and where its parts stand in the file; `load` only the
program. Files of our own dialect and files that the paper's converter has made are
told apart by what they import. What cannot be read is refused, with every reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tpdebug.program import Program
from tpdebug.read.loading import parse, source_text
from tpdebug.read.own import OwnReader
from tpdebug.read.published import PublishedReader, is_published
from tpdebug.read.source import Source

if TYPE_CHECKING:
    import libcst

__all__ = ["Source", "load", "read"]


def load(path: str | Path) -> Program:
    """Read a program file, without executing it.

    Raises:
        ReadError: it is not a program that can be read; every reason is given.
        UserError: there is no such file, or it is not text.
    """
    return read(path).program


def read(
    source: str | Path | libcst.Module, *, path: str | Path | None = None
) -> Source:
    """Read a program, without executing it.

    Args:
        source: a path, source text (a string with a line break), or a syntax tree.
        path: where text or a tree belongs; for messages, and for files next to it.

    Raises:
        ReadError: it is not a program that can be read; every reason is given.
        UserError: there is no such file, or it is not text.
    """
    text = source_text(source, path)
    tree = parse(text)
    try:
        reader = PublishedReader if is_published(tree) else OwnReader
        return reader(text, tree).read()
    except RecursionError:
        raise text.error("nested too deeply to read") from None
