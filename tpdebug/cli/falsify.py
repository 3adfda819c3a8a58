"""`tpdebug falsify`: find an input on which a program fails, as small as possible."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tpdebug.cli.counting import counting_display
from tpdebug.cli.options import echo_json, format_option, program_argument
from tpdebug.cli.subject import MOST, oracle_options, part_options
from tpdebug.errors import UserError

if TYPE_CHECKING:
    from analyzers.falsify import Memory
    from tpdebug.cli.held import Held
    from tpdebug.findings import Falsification

MOST_EXAMPLES = 100
"""How many kinds of failure become examples of a regression test."""

PROPERTIES_SAY = (
    "Needs no right answers: how answers to related inputs fit together. One of "
    "permutation, positions, twice, again, order, renaming, names, brackets, prefix "
    "(docs/falsify.md); --task then says which inputs."
)


@click.command(
    "falsify",
    short_help="Find the smallest inputs that it gets wrong.",
    epilog="Example: tpdebug falsify sort.py --task sort --emit-tests test_sort.py",
)
@program_argument
@oracle_options
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="PROGRAM",
    help="Another program, whose answers are right.",
)
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    help="The folder of a training run, or a checkpoint: the network's answers are "
    "right.",
)
@click.option("--property", "holds", metavar="NAME", help=PROPERTIES_SAY)
@part_options
@click.option(
    "--most",
    type=MOST,
    default=5_000_000,
    show_default=True,
    help="Search if there are more inputs than this; else look at all of them.",
)
@click.option("--search", is_flag=True, help="Search, however few inputs there are.")
@click.option(
    "--inputs",
    type=click.IntRange(1, 10**10),
    default=200_000,
    show_default=True,
    help="How many inputs a search looks at.",
)
@click.option(
    "--sweep",
    type=click.IntRange(0, 10**10),
    default=500_000,
    show_default=True,
    help="How many of the shortest inputs it then looks at, to find the smallest "
    "failing one of each kind.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--jobs", type=click.IntRange(1, 256), help="Threads.  [default: one for each core]"
)
@click.option(
    "--database",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".hypothesis"),
    show_default=True,
    help="Hypothesis' folder of examples: what fails is kept there, and tried first "
    "the next time.",
)
@click.option("--no-database", is_flag=True, help="Keep nothing, and replay nothing.")
@click.option(
    "--emit-tests",
    "tests",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="TEST.py",
    help="Write a regression test for pytest, with an example of each kind of failure.",
)
@click.option("--force", is_flag=True, help="Let --emit-tests replace a file.")
@format_option
def falsify_command(
    program: str,
    most: int,
    search: bool,
    inputs: int,
    sweep: int,
    seed: int,
    jobs: int | None,
    database: Path,
    no_database: bool,
    tests: Path | None,
    force: bool,
    form: str,
    **what: Any,
) -> None:
    """Look for inputs on which PROGRAM fails, and show the smallest of each kind.

    A small domain is looked at whole: then there is no failing input (proved), or all
    of them are found. In a larger one they are searched for, where the right answer is
    nearest to losing. Failures are of one kind if they have the first wrong answer in
    common, and what speaks most for it. Exit code 1 if anything fails.
    """
    from analyzers.falsify import Settings, falsify_check
    from tpdebug.cli.held import held

    if tests is not None:
        _check_tests(tests, Path(program), force)
    settings = Settings(0 if search else most, inputs, sweep, seed)
    with redirect_stdout(sys.stderr):  # an oracle may print
        asked = held(program, **what)
        memory = None if no_database else _memory(database, program, asked)
        with counting_display("falsifying") as progress:
            found = falsify_check(
                asked.check, settings, memory=memory, jobs=jobs, progress=progress
            )
    written = tests is not None and not found.clean
    if tests is not None and written:
        _write_tests(tests, Path(program), what, found)
    notes = asked.notes
    if form == "json":
        from tpdebug.render.falsification import falsification_data

        data = falsification_data(program, found, notes, asked.source.map)
        echo_json(data | {"tests": str(tests) if written else None})
    else:
        from tpdebug.render.falsification import falsification_view
        from tpdebug.render.terminal import show

        show(falsification_view(program, found, notes, asked.source.map))
        if tests is not None:
            says = f"Wrote {tests}." if written else f"{tests}: nothing to write."
            click.echo(f"\n{says}")
    if not found.clean:
        raise click.exceptions.Exit(1)


def _memory(folder: Path, program: str, asked: Held) -> Memory:
    """What failed before; a program is known by its place next to the folder."""
    from analyzers.falsify import Memory

    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is not a directory; see --database")
    beside = os.path.relpath(os.path.realpath(program), folder.resolve().parent)
    return Memory(folder, f"{beside} as {asked.check.name}")


def _check_tests(path: Path, program: Path, force: bool) -> None:
    """Before anything is done: the test can be written, and destroys nothing."""
    from tpdebug.files import check_writable, same_file

    if path.suffix != ".py" or not path.name.isprintable():
        raise UserError(f"a test is a Python file: {path} should end in .py")
    if same_file(path, program):
        raise UserError(f"{path} is the program itself; name another file")
    if path.exists() and not force:
        raise UserError(f"{path} exists; take another name, or --force to replace it")
    if not path.resolve().parent.is_dir():
        raise UserError(f"there is no directory {path.parent}")
    check_writable(path)


def _write_tests(
    path: Path, program: Path, what: dict[str, Any], found: Falsification
) -> None:
    from tpdebug.files import replace_file
    from tpdebug.write.regressions import regression_test

    given = {name: value for name, value in what.items() if value is not None}
    command = shlex.join(["tpdebug", *sys.argv[1:]])
    kinds = found.kinds[:MOST_EXAMPLES]
    replace_file(path, regression_test(path, program, given, kinds, command))
