"""Other rules for one node that are worth a try, its wiring as it is.

For a head: one key more or less for a query, another single key, the plain forms that
a person would write. For a table: another code in one cell, and the grouping of cells
that is best for what the scores lack.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trainers.discrete import Copy, Count, Prefer, Table
from trainers.discrete import Node as Made
from trainers.tuning.exact import Missing, sums
from trainers.tuning.wide import codes_of

Bools = NDArray[np.bool_]
MOST = 80
"""How many changes of a single cell are tried at most: a sample of them, of more."""

_ROUNDS = 6
_FAR = 3  # k == q + c for small c only


def proposals(
    node: Made, missing: Missing | None, draw: np.random.Generator
) -> Iterator[Made]:
    """Other nodes to try in place of one.

    Args:
        node: as it is.
        missing: what the scores lack without it, if they read it.
        draw: draws a sample where there are many.
    """
    match node:
        case Table():
            if missing is not None:
                yield from grouped(node, missing, draw)
            yield from _other_cells(node, draw)
        case Prefer():
            yield from _other_orders(node, draw)
        case Copy() | Count():
            for wanted in _predicates(node.predicate, draw):
                yield replace(node, predicate=wanted)


def _predicates(now: Bools, draw: np.random.Generator) -> Iterator[Bools]:
    queries, keys = now.shape
    forms = list(_forms(queries, keys))
    seen = {now.tobytes()}
    for wanted in [*forms, ~now, *_near(now, draw)]:
        key = wanted.tobytes()
        if key not in seen:
            seen.add(key)
            yield wanted


def _forms(queries: int, keys: int) -> Iterator[Bools]:
    """Predicates that can be said in a few words."""
    q, k = np.arange(queries)[:, None], np.arange(keys)[None]
    every = q + k >= 0
    yield from (every, ~every, k == q, k != q, k < q, k <= q, k > q, k >= q)
    for far in range(1, min(_FAR, queries - 1) + 1):
        yield from (k == q - far, k == q + far)
    for key in range(keys):
        yield from ((k == key) & every, (k != key) & every)


def _near(now: Bools, draw: np.random.Generator) -> Iterator[Bools]:
    """One key more or less for a query, or it alone, or that of another query."""
    for cell in _some(now.size, draw):
        other = now.copy()
        other.flat[cell] ^= True
        yield other
    for cell in _some(now.size, draw, MOST // 2):
        other = now.copy()
        query, key = divmod(cell, now.shape[1])
        other[query] = False
        other[query, key] = True
        yield other
    for query in range(len(now)):
        other = now.copy()
        other[query] = now[draw.integers(len(now))]
        yield other


def _other_cells(table: Table, draw: np.random.Generator) -> Iterator[Table]:
    """Another code in one cell."""
    codes = codes_of(table)
    for number in _some(table.output.size * len(codes), draw):
        cell, code = divmod(number, len(codes))
        if table.output.flat[cell] != codes[code]:
            output = table.output.copy()
            output.flat[cell] = codes[code]
            yield replace(table, output=output)


def _other_orders(head: Prefer, draw: np.random.Generator) -> Iterator[Prefer]:
    """One key better than all others, or worse, for one query."""
    for number in _some(2 * head.scores.size, draw):
        cell, best = divmod(number, 2)
        scores = head.scores.copy()
        row = scores[cell // scores.shape[1]]
        row[cell % len(row)] = row.max() + 1 if best else row.min() - 1
        if (scores != head.scores).any():
            yield replace(head, scores=scores)


def _some(size: int, draw: np.random.Generator, most: int = MOST) -> Sequence[int]:
    if size <= most:
        return range(size)
    return [int(i) for i in np.sort(draw.choice(size, most, replace=False))]


def grouped(
    table: Table, missing: Missing, draw: np.random.Generator
) -> Iterator[Table]:
    """Cells grouped by what they could do for the scores, from three beginnings.

    A cell goes where the scores of a group gain most, a group gets the scores that are
    best for its cells, and so on (k-means, with the loss to second order as distance).
    """
    codes, shape = codes_of(table), table.output.shape
    cells = cells_of(table, missing.codes)
    slope = sums(cells, missing.slope, table.output.size)
    spread = sums(cells, missing.spread, table.output.size)
    there = torch.bincount(cells, minlength=table.output.size) > 0
    now = torch.from_numpy(np.searchsorted(codes, table.output.reshape(-1)))
    for start in range(3 if len(codes) > 1 else 0):
        groups = now
        if start:
            groups = torch.from_numpy(draw.integers(len(codes), size=len(now)))
        for _ in range(_ROUNDS):
            rows = _rows(groups, slope, spread, len(codes))
            best = slope @ rows.T - spread @ (rows**2).T / 2
            groups = torch.where(there, best.argmax(1), now)
        output = codes[groups.numpy()].reshape(shape)
        if (output != table.output).any():
            yield replace(table, output=output)


def cells_of(table: Table, values: Sequence[Tensor]) -> Tensor:
    """Which cell of a table is read at each label, counted row by row."""
    cells = torch.zeros_like(values[0])
    for number, size in zip(table.inputs, table.output.shape, strict=True):
        cells = cells * size + values[number].clamp(max=size - 1)
    return cells


def _rows(groups: Tensor, slope: Tensor, spread: Tensor, size: int) -> Tensor:
    return sums(groups, slope, size) / (sums(groups, spread, size) + 1)
