"""`tpdebug coverage`: which rules of a program some inputs exercise, and which not."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from tpdebug.cli.counting import counting_display
from tpdebug.cli.options import (
    echo_json,
    file_name,
    format_option,
    inputs_option,
    parse_inputs,
    program_argument,
    read_inputs,
)
from tpdebug.cli.subject import domain_options, narrowed
from tpdebug.errors import UserError

if TYPE_CHECKING:
    from analyzers.coverage import RuleCoverage
    from tpdebug.program import Program

SUGGESTED = 5


def input_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which inputs are looked at."""
    for option in (
        click.option(
            "--data",
            type=click.Path(path_type=Path),
            multiple=True,
            help="What --save or the test suite recorded; several are merged.",
        ),
        click.option(
            "--cases",
            type=click.Path(path_type=Path),
            help="A file of inputs and right answers: JSONL or CSV with the fields "
            "input and expected.",
        ),
        inputs_option,
        click.option(
            "--input", "texts", multiple=True, help="Letters, separated by spaces."
        ),
    ):
        command = option(command)
    return command


@click.command(
    "coverage",
    short_help="Which rules some inputs exercise.",
    epilog="Example: tpdebug coverage sort.py --cases tests.jsonl --fail-under 90",
)
@program_argument
@input_options
@domain_options
@click.option("-m", "--missing", is_flag=True, help="List each missing rule.")
@click.option("--contexts", is_flag=True, help="List what each group of inputs does.")
@click.option(
    "--by-input", is_flag=True, help="Each input is a context of its own, not a group."
)
@click.option("--annotate", is_flag=True, help="Print the source, marked by line.")
@click.option(
    "--suggest",
    type=click.IntRange(0, 1000),
    metavar="N",
    help="Name up to N inputs that would raise the coverage; without any inputs, a "
    f"suite from nothing.  [default: {SUGGESTED}]",
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit with 1 if fewer of the rules are exercised.",
)
@click.option(
    "--save",
    type=click.Path(path_type=Path),
    help="Write what was recorded to this file, for --data.",
)
@format_option
def coverage_command(
    program: str,
    data: tuple[Path, ...],
    cases: Path | None,
    file: IO[bytes] | None,
    texts: tuple[str, ...],
    lengths: str | None,
    alphabet: str | None,
    missing: bool,
    contexts: bool,
    by_input: bool,
    annotate: bool,
    suggest: int | None,
    fail_under: float | None,
    save: Path | None,
    form: str,
    **drawing: Any,
) -> None:
    """Say which rules of PROGRAM some inputs exercise: cases, table entries, scores.

    A rule that is missing has an input that would exercise it, or is proved to have
    none: all inputs of the domain are looked at, if it has at most --most. Then the
    percentage is of the rules that can be exercised, else of all. The program is read,
    not executed.
    """
    from analyzers.coverage import rule_coverage
    from tpdebug.files import check_writable, same_file, source_lines
    from tpdebug.read import read

    if not (data or cases or file or texts or suggest):
        raise UserError(
            "which inputs? name a file of cases (--cases), a list of inputs (--inputs "
            'FILE, --input "...") or what was recorded (--data); or let some be '
            "chosen (--suggest 10)"
        )
    if fail_under is not None and math.isnan(fail_under):
        raise UserError("--fail-under is a number from 0 to 100, not nan")
    if save is not None:
        if any(same_file(save, Path(other)) for other in (program, cases) if other):
            raise UserError(f"{save} is given twice; name another file for --save")
        check_writable(save)
        _check_replaced(save)
    source = read(Path(program))
    narrow = narrowed(source, lengths, alphabet)
    recorded = _recorded(narrow, data)
    notes = [*source.notes]
    fitting = lengths is not None or alphabet is not None
    for name, inputs in _inputs(narrow, cases, file, texts, fitting, notes):
        groups = [(name, inputs)]
        if by_input:
            groups = [(" ".join(letters), [letters]) for letters in inputs]
        for context, some in groups:
            recorded.add(context, some)
    if data and not (recorded.inputs or suggest):
        names = " and ".join(map(str, data))
        raise UserError(f"{names}: no inputs were recorded, so nothing is measured")
    with counting_display("looking") as progress:
        found = rule_coverage(
            recorded,
            source.map,
            suggestions=SUGGESTED if suggest is None else suggest,
            progress=progress,
            **drawing,
        )
    if save is not None:
        recorded.save(save)
    if form == "json":
        from tpdebug.render.coverage_data import coverage_data

        echo_json(coverage_data(program, found, notes))
    else:
        from tpdebug.render.coverage import coverage_view
        from tpdebug.render.coverage_source import annotated_view
        from tpdebug.render.terminal import show

        view = coverage_view(
            program, found, notes, missing=missing, contexts=contexts or by_input
        )
        if annotate:
            lines = source_lines(Path(program))
            show(annotated_view(lines, found, source.map.scores is None), "")
        show(view)
    if fail_under is not None and 100 * found.rules.share < fail_under:
        raise click.exceptions.Exit(1)


def _check_replaced(save: Path) -> None:
    """Only what was recorded before, or nothing, is replaced."""
    from analyzers.coverage.recorder import KIND

    if not save.exists():
        return
    with save.open("rb") as file:
        start = file.read(100)
    if start and KIND.encode() not in start:
        raise UserError(
            f"{save} exists and is no rule coverage; name another file, or remove it"
        )


def _recorded(program: Program, data: tuple[Path, ...]) -> RuleCoverage:
    """What was recorded before, all together."""
    from analyzers.coverage import RuleCoverage

    if not data:
        return RuleCoverage(program)
    recorded, *others = (RuleCoverage.load(program, path) for path in data)
    for other in others:
        recorded.merge(other)
    return recorded


def _inputs(
    program: Program,
    cases: Path | None,
    file: IO[bytes] | None,
    texts: tuple[str, ...],
    fitting: bool,
    notes: list[str],
) -> list[tuple[str, list[tuple[str, ...]]]]:
    """The inputs that are given, by where they are from."""
    found = []
    if texts:
        found.append(("--input", parse_inputs(program.domain, texts)))
    if file is not None:
        found.append((file_name(file), read_inputs(program.domain, file)))
    if cases is not None:
        from tpdebug.cases import read_cases

        pooled = program.classifier.pooled
        listed = read_cases(cases, program.domain, pooled, fitting=fitting)
        notes += listed.notes
        found.append((str(cases), [letters for letters, _ in listed.cases]))
    return found
