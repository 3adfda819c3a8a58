"""Inputs to look at in a search: drawn at random, plain ones, and neighbours.

Everything comes in blocks of one length, as letter indices. Where keys and values take
turns, a changed input is mended: each key has the value that it had first.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from tpdebug.domain import Domain
from tpdebug.inputs import Letters, sample, unrank

MOST_LETTERS = 32
"""Of a larger alphabet, so many letters are tried in the place of another."""


def uniform(domain: Domain, random: Generator, count: int) -> list[Letters]:
    """Inputs drawn uniformly: almost all of them are long."""
    return sample(domain, count, int(random.integers(2**62)))


def of_any_length(domain: Domain, random: Generator, count: int) -> list[Letters]:
    """Inputs whose length is drawn first."""
    lengths = random.integers(domain.lengths[0], domain.lengths[1] + 1, count)
    blocks = []
    for length, many in zip(*np.unique(lengths, return_counts=True), strict=True):
        total = domain.count_of_length(int(length))
        if total < 2**62:
            ranks = random.integers(total, size=many)
        else:
            big = (int.from_bytes(random.bytes(320), "big") for _ in range(many))
            ranks = np.array([number % total for number in big], object)
        blocks.append(unrank(domain, int(length), ranks))
    return blocks


def plain(domain: Domain, random: Generator, count: int) -> list[Letters]:
    """Inputs of one to three letters, some of them in ascending order.

    What counts letters often fails where one of them fills almost the whole input.
    """
    blocks = []
    for block in of_any_length(domain, random, count):
        size, length = block.shape
        few = random.integers(len(domain.alphabet), size=(size, 3), dtype=np.int32)
        which = random.integers(random.integers(1, 4, (size, 1)), size=(size, length))
        rows = np.take_along_axis(few, which, 1)
        ascending = random.random(size) < 0.25
        rows[ascending] = np.sort(rows[ascending], axis=1)
        blocks.append(admitted(domain, rows))
    return blocks


def around(
    domain: Domain, rows: Letters, random: Generator, most: int
) -> list[Letters]:
    """The neighbours of inputs: one letter changed, put in or left out, or two swapped.

    Args:
        domain: what they are from.
        rows: inputs of one length.
        random: picks letters of a large alphabet, and neighbours if there are too many.
        most: how many neighbours of each length there may be.
    """
    many = len(domain.alphabet)
    some = np.arange(many, dtype=np.int32)
    if many > MOST_LETTERS:
        some = random.choice(some, MOST_LETTERS, replace=False)
    length = rows.shape[1]
    same = [*changed(rows, some), *swapped(rows)]
    by_length = {
        length: same,
        length - 1: list(shortened(rows)),
        length + 1: list(lengthened(rows, some)),
    }
    least, longest = domain.lengths
    found = []
    for size, blocks in by_length.items():
        if blocks and least <= size <= longest:
            block = admitted(domain, np.concatenate(blocks))
            if len(block) > most:
                block = block[np.sort(random.choice(len(block), most, replace=False))]
            found.append(block)
    return [block for block in found if len(block)]


def changed(rows: Letters, letters: Letters) -> Iterator[Letters]:
    """One letter replaced."""
    for place in range(rows.shape[1]):
        block = np.repeat(rows, len(letters), axis=0)
        block[:, place] = np.tile(letters, len(rows))
        yield block


def swapped(rows: Letters) -> Iterator[Letters]:
    """Two letters in each other's place."""
    for first in range(rows.shape[1]):
        for second in range(first + 1, rows.shape[1]):
            block = rows.copy()
            block[:, [first, second]] = rows[:, [second, first]]
            yield block


def shortened(rows: Letters) -> Iterator[Letters]:
    """One letter left out."""
    for place in range(rows.shape[1]):
        yield np.delete(rows, place, axis=1)


def lengthened(rows: Letters, letters: Letters) -> Iterator[Letters]:
    """One letter put in."""
    for place in range(rows.shape[1] + 1):
        block = np.repeat(rows, len(letters), axis=0)
        yield np.insert(block, place, np.tile(letters, len(rows)), axis=1)


def admitted(domain: Domain, rows: Letters) -> Letters:
    """The rows that are inputs of the domain; keys get one value each."""
    if domain.keys is None or not len(rows):
        return rows
    keys = np.array([letter in domain.keys for letter in domain.alphabet])
    turns = np.arange(rows.shape[1]) % 2 == 0
    rows = rows[(keys[rows] == turns).all(axis=1)]
    for place in range(3, rows.shape[1], 2):
        for before in range(1, place, 2):
            same = rows[:, before - 1] == rows[:, place - 1]
            rows[:, place] = np.where(same, rows[:, before], rows[:, place])
    return rows
