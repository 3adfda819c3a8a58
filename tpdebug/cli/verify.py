"""`tpdebug verify`: is a program right on every input, and where not."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tpdebug.cli.counting import counting_display
from tpdebug.cli.listing import Listing
from tpdebug.cli.options import echo_json, format_option, program_argument
from tpdebug.cli.subject import (
    EXECUTED,
    Subject,
    domain_options,
    narrowed,
    oracle_options,
    subject,
)

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tpdebug.findings import Verification

FAILURES = Listing(
    "--failures", "failures", frozenset({"input", "expected", "answers", "wrong"})
)

FLOAT_ERROR = 1e-9
"""More than adding the scores of a program as floats can be wrong by."""


@click.command(
    "verify",
    short_help="Check a program on every input.",
    epilog="Example: tpdebug verify sort.py --task sort --failures failing.jsonl",
)
@program_argument
@oracle_options
@domain_options
@click.option(
    "--failures",
    type=click.Path(path_type=Path),
    help="Write every failing input to this file, one JSON object a line.",
)
@click.option(
    "--confirm",
    type=EXECUTED,
    metavar="N",
    help="Also execute the file itself: on N failing inputs, shortest first, and on N "
    "others.",
)
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path),
    help="Keep what is done in this file; the same command goes on from there.",
)
@format_option
def verify_command(
    program: str,
    failures: Path | None,
    confirm: int | None,
    checkpoint: Path | None,
    form: str,
    most: int,
    samples: int,
    seed: int,
    jobs: int | None,
    **what: Any,
) -> None:
    """Compare PROGRAM with the right answers, on all inputs of its domain if it can.

    Prints what is right by length and by answer, every failing input, the patterns
    that they have, the least certain answer, and what the task needs and the program
    cannot do. The right answers come from a task of the paper (by default the one
    that the file names), a Python function or a file. Exit code 1 if anything fails.
    """
    from analyzers.verify import verify
    from tpdebug.read import read

    _check_files(failures, checkpoint, what["cases"])
    source = read(Path(program))
    narrow = narrowed(source, what["lengths"], what["alphabet"])
    with redirect_stdout(sys.stderr):  # an oracle may print
        asked = subject([source], narrow, **what)
        with _going_on(checkpoint), counting_display("verifying") as progress:
            found = verify(
                asked.program,
                asked.oracle,
                name=asked.name,
                most=most,
                samples=samples,
                seed=seed,
                needed=asked.needed,
                jobs=jobs,
                progress=progress,
                checkpoint=checkpoint,
            )
        if failures is not None:
            from tpdebug.render.verification_data import failure_data

            FAILURES.write(failures, map(failure_data, found.failures))
        report = _data(program, asked, found) if form == "json" else None
        view = None if form == "json" else _view(program, asked, found)
    if view is not None:
        from tpdebug.render.terminal import show

        show(view)
    try:
        if confirm is not None:
            with redirect_stdout(sys.stderr):
                executed = _confirm(Path(program), asked, found, confirm, seed)
            if report is not None:
                report["executed"] = executed
            else:
                says = f"the file answers the same on {executed:,} inputs."
                click.echo(f"\nExecuted: {says}")
    finally:
        if report is not None:
            echo_json(report)
    if checkpoint is not None:
        Path(os.path.realpath(checkpoint)).unlink(missing_ok=True)
    if not found.clean:
        raise click.exceptions.Exit(1)


def _check_files(failures: Path | None, checkpoint: Path | None, cases: Any) -> None:
    """Before anything is done: what will be written can be, and destroys nothing."""
    from tpdebug.files import check_writable

    if checkpoint is not None:
        check_writable(checkpoint)
    if failures is not None:
        FAILURES.check(failures, [cases, checkpoint])


@contextmanager
def _going_on(checkpoint: Path | None) -> Iterator[None]:
    """Say how to go on after an interruption."""
    try:
        yield
    except KeyboardInterrupt:
        if checkpoint is None or not checkpoint.exists():
            raise
        again = shlex.join(["tpdebug", *sys.argv[1:]])
        click.echo(f"\nInterrupted. Go on with: {again}", err=True)
        raise click.exceptions.Exit(130) from None


def _notes(asked: Subject, found: Verification) -> list[str]:
    """What was inferred, what is left out, and where executing may differ."""
    notes = asked.notes
    least = found.least
    close = least is not None and least.margin < FLOAT_ERROR * least.scale
    if asked.source.published and close:
        notes.append(
            "scores are added exactly; the file adds them as floats, which may "
            "decide a tie in another way when it is executed"
        )
    return notes


def _data(program: str, asked: Subject, found: Verification) -> dict[str, Any]:
    from tpdebug.render.verification_data import verification_data

    return verification_data(program, found, _notes(asked, found))


def _view(program: str, asked: Subject, found: Verification) -> RenderableType:
    from tpdebug.render.verification import verification_view

    return verification_view(program, found, _notes(asked, found))


def _confirm(
    path: Path, asked: Subject, found: Verification, count: int, seed: int
) -> int:
    """Execute the file on failing inputs and others; its answers must be the same."""
    from analyzers.confirm import confirm

    return confirm(asked.source, asked.program, path, found.failures, count, seed)
