"""Room for tables: one that writes numbers may write more of them than it does now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainers.discrete import (
    INPUTS,
    ONES,
    POSITIONS,
    TOKENS,
    Copy,
    Count,
    Discrete,
    Prefer,
    Table,
)
from trainers.discrete import Node as Made

CODES = 8
"""How many numbers a table may write; k in the paper, where all have as many codes."""

Ints = NDArray[np.int64]


def codes_of(table: Table) -> Ints:
    """What a table may write: numbers from 0 on, or the letters that it has by now."""
    if table.letters or table.means:
        return np.unique(table.output)
    return np.arange(max(int(table.output.max()) + 1, CODES))


def widened(network: Discrete, tokens: int, positions: int) -> Discrete:
    """The same network, in which what reads a table has room for all that it may write.

    A head does not look for a code that is new to it, and no query with such a code
    looks for anything; a table writes what it writes most often; scores are 0.
    """
    sizes: dict[int, int] = {TOKENS: tokens, POSITIONS: positions, ONES: 1}
    nodes = []
    for place, node in enumerate(network.nodes):
        wide = _widened(node, sizes)
        nodes.append(wide)
        match node:
            case Copy() | Prefer():
                size = sizes[node.value]
            case Count():
                size = 1
            case Table():
                size = int(codes_of(node).max()) + 1
        sizes[INPUTS + place] = size
    scores = [
        rows
        if rows is None
        else _padded(rows, (max(len(rows), sizes[i]), rows.shape[1]), 0)
        for i, rows in enumerate(network.scores)
    ]
    return replace(network, nodes=tuple(nodes), scores=tuple(scores))


def _widened(node: Made, sizes: Mapping[int, int]) -> Made:
    if isinstance(node, Table):
        most = int(np.bincount(node.output.reshape(-1)).argmax())
        return replace(node, output=_padded(node.output, _shape(node, sizes), most))
    if isinstance(node, Prefer):
        return replace(
            node, scores=_ranked(node.scores, sizes[node.query], sizes[node.key])
        )
    shape = (
        max(node.predicate.shape[0], sizes[node.query]),
        max(node.predicate.shape[1], sizes[node.key]),
    )
    return replace(node, predicate=_padded(node.predicate, shape, False))


def _shape(table: Table, sizes: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(
        max(size, sizes[v])
        for v, size in zip(table.inputs, table.output.shape, strict=True)
    )


def _ranked(scores: Ints, queries: int, keys: int) -> Ints:
    """Scores with room: a new key is as bad as the worst, a new query has no wish."""
    found = np.zeros((max(len(scores), queries), max(scores.shape[1], keys)), np.int64)
    found[: len(scores)] = scores.min(1, keepdims=True)
    found[: len(scores), : scores.shape[1]] = scores
    return found


def _padded(array: Any, shape: Sequence[int], value: Any) -> Any:
    after = [(0, size - now) for now, size in zip(array.shape, shape, strict=True)]
    return np.pad(array, after, constant_values=value)
