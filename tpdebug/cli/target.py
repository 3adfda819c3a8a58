"""Whether a program file may be written: before the work, nothing is lost after it."""

from __future__ import annotations

from pathlib import Path

from tpdebug.errors import UserError


def check_target(program: Path, path: Path, force: bool) -> None:
    """Make sure that a program made of another one may be written to a file.

    Args:
        program: the file of the other one.
        path: the file to write.
        force: whether one that is there may be replaced.

    Raises:
        UserError: it is no name of a program, it is there already, it is the program
            itself, or its folder takes no files.
    """
    from tpdebug.files import check_writable, same_file
    from tpdebug.write import words_path

    if path.suffix != ".py":
        raise UserError(f"{path}: the name of a program ends in .py")
    if same_file(program, path):
        raise UserError(f"{path} is the program itself; name another file")
    for target in (path, words_path(path)):
        if target.exists() and not force:
            raise UserError(f"{target} exists; use --force to replace it")
        check_writable(target)
