"""`tpdebug train`: train a Transformer and write it down as a program."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tpdebug.cli.options import echo_json, format_option
from tpdebug.cli.training import Job, check_file, described, require_torch, train_job
from tpdebug.errors import UserError
from trainers.config import Config, Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from tpdebug.program import Program
    from trainers.pipeline import Trained

DEFAULTS = {item.name: item.default for item in fields(Config)}
COUNTS = {
    "layers": ("Layers of heads, then tables.", 1),
    "heads": ("Attention heads in a layer.", 1),
    "mlps": ("MLPs in a layer; each becomes a table.", 0),
    "restarts": ("Networks trained side by side; the best is kept.", 1),
    "steps": ("Optimiser steps.", 1),
    "batch": ("Examples in a step.", 1),
    "seed": ("What everything random is drawn with.", 0),
}


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each count in the configuration."""
    for name, (says, least) in reversed(COUNTS.items()):
        command = click.option(
            f"--{name}",
            type=click.IntRange(min=least),
            help=f"{says}  [default: {DEFAULTS[name]}]",
        )(command)
    return command


@click.command("train", epilog="Example: tpdebug train sort --seed 0 -o sort.py")
@click.argument("task", required=False)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True)
@click.option(
    "--vocabulary",
    type=click.IntRange(4, 1000),
    default=8,
    show_default=True,
    help="V of the paper: letters, <pad>, <s> and </s>.",
)
@click.option(
    "--length",
    type=click.IntRange(3, 128),
    default=8,
    show_default=True,
    help="N of the paper: the longest input with <s> and </s>.",
)
@config_options
@click.option(
    "--learning-rate",
    type=click.FloatRange(0, 10, min_open=True),
    help=f"Adam's.  [default: {DEFAULTS['learning_rate']}]",
)
@click.option("--standalone", is_flag=True, help="Write a file that needs no tpdebug.")
@click.option("--force", is_flag=True, help="Replace the output file if there is one.")
@click.option(
    "--resume",
    type=click.Path(path_type=Path),
    help="Go on from a checkpoint; the task and its settings come from there.",
)
@format_option
def train_command(
    task: str | None,
    output: Path,
    vocabulary: int,
    length: int,
    standalone: bool,
    force: bool,
    resume: Path | None,
    form: str,
    **settings: Any,
) -> None:
    """Train a Transformer for TASK and write it down as a program.

    Tasks: sort. Progress goes to standard error. Ctrl-C leaves the last checkpoint
    next to the output.
    """
    from tpdebug.write import save

    given = {name: value for name, value in settings.items() if value is not None}
    config = replace(Config(), **given)
    job = Job(Run(task or "", vocabulary, length, config), output)
    check_output(job, force=force, resumed=resume is not None)
    require_torch()
    checkpoint = None
    if resume is not None:
        from trainers.checkpoint import load_checkpoint

        if task is not None or given:
            raise UserError(
                "--resume takes the task and its settings from the checkpoint"
            )
        checkpoint = load_checkpoint(resume)
        job = Job(checkpoint.run, output)
    elif task is None:
        raise UserError("name a task, for example: tpdebug train sort -o sort.py")
    trained = train_job(job, checkpoint)
    program = described(job, trained)
    save(program, output, standalone=standalone)
    agreement = check_file(output, trained)
    if form == "json":
        echo_json(summary(job, program, trained))
        return
    click.echo(f"Wrote {output}: {program.about.splitlines()[0]}")
    click.echo(trained.accuracy.sentence)
    click.echo(agreement)


def check_output(job: Job, *, force: bool, resumed: bool) -> None:
    """Find out before training whether the result can be written.

    Raises:
        UserError: it cannot, or something would be lost.
    """
    output = job.output
    if output.is_dir():
        raise UserError(f"{output} is a directory; name the program file to write")
    if not output.resolve().parent.is_dir():
        raise UserError(f"there is no directory {output.parent}")
    if output.suffix != ".py":
        raise UserError(f"the output is a Python file: {output} should end in .py")
    if output.exists() and not force:
        raise UserError(
            f"{output} exists; choose another name, or --force to replace it"
        )
    if job.checkpoint.exists() and not (force or resumed):
        raise UserError(
            f"{job.checkpoint} holds an interrupted run; go on with --resume "
            f"{job.checkpoint}, or --force to start anew"
        )


def summary(job: Job, program: Program, trained: Trained) -> dict[str, Any]:
    """What was trained, for scripts."""
    accuracy = trained.accuracy
    return {
        "version": 1,
        "program": str(job.output),
        "command": job.command,
        "nodes": [type(node).__name__ for node in program.nodes],
        "validation": trained.validation,
        "test": trained.test,
        "letters": accuracy.letters,
        "letters_right": accuracy.letters_right,
        "inputs": accuracy.inputs,
        "inputs_right": accuracy.inputs_right,
        "evidence": accuracy.evidence.kind,
        "interval": accuracy.interval,
    }
