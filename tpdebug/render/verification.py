"""Verifications and differences in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tpdebug.errors import counted
from tpdebug.findings import (
    Atlas,
    Difference,
    Evidence,
    Failure,
    LeastMargin,
    Verification,
    percent,
)
from tpdebug.render.numbers import points
from tpdebug.render.sequences import Sequences, Words
from tpdebug.render.words import show_input, show_word

MOST_GAPS, MOST_INSTEAD = 5, 3
MOST_SHOWN = 10
"""How many failing inputs and patterns are printed; files and JSON hold all."""


def verification_view(
    name: str, found: Verification, notes: Sequence[str], most: int = MOST_SHOWN
) -> RenderableType:
    """Everything that `tpdebug verify` prints."""
    return Group(*_sections(_verification(name, found, notes, most)))


def difference_view(
    names: tuple[str, str],
    found: Difference,
    notes: Sequence[str],
    most: int = MOST_SHOWN,
) -> RenderableType:
    """Everything that `tpdebug diff` prints."""
    return Group(*_sections(_difference(names, found, notes, most)))


def _sections(
    sections: Iterator[tuple[RenderableType, ...]],
) -> Iterator[RenderableType]:
    """A blank line between sections."""
    for number, section in enumerate(sections):
        if number:
            yield ""
        yield from section


def _verification(
    name: str, found: Verification, notes: Sequence[str], most: int
) -> Iterator[tuple[RenderableType, ...]]:
    yield (_headline(name, found), *notes_view(notes))
    if len(found.lengths) > 1:
        yield (indent(_lengths(found)),)
    yield (indent(_classes(found)),)
    if found.failures:
        yield (
            Text(_first("failing input", len(found.failures), most, found)),
            indent(_failures(found.failures[:most])),
        )
    if found.atlas is not None and found.failures:
        yield from _atlas(found.atlas, len(found.failures), "failing", most)
    if found.least is not None:
        yield (_least(found.least, found.accuracy.evidence),)
    serious = [gap.says for gap in found.gaps if gap.fails]
    others = [gap.says for gap in found.gaps if not gap.fails]
    if serious:
        heading = Text("What the task needs and the program cannot do:", "bold")
        yield (heading, *_listed(serious, MOST_SHOWN, ""))
    if others:
        heading = Text("Treated by a default, which may be right:")
        yield (heading, *_listed(others, MOST_GAPS, "dim"))


def _listed(gaps: Sequence[str], most: int, style: str) -> Iterator[RenderableType]:
    """Some gaps, and how many others there are."""
    yield from (indent(Text(says, style)) for says in gaps[:most])
    if len(gaps) > most:
        rest = f"and {len(gaps) - most:,} more (--format json lists all)"
        yield indent(Text(rest, style))


def _headline(name: str, found: Verification) -> Text:
    accuracy = found.accuracy
    right = f"{accuracy.inputs_right:,} of {accuracy.inputs:,} inputs right"
    style = "bold green" if accuracy.perfect else "bold red"
    evidence = accuracy.evidence
    basis = "proved" if evidence.kind == "proved" else evidence.sentence
    text = Text.assemble(
        (name, "bold"), f" as {found.oracle}: ", (right, style), f" ({basis})"
    )
    unscored = evidence.inputs - accuracy.inputs
    if unscored:
        text.append(f"; {counted(unscored, 'input')} not scored", "yellow")
    if accuracy.interval is not None:
        low, high = accuracy.interval
        text.append(f", 95 % interval {percent(low)} to {percent(high)}")
    tail = "" if found.pooled else f"; {percent(accuracy.per_letter)} of letters"
    return text.append(f"{tail}.")


def notes_view(notes: Sequence[str]) -> Iterator[RenderableType]:
    """What the file does not say and was inferred, and what is odd about it."""
    if notes:
        yield Text("Read as:", "dim")
        yield from (indent(Text(note, "dim")) for note in notes)


def _lengths(found: Verification) -> Table:
    last = () if found.pooled else ("letters right",)
    table = _table("letters", "inputs", "right", "wrong", *last)
    for row in found.lengths:
        wrong = row.inputs - row.inputs_right
        table.add_row(
            str(row.length),
            f"{row.inputs:,}",
            f"{row.inputs_right:,}",
            Text(f"{wrong:,}", "red" if wrong else ""),
            *([] if found.pooled else [_share(row.letters_right, row.letters)]),
        )
    return table


def _share(part: int, whole: int) -> str:
    return percent(part / whole) if whole else "-"


def _classes(found: Verification) -> Table:
    unit = "inputs" if found.pooled else "letters"
    table = _table("answer", unit, "right", "wrong", "")
    table.columns[0].justify = table.columns[-1].justify = "left"
    for row in found.classes:
        wrong = row.letters - row.right
        instead = ", ".join(
            f"{n:,} as {show_word(name)}" for name, n in row.instead[:MOST_INSTEAD]
        )
        instead += ", ..." if len(row.instead) > MOST_INSTEAD else ""
        table.add_row(
            show_word(row.label),
            f"{row.letters:,}",
            f"{row.right:,}",
            Text(f"{wrong:,}", "red" if wrong else ""),
            Text(instead, "dim"),
        )
    return table


def _first(noun: str, count: int, most: int, found: Verification) -> str:
    kind = found.accuracy.evidence.kind
    scope = "" if kind != "sampled" else " in the sample"
    if count == 1:
        return f"The {noun}{scope}:"
    if count <= most:
        return f"All {count:,} {noun}s{scope}, shortest first:"
    return f"The first {most} of {count:,} {noun}s{scope}, shortest first:"


def _failures(failures: Sequence[Failure]) -> Sequences:
    rows = [
        (Words(f.input), Words(f.answers, f.wrong), _expected(f.expected))
        for f in failures
    ]
    return Sequences(("input", "answer", "expected"), rows)


def _expected(expected: Sequence[str | None]) -> Words:
    return Words(["-" if label is None else label for label in expected])


def _atlas(
    atlas: Atlas, count: int, kind: str, most: int
) -> Iterator[tuple[RenderableType, ...]]:
    patterns = atlas.patterns
    if not patterns:
        yield (Text(f"No patterns: too many {kind} inputs of one length."),)
        return
    how_many = counted(len(patterns), "pattern")
    verb = "covers" if len(patterns) == 1 else "cover"
    if atlas.complete:
        these = f"these {count:,} inputs" if count > 1 else "this input"
        says = f"{how_many} {verb} exactly {these}"
    else:
        covered = f"{count - atlas.left:,} of the {count:,} {kind} inputs"
        says = f"{how_many} {verb} {covered} and no others"
        if atlas.least > len(patterns):
            says += f"; all would take {atlas.least} or more"
    says += " (* is any letter, ! any but these)"
    shown = sorted(patterns, key=lambda pattern: -pattern.inputs)[:most]
    says += f"; the largest {len(shown)}:" if len(shown) < len(patterns) else ":"
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), show_header=False)
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    for pattern in shown if len(shown) < len(patterns) else patterns:
        table.add_row(str(pattern), Text(counted(pattern.inputs, "input"), "dim"))
    yield (Text(says), indent(table))


def _least(least: LeastMargin, evidence: Evidence) -> Text:
    at = "" if least.position is None else f" at position {least.position}"
    where = f"{show_input(least.input)}{at}"
    answer, runner_up = show_word(least.answer), show_word(least.runner_up)
    if least.margin == 0:
        says = f"Tie: {answer} and {runner_up} have the same score in "
        return Text(f"{says}{where}; the first class wins.")
    lead = points(least.margin, least.scale)
    scope = "" if evidence.kind == "proved" else " of those looked at"
    return Text(
        f"Least margin{scope}: {lead}, in {where} ({answer} before {runner_up})."
    )


def _difference(
    names: tuple[str, str], found: Difference, notes: Sequence[str], most: int
) -> Iterator[tuple[RenderableType, ...]]:
    first, second = names
    short = _short(names)
    count, basis = len(found.witnesses), found.evidence.sentence
    if found.equal:
        equal = "equal" if found.evidence.kind == "proved" else "no difference found"
        equal += " where they were compared" if found.notes else ""
        text = Text.assemble(
            (f"{first} and {second}: ", "bold"), (equal, "bold green"), f" ({basis})."
        )
        yield (text, *_apart(found), *notes_view(notes))
        return
    verb = "is" if count == 1 else "are"
    both = " that were compared" if found.notes else ""
    differ = f"{count:,} of {found.inputs:,} inputs{both} {verb} answered differently"
    kind = "proved" if found.evidence.kind == "proved" else basis
    text = Text.assemble(
        (f"{first} and {second}: ", "bold"), (differ, "bold red"), f" ({kind})."
    )
    yield (text, *_apart(found), *notes_view(notes))
    if found.first_right is not None:
        yield (
            Text(
                f"Of these, {short[0]} is right on {found.first_right:,}, "
                f"{short[1]} on {found.second_right:,}, neither on "
                f"{found.both_wrong:,}."
            ),
        )
    yield tuple(witnesses_view(short, found, most))
    if found.atlas is not None:
        yield from _atlas(found.atlas, count, "differing", most)


def witnesses_view(
    names: tuple[str, str], found: Difference, most: int = MOST_SHOWN
) -> Iterator[RenderableType]:
    """Some of the inputs that two programs answer differently, with both answers."""
    count, shown = len(found.witnesses), found.witnesses[:most]
    expects = ["expected"] if found.first_right is not None else []
    rows = []
    for witness in shown:
        pairs = enumerate(zip(witness.first, witness.second, strict=True))
        places = [i for i, (a, b) in pairs if a != b]
        row = [Words(witness.input), Words(witness.first, places)]
        row.append(Words(witness.second, places))
        if witness.expected is not None:
            row.append(_expected(witness.expected))
        rows.append(row)
    table = Sequences(("input", *names, *expects), rows)
    start = f"The first {len(shown)}" if len(shown) < count else "All"
    yield Text("It:" if count == 1 else f"{start}, shortest first:")
    yield indent(table)


def _apart(found: Difference) -> Iterator[RenderableType]:
    """What was not compared."""
    yield from (indent(Text(note, "yellow")) for note in found.notes)


def _short(names: tuple[str, str]) -> tuple[str, str]:
    """The names of two files without their folders, if that tells them apart."""
    first, second = (Path(name).name for name in names)
    same = names[0] == names[1].partition(" (tie: ")[0]
    apart = first != second.partition(" (tie: ")[0] or (same and first != second)
    return (first, second) if apart else ("the first", "the second")


def indent(view: RenderableType) -> Padding:
    """Two columns to the right."""
    return Padding(view, (0, 0, 0, 2))


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=bool(heading))
    return table
