"""`tpdebug demo`: a Transformer learns to sort, becomes Python, and is explained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tpdebug.cli.job import Job, check_output
from tpdebug.cli.outcome import without_scores
from tpdebug.cli.training import require_torch, train_to_file
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
@click.option("--force", is_flag=True, help="Replace the output file if there is one.")
def demo_command(output: Path | None, force: bool) -> None:
    """Train a sorting program, show it, and explain one of its answers.

    Takes about half a minute.
    """
    from analyzers.explain import explain
    from tpdebug.read import read
    from tpdebug.render.terminal import explanation_view, show
    from tpdebug.render.words import terminal_width

    job = Job(Run("sort", 8, 8, Config()), output or free_name(), force=force)
    check_output(job.output, force)
    require_torch()
    heading("1. A Transformer learns to sort")
    show(
        "Every choice in it (which variable to read, which key to look for) is one\n"
        "of a few. Training makes each of them certain; what remains is a program.\n"
    )
    done = train_to_file(job)
    heading("2. It becomes a Python file")
    show(f"{job.output}, without its score table:\n")
    show(excerpt(job.output))
    heading("3. What is known of it")
    show(f"{done.trained.accuracy.sentence}\n{done.agreement}")
    heading("4. Why does it answer as it does?")
    show(f'$ tpdebug explain {job.output} --input "{INPUT}"\n')
    source = read(job.output)
    found = explain(source.program, INPUT.split(), source=source.map)
    name, width = str(job.output), terminal_width()
    show(explanation_view(source.program, name, found, width))
    show(f"\nRead {job.output}, change something in it, and explain it again.")


def heading(title: str) -> None:
    """A line across the terminal with the title of a part."""
    from rich.rule import Rule

    from tpdebug.render.terminal import show

    show("", Rule(title, align="left"))


def free_name() -> Path:
    """A name that no file has yet."""
    path = Path("demo_sort.py")
    number = 2
    while path.exists() or path.with_name(f"{path.name}.ckpt").exists():
        path = Path(f"demo_sort_{number}.py")
        number += 1
    return path


def excerpt(path: Path) -> RenderableType:
    """The program without its scores, in colour."""
    from rich.syntax import Syntax

    text = without_scores(path.read_text(encoding="utf-8"))
    return Syntax(text, "python", theme="ansi_dark", word_wrap=True)
