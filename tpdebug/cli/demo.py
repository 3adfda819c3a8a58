"""`tpdebug demo`: a Transformer learns to sort, becomes Python, and is explained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tpdebug.cli.training import Job, check_file, described, require_torch, train_job
from trainers.config import Config, Run

if TYPE_CHECKING:
    from rich.console import RenderableType

INPUT = "3 1 4 2"


@click.command("demo", epilog="Example: tpdebug demo")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The program file. [default: demo_sort.py, or a free name like it]",
)
def demo_command(output: Path | None) -> None:
    """Train a sorting program, show it, and explain one of its answers.

    Takes one to three minutes on two cores.
    """
    from analyzers.explain import explain
    from tpdebug.cli.train import check_output
    from tpdebug.read import read
    from tpdebug.render.terminal import console, explanation_view
    from tpdebug.write import save

    job = Job(Run("sort", 8, 8, Config()), output or free_name())
    check_output(job, force=False, resumed=False)
    require_torch()
    out = console()
    out.rule("1. A Transformer learns to sort", align="left")
    out.print(
        "Every choice in it (which variable to read, which key to look for) is one\n"
        "of a few. Training makes each of them certain; what remains is a program.\n"
    )
    trained = train_job(job)
    program = described(job, trained)
    save(program, job.output)
    out.print()
    out.rule("2. It becomes a Python file", align="left")
    out.print(f"{job.output}, without its score table:\n")
    out.print(excerpt(job.output))
    out.print()
    out.rule("3. What is known of it", align="left")
    out.print(trained.accuracy.sentence)
    out.print(check_file(job.output, trained) + "\n")
    out.rule("4. Why does it answer as it does?", align="left")
    command = f'tpdebug explain {job.output} --input "{INPUT}"'
    out.print(f"$ {command}\n")
    source = read(job.output)
    found = explain(source.program, INPUT.split(), source=source.map)
    out.print(explanation_view(source.program, str(job.output), found))
    out.rule(align="left")
    out.print(f"Read {job.output}, change something in it, and explain it again.")


def free_name() -> Path:
    """A name that no file has yet."""
    path = Path("demo_sort.py")
    number = 2
    while path.exists():
        path = Path(f"demo_sort_{number}.py")
        number += 1
    return path


def excerpt(path: Path) -> RenderableType:
    """The program without its scores, in colour."""
    from rich.syntax import Syntax

    text = path.read_text(encoding="utf-8").split("\n\n\n# fmt: off\nSCORES")[0]
    return Syntax(text, "python", line_numbers=True, theme="ansi_dark", word_wrap=True)
