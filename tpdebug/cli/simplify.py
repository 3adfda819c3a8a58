"""`tpdebug simplify`: the same answers from a shorter program."""

from __future__ import annotations

from pathlib import Path

import click

from tpdebug.cli.counting import counting_display
from tpdebug.cli.options import echo_json, format_option, program_argument
from tpdebug.cli.subject import domain_options_with, narrowed
from tpdebug.errors import UserError


@click.command(
    "simplify",
    short_help="Make a program shorter; its answers stay.",
    epilog="Example: tpdebug simplify theirs.py -o short.py",
)
@program_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="Where to write the shorter program.",
)
@domain_options_with(most=5_000_000, samples=50_000)
@click.option(
    "--standalone", is_flag=True, help="The file shall not need tpdebug to run."
)
@format_option
def simplify_command(
    program: str,
    output: Path,
    lengths: str | None,
    alphabet: str | None,
    standalone: bool,
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
    the paper's converter made come out in our dialect.
    """
    from analyzers.simplify import simplify
    from tpdebug.files import check_writable, same_file
    from tpdebug.read import read
    from tpdebug.write import save

    if same_file(Path(program), output):
        raise UserError(f"{output} is the program itself; name another file for -o")
    check_writable(output)
    source = read(Path(program))
    narrow = narrowed(source, lengths, alphabet)
    with counting_display("removing", "parts") as progress:
        found = simplify(
            narrow, most=most, samples=samples, seed=seed, jobs=jobs, progress=progress
        )
    save(found.program, output, standalone=standalone)
    if form == "json":
        from tpdebug.render.simplification import simplification_data

        echo_json(simplification_data(program, str(output), found, source.notes))
        return
    from tpdebug.render.simplification import simplification_view
    from tpdebug.render.terminal import show

    show(simplification_view(program, str(output), found, source.notes))
