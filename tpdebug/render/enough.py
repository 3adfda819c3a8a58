"""Circuits in words: what is enough for an answer, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from tpdebug.errors import counted
from tpdebug.findings import Ablation, Circuit, Contribution
from tpdebug.program import Program
from tpdebug.render.ways_back import Ways, show_place
from tpdebug.render.words import show_word


def enough(found: Circuit) -> str:
    """How many values are enough, and whether fewer would be."""
    count = len(found.kept)
    if not count:
        says = "No value is needed for it: the answer there is always the same"
        proved = found.evidence.kind == "proved"
        return f"{says}." if proved else f"{says}, as far as was looked at."
    values = "value" if found.among == 1 else "values"
    are = "is" if count == 1 else "are"
    says = f"{count} of the {found.among} {values} {are} enough for it"
    if found.smallest:
        return f"{says}; fewer are not." if count > 1 else f"{says}."
    return f"{says}, and none of them can be left out."


def certificate(found: Circuit) -> str:
    """What was checked."""
    answer = show_word(found.chosen.answer)
    inputs = f"{counted(found.alike, 'input')} of length {found.length}"
    return (
        f"Seen there on {inputs}: the answer is {answer} on every one "
        f"({found.evidence.sentence})."
    )


def certain(found: Circuit) -> Iterator[str]:
    """What holds on every input, where that above was seen on a sample."""
    if found.evidence.kind == "proved":
        return
    count = len(found.certain)
    if count == found.among:
        yield "No fewer than all values are proved to be enough by their scores."
        return
    names = ", ".join(_names(found, found.certain))
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


def _names(found: Circuit, values: Iterable[Contribution]) -> Iterator[str]:
    for value in values:
        yield show_place(value.place, found.chosen.position)


def in_network(found: Circuit, alone: Ablation, proved: Ablation) -> Iterator[str]:
    """What the network answers with the scores of some values only.

    Args:
        found: the circuit.
        alone: with the scores of its values, all others at their mean.
        proved: with those that are enough by the scores.
    """
    others = found.among - len(found.kept)
    if not others:
        yield "In the network nothing can be left out: all values are in the circuit."
        return
    mean, answer = alone.evidence, found.chosen.answer
    over = f"all {mean.inputs:,} inputs of this length"
    if mean.kind != "proved":
        over = f"{counted(mean.inputs, 'input')} drawn with seed {mean.seed}"
    stays = "stays" if alone.answer == answer else "becomes"
    yield (
        f"In the network, with the scores of the other {others} at their mean over "
        f"{over}, the answer {stays} {show_word(alone.answer)}."
    )
    if alone.answer != answer:
        stays = "stays" if proved.answer == answer else "becomes"
        names = ", ".join(_names(found, found.certain))
        these = f"With those of these {len(found.certain)} as they are"
        yield f"{these} it {stays} {show_word(proved.answer)}: {names}."
