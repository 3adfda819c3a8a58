"""`tpdebug train`: train a Transformer and write it down as a program."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from tpdebug.cli.job import Job, check_output, usual_config
from tpdebug.cli.options import echo_json, format_option
from tpdebug.cli.outcome import metrics
from tpdebug.cli.own import own_name, own_options, own_task
from tpdebug.cli.run_folder import checkpoint_in, open_folder
from tpdebug.cli.training import require_torch, train_to_file
from tpdebug.errors import UserError
from trainers.config import Attention, Config, Method, Predicates, Run

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = """\b
Example: tpdebug train sort --seed 0 -o sort.py
         tpdebug train sort --run-dir runs/sort-0
         tpdebug train --preset paper/sort -o sort.py
         tpdebug train --cases data.jsonl --min-count 2 -o prog.py
         tpdebug train --oracle mine:f --alphabet "a b" --lengths 1-6 -o prog.py
"""
DEFAULTS = {item.name: item.default for item in fields(Config)}
LARGEST = 2**63 - 1
POSITIVE = click.FloatRange(1e-9, 1e9)
COUNTS = {
    "searches": ("Programs that are searched for; the best is kept.", 1),
    "rounds": ("Variables that the search may add to the read-out.", 1),
    "layers": ("Layers of heads, then tables.", 1),
    "heads": ("Attention heads in a layer.", 0),
    "numerical_heads": ("Heads in a layer that count instead of copying.", 0),
    "mlps": ("MLPs in a layer; each becomes a table.", 0),
    "numerical_mlps": ("MLPs in a layer that read counts.", 0),
    "restarts": ("Networks trained side by side; the best is kept.", 1),
    "halving": ("How many times the worse half of the restarts is dropped.", 0),
    "steps": ("Optimiser steps.", 1),
    "batch": ("Examples in a step.", 1),
    "hidden": ("Hidden units in an MLP.", 1),
    "report_every": ("Steps from one look at the networks to the next.", 1),
    "finalists": ("Restarts that get a new read-out before one is picked.", 1),
    "seed": ("What everything random is drawn with.", 0),
}


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each count in the configuration."""
    for name, (says, least) in reversed(COUNTS.items()):
        command = click.option(
            f"--{name.replace('_', '-')}",
            type=click.IntRange(least, LARGEST),
            help=f"{says}  [default: {DEFAULTS[name]}]",
        )(command)
    return command


def list_presets(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    """Print a table of the presets, and exit."""
    if asked:
        from tpdebug.cli.preset_table import preset_table
        from tpdebug.render.terminal import show

        show(preset_table())
        ctx.exit()


@click.command("train", epilog=EXAMPLES)
@click.argument("task", required=False)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The program file to write; ends in .py.  [default: in the run folder]",
)
@click.option(
    "--run-dir",
    type=click.Path(path_type=Path),
    help="Also keep everything about the run in this folder: settings, versions, "
    "metrics, learning curves, the program.",
)
@click.option(
    "--vocabulary",
    type=click.IntRange(3, 1000),
    help="V of the paper: letters and special tokens.  [default: as in the paper]",
)
@click.option(
    "--length",
    type=click.IntRange(2, 128),
    help="N of the paper: the longest input with <s> and </s>.  "
    "[default: as in the paper]",
)
@own_options
@click.option(
    "--preset",
    metavar="NAME",
    help="Settings with a name, such as paper/sort; other options override them.",
)
@click.option(
    "--list-presets",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=list_presets,
    help="Show the presets, and exit.",
)
@click.option(
    "--method",
    type=click.Choice(get_args(Method)),
    help="Search over discrete programs, train by gradient as in the paper, or both.  "
    "[default: search for a task of the paper, else gradient]",
)
@click.option(
    "--categorical-only",
    is_flag=True,
    default=None,
    help="Search without heads that count.",
)
@config_options
@click.option(
    "--learning-rate",
    type=click.FloatRange(1e-9, 10),
    help=f"Adam's.  [default: {DEFAULTS['learning_rate']}]",
)
@click.option(
    "--tau-start",
    type=POSITIVE,
    help=f"The temperature of the first step.  [default: {DEFAULTS['tau_start']}]",
)
@click.option(
    "--tau-end",
    type=POSITIVE,
    help="The temperature of the last step; it falls geometrically.  "
    f"[default: {DEFAULTS['tau_end']}]",
)
@click.option(
    "--attention",
    type=click.Choice(get_args(Attention)),
    help="Whether a head that copies looks for keys by a predicate, or has a score for "
    "each key and takes the best (with --method gradient).  "
    f"[default: {DEFAULTS['attention']}]",
)
@click.option(
    "--predicates",
    type=click.Choice(get_args(Predicates)),
    help="Whether a head asks for one key value, or for many at once.  "
    "[default: many where a program is searched for, else one]",
)
@click.option("--standalone", is_flag=True, help="Write a file that needs no tpdebug.")
@click.option("--force", is_flag=True, help="Replace the output file if there is one.")
@click.option(
    "--resume",
    type=click.Path(path_type=Path),
    help="Go on from a checkpoint, or from that in the folder of a run; the task and "
    "its settings come from there.",
)
@format_option
def train_command(
    task: str | None,
    output: Path | None,
    run_dir: Path | None,
    preset: str | None,
    vocabulary: int | None,
    length: int | None,
    standalone: bool,
    force: bool,
    resume: Path | None,
    form: str,
    **options: Any,
) -> None:
    """Train a Transformer for TASK and write it down as a program.

    Tasks: reverse, hist, double_hist, sort, most_freq, dyck1, dyck2, induction; the
    default settings were chosen for sort. Instead of TASK, --cases or --oracle give a
    task of your own. Progress goes to standard error. Ctrl-C leaves the last
    checkpoint next to the output.
    """
    settings = {name: options.pop(name) for name in DEFAULTS if name in options}
    given = {name: value for name, value in settings.items() if value is not None}
    own = own_task(**options)
    run, resumed = Run(task or "", vocabulary or 0, length or 0, Config(), own), None
    if resume is not None:
        if any((task, given, vocabulary, length, own, preset)):
            raise UserError("--resume takes task and settings from the checkpoint")
        require_torch()
        from trainers.checkpoint import load_checkpoint

        if resume.is_dir():
            run_dir, resume = run_dir or resume, checkpoint_in(resume)
        resumed = load_checkpoint(resume)
        run = resumed.run
        if run_dir is not None and output is None:
            output = run_dir / resume.stem
    else:
        run = _named(replace(run, preset=preset))
        run = replace(
            run, config=replace(usual_config(run, given.get("method")), **given)
        )
    if output is None and run_dir is None:
        raise UserError("where to? -o NAME.py, or --run-dir FOLDER")
    output = output or Path(str(run_dir)) / f"{run.task}.py"
    job = Job(run, output, standalone, force, run_dir)
    if run_dir is None or run_dir.resolve() != output.resolve().parent:
        check_output(output, force)
    require_torch(pictures=run_dir is not None)
    if run_dir is not None:
        open_folder(run_dir, output.name, force)
        check_output(output, force)
    done = train_to_file(job, resumed)
    if form == "json":
        echo_json(metrics(done))
        return
    click.echo(f"Wrote {output}: {done.program.about.splitlines()[0]}")
    if run_dir is not None:
        click.echo(f"Everything about the run is in {run_dir}.")
    click.echo(done.trained.accuracy.sentence)
    click.echo(done.agreement)


def _named(run: Run) -> Run:
    """The run with its task, at the size of the paper where none was given.

    Raises:
        UserError: there is no such task or preset, or they do not fit together.
    """
    from trainers.presets import find_preset
    from trainers.tasks import paper_size, task

    preset = None if run.preset is None else find_preset(run.preset)
    if run.own is not None:
        if run.task or run.vocabulary or run.length:
            raise UserError("an own task has no TASK, --vocabulary or --length")
        return replace(run, task=own_name(run.own))
    if preset is not None:
        if run.task not in ("", preset.task):
            raise UserError(f"the preset {preset.name} is for the task {preset.task}")
        run = replace(run, task=preset.task)
    if not run.task:
        raise UserError("name a task, for example: tpdebug train sort -o sort.py")
    vocabulary, length = paper_size(run.task)
    run = replace(
        run, vocabulary=run.vocabulary or vocabulary, length=run.length or length
    )
    task(run.task, run.vocabulary, run.length)  # it is checked even without torch
    return run
