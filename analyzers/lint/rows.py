"""Score rows that never decide an answer."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from analyzers.sameness import Sameness
from analyzers.survey import survey
from tpdebug.columns import align
from tpdebug.evaluate.codes import index_of, size_of
from tpdebug.evaluate.scores import winners
from tpdebug.findings import Unscored
from tpdebug.nodes import Value
from tpdebug.program import Program

Ints = NDArray[np.int64]


def unneeded_rows(same: Sameness) -> dict[str, tuple[Value | None, ...]]:
    """The rows of each variable that can go, all those of one variable together.

    Where there is an answer for each letter, one row of a variable counts for it, so
    rows of one variable do not depend on each other.
    """
    if same.program.classifier.pooled:
        return dict(_pooled(same))
    needed = _needed(same)
    found: dict[str, list[Value | None]] = {}
    for row in same.program.classifier.rows:
        variable = same.program.variables[row.variable]
        if variable.numerical:
            idle = not needed[row.variable]
        else:
            idle = index_of(variable)[row.value] not in needed[row.variable]
        if idle:
            found.setdefault(row.variable, []).append(row.value)
    return {name: tuple(values) for name, values in found.items()}


def _needed(same: Sameness) -> dict[str, set[int]]:
    """The values of each variable whose row decides an answer somewhere."""
    program, letters = same.program, same.program.domain.letters
    tables = _tables(program)

    def work(number: int) -> dict[str, set[int]]:
        done = same.evaluator.evaluate(same.parts[number].columns())
        found: dict[str, set[int]] = {name: set() for name in tables}
        for place in range(len(done.values["tokens"]))[letters]:
            totals = done.scores[place]
            answer, _ = winners(totals)
            for name, table in tables.items():
                value = done.values[name][place]
                if program.variables[name].numerical:
                    rows = value.astype(np.int64)[None] * table
                else:
                    rows = table.take(value, 1)
                pairs = (align(t, r) for t, r in zip(totals, rows, strict=True))
                other, _ = winners([t - r for t, r in pairs])
                left, right, values = align(answer, other, value)
                found[name].update(np.unique(values[left != right]).tolist())
        return found

    needed: dict[str, set[int]] = {name: set() for name in tables}
    for _, found in survey(same.parts, work, jobs=same.jobs):
        for name, values in found.items():
            needed[name] |= values
    return needed


def _tables(program: Program) -> dict[str, Ints]:
    """The scores of each variable `[classes, values]`, of one unit `[classes, 1]`."""
    found: dict[str, Ints] = {}
    for row in program.classifier.rows:
        variable = program.variables[row.variable]
        if variable.numerical:
            found[row.variable] = np.array(row.scores, np.int64)[:, None]
            continue
        size = (len(row.scores), size_of(variable))
        table = found.setdefault(row.variable, np.zeros(size, np.int64))
        table[:, index_of(variable)[row.value]] = row.scores
    return found


def _pooled(same: Sameness) -> Iterable[tuple[str, tuple[Value | None, ...]]]:
    """Rows that can go together, one after another, variable by variable."""
    for name in same.program.scored:
        kept: tuple[Value | None, ...] = ()
        rows = [r.value for r in same.program.classifier.rows if r.variable == name]
        for value in rows:
            if same.likely([Unscored(name, (*kept, value))]):
                kept = (*kept, value)
        while kept and not same.all_the_same([Unscored(name, kept)]):
            some: tuple[Value | None, ...] = ()
            for value in kept:
                if same.likely([Unscored(name, (*some, value))]):
                    some = (*some, value)
            kept = some
        if kept:
            yield name, kept
