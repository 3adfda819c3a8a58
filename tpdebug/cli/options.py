"""What several commands share: options, and inputs from text."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

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
