"""Sets of inputs out of a survey, one bit an input, and their patterns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from analyzers.atlas import Cover, cover
from analyzers.fooling import fewest_possible
from tpdebug.domain import Domain
from tpdebug.findings import Atlas, Pattern
from tpdebug.parts import Part

Item = TypeVar("Item")

ROWS = 4096
"""How many marked inputs are handed out at a time."""

MOST_PATTERNS = 100
FEW_PATTERNS, MANY = 20, 20_000
"""Of more marked inputs than that no short atlas exists: only the largest patterns."""

MOST_CELLS = 1 << 21
"""Patterns are looked for among at most so many inputs of one length."""


class Marked:
    """Some of the inputs of a survey.

    Attributes:
        parts: the inputs of the survey, in order.
        bits: for each part that has a marked input, a bit for each of its inputs.
        counts: how many inputs of each length are marked.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self.bits: dict[int, NDArray[np.uint8]] = {}
        self.counts: dict[int, int] = {}

    def mark(self, number: int, marks: NDArray[Any]) -> None:
        """Mark inputs of a part: bool `[inputs]`."""
        count = int(np.count_nonzero(marks))
        if count:
            length = self.parts[number].length
            self.bits[number] = np.packbits(marks)
            self.counts[length] = self.counts.get(length, 0) + count

    def __len__(self) -> int:
        return sum(self.counts.values())

    def some(self) -> Iterator[Part]:
        """The marked inputs in order, some at a time."""
        for number in sorted(self.bits):
            rows = np.flatnonzero(self.flags(number))
            for start in range(0, len(rows), ROWS):
                yield self.parts[number].some(rows[start : start + ROWS])

    def flags(self, number: int) -> NDArray[np.bool_]:
        """Which inputs of a part are marked."""
        size = self.parts[number].size
        if number not in self.bits:
            return np.zeros(size, bool)
        return np.unpackbits(self.bits[number], count=size).astype(bool)

    def of_length(self, length: int) -> NDArray[np.bool_]:
        """Which inputs of one length are marked, out of a survey of all of them."""
        numbers = [i for i, part in enumerate(self.parts) if part.length == length]
        return np.concatenate([self.flags(number) for number in numbers])


class Listing(Sequence[Item]):
    """What is to be said of each marked input, in order; made when it is asked for."""

    def __init__(self, marked: Marked, make: Callable[[Part], Iterator[Item]]) -> None:
        self.marked = marked
        self.make = make

    def __len__(self) -> int:
        return len(self.marked)

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | Sequence[Item]:
        if isinstance(place, int):
            at = range(len(self))[place]
            return next(islice(self, at, None))
        wanted = range(len(self))[place]
        if wanted.step < 0:
            raise ValueError("marked inputs are listed forwards")
        return list(islice(self, wanted.start, wanted.stop, wanted.step))

    def __iter__(self) -> Iterator[Item]:
        for part in self.marked.some():
            yield from self.make(part)


def atlas(domain: Domain, marked: Marked, most: int = MOST_PATTERNS) -> Atlas:
    """Describe marked inputs by patterns, after a survey of a whole domain.

    Args:
        domain: the domain, which has no keys and values.
        marked: some of its inputs.
        most: how many patterns there may be for each length.
    """
    patterns: list[Pattern] = []
    left = least = 0
    for length, count in sorted(marked.counts.items()):
        if count == domain.count_of_length(length) and domain.keys is None:
            anything = (domain.alphabet,) * length
            patterns.append(Pattern(domain.alphabet, anything, count))
            continue
        if domain.keys is not None or domain.count_of_length(length) > MOST_CELLS:
            left += count
            continue
        shape = (len(domain.alphabet),) * length
        limit = most if count <= MANY else min(most, FEW_PATTERNS)
        flags = marked.of_length(length).reshape(shape)
        found: Cover = cover(flags, limit)
        left += found.left
        least += fewest_possible(flags) if found.left else 0
        for cube in found.cubes:
            places = tuple(
                tuple(domain.alphabet[i] for i in place) for place in cube.places
            )
            patterns.append(Pattern(domain.alphabet, places, cube.inputs))
    return Atlas(tuple(patterns), left, least)
