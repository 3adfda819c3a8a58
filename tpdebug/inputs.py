"""Inputs as integer arrays: a domain in blocks, uniform samples, lists of inputs.

A block holds inputs of one length, as letter indices: int32 `[inputs, letters]`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tpdebug.columns import Column, stack
from tpdebug.domain import Domain
from tpdebug.pairs import Pairs

Letters = NDArray[np.int32]
BLOCK = 8192


def blocks(domain: Domain, size: int = BLOCK) -> Iterator[Letters]:
    """Enumerate a domain in order, as blocks of at most `size` inputs of one length.

    >>> [block.tolist() for block in blocks(Domain(("a", "b"), (1, 2)), 3)]
    [[[0], [1]], [[0, 0], [0, 1], [1, 0]], [[1, 1]]]
    """
    for length in range(domain.lengths[0], domain.lengths[1] + 1):
        count = domain.count_of_length(length)
        for start in range(0, count, size):
            stop = min(start + size, count)
            yield unrank(domain, length, _ranks(range(start, stop), count))


def _ranks(ranks: Sequence[int], count: int) -> NDArray[np.generic]:
    """Ranks below `count`: int64, or Python integers where these do not fit."""
    return np.array(ranks, np.int64 if count < 2**62 else object)


def unrank(domain: Domain, length: int, ranks: NDArray[np.generic]) -> Letters:
    """Return the inputs of `length` letters with these ranks among their length.

    Args:
        ranks: integers `[inputs]` in [0, count_of_length); int64, or object where
            the count does not fit into 63 bits.

    Returns:
        Letter indices `[inputs, length]`.
    """
    if domain.pairs is not None:
        return _unrank_pairs(domain, domain.pairs, length, ranks)
    rest = ranks
    columns = []
    for _ in range(length):
        columns.append((rest % len(domain.alphabet)).astype(np.int32))
        rest = rest // len(domain.alphabet)
    return np.stack(columns[::-1], axis=1)


def _unrank_pairs(
    domain: Domain, pairs: Pairs, length: int, ranks: NDArray[np.generic]
) -> Letters:
    """`Pairs.unrank` for many ranks; `given[i, key]` is the value of a key so far."""
    rest = ranks.copy()
    rows = np.arange(len(rest))
    keys = len(pairs.keys)
    given = np.full((len(rest), keys), -1)
    columns: list[NDArray[np.int64]] = []
    for remaining in range(length, 0, -2):
        bound = (given >= 0).sum(axis=1)
        table = np.array(
            [pairs.weights(remaining, b) for b in range(keys + 1)], rest.dtype
        )
        weights = np.where(given >= 0, table[bound, :1], table[bound, 1:])
        ends = weights.cumsum(axis=1)
        key = (rest[:, None] >= ends).sum(axis=1)
        rest = rest - (ends - weights)[rows, key]
        columns.append(key)
        if remaining > 1:
            ways = [pairs.completions(remaining - 2, b + 1) for b in range(keys)]
            each = np.array([*ways, 1], rest.dtype)[bound]
            fresh = given[rows, key] < 0
            digit = np.where(fresh, rest // each, given[rows, key]).astype(np.int64)
            rest = np.where(fresh, rest % each, rest)
            given[rows, key] = digit
            columns.append(digit)
    index = domain.letter_index
    codes = [
        np.array([index[a] for a in names]) for names in (pairs.keys, pairs.values)
    ]
    letters = [codes[i % 2][column] for i, column in enumerate(columns)]
    return np.stack(letters, axis=1).astype(np.int32)


def sample(domain: Domain, count: int, seed: int) -> list[Letters]:
    """Draw inputs independently and uniformly over the domain, grouped by length.

    >>> sum(len(block) for block in sample(Domain(("a", "b"), (1, 40)), 100, seed=0))
    100
    """
    random_index = random.Random(seed).randrange
    by_length: dict[int, list[int]] = {}
    lengths = range(domain.lengths[0], domain.lengths[1] + 1)
    counts = {n: domain.count_of_length(n) for n in lengths}
    total = domain.count
    for _ in range(count):
        index = random_index(total)
        for length in lengths:
            if index < counts[length]:
                by_length.setdefault(length, []).append(index)
                break
            index -= counts[length]
    return [
        unrank(domain, n, _ranks(ranks, counts[n]))
        for n, ranks in sorted(by_length.items())
    ]


def encode(domain: Domain, inputs: Sequence[Sequence[str]]) -> Letters:
    """Turn inputs of one length into letter indices.

    Raises:
        KeyError: a letter is not in the alphabet.
    """
    index = domain.letter_index
    rows = [[index[letter] for letter in letters] for letters in inputs]
    return np.array(rows, dtype=np.int32)


def decode(domain: Domain, letters: Letters) -> list[tuple[str, ...]]:
    """Turn letter indices back into inputs."""
    alphabet = domain.alphabet
    return [tuple(alphabet[i] for i in row) for row in letters.tolist()]


def columns_of(letters: Letters) -> list[Column]:
    """A block of inputs as columns, one for each letter."""
    return list(np.ascontiguousarray(letters.T))


def shared_columns(domain: Domain, length: int, start: int, free: int) -> list[Column]:
    """The inputs that begin alike and go through all endings of `free` letters.

    Args:
        domain: a domain without keys and values.
        length: how many letters the inputs have.
        start: which beginning of `length - free` letters, counted in order.
        free: how many letters are free.

    >>> columns = shared_columns(Domain(("a", "b"), (1, 3)), 3, start=1, free=2)
    >>> [column.tolist() for column in columns]
    [[1], [0, 1], [0, 1, 0, 1]]
    """
    many = len(domain.alphabet)
    ranks = _ranks([start], many**length)
    fixed = columns_of(unrank(domain, length - free, ranks)) if free < length else []
    every = np.arange(many, dtype=np.int32)
    return [*fixed, *(np.tile(every, many**place) for place in range(free))]


def delimited(domain: Domain, letters: Sequence[Column]) -> list[Column]:
    """Put the begin and end tokens around the letters: vocabulary indices."""
    columns, place = list(letters), len(domain.alphabet)
    if domain.begin is not None:
        columns.insert(0, np.full(1, place, np.int32))
    if domain.end is not None:
        columns.append(np.full(1, place + domain.offset, np.int32))
    return columns


def with_specials(domain: Domain, letters: Letters) -> Letters:
    """Put the begin and end tokens around a block: vocabulary indices."""
    return stack(delimited(domain, columns_of(letters)), len(letters))
