"""`tpdebug lint`: what in a program is dead, with proof."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tpdebug.cli.counting import counting_displays
from tpdebug.cli.options import echo_json, program_argument, sarif_option
from tpdebug.cli.subject import domain_options_with, narrowed

if TYPE_CHECKING:
    from tpdebug.findings import Lint


def _names(
    _context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[str, ...]:
    """Codes, several of which may be given at once."""
    parts = (part.strip() for text in given for part in text.split(","))
    return tuple(part for part in parts if part)


@click.command(
    "lint",
    short_help="Find dead code, with proof.",
    epilog="Example: tpdebug lint sort.py --select TP105,TP107 --fail-on proved",
)
@program_argument
@domain_options_with(most=500_000, samples=20_000)
@click.option(
    "--select",
    multiple=True,
    callback=_names,
    metavar="CODES",
    help="Find only these: codes, symbols or beginnings of codes, with commas between.",
)
@click.option(
    "--ignore",
    multiple=True,
    callback=_names,
    metavar="CODES",
    help="Do not find these.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["any", "proved", "never"]),
    default="any",
    show_default=True,
    help="Which findings make the exit code 1.",
)
@click.option(
    "--syntax/--no-syntax",
    default=True,
    help="Whether pylint looks at the text as well.  [default: --syntax]",
)
@sarif_option
def lint_command(
    program: str,
    lengths: str | None,
    alphabet: str | None,
    fail_on: str,
    form: str,
    **options: Any,
) -> None:
    """Find what is dead in PROGRAM: lines that no input reaches, and what can go.

    Every finding about what the program does is checked on all inputs of its domain (if
    that has at most --most): values that never occur, variables that are constant or
    equal, parts and scores that no answer needs, and one largest set of them that can
    go at once. pylint looks for what is wrong with the text. A comment
    `# tpdebug: ignore[TP105]` on the line, or on the `def` line, silences findings.
    Exit code 1 if anything is found.
    """
    from analyzers.lint import lint
    from tpdebug.read import read

    source = read(Path(program))
    within = None
    if lengths is not None or alphabet is not None:
        within = narrowed(source, lengths, alphabet)
    phases = (("looking", "inputs"), ("removing", "parts"))
    with counting_displays(*phases) as (progress, removing):
        found = lint(
            source, within=within, progress=progress, removing=removing, **options
        )
    _print(program, found, source.notes, form)
    if fail_on == "any" and found.findings:
        raise click.exceptions.Exit(1)
    if fail_on == "proved" and any(finding.proved for finding in found.findings):
        raise click.exceptions.Exit(1)


def _print(program: str, found: Lint, notes: tuple[str, ...], form: str) -> None:
    if form == "json":
        from tpdebug.render.lint_data import lint_data

        echo_json(lint_data(program, found, notes))
    elif form == "sarif":
        from tpdebug.render.lint_data import lint_sarif

        echo_json(lint_sarif(program, found, notes))
    else:
        from tpdebug.render.lint import lint_view
        from tpdebug.render.terminal import show
        from tpdebug.render.words import terminal_width

        show(lint_view(program, found, notes, terminal_width()))
