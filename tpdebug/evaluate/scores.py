"""Scores: small groups of variables at once, and the class that wins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from tpdebug.columns import Column
from tpdebug.evaluate.codes import index_of, size_of
from tpdebug.nodes import Classifier
from tpdebug.program import Program

GROUP_CELLS = 4096
"""Variables are scored together while all their combinations fit in the cache."""

FAR = 32
"""From this ratio of lengths on, adding to stretches beats repeating entries."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Group:
    """Variables and the score of each class for each combination of their values.

    Attributes:
        names: the variables.
        sizes: how many values each has.
        table: `[classes, combinations]`.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    table: Ints


class Scorer:
    """The classifier of a program, or another for its variables, as tables."""

    def __init__(self, program: Program, classifier: Classifier | None = None) -> None:
        self.classifier = classifier or program.classifier
        self.classes = len(self.classifier.classes)
        tables, self.large = _tables(program, self.classifier)
        self.groups = list(_groups(tables))

    def totals(
        self, values: Mapping[str, Sequence[Column]], position: int
    ) -> list[Column]:
        """The score of each class at one position."""
        total = np.zeros((self.classes, 1), np.int64)
        for group in self.groups:
            place = join([values[name][position] for name in group.names], group.sizes)
            total = _plus(total, group.table.take(place, axis=1))
        for name, row in self.large.items():
            count = values[name][position].astype(np.int64)
            total = _plus(total, np.multiply.outer(row, count))
        return list(total)


def winners(totals: Sequence[Column]) -> tuple[Column, Column]:
    """The winning class of each entry, the first on a tie, and its lead.

    The lead is how far the runner-up is behind; -1 where there is only one class.
    """
    best, second = totals[0].copy(), None
    answer = np.zeros(len(best), np.int64)
    for i, total in enumerate(totals[1:], start=1):
        loser = np.minimum(best, total)
        second = loser if second is None else np.maximum(second, loser)
        np.copyto(answer, i, where=total > best)
        np.maximum(best, total, out=best)
    return answer, np.full_like(answer, -1) if second is None else best - second


def add(total: Column, part: Column) -> Column:
    """The sum of two columns, either of which may be overwritten."""
    found: Column = _plus(total[None], part[None])[0]
    return found


def _plus(total: Column, part: Column) -> Column:
    """The same for rows of columns `[rows, entries]`."""
    if total.shape[1] > part.shape[1]:
        part, total = total, part
    rows, entries = total.shape
    if part.shape[1] < FAR * entries:
        times = part.shape[1] // entries
        longer = total if times == 1 else np.repeat(total, times, axis=1)
        np.add(longer, part, out=part)
        return part
    stretches = part.reshape(rows, entries, -1)
    np.add(stretches, total[:, :, None], out=stretches)
    return part


def join(columns: Sequence[Column], sizes: Sequence[int]) -> Column:
    """Number the combinations of values, given how many values each column has."""
    place: Column = columns[0].astype(np.intp)
    for column, size in zip(columns[1:], sizes[1:], strict=True):
        place = add(column.astype(np.intp), place * size)
    return place


def _groups(tables: Mapping[str, Ints]) -> Iterator[Group]:
    """Join the score tables of variables as long as the result stays small."""
    names: list[str] = []
    sizes: list[int] = []
    joined: Ints | None = None
    for name, table in tables.items():
        size = table.shape[1]
        if joined is not None and joined.shape[1] * size <= GROUP_CELLS:
            both = joined[:, :, None] + table[:, None, :]
            joined = both.reshape(len(table), -1)
        else:
            if joined is not None:
                yield Group(tuple(names), tuple(sizes), joined)
            names, sizes, joined = [], [], table
        names.append(name)
        sizes.append(size)
    if joined is not None:
        yield Group(tuple(names), tuple(sizes), joined)


def _tables(
    program: Program, classifier: Classifier
) -> tuple[dict[str, Ints], dict[str, Ints]]:
    """The scores of each class for each value of a scored variable.

    Of numerical variables that count far, only what one unit adds, in the second place.
    """
    tables: dict[str, Ints] = {}
    large: dict[str, Ints] = {}
    width = len(classifier.classes)
    for name, rows in groupby(classifier.rows, lambda row: row.variable):
        variable = program.variables[name]
        if variable.numerical:
            (row,) = rows
            unit = np.array(row.scores, np.int64)
            if size_of(variable) <= GROUP_CELLS:
                tables[name] = unit[:, None] * np.arange(size_of(variable))
            else:
                large[name] = unit
            continue
        index = index_of(variable)
        table = np.zeros((width, len(variable.values)), np.int64)
        for row in rows:
            table[:, index[row.value]] = row.scores
        tables[name] = table
    return tables, large
