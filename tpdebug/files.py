"""Reading and replacing files without ever losing one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tpdebug.errors import UserError


def replace_file(path: Path, content: str | bytes) -> None:
    """Write a file whole: to a temporary file beside it, which then takes its place.

    Raises:
        UserError: the file cannot be written there; an old one is untouched.
    """
    data = content.encode() if isinstance(content, str) else content
    path = Path(os.path.realpath(path))  # follow a link to the file it stands for
    if path.exists() and not path.is_file():
        raise UserError(f"cannot write {path}: it is not a regular file")
    temporary = None
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
