"""`tpdebug localize`: which rules are to blame for wrong answers."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tpdebug.cli.counting import counting_displays
from tpdebug.cli.options import echo_json, program_argument, sarif_option
from tpdebug.cli.subject import (
    Subject,
    domain_options_with,
    narrowed,
    oracle_options,
    subject,
)

if TYPE_CHECKING:
    from tpdebug.findings import Localization, Step, Suspect

FORMULAS = ("interventional", "ochiai", "tarantula", "dstar", "op2")


@click.command(
    "localize",
    short_help="Find the rules that are to blame for wrong answers.",
    epilog="Example: tpdebug localize sort.py --task sort --formula ochiai",
)
@program_argument
@oracle_options
@domain_options_with(most=500_000, samples=20_000)
@click.option(
    "--formula",
    type=click.Choice(FORMULAS),
    default="interventional",
    show_default=True,
    help="By what to rank: what changing each rule would fix and break, or a formula "
    "over how many wrong and right answers depend on it.",
)
@click.option(
    "--alter",
    type=click.IntRange(1),
    metavar="N",
    help="Change only the N rules that are most suspicious by ochiai.  [default: all]",
)
@click.option(
    "--show",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="How many rules to print.",
)
@sarif_option
def localize_command(
    program: str,
    formula: str,
    alter: int | None,
    show: int,
    form: str,
    most: int,
    samples: int,
    seed: int,
    jobs: int | None,
    **what: Any,
) -> None:
    """Rank the rules of PROGRAM by how much they are to blame for wrong answers.

    Every rule that a wrong answer depends on (a case of a head, an entry of a table, a
    score row) is changed to whatever is best for it, and all answers are counted again:
    "fixes 7 of 9, breaks none". What is right is said as for verify. Exit code 1 if
    anything is wrong.
    """
    from analyzers.localize import localize
    from tpdebug.read import read

    source = read(Path(program))
    narrow = narrowed(source, what["lengths"], what["alphabet"])
    with redirect_stdout(sys.stderr):  # an oracle may print
        asked = subject([source], narrow, **what)
        phases = (("localizing", "inputs"), ("changing", "rules"))
        with counting_displays(*phases) as (progress, altering):
            found = localize(
                asked.program,
                asked.oracle,
                formula=formula,
                name=asked.name,
                most=most,
                samples=samples,
                seed=seed,
                alter=alter,
                jobs=jobs,
                progress=progress,
                altering=altering,
                source=source.map,
            )
    _print(program, asked, found, form, show)
    if found.wrong:
        raise click.exceptions.Exit(1)


def _print(
    program: str, asked: Subject, found: Localization, form: str, most: int
) -> None:
    notes = asked.notes
    if form == "json":
        from tpdebug.render.localization_data import localization_data

        echo_json(localization_data(program, found, notes))
    elif form == "sarif":
        from tpdebug.render.localization_data import localization_sarif

        flow = _flows(asked)
        echo_json(localization_sarif(program, asked.program, found, notes, flow))
    else:
        from tpdebug.files import lines_at
        from tpdebug.render.localization import localization_view
        from tpdebug.render.terminal import show

        lines = lines_at(s.where for s in found.suspects[:most] if s.where)
        view = localization_view(program, asked.program, found, notes, lines, most)
        show(view)


def _flows(asked: Subject) -> Any:
    from analyzers.flows import Flows

    flows = Flows(asked.program, asked.source.map)

    def flow(suspect: Suspect) -> tuple[Step, ...]:
        return flows.flow(suspect.example, suspect.rule)

    return flow
