"""Comparing two programs: exact, across dialects of classes, letters and tie rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.diff import diff
from tests.reference import run as reference
from tests.strategies import programs
from tests.test_verify import SMALL, broken_sort, everything
from tpdebug.domain import Domain
from tpdebug.errors import DomainError
from tpdebug.nodes import CategoricalHead, Classifier, Predicate
from tpdebug.oracles import FunctionOracle
from tpdebug.program import Program
from tpdebug.read import load
from trainers.tasks import task

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "sort.py"


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Program, Program]:
    """Two programs on the same domain, both pooled or neither."""
    domain = draw(SMALL)
    first, second = draw(programs(domain)), draw(programs(domain))
    pooled = first.classifier.pooled
    return first, replace(second, classifier=replace(second.classifier, pooled=pooled))


@given(pairs())
@settings(max_examples=60, deadline=None)
def test_diff_agrees_with_a_naive_look_at_every_input(
    pair: tuple[Program, Program],
) -> None:
    first, second = pair
    found = diff(first, second, jobs=1)
    witnesses = [
        (x, reference(first, x).answers, reference(second, x).answers)
        for x in everything(first.domain)
    ]
    differing = [w for w in witnesses if w[1] != w[2]]
    assert [(w.input, w.first, w.second) for w in found.witnesses] == differing
    assert found.equal == (not differing)
    assert found.inputs == first.domain.count
    if first.domain.keys is None:
        assert found.atlas is not None
        assert found.atlas.complete
        inputs = {w[0] for w in differing}
        for letters in everything(first.domain):
            covered = any(p.matches(letters) for p in found.atlas.patterns)
            assert covered == (letters in inputs)


@given(pairs(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_diff_says_who_is_right(pair: tuple[Program, Program], random: object) -> None:
    first, second = pair
    label = first.classifier.classes[0]
    pooled = first.classifier.pooled

    def answer(letters: Sequence[str]) -> list[str | None]:
        return [label] if pooled else [label, *[None] * (len(letters) - 1)]

    oracle = FunctionOracle(first.domain, answer, pooled=pooled)
    found = diff(first, second, oracle, jobs=1)
    right = [
        (w.first[0] == label, w.second[0] == label)
        for w in found.witnesses
        if w.expected == tuple(answer(w.input))
    ]
    assert len(right) == len(found.witnesses)
    assert found.first_right == right.count((True, False))
    assert found.second_right == right.count((False, True))
    assert found.both_wrong == right.count((False, False))


def test_a_program_equals_itself_proved() -> None:
    found = diff(load(EXAMPLE), load(EXAMPLE))
    assert found.equal
    assert found.evidence.kind == "proved"
    assert found.inputs == 19_530


def test_diff_finds_what_was_broken() -> None:
    found = diff(load(EXAMPLE), broken_sort(), task("sort").oracle)
    assert not found.equal
    assert found.first_right == len(found.witnesses)
    assert (found.second_right, found.both_wrong) == (0, 0)


def tie_program(tie: str) -> Program:
    """Copies the position of the nearest equal letter."""
    domain = Domain(("a", "b"), (1, 5))
    same = Predicate.of({"a": ["a"], "b": ["b"]})
    head = CategoricalHead("attn_0_0", "tokens", "tokens", "positions", same, tie)  # type: ignore[arg-type]
    places = [str(i) for i in range(5)]
    scores = {("attn_0_0", i): [int(i == j) for j in range(5)] for i in range(5)}
    return Program(domain, (head,), Classifier.of(places, scores))


def test_tie_rules_differ_where_the_other_is_farther_than_there_are_matches() -> None:
    last, matches = tie_program("last"), tie_program("matches")
    found = diff(last, matches)
    assert found.witnesses[0].input == ("a", "b", "a")
    assert found.witnesses[0].first == ("2", "1", "0")
    assert found.witnesses[0].second == ("0", "1", "0")
    assert diff(last, matches.with_tie("last")).equal


def test_programs_are_compared_on_the_inputs_that_both_take() -> None:
    whole = load(EXAMPLE)
    domain = Domain(("4", "2", "0"), (2, 8), begin="^")
    scores = {("tokens", a): [int(a == b) for b in "024"] for a in "024"}
    other = Program(domain, (), Classifier.of("024", scores))
    found = diff(whole, other)
    assert found.inputs == 3**2 + 3**3 + 3**4 + 3**5 + 3**6
    assert found.witnesses[0].input == ("2", "0")
    assert (found.witnesses[0].first, found.witnesses[0].second) == (
        ("0", "2"),
        ("2", "0"),
    )


def test_programs_without_a_common_input_are_refused() -> None:
    whole = load(EXAMPLE)
    scores = {("tokens", "x"): [1]}
    other = Program(Domain(("x",), (1, 2)), (), Classifier.of("x", scores))
    with pytest.raises(DomainError, match="no input that both take"):
        diff(whole, other)
    pooled = replace(whole, classifier=replace(whole.classifier, pooled=True))
    with pytest.raises(DomainError, match="the other only one"):
        diff(whole, pooled)
