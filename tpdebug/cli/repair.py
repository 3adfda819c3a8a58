"""`tpdebug repair`: the smallest edit that mends a program."""

from __future__ import annotations

import shlex
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tpdebug.cli.counting import counting_displays
from tpdebug.cli.options import echo_json, format_option, program_argument
from tpdebug.cli.subject import (
    Subject,
    domain_options_with,
    narrowed,
    oracle_options,
    subject,
)
from tpdebug.errors import UserError

if TYPE_CHECKING:
    from analyzers.repair.saving import Draft
    from tpdebug.findings import Repair, Verification
    from tpdebug.render.repair import Written

MOST_EXECUTED = 100_000


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


@click.command(
    "repair",
    short_help="Find the smallest edit that mends wrong answers.",
    epilog="Example: tpdebug repair sort.py --task sort --apply --patch fix.diff",
)
@program_argument
@oracle_options
@domain_options_with(most=500_000, samples=20_000)
@click.option("--scores-only", is_flag=True, help="Change score rows only.")
@click.option("--rules-only", is_flag=True, help="Change cases and entries only.")
@click.option(
    "--most-changes",
    type=click.IntRange(1, 20),
    default=3,
    show_default=True,
    help="Change so many cases and entries at most; score rows are not counted.",
)
@click.option(
    "--allow-breaking",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="So many right answers may become wrong, where that mends more.",
)
@click.option("--apply", is_flag=True, help="Change the program file.")
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    help="Write the repaired program to another file; ends in .py.",
)
@click.option(
    "--patch",
    type=click.Path(path_type=Path),
    help="Write the unified diff to a file, for --undo, git apply or patch -p1.",
)
@click.option(
    "--undo",
    "undone",
    metavar="PATCH",
    type=click.Path(path_type=Path),
    help="Take back a patch that was applied; nothing else is done.",
)
@click.option("--force", is_flag=True, help="Replace the files of -o and --patch.")
@click.option(
    "--confirm",
    type=click.IntRange(1, MOST_EXECUTED),
    metavar="N",
    help="Also execute the repaired file: on N inputs that failed, and on N others.",
)
@format_option
def repair_command(
    program: str,
    scores_only: bool,
    rules_only: bool,
    most_changes: int,
    allow_breaking: int,
    apply: bool,
    target: Path | None,
    patch: Path | None,
    undone: Path | None,
    force: bool,
    confirm: int | None,
    form: str,
    most: int,
    samples: int,
    seed: int,
    jobs: int | None,
    **what: Any,
) -> None:
    """Find the smallest edit of PROGRAM that mends its wrong answers, as a patch.

    First the fewest score rows that make every answer right and break none, or two
    inputs that no scores can answer both; then changes of single cases of heads and
    entries of tables, with the scores refitted where needed. The patched text is read
    back and verified. What is right is said as for verify. Nothing is written without
    --apply, -o or --patch. Exit code 1 if answers stay wrong.
    """
    path = Path(program)
    output = Output(apply, target, patch, force, confirm, form)
    if undone is not None:
        _check_undo(output)
        _undo(path, undone, form)
        return
    if scores_only and rules_only:
        raise UserError("--scores-only and --rules-only leave nothing to change")
    _check(path, output, what["cases"])
    from analyzers.repair import repair
    from tpdebug.read import read

    source = read(path)
    narrow = narrowed(source, what["lengths"], what["alphabet"])
    looks: dict[str, Any] = {
        "most": most,
        "samples": samples,
        "seed": seed,
        "jobs": jobs,
    }
    with redirect_stdout(sys.stderr):  # an oracle may print
        asked = subject([source], narrow, **what)
        phases = (
            ("looking", "inputs"),
            ("fitting scores", "rounds"),
            ("changing rules", "rules"),
        )
        with counting_displays(*phases) as (progress, fitting, altering):
            found = repair(
                asked.program,
                asked.oracle,
                scores=not rules_only,
                rules=not scores_only,
                most_changes=most_changes,
                allow_breaking=allow_breaking,
                name=asked.name,
                progress=progress,
                fitting=fitting,
                altering=altering,
                source=source.map,
                **looks,
            )
        written = _write(path, asked, found, output, looks)
    _print(program, asked, found, written, form)
    if found.left:
        raise click.exceptions.Exit(1)


def _check(path: Path, output: Output, cases: Path | None) -> None:
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


def _check_undo(output: Output) -> None:
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


def _undo(path: Path, patch: Path, form: str) -> None:
    from analyzers.repair.saving import undo

    files = [str(file) for file in undo(path, patch)]
    if form == "json":
        echo_json({"version": 1, "undone": str(patch), "files": files})
    else:
        click.echo(f"Undid {patch}: {' and '.join(files)} as before.")


def _write(
    path: Path, asked: Subject, found: Repair, output: Output, looks: dict[str, Any]
) -> Written:
    """Draft the files, check them, and write what was asked for."""
    from analyzers.repair.saving import draft, execute_draft, write_draft
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


def _print(
    program: str, asked: Subject, found: Repair, written: Written, form: str
) -> None:
    notes = [*asked.source.notes, *asked.notes]
    if form == "json":
        from tpdebug.render.repair_data import repair_data

        echo_json(repair_data(program, found, written, notes))
        return
    from tpdebug.render.repair import patch_lines, repair_view, written_view
    from tpdebug.render.terminal import show

    show(repair_view(program, asked.program, found, written, notes))
    for line, colour in patch_lines(written):
        click.echo(click.style(line, fg=colour) if colour else line)
    after = written_view(program, written)
    if after is not None:
        show(after)
