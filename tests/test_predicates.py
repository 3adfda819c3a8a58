"""Predicates in their shortest true form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.running import execute
from tests.strategies import predicates
from tpdebug.nodes import Predicate, Value
from tpdebug.write.layout import decision_lines
from tpdebug.write.predicates import predicate_body

PLACES = range(9)
LETTERS = tuple("abcd")


def said(
    wanted: Predicate, queries: Sequence[Value], keys: Sequence[Value]
) -> list[str]:
    """The body of a predicate, checked on every query and key."""
    body = predicate_body(wanted, "q", queries, "k", keys)
    lines = ["def wants(q, k):"]
    lines += [line for decision in body for line in decision_lines("    ", decision)]
    wants = execute("\n".join(lines))["wants"]
    found = {q: [k for k in keys if wants(q, k)] for q in queries}
    assert Predicate.of(found) == wanted
    return [decision.text for decision in body]


@pytest.mark.parametrize(
    ("holds", "text"),
    [
        (lambda q, k: k >= 2, "k >= 2"),
        (lambda q, k: k % 2 == 0, "k % 2 == 0"),
        (lambda q, k: k in (1, 4, 8), "k in {1, 4, 8}"),
        (lambda q, k: k == q, "k == q"),
        (lambda q, k: k != q, "k != q"),
        (lambda q, k: k == q - 1, "k == q - 1"),
        (lambda q, k: k == 8 - q, "k == 8 - q"),
        (lambda q, k: k < q, "k < q"),
        (lambda q, k: k <= q, "k <= q"),
        (lambda q, k: k <= q - 2, "k <= q - 2"),
        (lambda q, k: k >= q + 2, "k >= q + 2"),
        (lambda q, k: k + q >= 9, "k + q >= 9"),
        (lambda q, k: abs(k - q) == 1, "abs(k - q) == 1"),
        (lambda q, k: k in (q - 1, q), "k in {q - 1, q}"),
        (lambda q, k: q - 2 <= k <= q + 1, "q - 2 <= k <= q + 1"),
        (lambda q, k: 2 <= k <= q, "2 <= k <= q"),
        (lambda q, k: k == q // 2, "k == q // 2"),
        (lambda q, k: k % 2 == q % 2, "k % 2 == q % 2"),
        (lambda q, k: q >= 3, "q >= 3"),
        (lambda q, k: q >= 4 and k == 2, "q >= 4 and k == 2"),
        (lambda q, k: q == 4 or k == 2, "q == 4 or k == 2"),
    ],
)
def test_a_predicate_over_integers_is_one_line(
    holds: Callable[[int, int], bool], text: str
) -> None:
    assert said(Predicate.where(PLACES, PLACES, holds), PLACES, PLACES) == [text]


@pytest.mark.parametrize(
    ("holds", "text"),
    [
        (lambda q, k: k == q, "k == q"),
        (lambda q, k: k != q, "k != q"),
        (lambda q, k: k in "ab", 'k in {"a", "b"}'),
        (lambda q, k: q == "a" and k == "b", 'q == "a" and k == "b"'),
        (lambda q, k: q == "a" or k == "b", 'q == "a" or k == "b"'),
    ],
)
def test_a_predicate_over_letters_is_one_line(
    holds: Callable[[str, str], bool], text: str
) -> None:
    assert said(Predicate.where(LETTERS, LETTERS, holds), LETTERS, LETTERS) == [text]


@pytest.mark.parametrize(
    ("first", "rule", "texts"),
    [
        (3, lambda q, k: k == q - 1, ["if q == 0: k == 3", "k == q - 1"]),
        (0, lambda q, k: k == q + 1, ["if q == 0: k == 0", "k == q + 1"]),
        (5, lambda q, k: k != q, ["if q == 0: k == 5", "k != q"]),
    ],
)
def test_an_exception_stands_before_the_rule(
    first: int, rule: Callable[[int, int], bool], texts: list[str]
) -> None:
    holds = Predicate.where(
        PLACES, PLACES, lambda q, k: k == first if q == 0 else rule(q, k)
    )
    assert said(holds, PLACES, PLACES) == texts


def test_chance_is_no_rule() -> None:
    keys = (2, 5, 6, 1, 1, 4, 5, 3)  # four of these are 4 away from the query
    wanted = Predicate.of({q: [k] for q, k in enumerate(keys)})
    assert "abs" not in " ".join(said(wanted, range(8), range(8)))


@given(st.data())
def test_any_predicate_is_said_truly(data: Any) -> None:
    integers = st.lists(st.integers(-5, 9), min_size=1, max_size=9, unique=True)
    huge = st.lists(st.integers(-(10**30), 10**30), min_size=1, max_size=4, unique=True)
    letters = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6, unique=True)
    queries, keys = (
        tuple(sorted(data.draw(st.one_of(integers, integers, huge, letters)), key=str))
        for _ in range(2)
    )
    said(data.draw(predicates(queries, keys)), queries, keys)
