"""From a path, source text or a syntax tree to an `ast.Module`, with limits."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tpdebug.errors import Problem, ReadError, UserError
from tpdebug.files import read_limited

SIZE_LIMIT = 5_000_000


@dataclass(frozen=True, slots=True)
class Text:
    """Source text, where it came from, and the folder that its files are found in."""

    text: str
    path: str | None
    folder: Path | None

    @property
    def name(self) -> str:
        """The file as the user named it."""
        return self.path or "<source>"

    def error(self, message: str, line: int = 1, column: int = 1) -> ReadError:
        """A `ReadError` with one problem."""
        return ReadError(self.name, (Problem(line, column, message),))


def source_text(source: Any, path: str | Path | None = None) -> Text:
    """Take a path, source text (a string with a line break) or a `libcst.Module`.

    Raises:
        UserError: there is no such file, or it cannot be read as text.
    """
    if isinstance(source, Path) or (isinstance(source, str) and "\n" not in source):
        return _file_text(Path(source), str(source))
    text = source if isinstance(source, str) else source.code
    if path is None:
        return Text(text, None, None)
    return Text(text, str(path), Path(path).resolve().parent)


def _file_text(path: Path, name: str) -> Text:
    data = read_limited(path, name, SIZE_LIMIT)
    if b"\0" in data:
        raise UserError(f"{name} is a binary file, not Python source")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        if encoding not in ("utf-8", "utf-8-sig"):
            raise UserError(f"{name} is written in {encoding}; save it as UTF-8")
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{name} is not UTF-8 text (byte {error.start})") from error
    except SyntaxError as error:
        raise UserError(f"{name} is not UTF-8 text: {error.msg}") from error
    return Text(text, name, path.resolve().parent)


def parse(source: Text) -> ast.Module:
    """Parse without executing; columns come out in characters.

    Raises:
        ReadError: it is not Python, or nested too deeply to read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source.text)
            # Finds what Python refuses only when it compiles; runs nothing.
            compile(source.text, source.name, "exec", dont_inherit=True)
    except SyntaxError as error:
        message = f"not Python: {error.msg}"
        raise source.error(message, error.lineno or 1, error.offset or 1) from None
    except (ValueError, OverflowError) as error:
        raise source.error(f"not Python: {error}") from None
    except (RecursionError, MemoryError):
        raise source.error("nested too deeply to read") from None
    if not source.text.isascii():
        _count_characters(tree, source.text)
    return tree


def _count_characters(tree: ast.Module, text: str) -> None:
    """Turn the columns of a tree from bytes into characters."""
    lines = [line.encode() for line in io.StringIO(text)]
    for node in ast.walk(tree):
        for row, column in (("lineno", "col_offset"), ("end_lineno", "end_col_offset")):
            line, at = getattr(node, row, None), getattr(node, column, None)
            if line is not None and at is not None and line <= len(lines):
                before = lines[line - 1][:at].decode(errors="ignore")
                setattr(node, column, len(before))
