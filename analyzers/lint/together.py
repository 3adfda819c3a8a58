"""A largest set of parts that can go at once, found greedily and checked exactly."""

from __future__ import annotations

from analyzers.lint.seen import Seen
from analyzers.lint.variables import computed, without
from analyzers.maximal import Candidate, maximal
from analyzers.sameness import Sameness
from analyzers.survey import Progress
from tpdebug.findings import Edit, Unscored
from tpdebug.nodes import CategoricalHead, LookupTable, NumericalHead


def removable(
    same: Sameness, seen: Seen, progress: Progress | None = None
) -> list[tuple[Edit, ...]]:
    """Heads and tables, all scores of variables and single score rows, in this order.

    Large heads and tables are tried first, of equally large ones the last.
    """
    names = computed(seen)[::-1]
    names.sort(key=lambda name: -_size(seen, name))
    scored = same.program.scored[::-1]
    rows = [(row.variable, row.value) for row in same.program.classifier.rows]
    parts: list[Candidate] = [without(seen, name) for name in names]
    parts += [[(Unscored(name),)] for name in scored]
    parts += [
        [(Unscored(name, (value,)),)]
        for name, value in reversed(rows)
        if value is not None
    ]
    found = maximal(same, parts, progress=progress)
    whole = {
        edit.variable
        for edits in found
        for edit in edits
        if isinstance(edit, Unscored) and edit.values is None
    }
    return [
        edits
        for edits in found
        if not (
            isinstance(edits[0], Unscored)
            and edits[0].variable in whole
            and (edits[0].values is not None or _with_node(edits[0].variable, found))
        )
    ]


def _with_node(name: str, found: list[tuple[Edit, ...]]) -> bool:
    """Whether the variable goes altogether, so that its scores need no mention."""
    return any(len(edits) > 1 and edits[1] == Unscored(name) for edits in found)


def _size(seen: Seen, name: str) -> int:
    """How many cells a head or table has that occur."""
    node = seen.program.writers[name]
    if isinstance(node, LookupTable):
        return int(seen.cells[name].sum())
    assert isinstance(node, CategoricalHead | NumericalHead)
    return int(seen.of_head(node).sum())
