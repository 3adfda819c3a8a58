"""Falsifications in a terminal, and as JSON for scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tpdebug.errors import counted
from tpdebug.findings import FailureKind, Falsification
from tpdebug.nodes import Rule
from tpdebug.render.data import VERSION
from tpdebug.render.numbers import count
from tpdebug.render.sequences import Sequences, Words
from tpdebug.render.verification import indent, notes_view
from tpdebug.render.verification_data import failure_data
from tpdebug.render.ways_back import short_place
from tpdebug.render.words import show_word
from tpdebug.sourcemap import SourceMap

MOST_SHOWN = 10
MOST_LISTED = 1000
"""How many kinds are printed, and how many stand in the JSON."""


def falsification_view(
    name: str, found: Falsification, notes: Sequence[str], places: SourceMap
) -> RenderableType:
    """Everything that `tpdebug falsify` prints."""
    return Group(*_lines(name, found, notes, places))


def falsification_data(
    program: str, found: Falsification, notes: Sequence[str], places: SourceMap
) -> dict[str, Any]:
    """A falsification; at most a thousand kinds, `kinds_found` says how many."""
    return {
        "version": VERSION,
        "program": program,
        "check": found.check,
        "notes": list(notes),
        "evidence": asdict(found.evidence),
        "inputs": found.inputs,
        "complete": found.complete,
        "clean": found.clean,
        "failing": found.failing,
        "kinds_found": len(found.kinds),
        "kinds": [_kind_data(kind, places) for kind in found.kinds[:MOST_LISTED]],
        "failed_before": {"again": found.again, "mended": found.mended},
    }


def _kind_data(kind: FailureKind, places: SourceMap) -> dict[str, Any]:
    rule = kind.rule
    return {
        "expected": kind.expected,
        "answer": kind.answer,
        "position": kind.position,
        "rule": None if rule is None else str(rule),
        "where": None if rule is None else places.where(rule),
        "inputs": kind.count,
        "smallest": failure_data(kind.smallest),
        "smallest_proved": kind.proved,
    }


def _lines(
    name: str, found: Falsification, notes: Sequence[str], places: SourceMap
) -> Iterator[RenderableType]:
    yield _headline(name, found)
    yield from notes_view(notes)
    if found.again or found.mended:
        yield _before(found)
    for number, kind in enumerate(found.kinds[:MOST_SHOWN], start=1):
        yield ""
        yield _kind_heading(number, kind, places)
        yield indent(_smallest(kind, found.evidence.kind == "listed"))
        yield indent(_sequences(kind))
    more = len(found.kinds) - MOST_SHOWN
    if more > 0:
        yield ""
        yield Text(f"and {counted(more, 'more kind')} (--format json lists all)")


def _headline(name: str, found: Falsification) -> Text:
    """The verdict, and what it rests on."""
    text = Text.assemble((name, "bold"), f" as {found.check}: ")
    evidence = found.evidence
    basis = evidence.sentence
    if evidence.kind == "searched":
        looked = f"{evidence.inputs:,} inputs looked at in a domain of"
        basis = f"searched: {looked} {count(found.inputs)}, seed {evidence.seed}"
    if found.clean:
        says = "no failing input" + ("" if found.complete else " found")
        return text.append(says, "bold green").append(f" ({basis}).")
    tail = "" if evidence.kind != "searched" else " found"
    how_many = counted(found.failing, "failing input") + tail
    text.append(how_many, "bold red")
    kinds = counted(len(found.kinds), "kind")
    return text.append(f", of {kinds} ({basis}).")


def _before(found: Falsification) -> Text:
    """What became of inputs that failed before."""
    said = []
    if found.again:
        verb = "fails" if found.again == 1 else "fail"
        said.append(f"{counted(found.again, 'input')} still {verb}")
    if found.mended:
        verb = "does" if found.mended == 1 else "do"
        said.append(f"{counted(found.mended, 'input')} no longer {verb}")
    return Text(f"Of those that failed before, {', '.join(said)}.", "dim")


def _kind_heading(number: int, kind: FailureKind, places: SourceMap) -> Table:
    """What is answered, and which score row speaks most for it."""
    wrong = f"{show_word(kind.answer)} instead of {show_word(kind.expected)}"
    text = Text(wrong, "bold")
    if kind.rule is not None:
        text.append(f"; {_value(kind.rule)} speaks most for it", "not bold")
        where = short_place(places.where(kind.rule))
        text.append(f" ({where})" if where else "", "not bold dim")
    heading = Table.grid(padding=(0, 1, 0, 0))  # what is wrapped is indented
    heading.add_row(f"{number}.", text)
    return heading


def _value(rule: Rule) -> str:
    """The value that a score row is about."""
    return f"{rule.node} = {rule.key[0]!r}" if rule.key else f"the count {rule.node}"


def _smallest(kind: FailureKind, listed: bool) -> Text:
    """How many there are, and what is known of the one that is shown."""
    known = " (proved)" if kind.proved else " listed" if listed else " that was found"
    says = f"{counted(kind.count, 'input')}, the smallest{known}"
    if kind.count == 1 and kind.proved:
        says = "1 input"
    if kind.position is not None:
        says += f", wrong at position {kind.position}"
    return Text(f"{says}:", "dim")


def _sequences(kind: FailureKind) -> Sequences:
    failure = kind.smallest
    expected = ["-" if label is None else label for label in failure.expected]
    row = (Words(failure.input), Words(failure.answers, failure.wrong), Words(expected))
    return Sequences(("input", "answer", "expected"), [row], stacked=True)
