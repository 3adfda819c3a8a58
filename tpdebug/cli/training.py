"""A training run as the user sees it: progress, checkpoints, interruption, the file.

Shared by `tpdebug train` and `tpdebug demo`.
"""

from __future__ import annotations

import shlex
import sys
import textwrap
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
    from trainers.config import Progress
    from trainers.loop import Trainer
    from trainers.pipeline import Trained

INTERRUPTED = 130
PAPER_SIZE = 8
EXECUTE_UP_TO = 100_000


@dataclass(frozen=True, slots=True)
class Job:
    """What to train, and where and how the program is written."""

    run: Run
    output: Path
    standalone: bool = False
    force: bool = False

    @property
    def checkpoint(self) -> Path:
        """Where checkpoints go: next to the program."""
        return self.output.with_name(f"{self.output.name}.ckpt")

    @property
    def command(self) -> str:
        """The command that trains this program: what differs from the defaults."""
        words = ["tpdebug", "train", self.run.task]
        for name, value in (
            ("vocabulary", self.run.vocabulary),
            ("length", self.run.length),
        ):
            words += [f"--{name}", str(value)] if value != PAPER_SIZE else []
        for item in fields(Config):
            value = getattr(self.run.config, item.name)
            if value != item.default or item.name == "seed":
                words += [f"--{item.name.replace('_', '-')}", str(value)]
        words += ["--standalone"] if self.standalone else []
        return shlex.join([*words, "-o", self.output.name])

    @property
    def resume_command(self) -> str:
        """The command that goes on with this run after an interruption."""
        words = ["tpdebug", "train", "--resume", str(self.checkpoint)]
        words += ["--standalone"] if self.standalone else []
        words += ["--force"] if self.force else []
        return shlex.join([*words, "-o", str(self.output)])


@dataclass(frozen=True, slots=True)
class Done:
    """What a training run left: the program as written, and what was checked."""

    program: Program
    trained: Trained
    agreement: str


def require_torch() -> None:
    """Say what to do where torch is missing.

    Raises:
        UserError: torch is not installed.
    """
    if find_spec("torch") is None:
        raise UserError("training needs torch: pip install 'tpdebug[train]'")


def train_to_file(job: Job, resumed: Path | None = None) -> Done:
    """Train, write the program and check the file; an interruption loses nothing.

    Args:
        job: what to train.
        resumed: the checkpoint to go on with.

    Raises:
        UserError: something is in the way of the result.
    """
    from trainers.pipeline import finish
    from trainers.tasks import task

    run = job.run
    written = False
    try:
        with _checkpointing(job, resumed) as (trainer, keep):
            with progress_display(run.config.steps) as show:
                for progress in trainer.run():
                    show(progress)
                    keep()
            click.echo("Lifting the best network into a program ...", err=True)
            trained = finish(task(run.task, run.vocabulary, run.length), trainer)
            program = described(job, trained)
            _write(job, program)
            written = True
            return Done(program, trained, check_file(job.output, trained))
    except KeyboardInterrupt:
        raise _interrupted(job, written) from None


@contextmanager
def _checkpointing(
    job: Job, resumed: Path | None
) -> Iterator[tuple[Trainer, Callable[[], None]]]:
    """A trainer, and a function that keeps its state in a file till all is done."""
    from trainers.checkpoint import (
        Checkpoint,
        load_checkpoint,
        resume,
        save_checkpoint,
    )
    from trainers.pipeline import trainer_for
    from trainers.tasks import task

    run = job.run
    trainer = trainer_for(task(run.task, run.vocabulary, run.length), run.config)
    same = resumed is not None and resumed.resolve() == job.checkpoint.resolve()
    if resumed is not None:
        resume(trainer, load_checkpoint(resumed), resumed)
    try:
        first = Checkpoint(run, trainer.state())
        save_checkpoint(first, job.checkpoint, exclusive=not (same or job.force))
    except FileExistsError:
        raise UserError(
            f"{job.checkpoint} holds a run that was interrupted or is still going on; "
            f"go on with it ({job.resume_command}), or use --force to start anew"
        ) from None
    yield (
        trainer,
        lambda: save_checkpoint(Checkpoint(run, trainer.state()), job.checkpoint),
    )
    job.checkpoint.unlink(missing_ok=True)


def _write(job: Job, program: Program) -> None:
    from tpdebug.write import save

    if job.output.exists() and not job.force:
        raise UserError(
            f"{job.output} appeared while this was training; write it elsewhere: "
            f"tpdebug train --resume {shlex.quote(str(job.checkpoint))} -o NAME.py"
        )
    save(program, job.output, standalone=job.standalone)


def _interrupted(job: Job, written: bool) -> click.exceptions.Exit:
    click.echo("\nInterrupted.", err=True)
    if written:
        says = f"{job.output} is written, but was not compared with the network."
        click.echo(says, err=True)
    elif job.checkpoint.exists():
        click.echo(f"The last checkpoint is {job.checkpoint}.", err=True)
        click.echo(f"Go on with: {job.resume_command}", err=True)
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
    broken = (textwrap.fill(line, 88, break_on_hyphens=False) for line in lines)
    return trained.program.with_about("\n".join(broken))


def check_file(path: Path, trained: Trained, timeout: float = 600.0) -> str:
    """Execute the file and compare it with the program: a sentence for the user.

    Raises:
        RuntimeError: the file does not answer as the program does; a bug.
    """
    from tpdebug.evaluate import answers
    from tpdebug.execute import execute
    from tpdebug.inputs import decode
    from trainers.pipeline import CHECK_SEED, check_inputs

    domain = trained.program.domain
    parts = check_inputs(domain, seed=CHECK_SEED, most=EXECUTE_UP_TO)
    inputs = [row for block in parts for row in decode(domain, block)]
    found = execute(path, inputs, timeout=timeout)
    wanted = answers(trained.program, inputs)
    differ = sum(a != b for a, b in zip(found, wanted, strict=True))
    if differ:
        raise RuntimeError(f"file and program differ on {differ} inputs")
    if len(inputs) == domain.count:
        return (
            f"Network, program and executed file agree on all {domain.count:,} inputs."
        )
    count = f"{len(inputs):,}"
    looked_at = trained.accuracy.inputs
    agree = f"{looked_at - trained.differ:,} of {looked_at:,} inputs"
    evidence = trained.accuracy.evidence.sentence
    return (
        f"Network and program agree on {agree} ({evidence}); program and executed file "
        f"on {count} of {count} (sampled, seed {CHECK_SEED})."
    )


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
