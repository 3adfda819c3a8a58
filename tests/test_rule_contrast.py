"""Rules whose change gives another answer: it does, and others are counted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analyzers.alter import alter, alternatives, current
from analyzers.circuits.rules import rule_changes
from tests.strategies import programs
from tpdebug.cli import main
from tpdebug.domain import Domain
from tpdebug.errors import DomainError
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Scores
from tpdebug.inputs import blocks, encode
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    LookupTable,
    Preference,
    Rule,
)
from tpdebug.program import Program

EXAMPLE = str(Path(__file__).resolve().parent.parent / "examples" / "sort.py")


@settings(max_examples=30)
@given(programs(), st.data())
def test_a_change_gives_the_answer_and_the_others_are_counted(
    program: Program, data: st.DataObject
) -> None:
    letters = program.domain.input(data.draw(st.integers(0, program.domain.count - 1)))
    pooled = program.classifier.pooled
    place = data.draw(st.integers(0, 0 if pooled else len(letters) - 1))
    position = None if pooled else place + program.domain.offset
    classes, evaluator = program.classifier.classes, Evaluator(program)
    block = encode(program.domain, [letters])
    answer = classes[evaluator.answers(block)[0, place]]
    assume(len(classes) > 1)
    wanted = data.draw(st.sampled_from([c for c in classes if c != answer]))
    found = rule_changes(program, letters, position, wanted)
    domain = replace(program.domain, lengths=(len(letters), len(letters)))
    for each in found.changes[:6]:
        other = Evaluator(alter(program, each.to))
        assert classes[other.answers(block)[0, place]] == wanted
        changed = sum(
            int((other.answers(part) != evaluator.answers(part)).sum())
            for part in blocks(domain)
        )
        assert each.others == changed - 1
    counts = [each.others for each in found.changes]
    assert counts == sorted(counts)


def test_no_case_or_entry_that_would_do_is_missed() -> None:
    node = LookupTable.of("copy", ("tokens",), {("a",): "a", ("b",): "b"}, "c")
    scores = {("copy", x): [int(x == y) for y in "abc"] for x in "abc"}
    domain = Domain(("a", "b", "c"), (1, 2))
    program = Program(domain, (node,), Classifier.of("abc", scores))
    found = rule_changes(program, ("a", "b"), 0, "b")
    rules = {each.rule for each in found.changes}
    assert rules == {Rule("entry", "copy", ("a",)), Rule("score", "copy", ("a",))}
    (entry,) = (each for each in found.changes if each.rule.kind == "entry")
    assert entry.others == 5  # the other letters "a" of two: six in all
    assert (found.tried, found.answers) == (2, 18)
    rule = Rule("entry", "copy", ("a",))
    assert entry.to in alternatives(program, current(program, rule))


def test_a_score_that_changes_other_answers_of_the_input_gives_one_too() -> None:
    scores = {("tokens", "a"): [1, 0]}
    program = Program(Domain(("a",), (3, 3)), (), Classifier.of("xy", scores))
    (change,) = rule_changes(program, ("a", "a", "a"), 0, "y").changes
    assert change.to == Scores(Rule("score", "tokens", ("a",)), (-1, 0))
    assert change.others == 2


def test_of_a_score_row_the_class_is_changed_that_changes_the_fewest_others() -> None:
    # To add to y makes b and c answer y, too; to take from x changes nothing else.
    rows = {"a": [0, 2, -9], "b": [0, -9, 2], "c": [0, -9, 2]}
    scores = {("tokens", letter): row for letter, row in rows.items()}
    classifier = Classifier.of("yxz", scores | {("ones", None): [0, 0, -1]})
    program = Program(Domain(("a", "b", "c"), (1, 1)), (), classifier)
    found = rule_changes(program, ("a",), 0, "y")
    (ones,) = (each for each in found.changes if each.rule.node == "ones")
    assert isinstance(ones.to, Scores)
    assert (ones.to.scores, ones.others) == ((0, -2, -1), 0)


def test_the_keys_that_a_preference_passes_over_are_tried_too() -> None:
    preference = Preference.of({"a": [("b",), ("a",)]})
    node = CategoricalHead("attn", "tokens", "tokens", "tokens", preference)
    scores = {("attn", x): [int(x == y) for y in "ab"] for x in "ab"}
    program = Program(Domain(("a", "b"), (2, 2)), (node,), Classifier.of("ab", scores))
    found = rule_changes(program, ("a", "b"), 0, "a")
    rules = {each.rule for each in found.changes}
    assert {Rule("case", "attn", ("a", key)) for key in "ab"} <= rules


def test_what_is_answered_already_is_refused() -> None:
    program = Program(Domain(("a",), (1, 1)), (), Classifier.of("xy", {}))
    with pytest.raises(DomainError, match="the answer is x already"):
        rule_changes(program, ("a",), 0, "x")


def test_the_command_names_the_rules() -> None:
    options = ["slice", EXAMPLE, "--input", "3 1 4 2", "--position", "2"]
    text = CliRunner().invoke(main, [*options, "--why-not", "3"]).output
    assert "By a change of one rule alone" in text
    assert "other answers changed" in text
    found = CliRunner().invoke(main, [*options, "--why-not", "3", "--format", "json"])
    data = json.loads(found.output)["rules"]
    assert data["answers"] == 4 * 5**4
    assert all({"rule", "where", "now", "instead"} <= set(e) for e in data["changes"])
