"""Heads that look where a table of two variables says: fitted, cell by cell.

Such a head is found as a whole: alone, its table would tell nothing about the answer.
For each combination of the two codes the key code is chosen whose value says most.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from trainers.search.candidates import Candidate
from trainers.search.sample import Ints, Sample
from trainers.search.terms import Copied, Mapped, Term

_ROUNDS = 2  # all cells share the rows of the read-out: choose again with these
MOST_CELLS = 300


class Lookups:
    """What a head with one key and value would copy, for each code it may look for."""

    def __init__(self, sample: Sample, classes: int, key: Term, value: Term) -> None:
        self.sample, self.classes, self.key, self.value = sample, classes, key, value
        self.copies = sample.copies(key, value)

    def by_pair(self, left: Term, right: Term) -> Candidate | None:
        """The head whose query is a table of two terms."""
        size = left.size, right.size
        if np.prod(size) > MOST_CELLS:
            return None
        read = [self.sample.at_cases(term) for term in (left, right)]
        cells = np.ravel_multi_index(read, size)
        wanted = self._choose(cells, int(np.prod(size)))
        copied = self.copies[np.arange(len(cells)), wanted[cells]]

        def make() -> Term:
            output = wanted.reshape(size)
            made = Mapped((left, right), output)
            lines = 4.0 + 0.25 * len(np.unique(cells))
            table = Term(made, self.key.kind, self.key.size, effort=lines)
            same = np.eye(self.key.size, dtype=bool)
            head = Copied(table, self.key, self.value, same)
            return Term(head, self.value.kind, self.value.size, effort=4.0)

        return Candidate(copied, self.value.size, False, 13.0, make)

    def by_code(self, query: Term) -> Candidate:
        """The head that wants one key code for each code of a term."""
        asked = self.sample.at_cases(query)
        wanted = self._choose(asked, query.size)
        copied = self.copies[np.arange(len(asked)), wanted[asked]]

        def make() -> Term:
            wants = np.eye(self.key.size, dtype=bool)[wanted]
            head = Copied(query, self.key, self.value, wants)
            return Term(head, self.value.kind, self.value.size, effort=8.0)

        return Candidate(copied, self.value.size, False, 8.0, make)

    def _choose(self, cells: Ints, size: int) -> Ints:
        """The key code that each cell looks for, `[cells]`."""
        shape = size, self.value.size, self.classes
        counts = np.empty((self.key.size, *shape))
        for code in range(self.key.size):
            place = cells.astype(np.int64) * self.value.size + self.copies[:, code]
            found = place * self.classes + self.sample.cases
            counts[code] = np.bincount(found, minlength=np.prod(shape)).reshape(shape)
        total = counts.sum(3, keepdims=True)
        logs = np.log(np.maximum(counts, 1e-9) / np.maximum(total, 1e-9))
        wanted = (counts * logs).sum((2, 3)).argmax(0)
        for _ in range(_ROUNDS):
            shared = counts[wanted, np.arange(size)].sum(0) + 0.5
            rows = np.log(shared / shared.sum(1, keepdims=True))
            wanted = (counts * rows).sum((2, 3)).argmax(0)
        return np.asarray(wanted)


def lookups(
    sample: Sample, classes: int, keys: list[Term], values: list[Term]
) -> Iterator[Lookups]:
    """For each key and value."""
    for key in keys:
        for value in values:
            yield Lookups(sample, classes, key, value)
