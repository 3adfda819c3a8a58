"""What several commands share: options, and inputs from text."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

import click

from tpdebug.errors import DomainError, UserError

if TYPE_CHECKING:
    from tpdebug.domain import Domain

program_argument = click.argument("program", type=click.Path())
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    show_default=True,
    help="How to print the result.",
)
sarif_option = click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "json", "sarif"]),
    default="terminal",
    show_default=True,
    help="How to print the result.",
)

inputs_option = click.option(
    "--inputs",
    "file",
    type=click.File("rb"),
    help="A file with one input a line; - is standard input.",
)


def echo_json(data: dict[str, Any]) -> None:
    """Print data as JSON, readable by people too."""
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    click.echo(json.dumps(data, indent=2, ensure_ascii=not unicode))


def parse_inputs(domain: Domain, lines: Sequence[str]) -> list[tuple[str, ...]]:
    """Split each line into letters.

    Raises:
        UserError: a line is no input of the program; the message quotes it.
    """
    inputs = []
    for line in lines:
        try:
            inputs.append(domain.parse(line))
        except DomainError as error:
            raise UserError(f'input "{line}": {error}') from None
    return inputs


def read_inputs(domain: Domain, file: IO[bytes]) -> list[tuple[str, ...]]:
    """The inputs in a file, one a line; blank lines are left out.

    Raises:
        UserError: there is none, the file is no text, or a line is no input of the
            program; the message lists every line at fault.
    """
    from tpdebug.files import decoded
    from tpdebug.rows import SIZE_LIMIT, refuse

    name = file_name(file)
    content = file.read(SIZE_LIMIT + 1)
    if len(content) > SIZE_LIMIT:
        raise UserError(f"{name} is too large: at most {SIZE_LIMIT / 1e6:.0f} MB")
    lines = re.split(r"\r\n?|\n", decoded(content, name))
    inputs, problems = [], []
    for number, line in enumerate(lines, start=1):
        try:
            if line.strip():
                inputs.append(domain.parse(line))
        except DomainError as error:
            problems.append(f"{name}:{number}: {error}")
    refuse(problems)
    if not inputs:
        raise UserError(f"{name} holds no inputs")
    return inputs


def file_name(file: IO[bytes]) -> str:
    """What a file is called in messages; standard input is `-`, as it was given."""
    name = str(getattr(file, "name", "-"))
    return "-" if name == "<stdin>" else name
