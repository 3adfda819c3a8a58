"""One round of looking: what could be computed next, and what it would gain.

`near` looks at what can be made of the terms that are there. `far` looks one term
further: a head that helps nobody but another head is found together with that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np

from trainers.search.candidates import Candidate, heads
from trainers.search.events import Events, Pair
from trainers.search.gain import Gain
from trainers.search.keys import Answering
from trainers.search.limits import Limits
from trainers.search.queries import lookups
from trainers.search.ranking import Ranking
from trainers.search.sample import Ints, Sample
from trainers.search.tables import Codes, arithmetic, fitted_table
from trainers.search.terms import Term, effort

_TABLE = 10.0  # the effort of a table before it is known
_AS_CODE = 3.0


@dataclass(frozen=True, slots=True)
class Look:
    """A round.

    Attributes:
        sample: the few inputs that candidates are looked at on.
        fitting: the inputs that tables are fitted to.
        gain: tells what a variable would help.
        ranking: where candidates go.
        events: what is worth counting.
        answering: which positions are answered from where.
        codes: makes codes of numbers.
        limits: how much is looked at.
        inputs: tokens and positions.
        ones: the number 1.
        active: the terms that are built upon, the latest last.
        read: those that the read-out sees already.
    """

    sample: Sample
    fitting: Sample
    classes: int
    gain: Gain
    ranking: Ranking
    events: Events
    answering: Answering
    codes: Codes
    limits: Limits
    inputs: list[Term]
    ones: Term
    active: list[Term]
    read: Sequence[Term]

    def near(self) -> list[Term]:
        """Look at what can be made of what is there.

        Returns:
            Terms to look through in `far`, the shortest first.
        """
        codes = list(dict.fromkeys(map(self.codes.of, self.active)))
        before = self._before(codes)
        latest = before[-self.limits.latest :]
        known = list(dict.fromkeys([*self.inputs, *codes, *latest]))
        numbers = [self.ones, *(t for t in self.active if t.numerical)]
        values = [*known, *numbers] if self.limits.numerical else known
        for term in dict.fromkeys([*self.active, *known[2:]]):
            if term not in self.read:
                self._offer_term(term)
        for left, right in combinations(known, 2):
            held = self.sample.at_cases(left)
            self._offer_pair(held, right, 0.0, partial(_both, left, right))
        there = [*self.active, *before]
        computed = self._computed([t for t in there if t not in self.codes.made])
        bank = [(effort([t], there), t) for t in computed]
        many = self.limits.many
        for found in heads(self.sample, known, values, known, many):
            self.answering.note(found, self.limits.codes)
            if self._offer(found, known):
                bank.append((found.effort, found.make()))
        for found in self._fitted(known, known):
            self._offer(found, ())
        self._answered(known, [])
        self._counted()
        bank.sort(key=lambda item: item[0])
        return self._distinct([term for _, term in bank])[: self.limits.bank]

    def _before(self, codes: Sequence[Term]) -> list[Term]:
        """What numbers were one position before, where that has a sense."""
        if not self.sample.causal:
            return []
        numbers = [t for t in codes if t.kind == "number"]
        return [self.codes.before(term, self.inputs[1]) for term in numbers]

    def far(self, bank: Sequence[Term]) -> None:
        """Look at what can be made of what is there and one term more.

        Args:
            bank: the terms to look through.
        """
        latest = self.active[-self.limits.latest :]
        known = [*self.inputs, *dict.fromkeys(map(self.codes.of, latest))]
        kept = {*self.inputs, self.ones, *self.active, *self.codes.known}
        many, counting = self.limits.many, self.limits.numerical
        for term in bank:
            code = self.codes.of(term)
            around = [*known, code]
            values = [*around, self.ones] if counting else around
            for found in heads(self.sample, around, values, around, many, code):
                self._offer(found, known)
                self.answering.note(found, self.limits.codes)
            for other in [self.inputs[1], *latest]:
                if term.kind == other.kind == "number":
                    self._computed([term, other])
            self.codes.forget([term], self.active)
            self.sample.forget(kept)
        counts = [t for t in bank if t.numerical and len(t.needs) == 1]
        self._computed(counts[: self.limits.counts])
        self.sample.forget(kept)
        others = bank[: self.limits.tables]
        for found in self._fitted(known, [*known, *others]):
            self._offer(found, ())
        self._answered([*known, *map(self.codes.of, self.active)], others)
        self._counted()
        self.codes.forget(self.codes.numbers, self.active)
        self.codes.forget(bank, self.active)

    def _computed(self, terms: Sequence[Term]) -> list[Term]:
        """Offer tables that compute with numbers, and return them."""
        numbers = [t for t in dict.fromkeys([self.inputs[1], *terms]) if _small(t)]
        found = arithmetic(numbers, self.limits.codes)
        for term in found:
            self._offer_term(term)
        return found

    def _fitted(
        self, known: Sequence[Term], others: Sequence[Term]
    ) -> Iterator[Candidate]:
        """Heads that look where codes, or pairs of codes, say."""
        place = {term: i for i, term in enumerate(known)}
        codes = [self.codes.of(term) for term in others]
        for look in lookups(self.sample, self.classes, self.inputs, self.inputs):
            if others is known:
                yield from map(look.by_code, known)
            for left in codes:
                for right in known:
                    if place.get(left, len(place)) > place[right]:
                        found = look.by_pair(left, right)
                        if found is not None:
                            yield found

    def _answered(self, known: Sequence[Term], others: Sequence[Term]) -> None:
        """Offer heads whose keys say which position they answer.

        Args:
            known: terms that tables could read, any two of them or of what is useful.
            others: terms that they could read beside a known one.
        """
        useful = map(self.codes.of, self.answering.useful())
        pairs = combinations(dict.fromkeys([*known, *useful]), 2)
        more = ((self.codes.of(a), b) for a in others for b in known)
        for found in self.answering.best([*pairs, *more], self.limits.answering):
            self._offer(found, ())

    def _counted(self) -> None:
        """Offer heads that count what is worth counting."""
        for table in self.events.best():
            values = [self.ones] if self.limits.numerical else [table]
            keys = [self.inputs[0], table]
            for found in heads(self.sample, keys, values, (), False, table):
                self._offer(found, ())

    def _offer_term(self, term: Term) -> None:
        values = self.sample.at_cases(term)
        lines = effort([term], self.active)
        found = Candidate(values, term.size, term.numerical, lines, lambda: term)
        self._offer(found, ())

    def _offer(self, found: Candidate, partners: Sequence[Term]) -> bool:
        """Rank a candidate, alone and in a table with some others.

        Returns:
            Whether its values are new.
        """
        if not self.ranking.is_new(found):
            return False
        held, lines = found.values, found.effort
        if found.numerical:
            self.ranking.add(self.gain.of_numbers(held), lines, found.make)
            held = np.minimum(held, self.limits.codes - 1)
            gain = self.gain.of_codes(held, self.limits.codes)
            coded = lines + _AS_CODE
            self.ranking.add(gain, coded, lambda: self.codes.of(found.make()))
        else:
            self.ranking.add(self.gain.of_codes(held, found.size), lines, found.make)
        for other in partners:
            self._offer_pair(held, other, lines, partial(self._pair, found, other))
        return True

    def _pair(self, found: Candidate, other: Term) -> tuple[Term, Term]:
        return self.codes.of(found.make()), other

    def _offer_pair(self, held: Ints, other: Term, lines: float, pair: Pair) -> None:
        """Rank a table of two codes, and note what of them is worth counting.

        Args:
            held: the first code, at the cases.
            other: the second.
            lines: the effort of the first.
            pair: makes both.
        """
        cells = held.astype(np.int64) * other.size + self.sample.at_cases(other)
        size = int(cells.max()) + 1
        gain = self.gain.of_pairs(cells, size)
        self.ranking.add(gain, lines + _TABLE, lambda: self._table(*pair()))
        self.events.note(cells, size, lines, pair)

    def _table(self, left: Term, right: Term) -> Term | None:
        least = self.limits.table_loss * len(self.fitting.cases)
        codes = self.limits.codes
        return fitted_table((left, right), self.fitting, self.classes, codes, least)

    def _distinct(self, terms: Sequence[Term]) -> list[Term]:
        """Without terms that are the same as earlier ones everywhere, or constant."""
        seen: dict[tuple[bool, bytes], Term] = {}
        for term in terms:
            values = self.sample.values(term)[self.sample.real].astype(np.int16)
            if values.min() != values.max():
                seen.setdefault((term.numerical, values.tobytes()), term)
        self.sample.forget({*self.inputs, self.ones, *self.active, *self.codes.known})
        return list(seen.values())


def _both(left: Term, right: Term) -> tuple[Term, Term]:
    return left, right


def _small(term: Term) -> bool:
    return term.kind == "number" and term.size <= 128
