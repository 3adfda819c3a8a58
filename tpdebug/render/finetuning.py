"""What finetuning gave, in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tpdebug.errors import counted
from tpdebug.findings import Accuracy, percent
from tpdebug.render.verification import indent, notes_view

NAMED = 6
"""How many nodes are named; of more only how many there are."""

Pair = tuple[Accuracy, Accuracy]


def finetuning_view(
    headline: str,
    validation: Pair,
    measured: Pair,
    changed: Sequence[str],
    scores_changed: bool,
    agreement: str | None,
    anew: str | None,
    notes: Sequence[str] = (),
) -> RenderableType:
    """Everything that `tpdebug finetune` prints.

    Args:
        headline: what came of it.
        validation: how often the program was right before and after, on what was held
            out to choose by.
        measured: the same on the domain, a sample of it, or the test cases.
        changed: the nodes that have other rules.
        scores_changed: whether the scores are others.
        agreement: what the file was compared with; None if nothing was written.
        anew: why the file does not have the text of the one it was made from.
        notes: what the file does not say and was inferred.
    """
    parts: list[RenderableType] = [Text(headline), *notes_view(notes)]
    if agreement is not None:
        parts.append(Text(_what_changed(changed, scores_changed)))
    parts += ["", indent(_table(validation, measured, agreement is not None))]
    if agreement is not None:
        parts += ["", Text(agreement)]
    if anew is not None:
        parts.append(Text(f"Written anew: comments are not kept, because {anew}."))
    return Group(*parts)


def _what_changed(changed: Sequence[str], scores: bool) -> str:
    if not changed:
        return "All rules are as they were; the scores are new."
    names = f" ({', '.join(changed)})" if len(changed) <= NAMED else ""
    verb = "has" if len(changed) == 1 else "have"
    says = "the scores are new" if scores else "the scores are as they were"
    return f"{counted(len(changed), 'node')} {verb} other rules{names}; {says}."


def _table(validation: Pair, measured: Pair, both: bool) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="")
    table.add_column("")
    table.add_column("inputs right")
    table.add_column("letters right")
    table.add_column("evidence")
    for name, row in _rows(validation, measured, both):
        table.add_row(name, *row)
    return table


def _rows(
    validation: Pair, measured: Pair, both: bool
) -> Iterator[tuple[str, tuple[str, str, str]]]:
    held = "held out to choose by"
    for name, place in (("before", 0), ("after", 1))[: 1 + both]:
        yield name, _row(measured[place], measured[place].evidence.sentence)
        yield "", _row(validation[place], held)


def _row(found: Accuracy, evidence: str) -> tuple[str, str, str]:
    inputs = f"{found.inputs_right:,} of {found.inputs:,}"
    return inputs, percent(found.per_letter), evidence
