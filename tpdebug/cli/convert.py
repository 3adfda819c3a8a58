"""`tpdebug convert`: a published program in our dialect, with the same meaning."""

from __future__ import annotations

from pathlib import Path

import click

from tpdebug.cli.options import echo_json, format_option
from tpdebug.cli.subject import narrowed
from tpdebug.cli.target import check_target


@click.command(
    "convert",
    short_help="Rewrite a published program in this dialect.",
    epilog="Example: tpdebug convert published/hist.py -o hist.py --task hist",
)
@click.argument("program", type=click.Path())
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="The program file to write; ends in .py.",
)
@click.option("--task", help="The task that it is for; the file will say so.")
@click.option("--lengths", metavar="LEAST-MOST", help="How many letters it shall take.")
@click.option("--alphabet", help="The letters that it shall take.")
@click.option("--standalone", is_flag=True, help="Write a file that needs no tpdebug.")
@click.option("--force", is_flag=True, help="Replace the output file if there is one.")
@format_option
def convert_command(
    program: str,
    output: Path,
    task: str | None,
    lengths: str | None,
    alphabet: str | None,
    standalone: bool,
    force: bool,
    form: str,
) -> None:
    """Write PROGRAM, which may be a published one, in the dialect of tpdebug.

    The new file imports in a moment, needs neither pandas nor other files, and says
    what inputs it takes. It is read back and compared: the same answers to all inputs.
    """
    from dataclasses import replace

    from tpdebug.cli.tasks import for_task
    from tpdebug.read import read
    from tpdebug.write import save

    check_target(Path(program), output, force)
    source = read(Path(program))
    kept, notes = narrowed(source, lengths, alphabet), list(source.notes)
    if task is not None:
        given = (lengths is not None, alphabet is not None)
        kept, _, left_out = for_task([source], kept, task, given)
        kept = replace(kept, task=task)
        notes += left_out
    save(kept, output, standalone=standalone)
    again = read(output).program
    if again != kept:
        raise RuntimeError(f"{output} is another program than {program}")
    count = kept.domain.count
    if form == "json":
        data = {"version": 1, "program": program, "output": str(output)}
        echo_json({**data, "notes": notes, "equal_on": count})
        return
    from rich.console import Group

    from tpdebug.render.numbers import count as many
    from tpdebug.render.terminal import show
    from tpdebug.render.verification import notes_view

    show(
        Group(
            f"Wrote {output}. Read back it is the same program: the same wiring, "
            f"functions and scores, so equal on all {many(count)} inputs.",
            *notes_view(notes),
        )
    )
