"""Heads with scores: an order of keys for each query, held, evaluated and written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.closed_world import case_gaps
from tests.reference import run as reference
from tests.running import execute, run_all, text_of
from tests.strategies import preferences
from tpdebug.domain import Domain
from tpdebug.errors import ProgramError
from tpdebug.evaluate import Evaluator, answers
from tpdebug.inputs import blocks, decode
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    NumericalHead,
    Predicate,
    Preference,
    Rule,
    Value,
)
from tpdebug.program import Program
from tpdebug.read import read
from tpdebug.restrict import inside, restrict
from tpdebug.write.layout import decision_lines
from tpdebug.write.preferences import preference_body

PLACES = range(6)
LETTERS = tuple("abcd")
Score = Callable[[Any, Any], int]


def program(
    scores: Score, domain: Domain, read_: Sequence[str] = ("tokens", "tokens")
) -> Program:
    """A program that answers with the letter that one head copies."""
    query, key = read_
    values = {"tokens": domain.vocabulary, "positions": range(domain.positions)}
    wants = Preference.by(values[query], tuple(values[key]), scores)
    head = CategoricalHead("attn_0_0", query, key, "tokens", wants)
    classes = domain.vocabulary
    rows = {("attn_0_0", a): [int(a == b) for b in classes] for a in classes}
    return Program(domain, (head,), Classifier.of(classes, rows))


def everything(domain: Domain) -> list[tuple[str, ...]]:
    return [row for block in blocks(domain) for row in decode(domain, block)]


def said(wanted: Preference, queries: Sequence[Value], keys: Sequence[Value]) -> str:
    """What the scores are, checked on every query and key; a grid is none."""
    _, body = preference_body(wanted, ("q", "k"), [queries, keys])
    if body is None:
        return "grid"
    lines = ["def scores(q, k):"]
    lines += [line for decision in body for line in decision_lines("    ", decision)]
    scores = execute("\n".join(lines))["scores"]
    assert all(type(scores(q, k)) is int for q, k in product(queries, keys))
    assert Preference.by(queries, keys, scores) == wanted
    return "; ".join(decision.text for decision in body)


@pytest.mark.parametrize(
    ("scores", "text"),
    [
        (lambda q, k: k, "k"),
        (lambda q, k: 7 - 2 * k, "-k"),
        (lambda q, k: k % 3, "k % 3"),
        (lambda q, k: -abs(q - k), "5 - abs(q - k)"),
        (lambda q, k: 9 + abs(q - k) ** 3, "abs(q - k)"),
        (lambda q, k: -abs(k - q + 1), "-abs(k - q + 1)"),
        (lambda q, k: -abs(k - 3), "-abs(k - 3)"),
        (lambda q, k: k == q - 1, "int(q == k + 1)"),
        (lambda q, k: 5 * (k == 2), "int(k == 2)"),
        (lambda q, k: 2 * (k == q) + (k == 0), "if k == 0: 1; if q == k: 2; 0"),
    ],
)
def test_scores_over_integers_are_said_in_a_few_words(scores: Score, text: str) -> None:
    assert said(Preference.by(PLACES, PLACES, scores), PLACES, PLACES) == text


@pytest.mark.parametrize(
    ("scores", "text"),
    [
        (lambda q, k: k == q, "int(q == k)"),
        (
            lambda q, k: "dab".find(k),
            'if k == "d": 1; if k == "a": 2; if k == "b": 3; 0',
        ),
        (lambda q, k: 3 * (k == q) + (k == "a"), 'if k == "a": 1; if q == k: 2; 0'),
        (lambda q, k: q == "b" and k == "c", 'int(q == "b" and k == "c")'),
    ],
)
def test_scores_of_letters_are_decisions(scores: Score, text: str) -> None:
    assert said(Preference.by(LETTERS, LETTERS, scores), LETTERS, LETTERS) == text


def test_scores_without_a_pattern_are_a_grid() -> None:
    drawn = ["3142", "1432", "4213", "2341"]
    order = dict(zip(LETTERS, drawn, strict=True))
    wants = Preference.by(
        LETTERS, LETTERS, lambda q, k: order[q].index("1234"["abcd".index(k)])
    )
    assert said(wants, LETTERS, LETTERS) == "grid"
    domain = Domain(LETTERS, (1, 3))
    made = program(lambda q, k: 0, domain)
    made = replace(made, nodes=(replace(made.nodes[0], predicate=wants),))
    text = text_of(made)
    assert "PREFERS_0_0 = {" in text
    assert "return PREFERS_0_0[q_token][k_token]" in text
    assert read(text).program == made


@given(st.data())
def test_any_scores_are_said_truly(data: Any) -> None:
    integers = st.lists(st.integers(-5, 9), min_size=2, max_size=9, unique=True)
    huge = st.lists(st.integers(-(10**30), 10**30), min_size=2, max_size=4, unique=True)
    letters = st.lists(st.sampled_from("abcdef"), min_size=2, max_size=6, unique=True)
    queries, keys = (
        tuple(sorted(data.draw(st.one_of(integers, integers, huge, letters)), key=str))
        for _ in range(2)
    )
    wants = data.draw(preferences(queries, keys))
    if wants.cases:
        said(wants, queries, keys)


CASES: dict[str, tuple[Score, tuple[str, str], str, str]] = {
    # letters, then the letter that is read from each place
    "best wins": (lambda q, k: "abc".find(k), ("tokens", "tokens"), "abca", "cccc"),
    "nearest of equals": (lambda q, k: k == "b", ("tokens", "tokens"), "bcab", "bbbb"),
    "left of equals": (lambda q, k: 0, ("tokens", "tokens"), "abc", "bab"),
    "itself last": (lambda q, k: k != "c", ("tokens", "tokens"), "acca", "aaaa"),
    "itself if best": (lambda q, k: k == q, ("positions", "positions"), "abc", "abc"),
    "never nothing": (lambda q, k: 0, ("tokens", "tokens"), "a", "a"),
    "last position": (lambda q, k: k, ("tokens", "positions"), "abc", "ccc"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_head_reads_the_nearest_of_the_best(name: str) -> None:
    scores, variables, letters, expected = CASES[name]
    made = program(scores, Domain(LETTERS, (1, 4)), variables)
    assert answers(made, [tuple(letters)]) == [tuple(expected)]


def test_a_causal_head_sees_nothing_to_its_right() -> None:
    domain = Domain(LETTERS, (1, 4), causal=True)
    made = program(lambda q, k: "abcd".find(k), domain)
    assert answers(made, [tuple("bcad")]) == [tuple("bccd")]
    text = text_of(made)
    assert "select_best(tokens, tokens, prefers_0_0, causal=CAUSAL)" in text
    inputs = everything(domain)
    assert run_all(text, inputs) == answers(made, inputs)


def test_a_long_input_with_many_groups_is_evaluated_exactly() -> None:
    domain = Domain(tuple("abcdefgh"), (40, 40))
    made = program(lambda q, k: hash_of(q, k) % 7, domain)
    letters = [
        tuple("abcdefgh"[hash_of(i, j) % 8] for j in range(40)) for i in range(5)
    ]
    assert answers(made, letters) == [reference(made, each).answers for each in letters]


def hash_of(*values: Any) -> int:
    """A number that looks drawn, the same every time."""
    return sum(ord(c) * 31**i for i, c in enumerate(repr(values))) // 5


def test_only_the_order_of_scores_matters() -> None:
    domain = Domain(LETTERS, (1, 3))
    few = program(lambda q, k: "abcd".find(k), domain)
    far = program(lambda q, k: 100 * "abcd".find(k) - ord(q), domain)
    assert few == far
    assert text_of(few) == text_of(far)
    assert few != program(lambda q, k: -"abcd".find(k), domain)


def test_the_worst_keys_need_not_be_named() -> None:
    domain = Domain(("a", "b"), (1, 2))
    made = program(lambda q, k: k == "a", domain)
    for groups in ([["a"]], [["a"], ["b"]], [["a"], [], ["b"]]):
        head = replace(
            made.nodes[0], predicate=Preference.of({"a": groups, "b": groups})
        )
        assert replace(made, nodes=(head,)) == made


def test_scores_that_are_all_the_same_are_the_predicate_that_wants_every_key() -> None:
    domain = Domain(LETTERS, (1, 3))
    made = program(lambda q, k: 5, domain)
    every = Predicate.where(LETTERS, LETTERS, lambda q, k: True)
    assert made == replace(made, nodes=(replace(made.nodes[0], predicate=every),))
    text = text_of(made).replace("select_closest", "select_best")
    found = read(text)
    assert found.program == made
    assert run_all(text, everything(domain)) == answers(made, everything(domain))
    assert set(found.map.rules) == set(made.rules())


WRONG: dict[str, tuple[dict[Any, Any], str]] = {
    "query": ({"z": [["a"]]}, "'z' is not a query value"),
    "key": ({"a": [["a"], ["z"]]}, "'z' is not a key value"),
    "truth": ({"a": [[True]]}, "True is not a key value"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_a_preference_names_must_be_there(name: str) -> None:
    cases, says = WRONG[name]
    made = program(lambda q, k: k == "a", Domain(LETTERS, (1, 2)))
    head = replace(made.nodes[0], predicate=Preference.of(cases))
    with pytest.raises(ProgramError, match=says):
        replace(made, nodes=(head,))


def test_a_preference_has_one_form_one_tie_policy_and_no_place_in_a_sum() -> None:
    made = program(lambda q, k: k == "a", Domain(LETTERS, (1, 2)))
    head = made.nodes[0]
    for wrong, says in (
        (replace(head, tie="matches"), 'the tie policy is "last"'),
        (replace(head, predicate=Preference((("a", ()),))), "Preference.of"),
        (replace(head, predicate=Preference((("a", (("b", "a"),)),))), "Preference.of"),
        (
            NumericalHead("n", "tokens", "tokens", "ones", head.predicate),
            "no preference",
        ),
    ):
        with pytest.raises(ProgramError, match=says):
            replace(made, nodes=(wrong,), classifier=Classifier.of("xy", {}))
    assert made.with_tie("matches") == made


def test_a_rule_is_how_good_one_key_is_to_one_query() -> None:
    domain = Domain(LETTERS, (1, 3))
    made = program(lambda q, k: "abcd".find(k), domain)
    cases = [rule for rule in made.rules() if rule.kind == "case"]
    assert cases == [
        Rule("case", "attn_0_0", pair) for pair in product(LETTERS, LETTERS)
    ]
    trace = Evaluator(made).trace(next(blocks(domain, 1)))
    letters = [trace.value("tokens", 0, i) for i in range(1)]
    hit = [rule for rule in trace.rules(0, 0) if rule.kind == "case"]
    assert hit == [Rule("case", "attn_0_0", (letters[0], letters[0]))]


def test_no_key_is_without_a_score_so_nothing_is_missing() -> None:
    domain = Domain(LETTERS, (1, 3))
    assert not list(case_gaps(program(lambda q, k: k == "a" == q, domain), {}))
    nothing = replace(
        program(lambda q, k: 0, domain).nodes[0], predicate=Predicate.of({})
    )
    missing = Program(domain, (nothing,), Classifier.of("xy", {}))
    assert len(list(case_gaps(missing, {}))) == 1


def test_a_restricted_head_keeps_the_order_of_what_is_left() -> None:
    made = program(lambda q, k: "cadb".find(k), Domain(LETTERS, (1, 3)))
    part = inside(made.domain, alphabet=("a", "b"))
    small = restrict(made, part)
    (head,) = small.nodes
    assert head.predicate == Preference.of({"a": [["b"]], "b": [["b"]]})
    inputs = everything(part)
    assert answers(small, inputs) == answers(made, inputs)
    one = restrict(made, inside(made.domain, alphabet=("d",)))
    assert one.nodes[0].predicate == Predicate.of({"d": ["d"]})


def test_the_grid_of_a_head_never_takes_the_name_of_the_scores() -> None:
    made = program(lambda q, k: hash_of(q, k) % 5, Domain(LETTERS, (1, 2)))
    for name in ("attn", "scores", "prefers", "x"):
        head = replace(made.nodes[0], name=name)
        rows = {(name, a): [i, 1] for i, a in enumerate(LETTERS)}
        renamed = Program(made.domain, (head,), Classifier.of("yn", rows))
        text = text_of(renamed)
        assert read(text).program == renamed
        inputs = everything(made.domain)
        assert run_all(text, inputs) == answers(renamed, inputs)
