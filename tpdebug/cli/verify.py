"""`tpdebug verify`: is a program right on every input, and where not."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tpdebug.cli.counting import counting_display
from tpdebug.cli.options import echo_json, format_option, program_argument
from tpdebug.cli.subject import (
    Subject,
    domain_options,
    narrowed,
    oracle_options,
    subject,
)

if TYPE_CHECKING:
    from tpdebug.findings import Failure, Verification


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
    type=click.IntRange(1),
    metavar="N",
    help="Also execute the file itself: on the shortest failing inputs and N others.",
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

    source = read(Path(program))
    program_asked = narrowed(source, what["lengths"], what["alphabet"])
    asked = subject(source, program_asked, **what)
    try:
        with counting_display("verifying") as progress:
            found = verify(
                asked.program,
                asked.oracle,
                name=asked.name,
                most=most,
                samples=samples,
                seed=seed,
                cases=asked.cases,
                needed=asked.needed,
                jobs=jobs,
                progress=progress,
                checkpoint=checkpoint,
            )
    except KeyboardInterrupt:
        if checkpoint is not None:
            again = shlex.join(["tpdebug", *sys.argv[1:]])
            click.echo(f"\nInterrupted. Go on with: {again}", err=True)
            raise click.exceptions.Exit(130) from None
        raise
    if failures is not None:
        _write_failures(failures, found.failures)
    confirmed = None
    if confirm is not None:
        confirmed = _confirm(Path(program), asked, found, confirm, seed)
    _report(program, asked, found, confirmed, form)
    if not found.clean:
        raise click.exceptions.Exit(1)


def _report(
    program: str,
    asked: Subject,
    found: Verification,
    confirmed: int | None,
    form: str,
) -> None:
    if form == "json":
        from tpdebug.render.verification_data import verification_data

        data = verification_data(program, found, asked.source.notes)
        if confirmed is not None:
            data["executed"] = confirmed
        echo_json(data)
        return
    from tpdebug.render.terminal import show
    from tpdebug.render.verification import verification_view

    show(verification_view(program, found, asked.source.notes))
    if confirmed is not None:
        click.echo(
            f"\nExecuted: the file answers the same on {confirmed:,} of these inputs."
        )


def _write_failures(path: Path, failures: Iterable[Failure]) -> None:
    """One failing input a line; the file can be given back as --cases."""
    from tpdebug.files import replacing
    from tpdebug.render.verification_data import failure_data

    with replacing(path) as file:
        for failure in failures:
            line = json.dumps(failure_data(failure), ensure_ascii=False)
            file.write(line.encode() + b"\n")


def _confirm(
    path: Path, asked: Subject, found: Verification, count: int, seed: int
) -> int:
    """Execute the file on failing inputs and others; its answers must be the same."""
    from analyzers.confirm import confirm

    return confirm(asked.source, asked.program, path, found.failures, count, seed)
