"""A training run as the user sees it: checkpoints, interruption, the checked file.

Shared by `tpdebug train` and `tpdebug demo`.
"""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
    from trainers.pipeline import finish
    from trainers.tasks import task_of

    run = job.run
    written = False
    try:
        with _checkpointing(job, resumed) as (trainer, keep):
            with progress_display(run.config.steps) as show:
                for progress in trainer.run():
                    show(progress)
                    keep()
            click.echo("Lifting the best network into a program ...", err=True)
            trained = finish(task_of(run), trainer)
            program = described(job, trained)
            _write(job, program)
            written = True
            return Done(program, trained, check_file(job.output, trained))
    except KeyboardInterrupt:
        raise _interrupted(job, written) from None


@contextmanager
def _checkpointing(
    job: Job, resumed: Checkpoint | None
) -> Iterator[tuple[Trainer, Callable[[], None]]]:
    """A trainer, and a function that keeps its state in a file till all is done."""
    from trainers.checkpoint import Checkpoint, resume, save_checkpoint
    from trainers.pipeline import trainer_for
    from trainers.tasks import task_of

    run = job.run
    trainer = trainer_for(task_of(run), run.config)
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


def described(job: Job, trained: Trained) -> Program:
    """The program with what is known of it in its docstring."""
    from tpdebug.write.source import describe
    from trainers.tasks import task_of

    run = job.run
    says = task_of(run).says
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
    from tpdebug.measure import SAMPLE
    from tpdebug.parts import all_or_sample
    from trainers.pipeline import CHECK_SEED

    domain = trained.program.domain
    parts, evidence = all_or_sample(
        domain, most=EXECUTE_UP_TO, samples=SAMPLE, seed=CHECK_SEED
    )
    inputs = [row for part in parts for row in decode(domain, part.block())]
    found = execute(path, inputs, timeout=timeout)
    wanted = answers(trained.program, inputs)
    differ = sum(a != b for a, b in zip(found, wanted, strict=True))
    if differ:
        raise RuntimeError(f"file and program differ on {differ} inputs")
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
