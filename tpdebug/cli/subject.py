"""What is verified or compared: a program, on which inputs, and the right answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tpdebug.errors import UserError, counted

if TYPE_CHECKING:
    from tpdebug.domain import Domain
    from tpdebug.oracles import Oracle
    from tpdebug.program import Program
    from tpdebug.read import Source
    from trainers.tasks import Task

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
        click.option(
            "--lengths",
            metavar="LEAST-MOST",
            help="How many letters; cases with more or fewer are left out.",
        ),
        click.option(
            "--alphabet",
            help="Which letters, separated by spaces; cases with others are left out.",
        ),
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
        needed: all inputs of the task, if that is known.
        notes: inputs of the program that are left out.
    """

    source: Source
    program: Program
    oracle: Oracle
    name: str
    needed: Domain | None = None
    notes: Sequence[str] = ()


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
    sources: Sequence[Source],
    program: Program,
    *,
    task: str | None,
    oracle: str | None,
    cases: Path | None,
    lengths: str | None,
    alphabet: str | None,
) -> Subject:
    """Put a program and the right answers together.

    Args:
        sources: the program as it was read, and one that it is compared with.
        program: the first on the inputs in question.
        task, oracle, cases: what is right, as the user gave it.
        lengths, alphabet: what the user wants to look at.

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
        return Subject(sources[0], program, found, oracle)
    if cases is not None:
        from tpdebug.cases import read_cases

        known = {a for source in sources for a in source.program.domain.alphabet}
        narrow = any(given is not None for given in (lengths, alphabet))
        listed = read_cases(
            *(cases, program.domain, pooled),
            known=known,
            fitting=narrow or len(sources) > 1,
        )
        return Subject(sources[0], program, listed, str(cases), notes=listed.notes)
    task = task or program.task
    if task is None:
        raise UserError(
            "what is right? name a task (--task sort), a function "
            "(--oracle module:function) or a file of cases (--cases cases.jsonl)"
        )
    kept = (lengths is not None, alphabet is not None)
    part, whole, left_out = for_task(sources, program, task, kept)
    needed = None if any(kept) else whole.domain
    return Subject(sources[0], part, whole.oracle, task, needed=needed, notes=left_out)


def for_task(
    sources: Sequence[Source], program: Program, name: str, given: tuple[bool, bool]
) -> tuple[Program, Task, tuple[str, ...]]:
    """A program on the inputs of a task of the paper, and the task at its size.

    Args:
        sources: the program as it was read, which says how large the task is, and one
            that it is compared with.
        program: the first on the inputs that were asked for.
        name: the task.
        given: whether the user gave lengths, and letters: these are kept, or refused.

    Returns:
        The program, the task, and what was left out.

    Raises:
        UserError: there is no such task, or it is not about these inputs.
    """
    from tpdebug.domain import shorten
    from tpdebug.restrict import inside, restrict
    from trainers.tasks import task_with

    whole, domain = sources[0].program.domain, program.domain
    found = task_with(name, whole.alphabet, whole.lengths[1])
    if program.classifier.pooled:
        raise UserError(
            f"{name} wants an answer for each letter; the program gives one"
        )
    task, lengths, notes = found.domain, domain.lengths, []
    guessed = any(source.published is not None for source in sources)
    if guessed and not given[0]:
        lengths = max(lengths[0], task.lengths[0]), min(lengths[1], task.lengths[1])
    if lengths != domain.lengths:
        if lengths[0] > lengths[1]:
            raise UserError(f"{name} has inputs of {_span(task.lengths)}")
        notes.append(f"{name} has {_span(task.lengths)}: other inputs are left out")
    letters = tuple(a for a in domain.alphabet if a in task.letter_index)
    if not letters:
        raise UserError(
            f"{name} has the letters {shorten(task.alphabet)}; the program has "
            f"{shorten(domain.alphabet)}"
        )
    others = [a for a in domain.alphabet if a not in task.letter_index]
    if others:
        says = f"{name} does not have {shorten(others)}"
        if given[1]:
            raise UserError(f"{says}; its letters are {shorten(task.alphabet)}")
        notes.append(f"{says}: inputs with them are left out")
    if domain.keys is not None and task.keys is None:
        raise UserError(
            f"the inputs of {name} are any letters; the program takes keys and values"
        )
    part = inside(domain, alphabet=letters, lengths=lengths)
    if task.keys is not None and domain.keys is None:
        part = replace(part, keys=_keys(name, letters, task))
        notes.append(f"{name} has keys and values in turns: other inputs are left out")
    return restrict(program, part), found, tuple(notes)


def _keys(name: str, letters: tuple[str, ...], task: Domain) -> tuple[str, ...]:
    """The keys among some letters of a task that has keys and values."""
    from tpdebug.domain import shorten

    keys = tuple(a for a in letters if a in (task.keys or ()))
    if not 0 < len(keys) < len(letters):
        raise UserError(
            f"{name} needs keys and values; of its letters {shorten(task.alphabet)} "
            f"there are only {shorten(letters)}"
        )
    return keys


def _lengths(text: str | None) -> tuple[int, int] | None:
    """`6` or `1-6`."""
    if text is None:
        return None
    least, dash, most = text.partition("-")
    try:
        return int(least), int(most if dash else least)
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


def _span(lengths: tuple[int, int]) -> str:
    least = f"{lengths[0]} to " if lengths[0] < lengths[1] else ""
    return f"{least}{counted(lengths[1], 'letter')}"
