"""A sample of judged inputs, where there are too many to try every change on all.

What is found on it is counted again on all inputs before anything is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import numpy as np

from analyzers.judged import Judged
from tpdebug.columns import Column, expand
from tpdebug.parts import Listed

RARE = 100
"""Lengths that less than one in so many inputs have are left out."""


def drawn(blocks: Sequence[Judged], many: int, seed: int) -> list[Judged]:
    """About so many inputs, as many of each length as it has of all of them.

    Args:
        blocks: all inputs; those of a length follow each other.
        many: how many to draw.
        seed: what to draw with.

    Returns:
        A block for each length.
    """
    return list(_drawn(blocks, many, np.random.default_rng(seed)))


def _drawn(
    blocks: Sequence[Judged], many: int, draw: np.random.Generator
) -> Iterator[Judged]:
    total = sum(block.size for block in blocks)
    for _, group in groupby(blocks, lambda block: block.part.length):
        same = list(group)
        sizes = [block.size for block in same]
        share = many * sum(sizes) // total
        if share * RARE < many:
            continue
        rows = np.sort(draw.choice(sum(sizes), min(share, sum(sizes)), replace=False))
        ends = np.cumsum(sizes)
        found = []
        for block, end in zip(same, ends.tolist(), strict=True):
            own = rows[(rows >= end - block.size) & (rows < end)] - (end - block.size)
            found += [block.some(own)] if len(own) else []
        yield _together(found)


def _together(blocks: Sequence[Judged]) -> Judged:
    """Blocks of one length as one block."""

    def joined(columns: Callable[[Judged], Sequence[Column]]) -> list[Column]:
        rows = ([expand(c, block.size) for c in columns(block)] for block in blocks)
        return [np.concatenate(row) for row in zip(*rows, strict=True)]

    def of_variable(name: str) -> list[Column]:
        return joined(lambda block: block.values[name])

    first = blocks[0]
    size = sum(block.size for block in blocks)
    letters = np.concatenate([block.part.block() for block in blocks])
    values = {name: of_variable(name) for name in first.values}
    return Judged(
        Listed(first.part.domain, first.part.length, size, letters),
        size,
        values,
        joined(lambda block: block.labels),
        joined(lambda block: block.right),
        joined(lambda block: block.wrong),
    )
