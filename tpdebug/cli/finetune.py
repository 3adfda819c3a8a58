"""`tpdebug finetune`: training goes on from a program, with parts of it frozen."""

from __future__ import annotations

import shlex
import sys
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tpdebug import __version__
from tpdebug.cli.counting import counting_display
from tpdebug.cli.job import check_output
from tpdebug.cli.options import echo_json, format_option, program_argument
from tpdebug.cli.outcome import check_file
from tpdebug.cli.subject import (
    narrowed,
    oracle_options,
    part_options,
    subject,
)
from tpdebug.cli.training import require_torch
from tpdebug.errors import UserError

if TYPE_CHECKING:
    from tpdebug.findings import Accuracy
    from tpdebug.program import Program
    from tpdebug.read import Source
    from trainers.finetuning import Tuned

EXAMPLES = """\b
Example: tpdebug finetune theirs.py --task most_freq -o better.py
         tpdebug finetune mended.py --cases more.jsonl --freeze heads -o out.py
"""
NOTHING_BETTER = 1


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the file.

    Attributes:
        agreement: what it was compared with, in a sentence.
        anew: why its text is not that of the program it was made from, changed in
            place; None if it is.
    """

    agreement: str
    anew: str | None


@click.command(
    "finetune",
    short_help="Go on training a program, with parts of it frozen.",
    epilog=EXAMPLES,
)
@program_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="The program file to write; ends in .py.",
)
@oracle_options
@part_options
@click.option(
    "--freeze",
    multiple=True,
    metavar="NODE|heads|tables|scores",
    help="What stays as it is; may be given several times.",
)
@click.option(
    "--steps",
    type=click.IntRange(0, 1_000_000),
    help="How many nodes to look at.  [default: each that matters three times]",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    default=0,
    show_default=True,
    help="What everything random is drawn with.",
)
@click.option("--standalone", is_flag=True, help="Write a file that needs no tpdebug.")
@click.option("--force", is_flag=True, help="Replace the output file if there is one.")
@format_option
def finetune_command(
    program: str,
    output: Path,
    freeze: tuple[str, ...],
    steps: int | None,
    seed: int,
    standalone: bool,
    force: bool,
    form: str,
    **what: Any,
) -> None:
    """Go on training PROGRAM, and write the better program that is found.

    What each head and table reads stays; which keys a head looks for, what a table
    writes and the scores may change, except for what is frozen. What is right is said
    as for verify; a tenth of it is held out to choose by, and a tenth to test on.
    Nothing is written, and the exit code is 1, unless the result is better on what was
    held out to choose by.
    """
    check_output(output, force)
    require_torch(what="finetuning")
    from tpdebug.files import text_of
    from tpdebug.read import read
    from trainers.finetuning import finetune

    source, text = read(Path(program)), text_of(Path(program))
    _check_words(source.program, output, force)
    narrow = narrowed(source, what["lengths"], what["alphabet"])
    with redirect_stdout(sys.stderr):  # an oracle may print
        asked = subject([source], narrow, **what)
        with counting_display("finetuning", "nodes") as progress:
            tuned = finetune(
                source.program,
                asked.oracle,
                freeze=freeze,
                steps=steps,
                seed=seed,
                name=asked.name,
                part=asked.program.domain,
                progress=progress,
            )
        written = None
        if tuned.better:
            command = _command(program, output, freeze, steps, seed, standalone, what)
            written = _write(tuned, source, text, command, output, standalone, force)
    notes = [*source.notes, *asked.notes]
    if form == "json":
        echo_json(_data(program, output, freeze, seed, tuned, written, notes))
    else:
        _show(program, output, asked.name, tuned, written, notes)
    if not tuned.better:
        raise click.exceptions.Exit(NOTHING_BETTER)


def _check_words(program: Program, output: Path, force: bool) -> None:
    """Make sure that the file of an embedding, if one is written, replaces no other.

    Raises:
        UserError: it would.
    """
    from tpdebug.nodes import Embedding
    from tpdebug.write import words_path

    words = words_path(output)
    embeds = any(isinstance(node, Embedding) for node in program.nodes)
    if embeds and words.exists() and not force:
        raise UserError(f"{words} exists; take another name, or --force to replace it")


def _write(
    tuned: Tuned,
    source: Source,
    text: str,
    command: str,
    output: Path,
    standalone: bool,
    force: bool,
) -> Written:
    """Write the program, and execute the file."""
    from tpdebug.files import replace_file
    from tpdebug.write import save
    from tpdebug.write.kept import CannotRewrite
    from tpdebug.write.rewritten import check_elsewhere, rewritten

    check_output(output, force)  # it may have appeared meanwhile
    path = Path(source.map.path or "")
    sentences = _sentences(tuned, path, command)
    program = _described(tuned, sentences)
    anew = None
    try:
        check_elsewhere(source, text, path, output)
        if standalone and "tpdebug.rasp" in text:
            raise CannotRewrite("--standalone puts other things into the file")
        replace_file(output, rewritten(text, path, program, sentences))
    except CannotRewrite as error:
        anew = str(error)
        save(program, output, standalone=standalone)
    return Written(check_file(output, tuned.task, tuned.trained), anew)


def _sentences(tuned: Tuned, path: Path, command: str) -> list[str]:
    """What is known of the accuracy and the origin of the program."""
    listed = "Test cases: " if tuned.task.listed is not None else ""
    return [
        listed + tuned.trained.accuracy.sentence,
        f"Finetuned from {path.name}, which was right on "
        f"{tuned.before.inputs_right:,} of these inputs.",
        f"Made by: {command} (tpdebug {__version__})",
    ]


def _described(tuned: Tuned, sentences: list[str]) -> Program:
    """The program with what is known of it in its docstring."""
    from tpdebug.write.about import filled
    from tpdebug.write.source import describe

    program = tuned.program
    return program.with_about(filled([describe(program), "", *sentences]))


def _command(
    program: str,
    output: Path,
    freeze: tuple[str, ...],
    steps: int | None,
    seed: int,
    standalone: bool,
    what: dict[str, Any],
) -> str:
    """The command that makes this program again."""
    words = ["tpdebug", "finetune", Path(program).name]
    for name, value in what.items():
        words += [] if value is None else [f"--{name}", str(value)]
    for name in freeze:
        words += ["--freeze", name]
    words += [] if steps is None else ["--steps", str(steps)]
    words += ["--seed", str(seed)]
    words += ["--standalone"] if standalone else []
    return shlex.join([*words, "-o", output.name])


def _show(
    program: str,
    output: Path,
    name: str,
    tuned: Tuned,
    written: Written | None,
    notes: list[str],
) -> None:
    from tpdebug.errors import counted
    from tpdebug.render.finetuning import finetuning_view
    from tpdebug.render.terminal import show

    looked = counted(tuned.steps, "node")
    if tuned.better:
        headline = f"Wrote {output}: {program}, finetuned for {name}."
    elif tuned.validation[0].perfect:
        headline = (
            f"{program} makes no mistake on what was held out to choose by, so no "
            "program is better; nothing is written."
        )
    else:
        headline = (
            f"No better program than {program} was found for {name}, after a "
            f"look at {looked}; nothing is written."
        )
    show(
        finetuning_view(
            headline,
            tuned.validation,
            (tuned.before, tuned.trained.accuracy),
            tuned.changed,
            tuned.scores_changed,
            None if written is None else written.agreement,
            None if written is None else written.anew,
            notes,
        )
    )


def _data(
    program: str,
    output: Path,
    freeze: tuple[str, ...],
    seed: int,
    tuned: Tuned,
    written: Written | None,
    notes: list[str],
) -> dict[str, Any]:
    """Everything for scripts; counts of letters and inputs with their evidence."""
    return {
        "version": 1,
        "program": program,
        "better": tuned.better,
        "output": None if written is None else str(output),
        "anew": None if written is None else written.anew,
        "frozen": list(freeze),
        "steps": tuned.steps,
        "seed": seed,
        "changed": list(tuned.changed),
        "scores_changed": tuned.scores_changed,
        "validation": _pair(*tuned.validation),
        "measured": _pair(tuned.before, tuned.trained.accuracy),
        "notes": notes,
    }


def _pair(before: Accuracy, after: Accuracy) -> dict[str, Any]:
    return {"before": asdict(before), "after": asdict(after)}
