"""`tpdebug diff`: do two programs answer the same, and where not."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import click

from tpdebug.cli.counting import counting_display
from tpdebug.cli.options import echo_json, format_option
from tpdebug.cli.subject import (
    domain_options,
    narrowed,
    notes_of,
    oracle_options,
    subject,
)


@click.command(
    "diff",
    short_help="Compare two programs on every input.",
    epilog="Example: tpdebug diff sort.py simpler.py --task sort",
)
@click.argument("first", type=click.Path())
@click.argument("second", type=click.Path())
@oracle_options
@domain_options
@click.option(
    "--tie",
    type=click.Choice(["last", "matches"]),
    help="Give the heads of SECOND this rule for the query's own position: last, or "
    "at a distance equal to the number of matches, as in published files.",
)
@format_option
def diff_command(
    first: str,
    second: str,
    tie: str | None,
    form: str,
    most: int,
    samples: int,
    seed: int,
    jobs: int | None,
    **what: Any,
) -> None:
    """Compare the answers of FIRST and SECOND on all inputs that both take.

    With --task, --oracle or --cases it also says which of them is right. Exit code 1
    if they differ.
    """
    from dataclasses import replace

    from analyzers.diff import common, diff, only_one
    from tpdebug.read import read
    from tpdebug.render.terminal import show
    from tpdebug.render.verification import difference_view
    from tpdebug.render.verification_data import difference_data
    from tpdebug.restrict import restrict

    sources = [read(Path(first)), read(Path(second))]
    ours, theirs = (
        narrowed(source, what["lengths"], what["alphabet"]) for source in sources
    )
    if tie is not None:
        theirs = theirs.with_tie("last" if tie == "last" else "matches")
    apart = only_one(ours.domain, theirs.domain)
    ours = restrict(ours, common(ours, theirs)[0])
    asked = None
    with redirect_stdout(sys.stderr):  # an oracle may print
        if any(what[name] is not None for name in ("task", "oracle", "cases")):
            asked = subject(sources, ours, **what)
            apart += asked.left_out
            ours = asked.program
        with counting_display("comparing") as progress:
            found = diff(
                ours,
                theirs,
                None if asked is None else asked.oracle,
                most=most,
                samples=samples,
                seed=seed,
                jobs=jobs,
                progress=progress,
            )
        found = replace(found, notes=tuple(apart))
        name = second if tie is None else f"{second} (tie: {tie})"
        notes = notes_of((first, second), sources)
        report, view = None, None
        if form == "json":
            report = difference_data((first, name), found, notes)
        else:
            view = difference_view((first, name), found, notes)
    if report is not None:
        echo_json(report)
    if view is not None:
        show(view)
    if not found.equal:
        raise click.exceptions.Exit(1)
