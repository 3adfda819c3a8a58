"""A training run as the user sees it: checkpoints, interruption, the checked file.

Shared by `tpdebug train` and `tpdebug demo`.
"""

from __future__ import annotations

import shlex
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tpdebug import __version__
from tpdebug.cli.job import Job
from tpdebug.cli.progress import progress_display
from tpdebug.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tpdebug.program import Program
    from trainers.checkpoint import Checkpoint
    from trainers.loop import Trainer
    from trainers.pipeline import Trained
    from trainers.tasks import Task

INTERRUPTED = 130
EXECUTE_UP_TO = 100_000


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


def train_to_file(job: Job, resumed: Checkpoint | None = None) -> Done:
    """Train, write the program and check the file; an interruption loses nothing.

    Args:
        job: what to train.
        resumed: the checkpoint to go on with.

    Raises:
        UserError: something is in the way of the result.
    """
    from trainers.finishing import finish_task

    written = False
    try:
        with redirect_stdout(sys.stderr):  # a function of the user's may print
            task, job = _task(job, anew=resumed is None)
            with _checkpointing(job, task, resumed) as (trainer, keep):
                with progress_display(job.run.config.steps) as show:
                    for progress in trainer.run():
                        show(progress)
                        keep()
                click.echo("Lifting the best network into a program ...", err=True)
                trained = finish_task(task, trainer)
                program = described(job, task, trained)
                _write(job, program)
                written = True
                return Done(program, trained, check_file(job.output, task, trained))
    except KeyboardInterrupt:
        raise _interrupted(job, written) from None


def _task(job: Job, *, anew: bool) -> tuple[Task, Job]:
    """What is trained for; the job then holds the version of what that is made of.

    Raises:
        UserError: it cannot be used, or is not what the run began with.
    """
    from trainers.own import check_version, task_of, version_of

    run = job.run
    task = task_of(run)
    for note in task.notes:
        click.echo(f"Note: {note}.", err=True)
    if run.own is not None and anew:
        own = replace(run.own, version=version_of(run.own, task))
        job = replace(job, run=replace(run, own=own))
    elif run.own is not None:
        check_version(run.own, task)
    return task, job


@contextmanager
def _checkpointing(
    job: Job, task: Task, resumed: Checkpoint | None
) -> Iterator[tuple[Trainer, Callable[[], None]]]:
    """A trainer, and a function that keeps its state in a file till all is done."""
    from trainers.checkpoint import Checkpoint, resume, save_checkpoint
    from trainers.pipeline import trainer_for

    run = job.run
    trainer = trainer_for(task, run.config)
    same = False
    if resumed is not None:
        resume(trainer, resumed)
        same = resumed.path.resolve() == job.checkpoint.resolve()
    try:
        first = Checkpoint(job.checkpoint, run, trainer.state())
        save_checkpoint(first, exclusive=not (same or job.force))
    except FileExistsError:
        raise UserError(
            f"{job.checkpoint} holds a run that was interrupted or is still going on; "
            f"go on with it ({job.resume_command}), or use --force to start anew"
        ) from None
    yield (
        trainer,
        lambda: save_checkpoint(Checkpoint(job.checkpoint, run, trainer.state())),
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


def described(job: Job, task: Task, trained: Trained) -> Program:
    """The program with what is known of it in its docstring."""
    from tpdebug.write.source import describe

    made_of = describe(trained.program).split(": ", 1)[1]
    lines = [
        f"{job.run.task}: {task.says}; {made_of}",
        "",
        ("" if task.listed is None else "Test cases: ") + trained.accuracy.sentence,
        f"Made by: {job.command} (tpdebug {__version__})",
    ]
    broken = (textwrap.fill(line, 88, break_on_hyphens=False) for line in lines)
    program = trained.program.with_about("\n".join(broken))
    # Others look a task up by its name, which an own one does not have.
    return program if job.run.own is None else replace(program, task=None)


def check_file(path: Path, task: Task, trained: Trained, timeout: float = 600.0) -> str:
    """Execute the file and compare it with the program: a sentence for the user.

    Raises:
        RuntimeError: the file does not answer as the program does; a bug.
    """
    from tpdebug.inputs import decode
    from tpdebug.measure import SAMPLE
    from tpdebug.parts import all_or_sample
    from trainers.pipeline import CHECK_SEED

    domain = trained.program.domain
    if task.listed is not None:
        inputs = list(dict.fromkeys(letters for letters, _ in task.listed.test))
        _check_executed(path, trained.program, inputs, timeout)
        count = f"{len(inputs):,}"
        return (
            f"Network and program agree on {len(inputs) - trained.differ:,} of {count} "
            f"test inputs; program and executed file on {count} of {count}."
        )
    parts, evidence = all_or_sample(
        domain, most=EXECUTE_UP_TO, samples=SAMPLE, seed=CHECK_SEED
    )
    inputs = [row for part in parts for row in decode(domain, part.block())]
    _check_executed(path, trained.program, inputs, timeout)
    if evidence.kind == "proved":
        return (
            f"Network, program and executed file agree on all {domain.count:,} inputs."
        )
    count = f"{len(inputs):,}"
    looked_at = trained.accuracy.inputs
    agree = f"{looked_at - trained.differ:,} of {looked_at:,} inputs"
    said = trained.accuracy.evidence.sentence
    return (
        f"Network and program agree on {agree} ({said}); program and executed file "
        f"on {count} of {count} (sampled, seed {CHECK_SEED})."
    )


def _check_executed(
    path: Path, program: Program, inputs: list[tuple[str, ...]], timeout: float
) -> None:
    """Execute the file on some inputs; it must answer as the program does.

    Raises:
        RuntimeError: it does not; a bug.
    """
    from tpdebug.evaluate import answers
    from tpdebug.execute import execute

    found = execute(path, inputs, timeout=timeout)
    wanted = answers(program, inputs)
    differ = sum(a != b for a, b in zip(found, wanted, strict=True))
    if differ:
        raise RuntimeError(f"file and program differ on {differ} inputs")
