"""A training run as the user sees it: checkpoints, interruption, the checked file.

Shared by `tpdebug train` and `tpdebug demo`.
"""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from tpdebug.cli.job import Job
from tpdebug.cli.outcome import (
    Done,
    check_file,
    described,
    held_out_accuracies,
    metrics,
)
from tpdebug.cli.progress import progress_display, search_display
from tpdebug.cli.run_folder import write_config, write_results
from tpdebug.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tpdebug.program import Program
    from trainers.checkpoint import Checkpoint
    from trainers.loop import Trainer
    from trainers.pipeline import Trained
    from trainers.tasks import Task

INTERRUPTED = 130


class Clock:
    """Adds up the seconds that each phase takes, over interruptions too."""

    def __init__(self, before: Mapping[str, float]) -> None:
        self.seconds = dict(before)
        self._last = time.perf_counter()

    def end(self, phase: str) -> None:
        """What has passed since the last phase ended goes to this one."""
        now = time.perf_counter()
        self.seconds[phase] = self.seconds.get(phase, 0.0) + now - self._last
        self._last = now


def require_torch(*, pictures: bool = False, what: str = "training") -> None:
    """Say what to do where torch is missing, or what draws learning curves.

    Args:
        pictures: whether learning curves will be drawn.
        what: what needs torch.

    Raises:
        UserError: it is not installed.
    """
    needed = (("torch", what), ("matplotlib", "a picture of learning curves"))
    for name, purpose in needed[: 1 + pictures]:
        if find_spec(name) is None:
            raise UserError(f"{purpose} needs {name}: pip install 'tpdebug[train]'")


def train_to_file(job: Job, resumed: Checkpoint | None = None) -> Done:
    """Train, write the program and check the file; an interruption loses nothing.

    Args:
        job: what to train.
        resumed: the checkpoint to go on with.

    Raises:
        UserError: something is in the way of the result.
    """
    clock = Clock({} if resumed is None else resumed.seconds)
    try:
        with redirect_stdout(sys.stderr):  # a function of the user's may print
            task, job = _task(job, anew=resumed is None)
            with _checkpointing(job, task, resumed, clock) as (trainer, keep):
                clock.end("data")
                if job.run.config.method != "search":
                    done = trainer.state()["step"]
                    with progress_display(job.run.config.steps, done) as show:
                        for progress in trainer.run():
                            show(progress)
                            clock.end("training")
                            keep()
                return _finish(job, task, trainer, clock)
    except KeyboardInterrupt:
        raise _interrupted(job, written="program" in clock.seconds) from None
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "allocate memory" not in str(error):
            raise
        raise UserError(
            "there is not enough memory for this: take a smaller batch, or fewer "
            "restarts, heads or words"
        ) from error


def _finish(job: Job, task: Task, trainer: Trainer, clock: Clock) -> Done:
    """Write the program, check it, and keep what there is to know about it."""
    from trainers.config import Look
    from trainers.split import split

    trained = _trained(task, trainer, clock)
    program = described(job, task, trained)
    _write(job, program)
    clock.end("program")
    held_out = held_out_accuracies(program, split(task, job.run.config.seed))
    agree = check_file(job.output, task, trained)
    clock.end("check")
    curve = tuple(Look(**look) for look in trainer.state()["curve"])
    done = Done(job, program, trained, *held_out, agree, curve, clock.seconds)
    if job.run_dir is not None:
        write_results(job.run_dir, done, metrics(done))
    return done


def _trained(task: Task, trainer: Trainer, clock: Clock) -> Trained:
    """What training found: the best restart, or what a search makes of it."""
    from analyzers.survey import cores
    from trainers.finishing import search_task
    from trainers.pipeline import finish, lifted

    if trainer.config.method == "gradient":
        click.echo("Lifting the best network into a program ...", err=True)
        return finish(task, trainer)
    with search_display(trainer.config.searches) as show:
        for step in search_task(task, trainer, cores()):
            show(step)
    assert step.best is not None
    clock.end("search")
    return lifted(task, step.best, trainer.config.seed)


def _task(job: Job, *, anew: bool) -> tuple[Task, Job]:
    """What is trained for; the job then holds the version of what that is made of.

    Raises:
        UserError: it cannot be used, or searched for, or is not what the run began
            with.
    """
    from trainers.own import check_version, task_of, version_of
    from trainers.searching import check_searchable

    run = job.run
    task = task_of(run)
    for note in task.notes:
        click.echo(f"Note: {note}.", err=True)
    if run.config.method != "gradient":
        check_searchable(task, run.config)
    if run.own is not None and anew:
        own = replace(run.own, version=version_of(run.own, task))
        job = replace(job, run=replace(run, own=own))
    elif run.own is not None:
        check_version(run.own, task)
    return task, job


@contextmanager
def _checkpointing(
    job: Job, task: Task, resumed: Checkpoint | None, clock: Clock
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
        first = Checkpoint(job.checkpoint, run, trainer.state(), clock.seconds)
        save_checkpoint(first, exclusive=not (same or job.force))
    except FileExistsError:
        raise UserError(
            f"{job.checkpoint} holds a run that was interrupted or is still going on; "
            f"go on with it ({job.resume_command}), or use --force to start anew"
        ) from None
    if job.run_dir is not None:
        write_config(job.run_dir, job)

    def keep() -> None:
        state = trainer.state()
        save_checkpoint(Checkpoint(job.checkpoint, run, state, clock.seconds))

    yield trainer, keep
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
