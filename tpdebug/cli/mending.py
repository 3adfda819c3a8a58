"""What is written of a repair, checked before and after; and taking it back."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tpdebug.cli.options import echo_json
from tpdebug.cli.subject import Subject
from tpdebug.errors import UserError

if TYPE_CHECKING:
    from analyzers.repair.drafts import Draft
    from tpdebug.findings import Repair, Verification
    from tpdebug.render.repair import Written


@dataclass(frozen=True)
class Output:
    """What is to be done with the repair.

    Attributes:
        apply: change the program file.
        target: write the program to another file.
        patch: write the patch to a file.
        force: replace these two if they are there.
        confirm: execute the result on so many inputs.
        form: how to print what was found.
    """

    apply: bool
    target: Path | None
    patch: Path | None
    force: bool
    confirm: int | None
    form: str


def check(path: Path, output: Output, cases: Path | None) -> None:
    """Before anything is done: what will be written can be, and destroys nothing."""
    from tpdebug.files import check_writable, same_file
    from tpdebug.write import words_path

    if output.apply and output.target is not None:
        raise UserError("--apply changes the program itself, -o another file: give one")
    if output.force and output.target is None and output.patch is None:
        raise UserError("--force belongs to -o or --patch, the files to write")
    if output.target is not None and output.target.suffix != ".py":
        raise UserError(f"{output.target}: the name of a program ends in .py")
    new = [file for file in (output.target, output.patch) if file is not None]
    if output.target is not None:
        new.append(words_path(output.target))
    for number, file in enumerate(new):
        if same_file(file, path):
            raise UserError(
                f"{file} is the program itself: use --apply, or another file"
            )
        others = [*new[:number], *([cases] if cases is not None else [])]
        if any(same_file(file, other) for other in others):
            raise UserError(f"{file} is given twice; name another file")
        if file.exists() and not output.force:
            raise UserError(f"{file} exists; use --force to replace it")
        check_writable(file)
    if output.apply:
        check_writable(path)


def check_undo(output: Output) -> None:
    """Undoing is all that is done then."""
    given = {
        "--apply": output.apply,
        "-o": output.target,
        "--patch": output.patch,
        "--confirm": output.confirm,
        "--force": output.force,
    }
    for option, value in given.items():
        if value:
            raise UserError(
                f"--undo takes a patch back and does nothing else: {option}"
            )


def take_back(path: Path, patch: Path, form: str) -> None:
    """Undo a patch.

    Raises:
        UserError: the files are not as it left them.
    """
    from analyzers.repair.applying import undo

    files = [str(file) for file in undo(path, patch)]
    if form == "json":
        echo_json({"version": 1, "undone": str(patch), "files": files})
    else:
        click.echo(f"Undid {patch}: {' and '.join(files)} as before.")


def write(
    path: Path, asked: Subject, found: Repair, output: Output, looks: dict[str, Any]
) -> Written:
    """Draft the files, check them, and write what was asked for."""
    from analyzers.repair.saving import draft, execute_draft, stating, write_draft
    from tpdebug.files import replace_file
    from tpdebug.render.repair import Written
    from tpdebug.write.kept import CannotRewrite

    if not found.changes:
        return Written()
    source = asked.source
    try:
        drafted = draft(
            source,
            path,
            asked.program,
            found,
            output.target,
            about=f"Made by: {_command(path, output)}",
            task=found.oracle if asked.needed is not None else None,
        )
    except CannotRewrite as error:
        if output.apply or output.patch is not None or output.confirm is not None:
            raise UserError(
                f"{path} cannot be changed in place, {error}; "
                "-o FILE writes the repaired program anew"
            ) from None
        return Written(problem=str(error))
    checked = _verified(drafted, asked, found, looks)
    drafted = stating(drafted, source, path, asked.program, checked.accuracy)
    executed = None
    if output.confirm is not None:
        executed = execute_draft(
            source, path, drafted, found, output.confirm, looks["seed"]
        )
    shown = drafted.patch
    if output.patch is not None:
        replace_file(output.patch, shown)
    if output.apply or output.target is not None:
        write_draft(drafted)
    return Written(
        patch=shown if drafted.anew is None else "",
        accuracy=checked.accuracy,
        executed=executed,
        files=tuple(str(file.path) for file in drafted.files),
        done=output.apply or output.target is not None,
        saved=None if output.patch is None else str(output.patch),
        anew=drafted.anew,
    )


def _verified(
    drafted: Draft, asked: Subject, found: Repair, looks: dict[str, Any]
) -> Verification:
    """Verify what was read back; it must be as good as was found."""
    from analyzers.verify import verify

    checked = verify(drafted.program, asked.oracle, name=asked.name, **looks)
    wrong = checked.accuracy.letters - checked.accuracy.letters_right
    if wrong != found.left:
        raise RuntimeError(
            f"read back, {wrong} answers are wrong, and not {found.left}"
        )
    return checked


def _command(path: Path, output: Output) -> str:
    from tpdebug import __version__

    words = ["tpdebug", "repair", path.name]
    if output.target is not None:
        words += ["-o", output.target.name]
    return f"{shlex.join(words)} (tpdebug {__version__})"
