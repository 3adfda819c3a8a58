"""`tpdebug repair`: the smallest edit that mends a program."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tpdebug.cli.counting import counting_displays
from tpdebug.cli.mending import Output, check, check_undo, take_back, write
from tpdebug.cli.options import echo_json, format_option, program_argument
from tpdebug.cli.subject import (
    EXECUTED,
    Subject,
    domain_options_with,
    narrowed,
    oracle_options,
    subject,
)
from tpdebug.errors import UserError

if TYPE_CHECKING:
    from tpdebug.findings import Repair
    from tpdebug.render.repair import Written


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
    type=EXECUTED,
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
        check_undo(output)
        take_back(path, undone, form)
        return
    if scores_only and rules_only:
        raise UserError("--scores-only and --rules-only leave nothing to change")
    check(path, output, what["cases"])
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
        written = write(path, asked, found, output, looks)
    _print(program, asked, found, written, form)
    if found.left:
        raise click.exceptions.Exit(1)


def _print(
    program: str, asked: Subject, found: Repair, written: Written, form: str
) -> None:
    notes = asked.notes
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
