"""The parts of the search: gain, tables, shrinking, the plain answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

pytest.importorskip("scipy")

from tests.searching import domain_of, inputs_of, padded, sample_of
from trainers.readout import Variable, fit, softmax
from trainers.search import Sample
from trainers.search.gain import Gain
from trainers.search.plain import plain_answer, plain_readout
from trainers.search.shrink import shrink
from trainers.search.tables import fitted_table
from trainers.search.terms import Copied, Mapped, Term

TOKENS, POSITIONS, ONES = inputs_of(domain_of(causal=False))


def test_the_gain_orders_codes_as_a_new_read_out_does() -> None:
    drawn = np.random.default_rng(0)
    cases = drawn.integers(0, 4, 2000)
    known = np.where(drawn.random(2000) < 0.3, cases, drawn.integers(0, 4, 2000))
    before = fit([Variable(known, 4)], cases, 4)
    gain = Gain.of(cases, softmax(before.scores([Variable(known, 4)])))
    gains, losses = [], []
    for noise in (1.0, 0.7, 0.5, 0.3, 0.1, 0.0):
        other = drawn.integers(0, 4, 2000)
        codes = np.where(drawn.random(2000) < noise, other, cases)
        gains.append(gain.of_codes(codes, 4))
        both = [Variable(known, 4), Variable(codes, 4)]
        losses.append(fit(both, cases, 4, l2=1e-4).loss)
    assert gains == sorted(gains)
    assert losses == sorted(losses, reverse=True)
    assert gain.of_codes(known, 4) < gains[1] / 10  # what is known helps no more
    assert gain.of_numbers(np.zeros(2000)) == 0


def labelled(answer: np.ndarray, causal: bool = False) -> Sample:
    """All inputs with an answer at each place of `[inputs, positions]`."""
    tokens = padded(domain_of(causal))
    return Sample(tokens, np.where(tokens < 0, -1, answer), causal)


@pytest.mark.parametrize("codes", [3, 8])
def test_a_fitted_table_loses_nothing_where_codes_suffice(codes: int) -> None:
    plain = sample_of(domain_of(causal=False))
    tokens, places = plain.values(TOKENS), plain.values(POSITIONS)
    sample = labelled((tokens + places) % 3)
    found = fitted_table((TOKENS, POSITIONS), sample, 3, codes, 0.0)
    assert found is not None
    said = {*zip(sample.at_cases(found).tolist(), sample.cases.tolist(), strict=True)}
    assert len(said) == len({code for code, _ in said}) == 3
    fewer = fitted_table((TOKENS, POSITIONS), sample, 3, 2, 0.0)
    assert fewer is not None
    assert sample.at_cases(fewer).max() == 1


TERMS = [
    Term(Mapped((TOKENS,), np.arange(TOKENS.size)), "code", TOKENS.size, effort=lines)
    for lines in (1.0, 2.0, 3.0, 4.0)
]


def test_shrinking_leaves_out_what_is_not_needed() -> None:
    needed = TERMS[1]

    def worth(read: Sequence[Term]) -> float:
        return 1.0 if needed in read else 0.5

    assert shrink(TERMS, worth, price=0.0) == (needed,)


@pytest.mark.parametrize("seed", range(20))
def test_shrinking_never_lowers_what_a_program_is_worth(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    gains = dict(zip(TERMS, drawn.choice([-0.1, 0.0, 0.2], len(TERMS)), strict=True))

    def worth(read: Sequence[Term]) -> float:
        return float(sum(gains[term] for term in read))

    left = shrink(TERMS, worth, price=0.0)
    assert worth(left) >= worth(TERMS)
    assert set(left) <= set(TERMS)
    # A line costs something: what adds nothing goes.
    assert len(left) == 1 or all(gains[term] > 0 for term in left)


def test_shrinking_many_asks_fewer_times_and_ends_as_well() -> None:
    needed = TERMS[len(TERMS) // 2]
    asked: list[int] = []

    def worth(read: Sequence[Term]) -> float:
        asked.append(len(read))
        return float(needed in read)

    assert shrink(TERMS, worth, price=0.0, many=True) == (needed,)
    coarse = len(asked)
    asked.clear()
    assert shrink(TERMS, worth, price=0.0) == (needed,)
    assert coarse < len(asked)


def test_shrinking_may_read_a_part_instead_of_what_is_made_of_it() -> None:
    part = TERMS[0]
    whole = Term(Mapped((part,), np.arange(part.size)), "code", part.size, effort=5.0)

    def worth(read: Sequence[Term]) -> float:
        return 1.0 if part in read or whole in read else 0.0

    assert shrink([whole], worth, price=0.0) == (part,)


def test_the_plain_answer_is_the_shortest_term_that_is_always_right() -> None:
    equal = np.eye(POSITIONS.size, dtype=bool)
    long = Term(
        Copied(POSITIONS, POSITIONS, TOKENS, equal), "token", TOKENS.size, effort=9.0
    )
    plain = sample_of(domain_of(causal=False))
    says = {"token": np.array([3, 2, 1, 0])}
    sample = labelled(says["token"][plain.values(TOKENS)])
    assert plain_answer((long, TOKENS), says, [sample]) is TOKENS
    assert plain_answer((long,), says, [sample]) is long  # at itself, as nothing else
    assert plain_answer((POSITIONS,), says, [sample]) is None
    assert plain_answer((TOKENS,), {"number": says["token"]}, [sample]) is None
    wrong = labelled(np.zeros_like(plain.values(TOKENS)))
    assert plain_answer((TOKENS,), says, [sample, wrong]) is None
    readout = plain_readout(TOKENS, says, 4)
    scores = readout.scores([Variable(sample.at_cases(TOKENS), TOKENS.size)])
    assert (scores.argmax(1) == sample.cases).all()
