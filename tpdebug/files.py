"""Reading files with limits, and replacing them without ever losing one."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tpdebug.errors import UserError


def read_limited(path: Path, name: str, limit: int) -> bytes:
    """Read a regular file of at most `limit` bytes.

    Raises:
        UserError: it is missing, no regular file, too large, or cannot be read.
    """
    try:
        if path.is_dir():
            raise UserError(f"{name} is a directory; name a file in it")
        if not path.is_file():
            kind = "is not a regular file" if path.exists() else "does not exist"
            raise UserError(f"{name} {kind}")
        size = path.stat().st_size
        if size > limit:
            most = f"{size / 1e6:.0f} MB, at most {limit / 1e6:.0f} MB"
            raise UserError(f"{name} is too large: {most}")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"cannot read {name}: {reason}") from error


MOST_BYTES = 100_000_000


def decoded(content: bytes, name: str, encoding: str = "utf-8-sig") -> str:
    """What a text file holds; a mark of its byte order is left out by default.

    Raises:
        UserError: it is not UTF-8; the message names the line.
    """
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = len(re.split(rb"\r\n?|\n", error.object[: error.start]))
        raise UserError(f"{name}:{line}: this is not UTF-8 text") from error


def text_of(path: Path) -> str:
    """The text of a file as it is: its line ends, and a mark of its byte order.

    Raises:
        UserError: there is none.
    """
    return decoded(read_limited(path, str(path), MOST_BYTES), str(path), "utf-8")


def lines_at(places: Iterable[str]) -> dict[str, str]:
    """The line of the file at each `file:line`, without white space around it.

    Raises:
        UserError: a file cannot be read.
    """
    files: dict[str, list[str]] = {}
    found = {}
    for where in set(places):
        path, _, line = where.rpartition(":")
        if path not in files:
            files[path] = source_lines(Path(path))
        if int(line) <= len(files[path]):  # or it was changed meanwhile
            found[where] = files[path][int(line) - 1].strip()
    return found


def source_lines(path: Path) -> list[str]:
    """The lines of a file as Python numbers them: a form feed ends none.

    Raises:
        UserError: it cannot be read.
    """
    content = read_limited(path, str(path), MOST_BYTES)
    return re.split(r"\r\n?|\n", content.decode("utf-8-sig", errors="replace"))


def replace_file(path: Path, content: str | bytes, *, exclusive: bool = False) -> None:
    """Write a file whole, or not at all.

    Args:
        path: the file; a link is followed.
        content: all that it shall hold.
        exclusive: the file must not exist yet.

    Raises:
        FileExistsError: it does, and `exclusive` was asked for.
        UserError: the file cannot be written there; an old one is untouched.
    """
    with replacing(path, exclusive=exclusive) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def same_file(first: Path, second: Path) -> bool:
    """Whether two paths lead to one file, which need not exist."""
    return os.path.realpath(first) == os.path.realpath(second)


def check_writable(path: Path) -> None:
    """Make sure that a file can be written, before much work is put into its content.

    Raises:
        UserError: it is no regular file, or its folder takes no files.
    """
    path = _target(path)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        os.unlink(name)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"cannot write {path}: {reason}") from error


def _target(path: Path) -> Path:
    """The file that is written to: a link leads to the one it stands for."""
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        raise UserError(f"cannot write {path}: it is not a regular file")
    return path


@contextmanager
def replacing(path: Path, *, exclusive: bool = False) -> Iterator[BinaryIO]:
    """Write to a temporary file beside another, whose place it takes at the end.

    Raises:
        FileExistsError: there is such a file, and `exclusive` was asked for.
        UserError: the file cannot be written there; an old one is untouched.
    """
    path = _target(path)
    temporary = None
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            yield file
        os.chmod(temporary, mode)
        if exclusive:
            os.link(temporary, path)
        else:
            os.replace(temporary, path)
    except FileExistsError:
        raise
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
