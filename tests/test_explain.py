"""Explanations: true to the trace, for the right position, and pure."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from analyzers.circuits import slice_answer
from analyzers.explain import explain
from analyzers.ways import WaysBack
from tests.running import text_of
from tests.strategies import programs
from tpdebug.domain import Domain
from tpdebug.errors import DomainError
from tpdebug.evaluate import Evaluator, Trace, answers
from tpdebug.findings import Place
from tpdebug.inputs import encode
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    Embedding,
    NumericalHead,
    Predicate,
    Preference,
    Rule,
)
from tpdebug.program import Program
from tpdebug.read import read
from tpdebug.render.terminal import explanation_view
from tpdebug.sourcemap import SourceMap, Span

LETTERS = ("a", "b", "c")
DOMAIN = Domain(LETTERS, (1, 4), begin="<s>")
POSITIONS = range(5)


def previous_letter() -> Program:
    """Answers with the letter before; at the first letter with `a`."""
    before = Predicate.where(POSITIONS, POSITIONS, lambda q, k: k == int(q) - 1)
    head = CategoricalHead("attn_0_0", "positions", "positions", "tokens", before)
    scores = {
        ("attn_0_0", letter): [4 * (letter == name) for name in LETTERS]
        for letter in LETTERS
    }
    return Program(DOMAIN, (head,), Classifier.of(LETTERS, scores))


def test_the_way_back_leads_to_the_letter_that_was_copied() -> None:
    found = explain(previous_letter(), ("c", "b", "a"), position=3)
    assert (found.chosen.answer, found.rival, found.margin) == ("b", "a", 4)
    step = found.circuit.step(Place("attn_0_0", 3))
    assert (step.value, step.attended, step.matches) == ("b", 2, (2,))
    assert step.looked_for == (2,)
    assert ("value", Place("tokens", 2)) in step.reads
    assert found.circuit.step(Place("tokens", 2)).value == "b"


def test_without_a_match_position_0_is_read_and_no_key_is_claimed() -> None:
    head = CategoricalHead("x", "tokens", "tokens", "tokens", Predicate.of({}))
    scores = {("x", "<s>"): [0, 3], ("tokens", "b"): [9, 0]}
    program = Program(DOMAIN, (head,), Classifier.of("yn", scores))
    ways = WaysBack(program, trace_of(program, "a"), None)
    step = ways.step(Place("x", 1))
    assert (step.attended, step.matches, step.looked_for) == (0, (), ())
    assert [role for role, _ in step.reads] == ["query", "value"]


def test_a_sum_lists_every_match() -> None:
    same = Predicate.where(LETTERS, LETTERS, lambda q, k: q == k)
    head = NumericalHead("n", "tokens", "tokens", "ones", same)
    scores = {("n", None): [2, 0], ("positions", 1): [0, 3]}
    program = Program(DOMAIN, (head,), Classifier.of("yn", scores))
    found = explain(program, ("a", "b", "a"), position=1)
    assert found.circuit.step(Place("n", 1)).matches == (1, 3)
    assert found.margin == 1


def test_the_first_wrong_answer_is_explained_against_the_expected_one() -> None:
    found = explain(previous_letter(), ("c", "b", "a"), expected=("a", "b", "c"))
    assert [letter.wrong for letter in found.letters] == [False, True, True]
    assert found.chosen.position == 2
    assert (found.chosen.answer, found.rival) == ("c", "b")


def test_the_least_certain_answer_is_the_default() -> None:
    found = explain(previous_letter(), ("c", "b", "a"))
    assert found.chosen.position == 1
    assert found.chosen.margin == 0


def trace_of(program: Program, *letters: str) -> Trace:
    return Evaluator(program).trace(encode(program.domain, [letters]))


def said(program: Program, *letters: str, **options: Any) -> str:
    """What `tpdebug explain` prints of an answer."""
    out = io.StringIO()
    console = Console(file=out, width=100)
    found = explain(program, letters, **options)
    console.print(explanation_view(program, "prog.py", found))
    return out.getvalue()


def test_of_a_long_place_the_line_is_shown() -> None:
    program = Program(DOMAIN, (), Classifier.of("yn", {("tokens", "a"): [3, 0]}))
    rule = Rule("score", "tokens", ("a",))
    source = SourceMap("a_file_of_a_name.py", rules={rule: Span(713, 1, 713, 9)})
    assert "  a_file_of_a_name.py:713" in said(program, "a", source=source)
    source = SourceMap(f"a_{'long_' * 20}name.py", rules=source.rules)
    found = said(program, "a", source=source).splitlines()
    (line,) = (line.rstrip() for line in found if line.startswith("  tokens"))
    assert line.endswith("_long_name.py:713")
    assert "  …" in line
    assert 70 < len(line) <= 80
    short = SourceMap("of_a_name.py", rules={rule: Span(713, 1, 713, 9)})
    assert "  of_a_name.py:713" in said(program, "a", source=short)


def test_a_tie_is_called_a_tie() -> None:
    scores = Classifier.of("yn", {("tokens", "a"): [3, 0], ("positions", 1): [0, 3]})
    text = said(Program(DOMAIN, (), scores), "a")
    assert "the answer is y; n (the runner-up) has as many points" in text
    assert "1 of the 2 values is enough for it." in text
    assert "Seen there on 1 input of length 1" in text


def test_a_head_that_matches_everywhere_prefers_another_to_itself() -> None:
    always = Predicate.where(LETTERS, DOMAIN.vocabulary, lambda q, k: True)
    head = CategoricalHead("x", "tokens", "tokens", "tokens", always)
    program = Program(DOMAIN, (head,), Classifier.of("yn", {("x", "c"): [0, 1]}))
    text = said(program, "a", "c", "b", "a", position=3)
    assert 'token "b" looks for any token' in text
    assert "reads 2 (nearest but for itself, left before right)" in text


def preferring(scores: Callable[[Any, Any], int]) -> Program:
    """Copies the token that a head with scores finds best."""
    best = Preference.by(DOMAIN.vocabulary, DOMAIN.vocabulary, scores)
    head = CategoricalHead("attn_0_0", "tokens", "tokens", "tokens", best)
    rows = {("attn_0_0", a): [int(a == b) for b in LETTERS] for a in LETTERS}
    return Program(DOMAIN, (head,), Classifier.of(LETTERS, rows))


def test_a_head_with_scores_says_what_it_preferred_and_what_it_took() -> None:
    program = preferring(lambda q, k: "<sacb".find(k))
    text = said(program, "b", "a", "c", "a", position=2)
    assert 'token "a" prefers token "b"\n' in re.sub(" +\n", "\n", text)
    assert 'found at position 1; copies token "b"' in text
    text = said(program, "a", "c", "a", "c", position=3)
    assert 'token "a" prefers token "b", sees none, and takes "c"' in text
    assert "reads 2 (nearest, left before right)" in text
    text = said(program, "a", position=1)
    assert 'token "a" prefers token "b" or "c", sees none, and takes "a"' in text
    assert "found only at itself" in text


def test_the_score_that_won_is_the_rule_and_stands_in_the_file() -> None:
    program = preferring(lambda q, k: 9 * (k == "b") + 4 * (k == q) + (k == "c"))
    text = text_of(program)
    source = read(text)
    for letters, position, key, line in (
        (("b", "a"), 2, "b", 'if q_token in {"<s>", "a"} and k_token == "b":'),
        (("a", "c", "a"), 1, "a", "if q_token == k_token:"),
        (("b", "c"), 2, "b", 'if k_token == "b":'),
    ):
        found = explain(program, letters, position=position, source=source.map)
        step = found.circuit.step(Place("attn_0_0", position))
        query = letters[position - 1]
        assert step.rule == Rule("case", "attn_0_0", (query, key))
        assert step.looked_for == (key,)
        assert all(letters[place - 1] == key for place in step.matches)
        number = text.splitlines().index(f"    {line}") + 2  # the line below returns
        assert step.where == f"<source>:{number}"


def test_an_embedding_leads_back_to_the_token() -> None:
    codes = tuple((i,) for i in range(len(DOMAIN.vocabulary)))
    program = Program(
        DOMAIN, (Embedding(("e",), codes),), Classifier.of("yn", {("e", 1): [0, 2]})
    )
    assert 'embedding: token "b" has code 1' in said(program, "b")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"letters": ("a", "z")}, "'z'"),
        ({"letters": ()}, "1 to 4"),
        ({"letters": ("a",), "position": 0}, "use 1 to 1"),
        (
            {"letters": ("a",), "expected": ("a", "b")},
            "2 expected answers for 1 answer",
        ),
        ({"letters": ("a",), "expected": ("q",)}, "'q' is not a class"),
    ],
)
def test_what_does_not_fit_is_refused(
    arguments: dict[str, tuple[str]], message: str
) -> None:
    with pytest.raises(DomainError, match=message):
        explain(previous_letter(), **arguments)


@given(programs(), st.data())
def test_explanations_agree_with_evaluation(
    program: Program, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, program.domain.count - 1))
    letters = program.domain.input(index)
    found = explain(program, letters)
    assert (
        tuple(letter.answer for letter in found.letters)
        == answers(program, [letters])[0]
    )
    assert found == explain(program, letters)  # law 5: pure
    trace = trace_of(program, *letters)
    for step in found.circuit.steps:
        assert step.value == trace.value(step.place.variable, 0, step.place.position)
    kept = [(value.place, value.value) for value in found.circuit.kept]
    assert set(kept) <= {(c.place, c.value) for c in found.contributions}
    assert found.circuit == slice_answer(
        program, letters, position=found.chosen.position
    )
    if found.rival is not None and not found.chosen.wrong:
        assert found.margin == found.chosen.margin
