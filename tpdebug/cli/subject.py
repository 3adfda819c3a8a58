"""What is verified or compared: a program, on which inputs, and the right answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tpdebug.errors import UserError

if TYPE_CHECKING:
    from tpdebug.domain import Domain
    from tpdebug.oracles import Oracle
    from tpdebug.program import Program
    from tpdebug.read import Source

MOST = click.IntRange(1, 2**33)
SAMPLES = click.IntRange(1, 10_000_000)


def oracle_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what is right."""
    for option in (
        click.option("--task", help="A task of the paper, such as sort or hist."),
        click.option(
            "--oracle",
            metavar="MODULE:FUNCTION",
            help="A function from letters to the right answers (None: not scored).",
        ),
        click.option(
            "--cases",
            type=click.Path(path_type=Path),
            help="A file of inputs and right answers: JSONL or CSV with the fields "
            "input and expected.",
        ),
    ):
        command = option(command)
    return command


def domain_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which inputs are looked at."""
    for option in (
        click.option("--lengths", metavar="LEAST-MOST", help="How many letters."),
        click.option("--alphabet", help="Which letters, separated by spaces."),
        click.option(
            "--most",
            type=MOST,
            default=5_000_000,
            show_default=True,
            help="Sample if there are more inputs than this.",
        ),
        click.option(
            "--samples",
            type=SAMPLES,
            default=100_000,
            show_default=True,
            help="How many inputs to draw then.",
        ),
        click.option("--seed", type=click.IntRange(0), default=0, show_default=True),
        click.option(
            "--jobs",
            type=click.IntRange(1, 256),
            help="Threads.  [default: one for each core]",
        ),
    ):
        command = option(command)
    return command


@dataclass(frozen=True)
class Subject:
    """A program on the inputs that are looked at, and the right answers.

    Attributes:
        source: the program as it was read.
        program: the same on the inputs in question.
        oracle: the right answers.
        name: what the oracle is called.
        cases: the inputs to look at; None for all of the domain.
        needed: all inputs of the task, if that is known.
    """

    source: Source
    program: Program
    oracle: Oracle
    name: str
    cases: Sequence[tuple[str, ...]] | None = None
    needed: Domain | None = None


@dataclass(frozen=True)
class OnTask:
    """A program on the inputs of a task that it takes.

    Attributes:
        program: the program on these inputs.
        oracle: the right answers.
        name: the task.
        needed: all inputs of the task.
    """

    program: Program
    oracle: Oracle
    name: str
    needed: Domain


def narrowed(source: Source, lengths: str | None, alphabet: str | None) -> Program:
    """The program on the inputs that the user asked for.

    Raises:
        UserError: it does not take them.
    """
    from tpdebug.restrict import inside, restrict

    program = source.program
    letters = None if alphabet is None else tuple(alphabet.split())
    part = inside(program.domain, alphabet=letters, lengths=_lengths(lengths))
    return restrict(program, part)


def subject(
    source: Source,
    program: Program,
    *,
    task: str | None,
    oracle: str | None,
    cases: Path | None,
    lengths: str | None,
    alphabet: str | None,
) -> Subject:
    """Put a program and the right answers together.

    Raises:
        UserError: it is not said what is right, or the two do not fit together.
    """
    given = [name for name in (task, oracle, cases) if name is not None]
    if len(given) > 1:
        raise UserError("give one of --task, --oracle and --cases")
    pooled = program.classifier.pooled
    if oracle is not None:
        from tpdebug.given import load_oracle

        found = load_oracle(oracle, program.domain, pooled)
        return Subject(source, program, found, oracle)
    if cases is not None:
        from tpdebug.given import read_cases

        inputs, listed = read_cases(cases, program.domain, pooled)
        return Subject(source, program, listed, str(cases), inputs)
    task = task or program.task
    if task is None:
        raise UserError(
            "what is right? name a task (--task sort), a function "
            "(--oracle module:function) or a file of cases (--cases cases.jsonl)"
        )
    on_task = for_task(program, task)
    needed = None if lengths or alphabet else on_task.needed
    chosen = (on_task.program, on_task.oracle, on_task.name)
    return Subject(source, *chosen, needed=needed)


def for_task(program: Program, name: str) -> OnTask:
    """A program on the inputs of a task of the paper, at the size of the program.

    Raises:
        UserError: there is no such task, or it has no input that the program takes.
    """
    from tpdebug.domain import shorten
    from tpdebug.oracles import renumbered
    from tpdebug.restrict import inside, restrict
    from trainers.tasks import task_of_size

    whole = program.domain
    found = task_of_size(name, len(whole.alphabet), whole.lengths[1])
    if program.classifier.pooled:
        raise UserError(
            f"{name} wants an answer for each letter; the program gives one"
        )
    domain, needed = program.domain, found.domain
    letters = tuple(a for a in needed.alphabet if a in domain.letter_index)
    shortest = max(domain.lengths[0], needed.lengths[0])
    longest = min(domain.lengths[1], needed.lengths[1])
    if not letters or shortest > longest:
        raise UserError(
            f"{name} has the letters {shorten(needed.alphabet)} and "
            f"{needed.lengths[0]} to {needed.lengths[1]} of them; the program has "
            f"{shorten(domain.alphabet)}, {domain.lengths[0]} to {domain.lengths[1]}"
        )
    part = inside(domain, alphabet=letters, lengths=(shortest, longest))
    if needed.keys is not None:
        from dataclasses import replace

        part = replace(part, keys=tuple(a for a in needed.keys if a in letters))
    oracle = renumbered(found.oracle, part)
    return OnTask(restrict(program, part), oracle, name, needed)


def _lengths(text: str | None) -> tuple[int, int] | None:
    """`6` or `1-6`."""
    if text is None:
        return None
    least, _, most = text.partition("-")
    try:
        return int(least), int(most or least)
    except ValueError:
        raise UserError(
            f"--lengths is a number or a range like 1-6, not {text!r}"
        ) from None


def notes_of(names: Sequence[str], sources: Sequence[Source]) -> list[str]:
    """What was inferred about several files; what is the same is said once."""
    if len({source.notes for source in sources}) == 1:
        return list(sources[0].notes)
    pairs = zip(names, sources, strict=True)
    return [f"{name}: {note}" for name, source in pairs for note in source.notes]
