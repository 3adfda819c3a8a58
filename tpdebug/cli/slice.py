"""`tpdebug slice`: which part of a program is enough for an answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tpdebug.cli.counting import counting_displays
from tpdebug.cli.options import echo_json, parse_inputs, program_argument
from tpdebug.cli.slicing import PICTURES, Asked, picture, slice_one
from tpdebug.errors import UserError

if TYPE_CHECKING:
    from tpdebug.read import Source

MOST_LOOKED = 500


@click.command(
    "slice",
    short_help="Find the part that is enough for an answer.",
    epilog='Example: tpdebug slice sort.py --input "3 1 4 2" --position 2 --minimum',
)
@program_argument
@click.option("--input", "text", help="Letters, separated by spaces.")
@click.option(
    "--position",
    type=int,
    help="Which answer; 0 is the begin token, where there is one. "
    "[default: the least certain]",
)
@click.option("--output", "answer", metavar="CLASS", help="Wherever this is answered.")
@click.option("--minimum", is_flag=True, help="The fewest values that are enough.")
@click.option(
    "--any-length", is_flag=True, help="Enough on inputs of every length, not of one."
)
@click.option(
    "--data",
    "reach",
    flag_value="data",
    default="full",
    help="Follow what was copied, not what made heads look there.",
)
@click.option(
    "--why-not",
    "wanted",
    metavar="CLASS",
    help="Also what it would take to get this answer instead ('any': another): the "
    "fewest other values, a change of one rule, and the nearest inputs.",
)
@click.option(
    "--network",
    is_flag=True,
    help="Also as a network: is the circuit enough if all other scores are at their "
    "mean? Needs torch.",
)
@click.option(
    "--most",
    type=click.IntRange(1),
    help="With --output: how many different combinations of values to look at.  "
    f"[default: {MOST_LOOKED}]",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    help="With --output: draws them.  [default: 0]",
)
@click.option(
    "-o",
    "--program",
    "target",
    type=click.Path(path_type=Path),
    help="With --input: write the circuit as a program of its own; ends in .py.",
)
@click.option("--force", is_flag=True, help="Replace the output file if there is one.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "json", *PICTURES]),
    default="terminal",
    show_default=True,
    help="How to print the result; the last three are pictures.",
)
def slice_command(
    program: str,
    text: str | None,
    position: int | None,
    answer: str | None,
    minimum: bool,
    any_length: bool,
    reach: str,
    wanted: str | None,
    network: bool,
    most: int | None,
    seed: int | None,
    target: Path | None,
    force: bool,
    form: str,
) -> None:
    """Find the part of PROGRAM that is enough for an answer, and prove that it is.

    With --input: values that the read-out sees, such that every input of the same
    length on which they are seen gets the same answer there, and how they came about.
    With --output: the circuits that recur wherever a class is answered. With --position
    alone: what can influence the answer there at all.
    With -o: a program that is only the circuit, and says "?" where it is not seen.
    """
    from tpdebug.read import read

    of_one = {
        "--minimum": minimum,
        "--any-length": any_length,
        "--data": reach == "data",
        "--why-not": wanted,
        "--network": network,
        "-o": target,
    }
    also = [option for option, given in of_one.items() if given]
    _check(text, answer, position, also)
    for option, number in (("--most", most), ("--seed", seed)):
        if number is not None and answer is None:
            raise UserError(f"{option} belongs to --output")
    if form in PICTURES:
        _check_picture(form, text is None and answer is None, also)
    if force and target is None:
        raise UserError("--force belongs to -o, the file to write")
    if target is not None:
        from tpdebug.cli.target import check_target

        check_target(Path(program), target, force)
    source = read(Path(program))
    if answer is not None:
        _class(source, program, answer, most or MOST_LOOKED, seed or 0, form)
    elif text is None:
        _static(source, program, position, form)
    else:
        (letters,) = parse_inputs(source.program.domain, [text])
        options = {"minimum": minimum, "any_length": any_length, "reach": reach}
        asked = Asked(
            source, program, letters, position, options, wanted, network, target, form
        )
        slice_one(asked)


def _check(
    text: str | None, answer: str | None, position: int | None, also: list[str]
) -> None:
    if text is not None and answer is not None:
        raise UserError("--input and --output cannot be given together")
    if text is None and answer is None and position is None:
        raise UserError(
            'say what to slice: --input "LETTERS" for one answer, --output CLASS '
            "wherever it is given, or --position N for all that can matter there"
        )
    if answer is not None and position is not None:
        raise UserError("--position belongs to --input, or stands alone")
    if text is None and also:
        raise UserError(f"{also[0]} belongs to --input")


def _check_picture(form: str, static: bool, also: list[str]) -> None:
    if static:
        raise UserError(
            f"--format {form} draws circuits: it belongs to --input or --output"
        )
    for option in also:
        if option in ("--why-not", "--network"):
            raise UserError(
                f"--format {form} does not show {option}; --format terminal and json do"
            )


def _class(
    source: Source, program: str, answer: str, most: int, seed: int, form: str
) -> None:
    from analyzers.circuits import Survey, slice_answer, slice_class

    survey = Survey(source.program)
    phases = (("looking at inputs", "lengths"), ("finding circuits", "circuits"))
    with counting_displays(*phases) as (looking, progress):
        found = slice_class(
            source.program,
            answer,
            most=most,
            seed=seed,
            source=source.map,
            survey=survey,
            looking=looking,
            progress=progress,
        )
    if form in PICTURES:
        # Of the circuit that is behind most of these answers, as in its example.
        letters, position = found.circuits[0].example
        one = slice_answer(
            source.program,
            letters,
            position=position,
            source=source.map,
            survey=survey,
        )
        click.echo(picture(source.program, one, form), nl=False)
    elif form == "json":
        from tpdebug.render.circuit_data import class_data

        echo_json(class_data(program, found))
    else:
        from tpdebug.render.circuits import class_view
        from tpdebug.render.terminal import show

        show(class_view(source.program, program, found))


def _static(source: Source, program: str, position: int | None, form: str) -> None:
    from analyzers.circuits import slice_static

    found = slice_static(source.program, position=position)
    if form == "json":
        from tpdebug.render.circuit_data import static_data

        echo_json(static_data(program, found))
    else:
        from tpdebug.render.circuits import static_view
        from tpdebug.render.terminal import show

        show(static_view(source.program, program, found))
