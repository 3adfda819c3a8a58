"""Heads that count where two codes combine; and the parts that find them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from tests.searching import domain_of, inputs_of, random_terms, sample_of
from trainers.search import Sample
from trainers.search.events import Events, Once
from trainers.search.gain import Gain
from trainers.search.merge import merged
from trainers.search.ranking import Ranking
from trainers.search.tables import arithmetic
from trainers.search.terms import Copied, Counted, Input, Mapped, Term

CAUSAL = pytest.mark.parametrize("causal", [False, True], ids=["both sides", "causal"])
TOKENS = Term(Input("tokens"), "token", 3)
POSITIONS = Term(Input("positions"), "number", 6)
ONES = Term(Input("ones"), "number", 2, numerical=True)


def drawn_sample(causal: bool, inputs: int = 300) -> Sample:
    """Letters 0 to 2, all labelled 0."""
    tokens = np.random.default_rng(0).integers(0, 3, (inputs, 6))
    return Sample(tokens, np.zeros_like(tokens), causal)


def labelled(sample: Sample, term: Term) -> Sample:
    """The same inputs, labelled with whether a number is more than none."""
    return Sample(sample.tokens, (sample.values(term) > 0) * 1, sample.causal)


def before() -> Term:
    """The letter one position before."""
    shift = np.eye(6, k=-1, dtype=bool)
    return Term(Copied(POSITIONS, POSITIONS, TOKENS, shift), "token", 3)


@CAUSAL
def test_a_combination_that_decides_wherever_it_is_seen_is_found(causal: bool) -> None:
    sample, other = drawn_sample(causal), before()
    planted = np.zeros((3, 3), np.int64)
    planted[2, 0] = planted[0, 1] = 1
    event = Term(Mapped((TOKENS, other), planted), "code", 2)
    wants = np.tile(np.arange(2) == 1, (6, 1))
    count = Term(Counted(POSITIONS, event, ONES, wants), "number", 7, numerical=True)
    sample = labelled(sample, count)
    chances = np.tile(np.bincount(sample.cases) / len(sample.cases), (1800, 1))
    gain = Gain.of(sample.cases, chances)
    events = Events(sample, gain, sample, gain, keep=3)
    for left, right in ((TOKENS, POSITIONS), (TOKENS, other), (POSITIONS, other)):
        cells = sample.at_cases(left) * right.size + sample.at_cases(right)
        size = left.size * right.size
        events.note(cells, size, 4.0, partial(_both, left, right))
    best = next(events.best())
    assert isinstance(best.made, Mapped)
    assert best.made.inputs == (TOKENS, other)
    # Nothing else is counted; of two that decide, one may do where both are frequent.
    found = best.made.output
    assert found.any()
    assert (found <= planted).all()


def _both(left: Term, right: Term) -> tuple[Term, Term]:
    return left, right


@CAUSAL
def test_what_is_missing_wherever_a_case_is_seen(causal: bool) -> None:
    domain = domain_of(causal)
    sample, drawn = sample_of(domain), np.random.default_rng(1)
    cases = len(sample.cases)
    missing, spread = drawn.normal(size=(cases, 3)), drawn.random(cases)
    seen = Gain(missing, spread).seen(sample)
    rows, at = np.nonzero(sample.scored)
    for case in range(cases):
        sees = rows == rows[case]
        if causal:
            sees &= at >= at[case]
        each = seen.of_each(np.arange(cases), cases)[case]
        alone = Gain(missing[sees], spread[sees]).of_codes(np.zeros(sees.sum(), int), 1)
        assert each == pytest.approx(alone)


def test_once_is_where_a_code_is_first() -> None:
    sample = drawn_sample(causal=True, inputs=50)
    codes = sample.at_cases(TOKENS)
    once = Once(sample).of(codes, 3).reshape(50, 6)
    for row, found in zip(sample.tokens, once, strict=True):
        expected = [a if a not in row[:i] else 3 for i, a in enumerate(row)]
        assert found.tolist() == expected


def test_of_candidates_that_gain_the_same_the_shortest_of_a_length_is_kept() -> None:
    ranking = Ranking(keep=2)
    terms = [Term(Input("ones"), "number", n) for n in range(6)]
    long, short, between, other, worse, another = terms
    for lines, term in ((5.5, long), (4.0, short), (5.0, between)):
        ranking.add(7.0, lines, partial(_itself, term))
    ranking.add(6.0, 4.0, lambda: other)
    ranking.add(1.0, 4.0, lambda: worse)
    ranking.add(7.0, 13.0, lambda: another)
    assert [entry.make() for entry in ranking.best()] == [short, other, another]
    assert ranking.looked == 6


def _itself(term: Term) -> Term:
    return term


def test_arithmetic_computes_what_it_says() -> None:
    left, right = (Term(Input(n), "number", 5) for n in ("tokens", "positions"))
    found = {
        tuple(map(tuple, term.made.output))
        for term in arithmetic([left, right], 8)
        if isinstance(term.made, Mapped) and term.made.inputs == (left, right)
    }

    def table(of: Callable[[int, int], int]) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(of(a, b) for b in range(5)) for a in range(5))

    for expected in (
        table(lambda a, b: a + b if a + b < 8 else 7),
        table(max),
        table(min),
        table(lambda a, b: max(a - b, 0)),
        table(lambda a, b: max(a - b + 1, 0)),
        table(lambda a, b: min(max(2 * a - b, 0), 7)),
        table(lambda a, b: a // max(b, 1)),
        table(lambda a, b: int(a > b)),
        table(lambda a, b: int(a == b)),
        table(lambda a, b: a if b == 2 else 7),
    ):
        assert expected in found
    assert all(0 <= code < 8 for rows in found for row in rows for code in row)


@CAUSAL
@pytest.mark.parametrize("seed", range(10))
def test_merging_changes_no_value_and_leaves_no_twin(seed: int, causal: bool) -> None:
    domain = domain_of(causal)
    sample = sample_of(domain)
    # The same terms twice, made of other parts each time.
    read = [*random_terms(domain, seed), *random_terms(domain, seed)]
    left = merged(read, sample)
    assert len({id(term) for term in left}) == len(left) <= len(read) // 2
    told = {(t.kind, t.size, sample.values(t).tobytes()) for t in read}
    assert {(t.kind, t.size, sample.values(t).tobytes()) for t in left} <= told
    parts = {part for term in left for part in term.needs}
    assert len(parts) <= len({part for term in read for part in term.needs}) // 2


def test_merging_leaves_inputs_alone() -> None:
    domain = domain_of(causal=False)
    tokens, positions, _ = inputs_of(domain)
    assert merged((tokens, positions), sample_of(domain)) == (tokens, positions)
