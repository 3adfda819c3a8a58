"""`tpdebug finetune`: training goes on from a program, with parts of it frozen."""

from __future__ import annotations

import shlex
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tpdebug.cli.counting import counting_display
from tpdebug.cli.job import check_output
from tpdebug.cli.options import echo_json, format_option, program_argument
from tpdebug.cli.subject import (
    narrowed,
    oracle_options,
    part_options,
    subject,
)
from tpdebug.cli.training import require_torch
from tpdebug.cli.tuned import show_tuned, tuned_data, write
from tpdebug.errors import UserError

if TYPE_CHECKING:
    from tpdebug.program import Program

EXAMPLES = """\b
Example: tpdebug finetune theirs.py --task most_freq -o better.py
         tpdebug finetune mended.py --cases all.jsonl --freeze heads -o out.py
"""
NOTHING_BETTER = 1


@click.command(
    "finetune",
    short_help="Go on training a program, with parts of it frozen.",
    epilog=EXAMPLES,
)
@program_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="The program file to write; ends in .py.",
)
@oracle_options
@part_options
@click.option(
    "--freeze",
    multiple=True,
    metavar="NODE|heads|tables|scores",
    help="What stays as it is; may be given several times.",
)
@click.option(
    "--steps",
    type=click.IntRange(0, 1_000_000),
    help="How many nodes to look at.  [default: each that matters three times]",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    default=0,
    show_default=True,
    help="What everything random is drawn with.",
)
@click.option("--standalone", is_flag=True, help="Write a file that needs no tpdebug.")
@click.option("--force", is_flag=True, help="Replace the output file if there is one.")
@format_option
def finetune_command(
    program: str,
    output: Path,
    freeze: tuple[str, ...],
    steps: int | None,
    seed: int,
    standalone: bool,
    force: bool,
    form: str,
    **what: Any,
) -> None:
    """Go on training PROGRAM, and write the better program that is found.

    What each head and table reads stays; which keys a head looks for, what a table
    writes and the scores may change, except for what is frozen. What is right is said
    as for verify; a tenth of it is held out to choose by, and a tenth to test on.
    Nothing is written, and the exit code is 1, unless the result is better on what was
    held out to choose by.
    """
    check_output(output, force)
    require_torch(what="finetuning")
    from tpdebug.files import text_of
    from tpdebug.read import read
    from trainers.finetuning import finetune

    source, text = read(Path(program)), text_of(Path(program))
    _check_words(source.program, output, force)
    narrow = narrowed(source, what["lengths"], what["alphabet"])
    with redirect_stdout(sys.stderr):  # an oracle may print
        asked = subject([source], narrow, **what)
        with counting_display("finetuning", "nodes") as progress:
            tuned = finetune(
                source.program,
                asked.oracle,
                freeze=freeze,
                steps=steps,
                seed=seed,
                name=asked.name,
                part=asked.program.domain,
                progress=progress,
            )
        written = None
        if tuned.better:
            command = _command(program, output, freeze, steps, seed, standalone, what)
            written = write(tuned, source, text, command, output, standalone, force)
    notes = asked.notes
    if form == "json":
        echo_json(tuned_data(program, output, freeze, seed, tuned, written, notes))
    else:
        show_tuned(program, output, asked.name, tuned, written, notes)
    if not tuned.better:
        raise click.exceptions.Exit(NOTHING_BETTER)


def _check_words(program: Program, output: Path, force: bool) -> None:
    """Make sure that the file of an embedding, if one is written, replaces no other.

    Raises:
        UserError: it would.
    """
    from tpdebug.nodes import Embedding
    from tpdebug.write import words_path

    words = words_path(output)
    embeds = any(isinstance(node, Embedding) for node in program.nodes)
    if embeds and words.exists() and not force:
        raise UserError(f"{words} exists; take another name, or --force to replace it")


def _command(
    program: str,
    output: Path,
    freeze: tuple[str, ...],
    steps: int | None,
    seed: int,
    standalone: bool,
    what: dict[str, Any],
) -> str:
    """The command that makes this program again."""
    words = ["tpdebug", "finetune", Path(program).name]
    for name, value in what.items():
        words += [] if value is None else [f"--{name}", str(value)]
    for name in freeze:
        words += ["--freeze", name]
    words += [] if steps is None else ["--steps", str(steps)]
    words += ["--seed", str(seed)]
    words += ["--standalone"] if standalone else []
    return shlex.join([*words, "-o", output.name])
