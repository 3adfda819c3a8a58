"""Columns: a variable at one position, for a block of inputs, without repetition.

The inputs of a block stand in lexicographic order, so what depends on the first
letters only repeats: a column may be shorter than its block, and then each of its
entries stands for equally many inputs in a row. A constant has length 1. Whatever is
computed from columns has the length of the longest of them, so inputs that begin alike
share the work of their common beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Column: TypeAlias = NDArray[Any]
"""One entry, or one row, for each stretch of inputs: `[entries, ...]`."""


def expand(column: Column, size: int) -> Column:
    """Repeat the entries of a column until there are `size`.

    >>> expand(np.array([3, 5]), 6).tolist()
    [3, 3, 3, 5, 5, 5]
    """
    if len(column) == size:
        return column
    return np.repeat(column, size // len(column), axis=0)


def align(*columns: Column) -> list[Column]:
    """Bring columns to the length of the longest.

    >>> [column.tolist() for column in align(np.array([7]), np.array([1, 2]))]
    [[7, 7], [1, 2]]
    """
    size = longest(columns)
    return [expand(column, size) for column in columns]


def longest(columns: Sequence[Column]) -> int:
    """The length of the longest column."""
    return max(map(len, columns))


def stack(columns: Sequence[Column], size: int) -> NDArray[Any]:
    """Put columns side by side, one row an input: `[size, columns]`."""
    return np.stack([expand(column, size) for column in columns], axis=1)


def distinct(rows: NDArray[Any]) -> NDArray[Any]:
    """The rows of an array without repetition, in some order.

    Rows are compared as they lie in memory, which is many times faster than number by
    number.

    >>> distinct(np.array([[1, 2], [3, 4], [1, 2]], np.uint8)).tolist()
    [[1, 2], [3, 4]]
    """
    return np.unique(_whole(rows)).view(rows.dtype).reshape(-1, rows.shape[1])


def numbered(rows: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each distinct row is for the first time, and which of them each row is.

    >>> first, which = numbered(np.array([[1, 2], [3, 4], [1, 2]], np.uint8))
    >>> first.tolist(), which.tolist()
    ([0, 1], [0, 1, 0])
    """
    _, first, which = np.unique(_whole(rows), return_index=True, return_inverse=True)
    return first, which.reshape(-1)


def _whole(rows: NDArray[Any]) -> NDArray[Any]:
    """Each row as one entry."""
    width = prod(rows.shape[1:])
    flat = np.ascontiguousarray(rows.reshape(len(rows), width))
    return flat.view(np.dtype((np.void, width * flat.itemsize))).reshape(-1)


def columns_any(columns: Iterable[Column]) -> Column:
    """Where any of some columns of truth values is true.

    >>> columns_any([np.array([False, True]), np.array([False])]).tolist()
    [False, True]
    """
    total: Column = np.zeros(1, bool)
    for column in columns:
        total = np.logical_or(*align(total, column))
    return total


def columns_all(columns: Iterable[Column]) -> Column:
    """Where all of some columns of truth values are true.

    >>> columns_all([np.array([False, True]), np.array([True])]).tolist()
    [False, True]
    """
    total: Column = np.ones(1, bool)
    for column in columns:
        total = np.logical_and(*align(total, column))
    return total
