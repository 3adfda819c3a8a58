"""A head and a table that reads it, exchanged together.

A table fits the head that it was made for, so another head alone makes things worse
even where a table that fits it would be better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from trainers.discrete import INPUTS, Table
from trainers.discrete import Node as Made
from trainers.tuning.exact import Exact, Missing, sums
from trainers.tuning.proposals import cells_of, grouped

HEADS = 6
"""For so many heads a table is made that fits."""

Exchange: TypeAlias = tuple[float, Mapping[int, Made]]
"""What the loss would be, at most, before all scores are fitted; the other nodes."""


def pairs(
    exact: Exact,
    place: int,
    heads: Sequence[Made],
    free: Sequence[int],
    draw: np.random.Generator,
) -> list[Exchange]:
    """Heads with tables made for them.

    Args:
        exact: the network.
        place: which node the head is.
        heads: others to try.
        free: the places of the nodes that may be exchanged.
        draw: draws where the grouping of a table begins.
    """
    found: list[Exchange] = []
    for other in free:
        table = exact.network.nodes[other]
        if isinstance(table, Table) and INPUTS + place in table.inputs:
            found += _with_table(exact, place, heads, other, table, draw)
    return found


def _with_table(
    exact: Exact,
    place: int,
    heads: Sequence[Made],
    other: int,
    table: Table,
    draw: np.random.Generator,
) -> Iterator[Exchange]:
    missing = exact.missing(other)
    if missing is None:
        return
    gains = [_most(exact, place, head, table, missing) for head in heads]
    before = exact.network, exact.values
    for number in np.argsort(gains, kind="stable")[::-1][:HEADS].tolist():
        exact.restore(*exact.exchanged(place, heads[number]))
        lacks = exact.missing(other)
        assert lacks is not None
        for made in grouped(table, lacks, draw):
            cost = exact.outcome(other, made)
            yield cost, {place: heads[number], other: made}
        exact.restore(*before)


def _most(
    exact: Exact, place: int, head: Made, table: Table, missing: Missing
) -> float:
    """What a table could save at most if the head is another, to second order."""
    scored = exact.data.scored
    codes = list(missing.codes)
    codes[INPUTS + place] = exact.written(head)[scored]
    cells = cells_of(table, codes)
    slope = sums(cells, missing.slope, table.output.size)
    spread = sums(cells, missing.spread, table.output.size) + 1
    return float((slope**2 / spread).sum())
