"""A program held against something: right answers, another program, or a property."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tpdebug.cli.subject import narrowed, subject
from tpdebug.errors import UserError

if TYPE_CHECKING:
    from analyzers.falsify import Check
    from tpdebug.oracles import Function, Oracle
    from tpdebug.program import Program
    from tpdebug.read import Source

WAYS = ("task", "oracle", "cases", "against", "model", "holds")
"""What a program can be held against."""


@dataclass(frozen=True)
class Held:
    """A program and what it is held against.

    Attributes:
        source: the program as it was read.
        check: judges its answers on the inputs in question.
        left_out: which inputs are left out.
    """

    source: Source
    check: Check
    left_out: Sequence[str] = ()

    @property
    def notes(self) -> list[str]:
        """What was inferred about the file, and what is left out."""
        return [*self.source.notes, *self.left_out]


def held(
    program: str | Path | Program,
    *,
    task: str | None = None,
    oracle: Oracle | Function | str | None = None,
    cases: Path | None = None,
    against: Path | None = None,
    model: Path | None = None,
    holds: str | None = None,
    lengths: str | None = None,
    alphabet: str | None = None,
) -> Held:
    """Put a program together with what it is held against.

    Args:
        program: a file, or a program.
        task, oracle, cases, against, model, holds: one of these; a property may be
            asked of the inputs of a task.
        lengths, alphabet: which inputs, if not all.

    Raises:
        UserError: something cannot be read, or does not fit together.
    """
    from analyzers.falsify import Check, PropertyCheck

    source = _source(program)
    narrow = narrowed(source, lengths, alphabet)
    given = (task, oracle, cases, against, model, holds)
    ways = [way for way, value in zip(WAYS, given, strict=True) if value is not None]
    if len(ways) > 1 and ways != ["task", "holds"]:
        named = " and ".join(f"--{_option(way)}" for way in ways[:2])
        raise UserError(f"give one of {named}")
    notes: tuple[str, ...] = ()
    if against is not None:
        return _against(source, narrow, against)
    if model is not None:
        return _as_model(source, narrow, model)
    if holds is not None:
        if task is not None:
            narrow, notes = _of_task(source, narrow, task, lengths, alphabet)
        return Held(source, PropertyCheck(narrow, holds), notes)
    if oracle is not None and not isinstance(oracle, str):
        return Held(source, Check(narrow, oracle))
    asked = subject(
        [source],
        narrow,
        task=task,
        oracle=oracle,
        cases=cases,
        lengths=lengths,
        alphabet=alphabet,
    )
    check = Check(asked.program, asked.oracle, asked.name)
    return Held(source, check, asked.left_out)


def _option(way: str) -> str:
    return "property" if way == "holds" else way


def _source(program: str | Path | Program) -> Source:
    from tpdebug.program import Program as Known
    from tpdebug.read import Source, read
    from tpdebug.sourcemap import SourceMap

    if isinstance(program, Known):
        return Source(program, SourceMap(None))
    return read(Path(program))


def _against(source: Source, program: Program, path: Path) -> Held:
    """Hold a program against another, on the inputs that both take."""
    from analyzers.diff import common, only_one
    from analyzers.falsify import Check
    from tpdebug.evaluate import Evaluator
    from tpdebug.oracles import BatchOracle
    from tpdebug.read import read
    from tpdebug.restrict import restrict

    other = read(path).program
    ours, theirs = common(program, other)
    apart = tuple(only_one(program.domain, other.domain))
    other = restrict(other, theirs)
    oracle = BatchOracle(ours, other.classifier.classes, Evaluator(other).answers)
    oracle.pooled = other.classifier.pooled
    return Held(source, Check(restrict(program, ours), oracle, str(path)), apart)


def _as_model(source: Source, program: Program, path: Path) -> Held:
    """Hold a program against a network, on the lengths that both take."""
    from analyzers.falsify import Check
    from tpdebug.cli.run_folder import network_in
    from tpdebug.cli.training import require_torch
    from tpdebug.domain import span
    from tpdebug.restrict import inside, restrict

    if not path.exists():
        raise UserError(f"{path} does not exist")
    require_torch()
    from trainers.stored import stored_oracle

    oracle = stored_oracle(network_in(path) if path.is_dir() else path)
    ours, theirs = program.domain.lengths, oracle.domain.lengths
    lengths = max(ours[0], theirs[0]), min(ours[1], theirs[1])
    if lengths[0] > lengths[1]:
        raise UserError(f"{path} takes {span(theirs)}, the program {span(ours)}")
    narrow = restrict(program, inside(program.domain, lengths=lengths))
    return Held(source, Check(narrow, oracle, str(path)))


def _of_task(
    source: Source, program: Program, task: str, *kept: Any
) -> tuple[Program, tuple[str, ...]]:
    """A program on the inputs of a task."""
    from tpdebug.cli.tasks import for_task

    given = (kept[0] is not None, kept[1] is not None)
    part, _, notes = for_task([source], program, task, given)
    return part, notes
