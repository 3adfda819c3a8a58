"""Explanations in a terminal: the answers, the scores, and the way back as a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rich.cells import cell_len
from rich.console import (
    Console,
    ConsoleOptions,
    Group,
    JustifyMethod,
    RenderableType,
)
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from tpdebug.findings import Contribution, Explanation, Letter
from tpdebug.program import Program
from tpdebug.render.enough import certain, certificate, enough, trees
from tpdebug.render.numbers import points
from tpdebug.render.ways_back import short_place, show_place, show_value
from tpdebug.render.words import (
    MOST_LINES,
    show_letters,
    show_word,
    terminal_width,
)

MOST_ROWS = 10
NARROW = 60
MOST_PLACE = 18
"""So much of a `file:line` is shown at least, where there is little room."""

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class _Terminal(Console):
    """A console to which no name from a file can send commands."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """Yield pieces of text, with control characters written out."""
        for segment in super().render(renderable, options):
            text, style, control = segment
            if control is None and CONTROL.search(text):
                segment = Segment(CONTROL.sub(_written_out, text), style)
            yield segment


def _written_out(found: re.Match[str]) -> str:
    return ascii(found[0])[1:-1]


def show(*views: RenderableType, **options: Any) -> None:
    """Print to standard output: in colour on a terminal, plain text in a pipe."""
    console = _Terminal(highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        console.print(*views, **options)
    lines = captured.get().split("\n")[:-1]
    if not console.is_terminal:
        lines = [line.rstrip() for line in lines]
    print("\n".join(lines))


def explanation_view(
    program: Program, name: str, explanation: Explanation, width: int = 80
) -> RenderableType:
    """Everything that `tpdebug explain` prints; a narrow one leaves columns out."""
    narrow = width < NARROW
    task = f" ({program.task})" if program.task else ""
    return Group(
        Text.assemble((name, "bold"), task),
        "",
        _indent(_letters(explanation, narrow, program.classifier.scale)),
        "",
        _verdict(program, explanation),
        "",
        *_scores(explanation, width, program.classifier.scale),
        Text(enough(explanation.circuit)),
        Text(certificate(explanation.circuit)),
        *map(Text, certain(explanation.circuit)),
        *trees(program, explanation.circuit),
    )


def _indent(view: RenderableType) -> Padding:
    return Padding(view, (0, 0, 0, 2))


def _letters(explanation: Explanation, narrow: bool, scale: int) -> Table:
    """One row a letter; an arrow marks the one that is explained."""
    expects = any(letter.expected is not None for letter in explanation.letters)
    pooled = explanation.chosen.position is None
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    columns = ["" if pooled else "position", "input", "answer"]
    columns += ["expected"] if expects else []
    columns += ["margin"] if narrow else ["margin", "runner-up"]
    for column in ["", *columns, ""]:
        justify: JustifyMethod = "right" if column == "margin" else "left"
        table.add_column(column, justify=justify, no_wrap=not pooled)
    for letter in explanation.letters:
        chosen = letter is explanation.chosen and not pooled
        wrong = "red" if letter.wrong else ""
        table.add_row(
            ">" if chosen else "",
            "" if letter.position is None else str(letter.position),
            *_shown(letter, pooled),
            Text(show_word(letter.answer), style=wrong),
            *([_answer(letter.expected, "")] if expects else []),
            "-" if letter.margin is None else points(letter.margin, scale),
            *([] if narrow else [_answer(letter.runner_up, "-")]),
            Text("wrong" if letter.wrong else "", style=wrong),
            style="bold" if chosen else "",
        )
    return table


def _shown(letter: Letter, pooled: bool) -> list[str]:
    """What was read: a letter, or a whole input for which there is one answer."""
    if not pooled:
        return [show_word(letter.letter)]
    return [show_letters(letter.letter.split(" "), MOST_LINES * terminal_width() // 2)]


def _answer(label: str | None, none: str) -> str:
    return none if label is None else show_word(label)


def _verdict(program: Program, explanation: Explanation) -> Text:
    """The answer in one sentence."""
    chosen, rival = explanation.chosen, explanation.rival
    at = "" if chosen.position is None else f"At position {chosen.position} "
    given = (show_word(chosen.answer), "bold")
    answer = Text.assemble(f"{at}the answer is ".capitalize(), given)
    if rival is None:
        return answer.append("; the program has no other class.")
    rival = show_word(rival)
    if explanation.margin == 0:
        role = "expected" if chosen.wrong else "the runner-up"
        return answer.append(
            f"; {rival} ({role}) has as many points, and the first class wins a tie."
        )
    lead = points(explanation.margin, program.classifier.scale)
    lead += " point" if lead == "1" else " points"
    if chosen.wrong:
        return answer.append(f"; expected is {rival}, which has {lead} less.")
    return answer.append(f", {lead} before {rival}, the runner-up.")


def _scores(
    explanation: Explanation, width: int, scale: int
) -> Iterator[RenderableType]:
    """What each variable adds to the answer and to its rival, if any is scored."""
    if not explanation.contributions:
        return
    narrow = width < NARROW
    chosen, rival = explanation.chosen, explanation.rival
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("variable", no_wrap=True)
    table.add_column("value", no_wrap=True)
    headings = [f"for {show_word(chosen.answer)}"]
    headings += [] if rival is None else [f"for {show_word(rival)}", "difference"]
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    if not narrow:
        table.add_column("scores at", style="dim", no_wrap=True)
    found = list(explanation.contributions)
    shown, rest = found[:MOST_ROWS], found[MOST_ROWS:]
    given = [_score_row(c, rival is not None, chosen.position, scale) for c in shown]
    room = (
        width
        - 4
        - sum(
            max(cell_len(str(cell)) for cell in column) + 2
            for column in zip(["variable", "value", *headings], *given, strict=False)
        )
    )
    for row in given:
        row[-1] = _end(str(row[-1]), max(room, MOST_PLACE))
        table.add_row(*row[:-1] if narrow else row)
    for label, group in ((f"{len(rest)} others", rest), ("all", found)):
        if group:
            sums = [points(sum(c.answer_score for c in group), scale)]
            if rival is not None:
                sums.append(points(sum(c.rival_score for c in group), scale))
                lead = sum(c.difference for c in group)
                sums.append(points(lead, scale, sign=True))
            table.add_row(label, "", *sums, style="bold" if label == "all" else "")
    yield from (_indent(table), "")


def _end(place: str, room: int) -> str:
    """The end of a long `file:line`: the line matters most."""
    return f"…{place[1 - room :]}" if len(place) > room else place


def _score_row(
    found: Contribution, compared: bool, position: int | None, scale: int
) -> list[str | Text]:
    name = show_place(found.place, position)
    row: list[str | Text] = [name, show_value(found.value)]
    row.append(points(found.answer_score, scale))
    if compared:
        colour = "green" if found.difference > 0 else "red" if found.difference else ""
        row.append(points(found.rival_score, scale))
        row.append(Text(points(found.difference, scale, sign=True), style=colour))
    return [*row, short_place(found.where) or "-"]
