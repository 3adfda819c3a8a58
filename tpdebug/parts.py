"""The inputs of a survey, in parts that are evaluated one at a time.

A part holds inputs of one length: a stretch of the domain that is made when it is
needed, or inputs that were listed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from tpdebug.columns import Column
from tpdebug.domain import Domain
from tpdebug.findings import Evidence
from tpdebug.inputs import BLOCK, Letters, columns_of, sample, shared_columns, unrank

PART = 65_536
"""About how many inputs are evaluated at a time; what they need fits into a cache."""


@dataclass(frozen=True, slots=True)
class Part(ABC):
    """Inputs of one length.

    Attributes:
        domain: where they are from.
        length: how many letters they have.
        size: how many they are.
    """

    domain: Domain
    length: int
    size: int

    @abstractmethod
    def columns(self) -> list[Column]:
        """The letters, as a column for each place."""

    @abstractmethod
    def letters(self, rows: NDArray[np.int64]) -> Letters:
        """Some of the inputs, as letter indices `[rows, length]`."""

    def some(self, rows: NDArray[np.int64]) -> Listed:
        """Some of the inputs, as a part of its own."""
        return Listed(self.domain, self.length, len(rows), self.letters(rows))

    def block(self) -> Letters:
        """All of the inputs, as letter indices `[size, length]`."""
        return self.letters(np.arange(self.size))


@dataclass(frozen=True, slots=True)
class Stretch(Part):
    """Inputs that follow each other in the domain.

    Attributes:
        start: the rank of the first among the inputs of its length.
        free: if given, they are all that begin alike and have so many free letters.
    """

    start: int
    free: int | None = None

    def columns(self) -> list[Column]:
        """The letters; those of common beginnings once."""
        if self.free is not None:
            beginning = self.start // self.size
            return shared_columns(self.domain, self.length, beginning, self.free)
        return columns_of(self.block())

    def letters(self, rows: NDArray[np.int64]) -> Letters:
        """Some of the inputs."""
        small = self.domain.count_of_length(self.length) < 2**62
        ranks = rows + self.start if small else rows.astype(object) + self.start
        return unrank(self.domain, self.length, ranks)


@dataclass(frozen=True, slots=True)
class Listed(Part):
    """Inputs that were listed.

    Attributes:
        rows: letter indices `[size, length]`.
        labels: the indices of the right answers, where they are listed as well:
            `[size, length]`, pooled `[size, 1]`.
    """

    rows: Letters
    labels: Letters | None = None

    def columns(self) -> list[Column]:
        """The letters."""
        return columns_of(self.rows)

    def letters(self, rows: NDArray[np.int64]) -> Letters:
        """Some of the inputs."""
        return self.rows[rows]

    def some(self, rows: NDArray[np.int64]) -> Listed:
        """Some of the inputs, with their labels."""
        labels = None if self.labels is None else self.labels[rows]
        return Listed(self.domain, self.length, len(rows), self.rows[rows], labels)


def all_parts(domain: Domain, size: int = PART) -> Iterator[Part]:
    """Every input of a domain, in order.

    >>> [part.size for part in all_parts(Domain(("a", "b"), (1, 4)), 4)]
    [2, 4, 4, 4, 4, 4, 4, 4]
    """
    many = len(domain.alphabet)
    for length in range(domain.lengths[0], domain.lengths[1] + 1):
        count = domain.count_of_length(length)
        free = None
        step = size
        if domain.keys is None:
            fitting = (n for n in range(length, 0, -1) if many**n <= size)
            free = next(fitting, None)
            step = size if free is None else many**free
        for start in range(0, count, step):
            yield Stretch(domain, length, min(step, count - start), start, free)


def looked_at(domain: Domain, most: int, samples: int) -> int:
    """How many inputs `all_or_sample` gives."""
    return domain.count if domain.count <= most else samples


def all_or_sample(
    domain: Domain, *, most: int, samples: int, seed: int, size: int = PART
) -> tuple[list[Part], Evidence]:
    """All inputs of a domain, or a sample of one with more than `most`.

    Also returns what a statement about these inputs rests on.
    """
    if domain.count <= most:
        return list(all_parts(domain, size)), Evidence("proved", domain.count)
    drawn = listed_parts(domain, sample(domain, samples, seed))
    return list(drawn), Evidence("sampled", samples, seed)


def listed_parts(
    domain: Domain, blocks: Iterable[Letters], labels: Iterable[Letters | None] = ()
) -> Iterator[Part]:
    """Listed inputs, given in blocks of one length, and their labels if there are."""
    for block, right in zip_longest(blocks, labels):
        for start in range(0, len(block), BLOCK):
            some = slice(start, start + BLOCK)
            rows = block[some]
            known = None if right is None else right[some]
            yield Listed(domain, block.shape[1], len(rows), rows, known)
