"""What finetuning gave: the file, with the text of the one before or anew; figures."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tpdebug import __version__
from tpdebug.cli.job import check_output
from tpdebug.cli.outcome import check_file

if TYPE_CHECKING:
    from tpdebug.findings import Accuracy
    from tpdebug.program import Program
    from tpdebug.read import Source
    from trainers.finetuning import Tuned


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


def write(
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
    from tpdebug.write.stated import accuracy_of_part

    accuracy = tuned.trained.accuracy
    if tuned.task.listed is not None:
        says = f"Test cases: {accuracy.sentence}"
    else:
        part, whole = tuned.task.domain, tuned.program.domain
        says = accuracy_of_part(accuracy, part, whole, "Finetuned")
    return [
        says,
        f"Finetuned from {path.name}, which was right on "
        f"{tuned.before.inputs_right:,} of these inputs.",
        f"Made by: {command} (tpdebug {__version__})",
    ]


def _described(tuned: Tuned, sentences: list[str]) -> Program:
    """The program with what is known of it in its docstring."""
    from tpdebug.write.about import in_lines
    from tpdebug.write.source import describe

    program = tuned.program
    return program.with_about(in_lines([describe(program), "", *sentences]))


def show_tuned(
    program: str,
    output: Path,
    name: str,
    tuned: Tuned,
    written: Written | None,
    notes: list[str],
) -> None:
    """Print what came of it."""
    from tpdebug.errors import counted
    from tpdebug.render.finetuning import finetuning_view
    from tpdebug.render.terminal import show

    looked = counted(tuned.steps, "node")
    if tuned.better:
        headline = f"Wrote {output}: {program}, finetuned for {name}."
    elif tuned.validation[0].perfect and tuned.before.perfect:
        headline = (
            f"{program} makes no mistake on what was looked at, so no program is "
            "better; nothing is written."
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


def tuned_data(
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
