"""A training run as the user sees it: progress, checkpoints, interruption, the file.

Shared by `tpdebug train` and `tpdebug demo`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tpdebug import __version__
from tpdebug.errors import UserError
from trainers.config import Config, Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from tpdebug.program import Program
    from trainers.checkpoint import Checkpoint
    from trainers.config import Progress
    from trainers.loop import State
    from trainers.pipeline import Trained

INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Job:
    """What to train, and where the program goes."""

    run: Run
    output: Path

    @property
    def checkpoint(self) -> Path:
        """Where checkpoints go: next to the program."""
        return self.output.with_name(f"{self.output.name}.ckpt")

    @property
    def command(self) -> str:
        """The command that trains this program: what differs from the defaults."""
        words = [f"tpdebug train {self.run.task}"]
        given = {"vocabulary": self.run.vocabulary, "length": self.run.length}
        options = [(k, v) for k, v in given.items() if v != 8]
        for item in fields(Config):
            value = getattr(self.run.config, item.name)
            if value != item.default or item.name == "seed":
                options.append((item.name.replace("_", "-"), value))
        words += [f"--{name} {value:g}" for name, value in options]
        return " ".join([*words, f"-o {self.output.name}"])


def require_torch() -> None:
    """Say what to do where torch is missing.

    Raises:
        UserError: torch is not installed.
    """
    if find_spec("torch") is None:
        raise UserError("training needs torch: pip install 'tpdebug[train]'")


def train_job(job: Job, checkpoint: Checkpoint | None = None) -> Trained:
    """Train, showing progress and keeping a checkpoint; describe the program.

    Args:
        job: what to train.
        checkpoint: a run to go on with.
    """
    from trainers.checkpoint import Checkpoint, save_checkpoint
    from trainers.pipeline import finish, trainer_for
    from trainers.tasks import task

    run = job.run
    chosen = task(run.task, run.vocabulary, run.length)
    trainer = trainer_for(chosen, run.config)
    if checkpoint is not None:
        trainer.restore(checkpoint.state)
    kept: int | None = None if checkpoint is None else checkpoint.state["step"]

    def keep(state: State) -> None:
        save_checkpoint(Checkpoint(run, state), job.checkpoint)

    try:
        with progress_display(run.config.steps) as show:
            for progress in trainer.run():
                show(progress)
                keep(trainer.state())
                kept = progress.step
        click.echo("Lifting the best network into a program ...", err=True)
        trained = finish(chosen, trainer)
    except KeyboardInterrupt:
        raise _interrupted(job, kept) from None
    job.checkpoint.unlink(missing_ok=True)
    return trained


def _interrupted(job: Job, kept: int | None) -> click.exceptions.Exit:
    if kept is None:
        click.echo("\nInterrupted before the first checkpoint.", err=True)
    else:
        click.echo(
            f"\nInterrupted. The checkpoint of step {kept:,} is {job.checkpoint}.\n"
            f"Go on with: tpdebug train --resume {job.checkpoint} -o {job.output}",
            err=True,
        )
    return click.exceptions.Exit(INTERRUPTED)


def described(job: Job, trained: Trained) -> Program:
    """The program with what is known of it in its docstring."""
    from tpdebug.write.source import describe
    from trainers.tasks import task

    run = job.run
    says = task(run.task, run.vocabulary, run.length).says
    made_of = describe(trained.program).split(": ", 1)[1]
    lines = [
        f"{run.task}: {says}; {made_of}",
        "",
        trained.accuracy.sentence,
        f"Made by: {job.command} (tpdebug {__version__})",
    ]
    return trained.program.with_about("\n".join(lines))


def check_file(path: Path, trained: Trained, timeout: float = 120.0) -> str:
    """Execute the file on the domain and compare: a sentence for the user.

    Raises:
        RuntimeError: the file does not answer as the program does; a bug.
    """
    from tpdebug.evaluate import answers
    from tpdebug.execute import execute
    from tpdebug.inputs import decode
    from trainers.pipeline import check_inputs

    domain = trained.program.domain
    inputs = [row for block in check_inputs(domain) for row in decode(domain, block)]
    inputs = inputs[:50_000]
    found = execute(path, inputs, timeout=timeout)
    differ = sum(
        a != b for a, b in zip(found, answers(trained.program, inputs), strict=True)
    )
    if differ:
        raise RuntimeError(f"file and program differ on {differ} inputs")
    every = "all " if len(inputs) == domain.count else ""
    return f"Network, program and executed file agree on {every}{len(inputs):,} inputs."


@contextmanager
def progress_display(steps: int) -> Iterator[Callable[[Progress], None]]:
    """Show progress on standard error: a bar on a terminal, else a few lines."""
    if not sys.stderr.isatty():
        yield _Lines(steps)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("step {task.completed:>5,.0f}/{task.total:,.0f}"),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[says]}"),
        TimeRemainingColumn(compact=True),
    )
    with Bar(*columns, console=Console(stderr=True), expand=True) as bar:
        row = bar.add_task("", total=steps, says="starting")

        def show(progress: Progress) -> None:
            bar.update(row, completed=progress.step, says=_says(progress))

        yield show


def _says(progress: Progress) -> str:
    return (
        f"loss {progress.loss:.3f}  temp. {progress.temperature:.2f}  "
        f"valid. {progress.accuracy:.2%}"
    )


class _Lines:
    """A line now and then, for logs."""

    def __init__(self, steps: int) -> None:
        self.every = max(steps // 10, 1)
        self.steps = steps
        self.shown = 0
        self.start = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        """Print the first progress after each tenth of the run."""
        if progress.step >= self.shown + self.every or progress.step == self.steps:
            self.shown = progress.step
            seconds = time.monotonic() - self.start
            step = f"step {progress.step:,}/{self.steps:,}"
            click.echo(f"{step}  {_says(progress)}  {seconds:.0f} s", err=True)
