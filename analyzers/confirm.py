"""Executing a program file, to confirm what was found by reading it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tpdebug.errors import UserError
from tpdebug.evaluate import answers
from tpdebug.execute import execute
from tpdebug.findings import Failure
from tpdebug.inputs import decode, sample
from tpdebug.program import Program
from tpdebug.read import Source

SECONDS_AN_INPUT = 1.0


def confirm(
    source: Source,
    program: Program,
    path: Path,
    failures: Sequence[Failure],
    count: int,
    seed: int,
) -> int:
    """Execute a file on failing inputs, the shortest, and on others.

    Args:
        source: what was read from the file.
        program: the same, on the inputs in question.
        path: the file.
        failures: failing inputs, shortest first.
        count: how many failing inputs to take, and how many others to draw.
        seed: what they are drawn with.

    Returns:
        How many inputs the file was executed on.

    Raises:
        UserError: it answers differently, fails, or takes too long.
    """
    inputs = [failure.input for failure in failures[:count]]
    for block in sample(program.domain, count, seed):
        inputs += decode(program.domain, block)
    found = execute(
        path,
        inputs,
        timeout=60 + SECONDS_AN_INPUT * len(inputs),
        published=source.published,
    )
    for letters, got, read in zip(inputs, found, answers(program, inputs), strict=True):
        if got != read:
            raise UserError(
                f'{path} answers "{" ".join(got)}" to "{" ".join(letters)}" when it is '
                f'executed, but "{" ".join(read)}" was read. Unless scores are nearly '
                "tied there, please report this"
            )
    return len(inputs)
