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
EXECUTED = click.IntRange(1, 100_000)


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


def part_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which inputs are in question."""
    for option in (
        click.option(
            "--alphabet",
            help="Which letters, separated by spaces; cases with others are left out.",
        ),
        click.option(
            "--lengths",
            metavar="LEAST-MOST",
            help="How many letters; cases with more or fewer are left out.",
        ),
    ):
        command = option(command)
    return command


def domain_options_with(
    most: int, samples: int
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options that say which inputs are looked at.

    Args:
        most: how many inputs are all looked at, by default.
        samples: how many are drawn of more.
    """
    options = (
        part_options,
        click.option(
            "--most",
            type=MOST,
            default=most,
            show_default=True,
            help="Sample if there are more inputs than this.",
        ),
        click.option(
            "--samples",
            type=SAMPLES,
            default=samples,
            show_default=True,
            help="How many inputs to draw then.",
        ),
        click.option("--seed", type=click.IntRange(0), default=0, show_default=True),
        click.option(
            "--jobs",
            type=click.IntRange(1, 256),
            help="Threads.  [default: one for each core]",
        ),
    )

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in options:
            command = option(command)
        return command

    return add


domain_options = domain_options_with(most=5_000_000, samples=100_000)
"""The options of commands that evaluate each input once."""


@dataclass(frozen=True)
class Subject:
    """A program on the inputs that are looked at, and the right answers.

    Attributes:
        source: the program as it was read.
        program: the same on the inputs in question.
        oracle: the right answers.
        name: what the oracle is called.
        needed: all inputs of the task, if that is known.
        left_out: which inputs of the program are left out.
    """

    source: Source
    program: Program
    oracle: Oracle
    name: str
    needed: Domain | None = None
    left_out: Sequence[str] = ()

    @property
    def notes(self) -> list[str]:
        """What was inferred about the file, and what is left out."""
        return [*self.source.notes, *self.left_out]


def narrowed(source: Source, lengths: str | None, alphabet: str | None) -> Program:
    """The program on the inputs that the user asked for.

    Raises:
        UserError: it does not take them.
    """
    from tpdebug.restrict import inside, restrict

    program = source.program
    letters = None if alphabet is None else tuple(alphabet.split())
    part = inside(
        program.domain,
        alphabet=letters,
        lengths=None if lengths is None else parse_lengths(lengths),
    )
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
        return Subject(sources[0], program, listed, str(cases), left_out=listed.notes)
    from tpdebug.cli.tasks import for_task

    task = task or program.task
    if task is None:
        raise UserError(
            "what is right? name a task (--task sort), a function "
            "(--oracle module:function) or a file of cases (--cases cases.jsonl)"
        )
    kept = (lengths is not None, alphabet is not None)
    part, whole, apart = for_task(sources, program, task, kept)
    needed = None if any(kept) else whole.domain
    return Subject(sources[0], part, whole.oracle, task, needed, apart)


def parse_lengths(text: str) -> tuple[int, int]:
    """`6` or `1-6`, as the least and the greatest number.

    Raises:
        UserError: it is neither.
    """
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
