"""Circuits in words: what is enough for an answer, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from tpdebug.errors import counted
from tpdebug.findings import Circuit
from tpdebug.program import Program
from tpdebug.render.ways_back import Ways


def enough(found: Circuit) -> str:
    """How many values are enough, and whether fewer would be."""
    count = len(found.kept)
    if not count:
        return "No value is needed for it: the answer there is always the same."
    values = "value" if found.among == 1 else "values"
    are = "is" if count == 1 else "are"
    says = f"{count} of the {found.among} {values} {are} enough for it"
    if found.smallest:
        return f"{says}; fewer are not." if count > 1 else f"{says}."
    return f"{says}, and none of them can be left out."


def certificate(found: Circuit) -> str:
    """What was checked."""
    inputs = f"{counted(found.alike, 'input')} of length {found.length}"
    return (
        f"Seen there on {inputs}: the answer is {found.chosen.answer} on every one "
        f"({found.evidence.sentence})."
    )


def certain(found: Circuit) -> Iterator[str]:
    """What holds on every input, where that above was seen on a sample."""
    if found.certain is None:
        return
    count, pooled = len(found.certain), found.chosen.position is None
    if count == found.among:
        yield "No fewer than all values are proved to be enough by their scores."
        return
    names = ", ".join(
        f"{c.place.variable} at {c.place.position}" if pooled else c.place.variable
        for c in found.certain
    )
    these = "this value is" if count == 1 else f"these {count} values are"
    yield f"Whatever the others are, {these} enough by the scores (proved): {names}."


def trees(program: Program, found: Circuit) -> Iterator[RenderableType]:
    """The way back of each value, as a tree."""
    if found.kept:
        yield from ("", Text("The way back:"))
    ways = Ways(program, found, found.reach)
    for value in found.kept:
        yield ""
        yield Padding(ways.tree(value), (0, 0, 0, 2))
