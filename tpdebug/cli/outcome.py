"""What a training run gave, in words and in figures, and the check of the file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tpdebug import __version__
from tpdebug.cli.job import Job

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tpdebug.findings import Accuracy
    from tpdebug.program import Program
    from trainers.config import Look
    from trainers.pipeline import Trained
    from trainers.split import Split
    from trainers.tasks import Task

EXECUTE_UP_TO = 100_000


@dataclass(frozen=True, slots=True)
class Done:
    """What a training run left.

    Attributes:
        job: what was trained.
        program: as written.
        trained: what it was lifted from, and its accuracy on the domain.
        validation, test: its accuracy on these cases.
        agreement: what was checked, in a sentence.
        curve: how the restarts did.
        seconds: what each phase took.
    """

    job: Job
    program: Program
    trained: Trained
    validation: Accuracy
    test: Accuracy
    agreement: str
    curve: tuple[Look, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)


def described(job: Job, task: Task, trained: Trained) -> Program:
    """The program with what is known of it in its docstring."""
    from tpdebug.write.about import in_lines
    from tpdebug.write.source import describe

    made_of = describe(trained.program).split(": ", 1)[1]
    lines = [
        f"{job.run.task}: {task.says}; {made_of}",
        "",
        ("" if task.listed is None else "Test cases: ") + trained.accuracy.sentence,
        f"Made by: {job.command} (tpdebug {__version__})",
    ]
    program = trained.program.with_about(in_lines(lines))
    # Others look a task up by its name, which an own one does not have.
    return program if job.run.own is None else replace(program, task=None)


def held_out_accuracies(program: Program, parts: Split) -> tuple[Accuracy, Accuracy]:
    """How often a program is right on the validation and the test cases."""
    from tpdebug.cases import Cases
    from tpdebug.measure import measure

    pooled = program.classifier.pooled
    valid, test = (
        measure(program, Cases(program.domain, cases, pooled=pooled))
        for cases in (parts.valid, parts.test)
    )
    return valid, test


def metrics(done: Done) -> dict[str, Any]:
    """All figures of a run, for scripts; shares are 0 to 1.

    `letters` to `interval` are about the inputs that `evidence` names: all of the
    domain (proved), a sample of it, or the test cases (listed).
    """
    accuracy = done.trained.accuracy
    last = done.curve[-1] if done.curve else None
    return {
        "version": 1,
        "task": done.job.run.task,
        "program": str(done.job.output),
        "command": done.job.command,
        "nodes": [type(node).__name__ for node in done.program.nodes],
        "lines": lines_of_code(done.job.output),
        "validation": done.validation.per_letter,
        "validation_sequences": _sequences(done.validation),
        "test": done.test.per_letter,
        "test_sequences": _sequences(done.test),
        "letters": accuracy.letters,
        "letters_right": accuracy.letters_right,
        "inputs": accuracy.inputs,
        "inputs_right": accuracy.inputs_right,
        "evidence": accuracy.evidence.kind,
        "interval": accuracy.interval,
        "network_differs": done.trained.differ,
        "steps": None if last is None else last.step,
        "restarts_left": None if last is None else len(last.restarts),
        "seconds": {name: round(s, 3) for name, s in done.seconds.items()},
    }


def _sequences(accuracy: Accuracy) -> float:
    """The share of inputs that are answered right at every letter."""
    return accuracy.inputs_right / max(accuracy.inputs, 1)


def without_scores(text: str) -> str:
    """The text of a program file without its score table."""
    return text.split("# fmt: off\nSCORES")[0].rstrip()


def lines_of_code(path: Path) -> int:
    """How many lines a program file has, its score table left out."""
    return without_scores(path.read_text(encoding="utf-8")).count("\n") + 1


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
    path: Path, program: Program, inputs: Sequence[tuple[str, ...]], timeout: float
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
