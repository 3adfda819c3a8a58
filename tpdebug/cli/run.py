"""`tpdebug run`: the answers of a program, from reading it, without executing it."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import click

from tpdebug.cli.options import (
    echo_json,
    format_option,
    inputs_option,
    parse_inputs,
    program_argument,
    read_inputs,
)
from tpdebug.errors import UserError


@click.command(
    "run",
    short_help="Print the answers of a program.",
    epilog='Example: tpdebug run sort.py --input "3 1 4 2"',
)
@program_argument
@click.option("--input", "inputs", multiple=True, help="Letters, separated by spaces.")
@inputs_option
@format_option
def run_command(
    program: str, inputs: tuple[str, ...], file: IO[bytes] | None, form: str
) -> None:
    """Print the answers of PROGRAM for one or more inputs.

    The program is read, not executed. One line of answers for each input.
    """
    from tpdebug.evaluate import answers
    from tpdebug.read import load
    from tpdebug.render.data import results_data

    if not inputs and file is None:
        raise UserError('there is no input; give one: --input "..." or --inputs FILE')
    loaded = load(Path(program))
    parsed = parse_inputs(loaded.domain, inputs)
    if file is not None:
        parsed += read_inputs(loaded.domain, file)
    found = answers(loaded, parsed)
    if form == "json":
        echo_json(results_data(program, parsed, found))
        return
    for row in found:
        click.echo(" ".join(row))
