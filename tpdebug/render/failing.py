"""A failing input and the rules to blame, as plain lines for the reports of pytest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from rich.cells import cell_len

from tpdebug.errors import counted
from tpdebug.findings import Failure, Localization, Suspect
from tpdebug.program import Program
from tpdebug.render.alterations import change, rule_view
from tpdebug.render.localization import INTERVENTIONAL, effect_view
from tpdebug.render.sequences import pieces
from tpdebug.render.wording import printable
from tpdebug.render.words import (
    GAP,
    MOST_LINES,
    kept,
    padded,
    show_letters,
    show_word,
)

WIDTH, LABEL = 78, 10
HEADINGS = ("input", "answer", "expected", "")
NOT_SCORED = "-"


def failure_lines(failure: Failure, width: int = WIDTH) -> Iterator[str]:
    r"""The input, the answer and what is right, letter above letter; wrong ones marked.

    >>> failure = Failure(("a", "b"), ("x", None), ("yy", "x"))
    >>> print("\n".join(failure_lines(failure)))
    input     a  b
    answer    yy x
    expected  x  -
              ^^
    """
    right = [NOT_SCORED if label is None else label for label in failure.expected]
    marks = ["^" if i in failure.wrong else "" for i in range(len(right))]
    rows = [[*map(show_word, row)] for row in (failure.input, failure.answers, right)]
    room = width - LABEL
    if len(failure.answers) == 1 != len(failure.input):  # pooled
        shown = show_letters(failure.input, MOST_LINES * room)
        yield from wrap_words(f"{'input':<{LABEL}}", shown, width)
        yield f"{'answer':<{LABEL}}{rows[1][0]}"
        yield f"{'expected':<{LABEL}}{rows[2][0]}"
        return
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    marks = [mark * size for mark, size in zip(marks, widths, strict=True)]
    places = kept(widths, MOST_LINES * room, failure.wrong)
    for piece in pieces(places, widths, room):
        for heading, row in zip(HEADINGS, (*rows, marks), strict=True):
            words = [
                padded(GAP if heading else "", len(GAP))
                if place is None
                else padded(row[place], widths[place])
                for place in piece
            ]
            line = f"{heading:<{LABEL}}{' '.join(words)}".rstrip()
            if line:
                yield line
    if None in places:
        yield f"{'':<{LABEL}}({len(widths)} letters)"


def suspect_lines(
    program: Program,
    found: Localization,
    places: Mapping[str, str],
    lines: Mapping[str, str],
    most: int,
) -> Iterator[str]:
    """The rules to blame, by file and line.

    Args:
        program: the program.
        found: the rules, ranked.
        places: how to write each `file:line`.
        lines: the line of the file at each.
        most: how many rules.
    """
    helping = [suspect for suspect in found.suspects if suspect.helps]
    shown = (helping or list(found.suspects))[:most]
    if not shown:
        return
    proved = found.evidence.kind == "proved"
    inputs = counted(found.evidence.inputs, "input")
    inputs = f"all {inputs}" if proved else f"{inputs} looked at"
    wrong = f"{counted(found.wrong, 'wrong answer')} on {inputs}"
    if found.formula == INTERVENTIONAL and helping:
        how = f"what changing each does to the {wrong}"
    elif found.formula == INTERVENTIONAL:
        how = f"how many of the {wrong} depend on each (Ochiai)"
    else:
        name = found.formula.capitalize()
        how = f"{name}, from how many of the {wrong} depend on each"
    yield from wrap(f"Suspicious rules, by {how}:", WIDTH)
    for suspect in shown:
        yield from _suspect(program, found, suspect, places, lines)
    if not helping and found.formula == INTERVENTIONAL:
        yield "No change of one of them alone helps."


def _suspect(
    program: Program,
    found: Localization,
    suspect: Suspect,
    places: Mapping[str, str],
    lines: Mapping[str, str],
) -> Iterator[str]:
    where = suspect.where or ""
    place = f"{places.get(where, where)}: " if where else ""
    yield f"  {place}{printable(rule_view(program, suspect.rule))}"
    line = printable(lines.get(where, ""))
    if line:
        yield f"      {line if len(line) <= WIDTH - 6 else line[: WIDTH - 9] + '...'}"
    if suspect.helps and suspect.best is not None and suspect.effect is not None:
        does = change(program, suspect.now, suspect.best)
        says = f"If it {does}: {effect_view(suspect.effect, found.wrong)}"
    else:
        counts = suspect.counts
        says = (
            f"{counts.failed:,} of {counted(found.wrong, 'wrong answer')} and "
            f"{counts.passed:,} of {found.answers - found.wrong:,} right ones "
            f"depend on it."
        )
    yield from wrap_words("    ", printable(says), WIDTH)


def wrap_words(start: str, text: str, width: int) -> Sequence[str]:
    """A text after a heading, broken between words and indented below it."""
    return wrap(text, width, initial_indent=start, subsequent_indent=" " * len(start))
