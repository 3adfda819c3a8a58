"""Looking for failing inputs where there are too many to look at all of them.

Hypothesis draws inputs and is told the least margin around each (its `target`), so it
goes where the right answer is near to losing. Then rounds of numpy: new inputs, and the
neighbours of those with the least margins so far, a few thousand at a time. Margins of
different right answers cannot be compared, so each label has its own list of these.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.random import Generator

from analyzers.falsify.checks import FAR, Judged
from analyzers.falsify.found import Found
from analyzers.falsify.moves import around, of_any_length, plain, uniform
from tpdebug.domain import Domain
from tpdebug.inputs import Letters, encode

Progress = Callable[[int, int], None]

STARTS = 30
"""How many inputs Hypothesis draws; one costs as much as thousands in a block."""

SHARE = 5
"""At most one in so many of the inputs looked at are around these."""

AROUND = 500
"""How many neighbours of such an input are looked at, at most."""

FRESH, NEAR = 4096, 6144
"""How many inputs of a round are new, and how many are neighbours, about."""

KEPT = 8
"""How many inputs of each label are kept from a block, those of the least margin."""

FIRST = 2
"""Around how many failing inputs of each kind the search looks as well."""

AT_ONCE = 16


class Frontier:
    """Inputs that are nearest to failing, whose neighbours have not been looked at."""

    def __init__(self) -> None:
        self.heaps: dict[tuple[str, int], list[tuple[int, int, tuple[int, ...]]]] = {}
        self.known: set[tuple[int, ...]] = set()
        self.failed: dict[int, int] = {}

    def add(self, judged: Judged, found: Found) -> None:
        """Remember the least certain inputs of a block, and some that fail."""
        least, place = judged.least, judged.margins.argmin(axis=1)
        labels = judged.labels[np.arange(len(place)), place]
        passing = np.flatnonzero((least >= 0) & (least < FAR))
        order = passing[np.lexsort((least[passing], labels[passing]))]
        starts = np.flatnonzero(np.diff(labels[order], prepend=-2))
        rank = np.arange(len(order)) - np.repeat(
            starts, np.diff(starts, append=len(order))
        )
        for row in order[rank < KEPT]:
            self._push(("near", int(labels[row])), int(least[row]), judged.letters[row])
        failing = np.flatnonzero(least < 0)
        if len(failing):
            some = judged.only(failing[:AT_ONCE])
            kinds = found.kinds.of(some).tolist()
            for kind, row in zip(kinds, some.letters, strict=True):
                if self.failed.get(kind, 0) < FIRST:
                    self.failed[kind] = self.failed.get(kind, 0) + 1
                    self._push(("failing", kind), 0, row)

    def _push(self, niche: tuple[str, int], margin: int, row: Letters) -> None:
        letters = tuple(row.tolist())
        if letters not in self.known:
            self.known.add(letters)
            heap = self.heaps.setdefault(niche, [])
            heapq.heappush(heap, (margin, len(letters), letters))

    def take(self, count: int) -> list[Letters]:
        """Take some out, from each list in turn, in blocks of one length."""
        taken: dict[int, list[tuple[int, ...]]] = {}
        while count and self.heaps:
            for niche in sorted(self.heaps):
                if count:
                    letters = heapq.heappop(self.heaps[niche])[2]
                    taken.setdefault(len(letters), []).append(letters)
                    count -= 1
                if not self.heaps[niche]:
                    del self.heaps[niche]
        return [np.array(rows, np.int32) for _, rows in sorted(taken.items())]


class Search:
    """A search for failing inputs.

    Args:
        found: where they go.
        seed: everything random depends on it alone.
    """

    def __init__(self, found: Found, seed: int) -> None:
        self.found = found
        self.seed = seed
        self.domain: Domain = found.check.program.domain
        self.random: Generator = np.random.default_rng(seed)
        self.frontier = Frontier()

    def run(self, budget: int, progress: Progress | None = None) -> Iterator[None]:
        """Search, and stop now and then, until so many inputs have been looked at."""
        before = self.found.looked
        tell = progress or (lambda done, total: None)

        def left() -> int:
            return budget - (self.found.looked - before)

        for step in (self._drawn(budget), self._rounds(left)):
            for _ in step:
                tell(budget - max(left(), 0), budget)
                yield
                if left() <= 0:
                    return

    def _look(self, blocks: Iterable[Letters]) -> int:
        """Judge inputs, and return the least margin among them."""
        least = FAR
        for block in joined(blocks):
            judged = self.found.look(block)
            self.frontier.add(judged, self.found)
            least = min(least, int(judged.least.min()))
        return least

    def _drawn(self, budget: int) -> Iterator[None]:
        """Let Hypothesis draw inputs, and look around each of them."""
        most = self.found.looked + budget // SHARE

        def look(letters: tuple[str, ...]) -> float | None:
            if self.found.looked >= most:
                return None
            row = encode(self.domain, [letters])
            near = around(self.domain, row, self.random, AROUND)
            same = (
                block for block in near if block.shape == (len(block), len(letters))
            )
            return -float(max(self._look([row, *same]), -1))

        guided(self.domain, look, self.seed, STARTS)
        yield

    def _rounds(self, left: Callable[[], int]) -> Iterator[None]:
        """Look at new inputs, and around those that are nearest to failing."""
        while True:
            fresh, near = min(FRESH, left()), min(NEAR, left())
            blocks = []
            for draw in (uniform, of_any_length, plain):
                blocks += draw(self.domain, self.random, -(-fresh // 3))
            for block in self.frontier.take(AT_ONCE):
                most = -(-near * len(block) // AT_ONCE)
                blocks += around(self.domain, block, self.random, most)
            self._look(blocks)
            yield


def joined(blocks: Iterable[Letters]) -> list[Letters]:
    """Inputs in one block for each length: a program takes its time for a block."""
    by_length: dict[int, list[Letters]] = {}
    for block in blocks:
        if len(block):
            by_length.setdefault(block.shape[1], []).append(block)
    return [np.concatenate(same) for _, same in sorted(by_length.items())]


def guided(
    domain: Domain, look: Callable[[Any], float | None], seed: int, count: int
) -> None:
    """Let Hypothesis draw inputs where a number grows.

    Args:
        domain: what to draw.
        look: is called with each input; what it returns shall grow, None: no matter.
        seed: what is drawn depends on it alone.
        count: how many inputs.
    """
    import hypothesis

    from tpdebug.strategies import inputs

    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate, hypothesis.Phase.target],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.seed(seed)
    @hypothesis.given(inputs(domain))
    def test(letters: tuple[str, ...]) -> None:
        score = look(letters)
        if score is not None:
            hypothesis.target(score)

    test()
