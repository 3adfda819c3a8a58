"""Heads whose keys say which position they answer: fitted, cell by cell.

Where answers are letters of the input, a letter is the answer at some position. A table
of two variables that tells this position, from what is known where the letter stands,
is the key of a head that copies the letter from there. So the wanted value of the table
is known from the labels, and it can be fitted before the head exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from trainers.search.candidates import Candidate
from trainers.search.plain import Says, named
from trainers.search.sample import Ints, Sample
from trainers.search.terms import Copied, Mapped, Term

MOST_CELLS = 300
LARGEST = 512
USEFUL = 16


class Answering:
    """Heads that copy a variable to the positions where it is the answer.

    Args:
        sample: where tables are fitted.
        positions: the positions.
        value: the variable that is copied.
        beside: the variables that may be the other one of a table.
        says: which class its values name.
    """

    def __init__(
        self,
        sample: Sample,
        positions: Term,
        value: Term,
        beside: Sequence[Term],
        says: Says,
    ) -> None:
        self.sample, self.positions, self.value = sample, positions, value
        classes = named(value, says, sample.values(value))
        wanted = sample.labels[:, None, :] == classes[:, :, None]
        wanted &= sample.scored[:, None, :] & sample.real[:, :, None]
        self._some = wanted.any(2)
        self._target = wanted.argmax(2)[self._some]
        at = self._some[sample.scored]  # which cases are answers themselves
        self._cases, self._told = (
            np.flatnonzero(at),
            wanted.argmax(2)[sample.scored][at],
        )
        self._beside = [sample.at_cases(term)[at].astype(np.int64) for term in beside]
        self._useful: list[dict[int, Candidate]] = [{} for _ in beside]

    def note(self, candidate: Candidate, codes: int) -> None:
        """Remember a candidate that tells much about the position beside another.

        Args:
            candidate: what tables could read.
            codes: larger numbers are held for the same.
        """
        if not len(self._told) or candidate.size > LARGEST:
            return
        held = np.minimum(candidate.values[self._cases], codes - 1).astype(np.int64)
        wide = self.sample.positions
        for beside, useful in zip(self._beside, self._useful, strict=True):
            counts = np.bincount((beside * codes + held) * wide + self._told)
            counts = np.append(counts, np.zeros(-len(counts) % wide, counts.dtype))
            told = int(counts.reshape(-1, wide).max(1).sum())
            # Candidates that tell as much are nearly always the same in other words.
            useful.setdefault(told, candidate)
            if len(useful) > USEFUL:
                del useful[min(useful)]

    def useful(self) -> list[Term]:
        """The terms of the candidates that tell most."""
        best = (candidate for useful in self._useful for candidate in useful.values())
        return [candidate.make() for candidate in dict.fromkeys(best)]

    def best(self, pairs: Iterable[tuple[Term, Term]], keep: int) -> list[Candidate]:
        """The heads whose tables tell the position most often.

        Args:
            pairs: what tables could read.
            keep: how many heads to return.
        """
        if not len(self._target):
            return []
        found: dict[int, tuple[Term, Term, Ints]] = {}
        for left, right in pairs:
            size = left.size, right.size
            if np.prod(size) <= MOST_CELLS:
                told, table = self._fit(left, right)
                found.setdefault(told, (left, right, table))
        best = sorted(found, reverse=True)[:keep]
        return [self._candidate(*found[told]) for told in best]

    def _fit(self, left: Term, right: Term) -> tuple[int, Ints]:
        """How many positions the best table tells, and the table."""
        size = left.size, right.size
        read = [self.sample.values(term)[self._some] for term in (left, right)]
        cells = np.ravel_multi_index(read, size)
        wide = self.sample.positions
        places = cells.astype(np.int64) * wide + self._target
        counts = np.bincount(places, minlength=np.prod(size) * wide).reshape(-1, wide)
        return int(counts.max(1).sum()), counts.argmax(1).reshape(size)

    def _candidate(self, left: Term, right: Term, output: Ints) -> Candidate:
        lines = 4.0 + 0.25 * output.size
        made = Mapped((left, right), output)
        table = Term(made, "number", int(output.max()) + 1, effort=lines)
        same = np.eye(self.positions.size, table.size, dtype=bool)
        head = Copied(self.positions, table, self.value, same)
        term = Term(head, self.value.kind, self.value.size, effort=4.0)
        values = self.sample.at_cases(term)
        return Candidate(values, term.size, False, lines + 4.0, lambda: term)
