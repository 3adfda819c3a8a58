"""Inputs that the search looks at, and what every term is there.

Values are computed once for a sample and kept; the search forgets those of terms that
it has tried and dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trainers.search.terms import Copied, Counted, Input, Mapped, Term

Ints: TypeAlias = NDArray[Any]  # integers of whatever size
Bools: TypeAlias = NDArray[np.bool_]


class Sample:
    """Labelled inputs.

    Args:
        tokens: codes `[inputs, positions]`, negative after the end.
        labels: classes `[inputs, positions]`, negative where there is none.
        causal: whether a head sees only keys at or before its query.

    Attributes:
        scored: where there is a label, `[inputs, positions]`.
        cases: the label at each such place, `[cases]`.
    """

    def __init__(self, tokens: Ints, labels: Ints, causal: bool) -> None:
        self.tokens, self.labels, self.causal = tokens, labels, causal
        self.scored: Bools = labels >= 0
        self.cases: Ints = labels[self.scored]
        self.real: Bools = tokens >= 0
        self.inputs, self.positions = tokens.shape
        self._order = _nearest_first(self.positions)
        # One more column, for the rank of a key that is not there: position 0.
        nowhere = np.zeros((self.positions, 1), np.int64)
        self._place = np.concatenate([self._order, nowhere], 1)
        self._values: dict[Term, Ints] = {}
        self._ranks: dict[Term, Ints] = {}

    def part(self, rows: Ints) -> Sample:
        """Some of the inputs."""
        return Sample(self.tokens[rows], self.labels[rows], self.causal)

    def at_cases(self, term: Term) -> Ints:
        """The values of a term where there is a label, `[cases]`."""
        return self.values(term)[self.scored]

    def values(self, term: Term) -> Ints:
        """The values of a term, `[inputs, positions]`."""
        if term not in self._values:
            self._values[term] = self._compute(term)
        return self._values[term]

    def forget(self, kept: Iterable[Term] = ()) -> None:
        """Free the memory of all terms but some."""
        terms = set(kept)
        self._values = {t: v for t, v in self._values.items() if t in terms}
        self._ranks = {t: v for t, v in self._ranks.items() if t in terms}

    def places(self, key: Term) -> Ints:
        """Where the nearest key of each code is, `[inputs, positions, codes]`."""
        at = np.arange(self.positions)[None, :, None]
        return self._place[at, self.ranks(key)]

    def ranks(self, key: Term) -> Ints:
        """How near the nearest key of each code is, `[inputs, positions, codes]`.

        0 is nearest; the number of positions stands for a code that no key has.
        """
        if key not in self._ranks:
            self._ranks[key] = self._rank(self.values(key), key.size)
        return self._ranks[key]

    def copies(self, key: Term, value: Term) -> Ints:
        """What is copied from the nearest key of each code, `[cases, codes]`."""
        values, places = self.values(value)[:, :, None], self.places(key)
        copied = np.take_along_axis(values, places.astype(np.int64), 1)
        return copied[self.scored]

    def nearest_of(self, key: Term, wanted: Bools, value: Term) -> Ints:
        """What is copied from the nearest key among `wanted` codes, `[cases]`.

        Args:
            key: the key variable.
            wanted: which codes are looked for, `[cases, codes]` or `[1, codes]`.
            value: the variable that is copied.
        """
        ranks = np.where(wanted, self.ranks(key)[self.scored], self.positions)
        rows, at = np.nonzero(self.scored)
        found: Ints = self.values(value)[rows, self._place[at, ranks.min(1)]]
        return found

    def sums(self, key: Term, value: Term) -> Ints:
        """The sum of a number over the keys of each code, `[inputs, N, codes]`."""
        keys, numbers = self.values(key), self.values(value)
        rows, total = np.arange(self.inputs), np.zeros((self.inputs, key.size), int)
        found: Ints = np.empty((self.inputs, self.positions, key.size), np.int32)
        for at in range(self.positions):
            total[rows, keys[:, at]] += numbers[:, at] * self.real[:, at]
            found[:, at] = total
        return found if self.causal else np.broadcast_to(total[:, None], found.shape)

    def _compute(self, term: Term) -> Ints:
        made = term.made
        found: Ints
        match made:
            case Input("tokens"):
                return np.maximum(self.tokens, 0)
            case Input("positions"):
                places = np.arange(self.positions, dtype=np.int16)
                return np.broadcast_to(places, self.tokens.shape)
            case Input():
                return np.ones(self.tokens.shape, np.int16)
            case Copied():
                wanted = made.predicate[self.values(made.query)]
                ranks = np.where(wanted, self.ranks(made.key), self.positions).min(2)
                places = self._place[np.arange(self.positions), ranks]
                return np.take_along_axis(self.values(made.value), places, 1)
            case Counted():
                wanted = made.predicate[self.values(made.query)]
                sums = self.sums(made.key, made.value)
                found = np.einsum("npk,npk->np", sums, wanted)
                return found
            case Mapped():
                read = (self.values(term) for term in made.inputs)
                last = (size - 1 for size in made.output.shape)
                cells = (np.minimum(v, n) for v, n in zip(read, last, strict=True))
                found = made.output[tuple(cells)]
                return found

    def _rank(self, keys: Ints, codes: int) -> Ints:
        rows = np.arange(self.inputs)
        found = np.full((self.inputs, self.positions, codes), self.positions, np.int16)
        for query in range(self.positions):
            for rank in reversed(range(self.positions)):  # the nearest is written last
                at = self._order[query, rank]
                if not (self.causal and at > query):
                    real = self.real[:, at]
                    found[rows[real], query, keys[real, at]] = rank
        return found


def _nearest_first(positions: int) -> Ints:
    """The keys of each query, nearest first: `select_closest` (`[query, rank]`)."""
    at = np.arange(positions)
    distance = abs(at[:, None] - at)
    distance[at, at] = positions  # itself comes last
    return (distance * positions + at).argsort(axis=1)
