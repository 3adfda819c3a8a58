"""`tpdebug explain`: why a program gave an answer."""

from __future__ import annotations

from pathlib import Path

import click

from tpdebug.cli.options import (
    echo_json,
    format_option,
    parse_inputs,
    program_argument,
)


@click.command(
    "explain",
    short_help="Explain an answer of a program.",
    epilog='Example: tpdebug explain sort.py --input "3 1 4 2" --expect "1 2 3 4"',
)
@program_argument
@click.option("--input", "text", required=True, help="Letters, separated by spaces.")
@click.option(
    "--position",
    type=int,
    help="Which answer to explain; 0 is the begin token, where there is one. "
    "[default: the first wrong or the least certain]",
)
@click.option("--expect", help="The right answers; marks what is wrong (exit code 1).")
@format_option
def explain_command(
    program: str, text: str, position: int | None, expect: str | None, form: str
) -> None:
    """Explain an answer of PROGRAM: what carried it, and the way back to the input."""
    from analyzers.explain import explain
    from tpdebug.read import read

    source = read(Path(program))
    (letters,) = parse_inputs(source.program.domain, [text])
    expected = None if expect is None else expect.split()
    found = explain(
        source.program, letters, position=position, expected=expected, source=source.map
    )
    if form == "json":
        from tpdebug.render.data import explanation_data

        echo_json(explanation_data(program, found, source.program.classifier.scale))
    else:
        from tpdebug.render.terminal import explanation_view, show
        from tpdebug.render.words import terminal_width

        show(explanation_view(source.program, program, found, terminal_width()))
    if any(letter.wrong for letter in found.letters):
        raise click.exceptions.Exit(1)
