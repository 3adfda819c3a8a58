"""`tpdebug simplify`: the same answers from a shorter program."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import click
from click.core import ParameterSource

from tpdebug import __version__
from tpdebug.cli.counting import counting_displays
from tpdebug.cli.listing import Listing
from tpdebug.cli.options import echo_json, format_option, program_argument
from tpdebug.cli.subject import domain_options_with, narrowed
from tpdebug.cli.target import check_target
from tpdebug.errors import UserError

CHANGES = Listing(
    "--changed", "changed answers", frozenset({"input", "first", "second", "expected"})
)
NOT_MADE_BY = {"program", "output", "changed", "force", "form", "jobs"}
"""What makes no difference to the program, or is said anyway."""
EXAMPLES = """\b
Example: tpdebug simplify theirs.py -o short.py
         tpdebug simplify theirs.py -o short.py --budget 0.1%
"""


@click.command(
    "simplify",
    short_help="Make a program shorter; its answers stay.",
    epilog=EXAMPLES,
)
@program_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="Where to write the shorter program.",
)
@click.option(
    "--budget",
    default="0",
    show_default=True,
    metavar="SHARE|COUNT",
    help="How many inputs may be answered differently: 0.1% of all that are looked at, "
    "or a number.",
)
@click.option(
    "--changed",
    type=click.Path(path_type=Path),
    help="List the inputs that are answered differently in this file, one a line.",
)
@domain_options_with(most=5_000_000, samples=50_000)
@click.option(
    "--standalone", is_flag=True, help="The file shall not need tpdebug to run."
)
@click.option("--force", is_flag=True, help="Replace the output file if there is one.")
@format_option
def simplify_command(
    program: str,
    output: Path,
    budget: str,
    changed: Path | None,
    lengths: str | None,
    alphabet: str | None,
    standalone: bool,
    force: bool,
    form: str,
    most: int,
    samples: int,
    seed: int,
    jobs: int | None,
) -> None:
    """Write a shorter program with the same answers as PROGRAM.

    Parts that no answer needs go, and so does what is constant or equal to something
    else; what never occurs is filled in so that functions are short; scores become few
    and small. Both programs are compared on every input of the domain. Programs that
    the paper's converter made come out in our dialect. With --budget, what few inputs
    need goes as well; how many are answered differently is counted, and all of them
    can be listed.
    """
    from analyzers.simplify import WORKED_ON, simplify
    from tpdebug.parts import looked_at
    from tpdebug.read import read
    from tpdebug.write import save, words_path

    allowed = _budget(budget)
    check_target(Path(program), output, force)
    if changed is not None:
        CHANGES.check(changed, [Path(program), output, words_path(output)])
    source = read(Path(program))
    narrow = narrowed(source, lengths, alphabet)
    phases = (("simplifying", "parts"), ("comparing", "inputs"))
    inputs = looked_at(narrow.domain, min(most, WORKED_ON), samples)
    with counting_displays(*phases) as (progress, comparing):
        found = simplify(
            narrow,
            budget=allowed(inputs),
            name=Path(program).name,
            most=most,
            samples=samples,
            seed=seed,
            jobs=jobs,
            progress=progress,
            comparing=comparing,
        )
    check_target(Path(program), output, force)  # it may have appeared meanwhile
    about = f"{found.program.about}\n{_made_by()}"
    save(found.program.with_about(about), output, standalone=standalone)
    if changed is not None:
        from tpdebug.render.verification_data import witness_data

        CHANGES.write(changed, map(witness_data, found.compared.witnesses))
    if form == "json":
        from tpdebug.render.simplification import simplification_data

        echo_json(simplification_data(program, str(output), found, source.notes))
        return
    from tpdebug.render.simplification import simplification_view
    from tpdebug.render.terminal import show

    show(simplification_view(program, str(output), found, source.notes))


def _made_by() -> str:
    """The command that makes this program again, without folders."""
    context = click.get_current_context()
    given = context.params
    words = ["tpdebug", "simplify", Path(given["program"]).name]
    for option in context.command.params:
        name = option.name or ""
        is_said = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if is_said and name not in NOT_MADE_BY:
            value = given[name]
            words += [option.opts[0], *([] if value is True else [str(value)])]
    words += ["-o", given["output"].name]
    line = f"Made by: {shlex.join(words)} (tpdebug {__version__})"
    return textwrap.fill(line, 88, break_on_hyphens=False, break_long_words=False)


def _budget(text: str) -> Callable[[int], int]:
    """How many inputs may be answered differently, of so many that are looked at."""
    if re.fullmatch("[0-9]{1,18}", text):
        return lambda inputs: min(int(text), inputs)
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,18})?%", text):
        share = Fraction(text.removesuffix("%")) / 100
        if share <= 1:
            return lambda inputs: int(share * inputs)
    raise UserError(f"--budget {text}: neither a share such as 0.1%, nor a number")
