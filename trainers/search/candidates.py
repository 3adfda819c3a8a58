"""What a program could compute next: heads with every predicate that has a short form.

A candidate is looked at by its values at the labelled places alone, which takes some
ten microseconds; the term itself is made only if it is worth it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trainers.search.forms import Form, fixed_forms, relations
from trainers.search.sample import Ints, Sample
from trainers.search.terms import Copied, Counted, Term

LARGEST_NUMBER = 512


@dataclass(frozen=True, eq=False, slots=True)
class Candidate:
    """A term that could be made.

    Attributes:
        values: its values at the cases, `[cases]`.
        size: its codes, or numbers, are 0 to `size - 1`.
        numerical: whether it is a number.
        effort: of the term alone.
        make: makes it.
    """

    values: Ints
    size: int
    numerical: bool
    effort: float
    make: Callable[[], Term]


def heads(
    sample: Sample,
    keys: Sequence[Term],
    values: Sequence[Term],
    queries: Sequence[Term],
    many: bool,
    involving: Term | None = None,
) -> Iterator[Candidate]:
    """Every head with a short predicate.

    Args:
        sample: where to look at it.
        keys, queries: categorical terms to choose from.
        values: terms to copy or (numbers) to sum.
        many: whether a query may want several key codes.
        involving: yield only heads that read this term.
    """
    for key in keys:
        for value in values:
            if value.numerical and value.size * sample.positions > LARGEST_NUMBER:
                continue
            free = involving is None or key is involving or value is involving
            found = _Head(sample, key, value)
            if free:
                for form in fixed_forms(key, many):
                    yield found.candidate(keys[0], form, np.zeros((), np.int64))
            for query in queries:
                if free or query is involving:
                    asked = sample.at_cases(query)
                    for form in relations(query, key, many, involving is None):
                        yield found.candidate(query, form, asked)


class _Head:
    """All heads with one key and one value."""

    def __init__(self, sample: Sample, key: Term, value: Term) -> None:
        self.sample, self.key, self.value = sample, key, value
        if value.numerical:
            found = sample.sums(key, value)[sample.scored]
            nothing = np.zeros_like(found[:, :1])
        else:
            found = sample.copies(key, value)
            first = sample.values(value)[:, :1].repeat(sample.positions, 1)
            nothing = first[sample.scored][:, None]
        self.table = np.concatenate([found, nothing], 1)  # the last: no key is wanted
        self.rows = np.arange(len(found))

    def candidate(self, query: Term, form: Form, asked: Ints) -> Candidate:
        """One of them; `asked` holds the query codes (0 for a form without)."""
        numerical = self.value.numerical
        size = self.value.size
        if numerical:
            size = (size - 1) * self.sample.positions + 1
        return Candidate(
            self._values(form, asked),
            size,
            numerical,
            form.effort,
            lambda: self._term(query, form, size),
        )

    def _values(self, form: Form, asked: Ints) -> Ints:
        if form.only is not None:
            found: Ints = self.table[self.rows, np.array(form.only)[asked]]
            return found
        wanted = form.wants[asked]
        if self.value.numerical:
            return np.asarray((self.table[:, :-1] * wanted).sum(1))
        wanted = np.atleast_2d(wanted)
        return self.sample.nearest_of(self.key, wanted, self.value)

    def _term(self, query: Term, form: Form, size: int) -> Term:
        wants = np.broadcast_to(form.wants, (query.size, self.key.size))
        numerical = self.value.numerical
        kind = "number" if numerical else self.value.kind
        made = (Counted if numerical else Copied)(query, self.key, self.value, wants)
        return Term(made, kind, size, numerical, form.effort)
