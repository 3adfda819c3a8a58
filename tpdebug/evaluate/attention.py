"""What heads find: which keys match a query, the nearest of them, and sums over them.

A set of positions is held as bits, 16 to a word, so that the keys that match are
collected by adding, and the nearest of up to 16 positions is one look into a table.
What a head with a preference finds is in `tpdebug.evaluate.preferences`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tpdebug.columns import Column, align, expand, longest
from tpdebug.evaluate.codes import index_of
from tpdebug.nodes import Predicate, Tie
from tpdebug.program import Program

WORD = 16
Words = NDArray[np.uint16]


class Matcher:
    """A predicate as arrays: query values that look for the same keys share a row.

    Attributes:
        matches: whether a query value looks for a key value `[queries, keys]`.
        row: the row of each query value `[queries]`.
        wanted: the rows, as columns: `[keys, rows]`.
        causal: whether a query sees only itself and what is left of it.
    """

    def __init__(
        self, program: Program, query: str, key: str, predicate: Predicate
    ) -> None:
        queries = index_of(program.variables[query])
        keys = index_of(program.variables[key])
        self.matches = np.zeros((len(queries), len(keys)), dtype=bool)
        for asked, looked_for in predicate.cases:
            self.matches[queries[asked], [keys[key] for key in looked_for]] = True
        rows, row = np.unique(self.matches, axis=0, return_inverse=True)
        self.row = row.reshape(-1)
        self.wanted = np.ascontiguousarray(rows.T)
        self.causal = program.domain.causal

    def found(self, keys: Sequence[Column], queries: Sequence[Column]) -> list[Words]:
        """The positions that match each query, as bits: `[entries, words]`."""
        words = -(-len(keys) // WORD)
        parts = (self._bits(place, words).take(k, 0) for place, k in enumerate(keys))
        empty = np.zeros((1, self.wanted.shape[1], words), np.uint16)
        return list(self._collected(empty, parts, queries))

    def sums(
        self,
        keys: Sequence[Column],
        queries: Sequence[Column],
        values: Sequence[Column],
        kind: np.dtype[Any],
    ) -> list[Column]:
        """The sum of the values at the positions that match each query."""
        wanted = self.wanted.astype(kind)
        pairs = (align(wanted.take(k, 0), v) for k, v in zip(keys, values, strict=True))
        parts = (k * v[:, None] for k, v in pairs)
        empty = np.zeros((1, self.wanted.shape[1]), kind)
        return list(self._collected(empty, parts, queries))

    def _bits(self, place: int, words: int) -> Words:
        """The bit of a position in the rows that look for it: `[keys, rows, words]`."""
        table = np.zeros((*self.wanted.shape, words), np.uint16)
        table[..., place // WORD] = self.wanted * np.uint16(1 << place % WORD)
        return table

    def _collected(
        self, total: Column, parts: Iterable[Column], queries: Sequence[Column]
    ) -> Iterator[Column]:
        """Add what each key contributes to each row; yield the row of each query."""
        waiting = iter(parts)
        if not self.causal:
            for part in waiting:
                total = np.add(*align(total, part))
        for query in queries:
            if self.causal:
                total = np.add(*align(total, next(waiting)))
            yield self._pick(total, query)

    def _pick(self, total: Column, query: Column) -> Column:
        """The row of each query `[entries, ...]`, out of `[entries, rows, ...]`."""
        if len(total) == 1:
            rows: Column = total[0].take(self.row, 0)
            return rows.take(query, 0)
        if len(query) == 1:
            return total[:, self.row[query[0]]]
        size, count = longest([total, query]), total.shape[1]
        flat = expand(total, size).reshape(size * count, *total.shape[2:])
        place = np.arange(0, size * count, count)
        return flat.take(place + self.row.take(expand(query, size)), 0)


def nearest(words: Words, position: int, length: int, tie: Tie) -> Column:
    """The position that a query attends to, out of those that match it.

    Args:
        words: the positions that match, as bits `[entries, words]`.
        position: where the query stands.
        length: how many positions there are.
        tie: how the query's own position ranks; see `CategoricalHead`.

    Returns:
        The attended position `[entries]`; 0 where nothing matches.
    """
    if length > WORD or 1 << length > 4 * max(len(words), 256):
        return _scan(words, position, length, tie)
    return _nearest_table(position, length, tie).take(words[:, 0])


@lru_cache(maxsize=256)
def _nearest_table(position: int, length: int, tie: Tie) -> Column:
    """The attended position for every set of up to 16 positions."""
    every = np.arange(1 << length).astype(np.uint16)[:, None]
    return _scan(every, position, length, tie)


def _scan(words: Words, position: int, length: int, tie: Tie) -> Column:
    """`nearest`, by looking at every position, the farthest first."""
    matching = [(words[:, j // WORD] >> (j % WORD)) & 1 for j in range(length)]
    bits = [match.astype(bool) for match in matching]
    others = sorted(set(range(length)) - {position}, key=lambda j: abs(position - j))
    best = np.where(bits[position], position, 0).astype(np.uint16)
    for j in reversed(others):  # of two equally near the left one comes last
        best[bits[j]] = j
    if tie == "matches":
        count = np.sum(matching, axis=0, dtype=np.int64)
        away = np.abs(best.astype(np.int64) - position)
        before = (count < away) | ((count == away) & (best > position))
        best[bits[position] & before] = position
    return best.astype(np.uint8 if length <= WORD else np.uint16)


def read_at(values: Sequence[Column], attended: Column) -> Column:
    """The value at the attended position, out of a column for each position."""
    if len(attended) == 1:
        return values[int(attended[0])]
    if longest(values) == 1:
        return np.concatenate(values).take(attended)
    size = longest([attended, *values])
    table = np.empty((len(values), size), values[0].dtype)
    for row, column in zip(table, values, strict=True):
        row[:] = expand(column, size)
    place = expand(attended, size) * np.intp(size) + np.arange(size)
    return table.reshape(-1).take(place)
