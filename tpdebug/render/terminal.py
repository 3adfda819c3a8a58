"""Explanations in a terminal: the answers, the scores, and the way back as a tree."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tpdebug.findings import Contribution, Explanation
from tpdebug.program import Program
from tpdebug.render.ways_back import short_place, show_value, ways_back

MOST_ROWS = 10


def console() -> Console:
    """A console for results: colour and width of the terminal, plain in a pipe."""
    return Console(highlight=False, soft_wrap=False)


def explanation_view(
    program: Program, name: str, explanation: Explanation
) -> RenderableType:
    """Everything that `tpdebug explain` prints."""
    task = f" ({program.task})" if program.task else ""
    return Group(
        Text.assemble((name, "bold"), task),
        "",
        _indent(_letters(explanation)),
        "",
        _verdict(explanation),
        "",
        _indent(_scores(explanation)),
        "",
        *ways_back(program, explanation),
    )


def _indent(view: RenderableType) -> Padding:
    return Padding(view, (0, 0, 0, 2))


def _letters(explanation: Explanation) -> Table:
    """One row a letter; an arrow marks the one that is explained."""
    expects = any(letter.expected is not None for letter in explanation.letters)
    pooled = explanation.chosen.position is None
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    columns = ["" if pooled else "position", "input", "answer"]
    columns += ["expected"] if expects else []
    for column in ["", *columns, "margin", "runner-up", ""]:
        table.add_column(column, justify="right" if column == "margin" else "left")
    for letter in explanation.letters:
        chosen = letter is explanation.chosen and not pooled
        wrong = "red" if letter.wrong else ""
        table.add_row(
            ">" if chosen else "",
            "" if letter.position is None else str(letter.position),
            letter.letter,
            Text(letter.answer, style=wrong),
            *([letter.expected or ""] if expects else []),
            "-" if letter.margin is None else str(letter.margin),
            letter.runner_up or "-",
            Text("wrong" if letter.wrong else "", style=wrong),
            style="bold" if chosen else "",
        )
    return table


def _verdict(explanation: Explanation) -> Text:
    """The answer in one sentence."""
    chosen, rival = explanation.chosen, explanation.rival
    at = "" if chosen.position is None else f"At position {chosen.position} "
    start = f"{at}the answer is ".capitalize()
    answer = Text.assemble(start, (chosen.answer, "bold"))
    if rival is None:
        return answer.append("; the program has no other class.")
    role = "as expected" if chosen.wrong else "the runner-up"
    answer.append(f", not {rival} ({role}), ")
    if explanation.margin == 0:
        return answer.append("by a tie: equal scores go to the first class.")
    return answer.append(f"by {explanation.margin:,} points.")


def _scores(explanation: Explanation) -> Table:
    """What each variable adds to the answer and to its rival."""
    chosen, rival = explanation.chosen, explanation.rival
    pooled = chosen.position is None
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("variable")
    table.add_column("value")
    for heading in (f"for {chosen.answer}", f"for {rival}", "difference"):
        if rival is not None or heading == f"for {chosen.answer}":
            table.add_column(heading, justify="right")
    table.add_column("scores at", style="dim", overflow="fold")
    found = list(explanation.contributions)
    shown, rest = found[:MOST_ROWS], found[MOST_ROWS:]
    for contribution in shown:
        table.add_row(*_score_row(contribution, rival is not None, pooled))
    for label, group in ((f"{len(rest)} others", rest), ("all", found)):
        if group:
            row = [label, "", str(sum(c.answer_score for c in group))]
            if rival is not None:
                row.append(str(sum(c.rival_score for c in group)))
                row.append(f"{sum(c.difference for c in group):+d}")
            table.add_row(*row, "", style="bold" if label == "all" else "")
    return table


def _score_row(found: Contribution, compared: bool, pooled: bool) -> list[str | Text]:
    place = found.place
    name = f"{place.variable} at {place.position}" if pooled else place.variable
    row: list[str | Text] = [name, show_value(found.value), str(found.answer_score)]
    if compared:
        colour = "green" if found.difference > 0 else "red" if found.difference else ""
        row += [str(found.rival_score), Text(f"{found.difference:+d}", style=colour)]
    return [*row, short_place(found.where) or "-"]
