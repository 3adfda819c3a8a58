"""`tpdebug run`: the answers of a program, from reading it, without executing it."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import click

from tpdebug.cli.options import (
    echo_json,
    format_option,
    parse_inputs,
    program_argument,
)
from tpdebug.errors import UserError


@click.command(
    "run",
    short_help="Print the answers of a program.",
    epilog='Example: tpdebug run sort.py --input "3 1 4 2"',
)
@program_argument
@click.option("--input", "inputs", multiple=True, help="Letters, separated by spaces.")
@click.option(
    "--inputs",
    "file",
    type=click.File(encoding="utf-8-sig", errors="replace"),
    help="A file with one input a line; - is standard input.",
)
@format_option
def run_command(
    program: str, inputs: tuple[str, ...], file: IO[str] | None, form: str
) -> None:
    """Print the answers of PROGRAM for one or more inputs.

    The program is read, not executed. One line of answers for each input.
    """
    from tpdebug.evaluate import answers
    from tpdebug.read import load
    from tpdebug.render.data import results_data

    loaded = load(Path(program))
    lines = [*inputs, *(line.strip() for line in file or () if line.strip())]
    if not lines:
        raise UserError('there is no input; give one: --input "..." or --inputs FILE')
    parsed = parse_inputs(loaded.domain, lines)
    found = answers(loaded, parsed)
    if form == "json":
        echo_json(results_data(program, parsed, found))
        return
    for row in found:
        click.echo(" ".join(row))
