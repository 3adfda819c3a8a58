"""`tpdebug slice`: what it prints, as text and as JSON, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.cases import sentiment, vowels
from tpdebug.cli import main
from tpdebug.domain import Domain
from tpdebug.nodes import Classifier, LookupTable
from tpdebug.program import Program
from tpdebug.write import save

EXAMPLE = str(Path(__file__).resolve().parent.parent / "examples" / "sort.py")


def invoke(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["slice", *arguments])


def test_one_answer_as_text_says_what_was_checked() -> None:
    result = invoke(EXAMPLE, "--input", "3 1 4 2", "--position", "2", "--minimum")
    assert result.exit_code == 0
    text = " ".join(result.output.split())
    assert 'At position 2 of "3 1 4 2" the answer is 2.' in text
    assert "enough for it" in text
    assert "the answer is 2 on every one (proved on all 625 inputs)" in text
    assert "The way back:" in text
    assert "sort.py:" in text


def test_one_answer_as_json_holds_the_certificate() -> None:
    result = invoke(
        EXAMPLE, "--input", "3 1 4 2", "--position", "2", "--format", "json"
    )
    found = json.loads(result.output)
    assert (found["position"], found["answer"]) == (2, "2")
    checked = found["certificate"]
    assert checked["lengths"] == [4, 4]
    assert checked["evidence"] == {"kind": "proved", "inputs": 625, "seed": None}
    assert 1 <= checked["at_least"] <= len(checked["values"]) < checked["among"]
    assert 1 <= checked["alike"] < 625
    assert len(checked["values"]) <= len(checked["by_scores"])
    for value in found["values"]:
        assert f"{value['variable']}@{value['position']}" in found["steps"]


def test_any_length_is_checked_on_every_length() -> None:
    options = ("--position", "2", "--format", "json", "--any-length")
    found = json.loads(invoke(EXAMPLE, "--input", "3 1 4 2", *options).output)
    assert found["certificate"]["lengths"] == [2, 6]
    assert found["certificate"]["evidence"]["inputs"] == 19_530 - 5


def test_data_follows_values_alone() -> None:
    options = ("--input", "3 1 4 2", "--position", "2", "--format", "json")
    data = json.loads(invoke(EXAMPLE, *options, "--data").output)
    full = json.loads(invoke(EXAMPLE, *options).output)
    assert (data["reach"], full["reach"]) == ("data", "full")
    assert data["values"] == full["values"]
    assert len(data["steps"]) <= len(full["steps"])


def test_the_nearest_inputs_with_another_answer() -> None:
    options = ("--position", "1", "--why-not", "0", "--format", "json")
    found = json.loads(invoke(EXAMPLE, "--input", "3 1 4 2", *options).output)
    assert found["nearest"]["changed"] == 1
    # The first letter of a sorted input is 0 exactly if there is a 0.
    expected = [["0", "1", "4", "2"], ["3", "0", "4", "2"]]
    expected += [["3", "1", "0", "2"], ["3", "1", "4", "0"]]
    inputs = [each["input"] for each in found["nearest"]["inputs"]]
    assert sorted(inputs) == sorted(expected)
    assert {each["answer"] for each in found["nearest"]["inputs"]} == {"0"}


def test_a_class_as_text_and_as_json() -> None:
    text = invoke(EXAMPLE, "--output", "4")
    assert text.exit_code == 0
    assert "Answer 4: what is enough for it" in text.output
    found = json.loads(invoke(EXAMPLE, "--output", "4", "--format", "json").output)
    assert found["looked"] == sum(each["tokens"] for each in found["circuits"])
    assert sum(each["share"] for each in found["circuits"]) == pytest.approx(1)
    assert found["evidence"]["kind"] == "proved"


def test_a_class_that_is_drawn_says_so() -> None:
    options = ("--output", "2", "--most", "20", "--seed", "3")
    result = invoke(EXAMPLE, *options)
    assert "20 of the " in result.output
    assert "(drawn with seed 3)" in result.output
    assert invoke(EXAMPLE, *options).output == result.output


def test_a_seed_is_not_negative() -> None:
    result = invoke(EXAMPLE, "--output", "2", "--most", "20", "--seed", "-1")
    assert result.exit_code == 2
    assert "-1 is not in the range" in result.output


def test_where_there_is_one_letter_no_other_input_is_near(tmp_path: Path) -> None:
    scores = {("tokens", "a"): [1, 0]}
    program = Program(Domain(("a",), (1, 3)), (), Classifier.of("xy", scores))
    save(program, tmp_path / "one.py")
    options = ("--input", "a a", "--why-not", "y")
    result = invoke(str(tmp_path / "one.py"), *options)
    assert result.exit_code == 0, result.output
    assert "No input that differs in 2 letters or fewer gets y" in result.output
    found = json.loads(
        invoke(str(tmp_path / "one.py"), *options, "--format", "json").output
    )
    assert found["nearest"]["inputs"] == []


def test_of_a_sampled_domain_nothing_is_said_of_every_input() -> None:
    path = str(Path(EXAMPLE).with_name("dyck2.py"))
    text = " ".join(invoke(path, "--output", "F").output.split())
    assert "times that it is given on the inputs looked at." in text
    assert "Enough on every input looked at: sampled, 20,000 inputs" in text


def test_where_nothing_is_needed_there_is_no_empty_table(tmp_path: Path) -> None:
    program = Program(Domain(("a",), (1, 1)), (), Classifier.of("xy", {}))
    save(program, tmp_path / "one.py")
    text = invoke(str(tmp_path / "one.py"), "--input", "a").output
    assert "No value is needed for it: the answer there is always the same." in text
    assert "variable" not in text
    assert "(proved on the only input)" in " ".join(text.split())
    explained = CliRunner().invoke(
        main, ["explain", str(tmp_path / "one.py"), "--input", "a"]
    )
    assert "variable" not in explained.output
    written = tmp_path / "cut.py"
    text = invoke(str(tmp_path / "one.py"), "--input", "a", "-o", str(written)).output
    assert 'it always answers "x".' in " ".join(text.split())


def test_one_rule_is_counted_as_one(tmp_path: Path) -> None:
    node = LookupTable.of("t", ("tokens",), {("a",): "a"}, "b")
    scores = {("t", "a"): [1, 0], ("t", "b"): [0, 1]}
    program = Program(Domain(("a", "b"), (1, 1)), (node,), Classifier.of("xy", scores))
    save(program, tmp_path / "one.py")
    text = invoke(str(tmp_path / "one.py"), "--output", "x").output
    assert "\n1 rule\n" in text


def test_one_answer_for_the_whole_input(tmp_path: Path) -> None:
    case = sentiment()
    path = tmp_path / "sentiment.py"
    save(case.program, path)
    letters = " ".join(case.program.domain.input(5))
    result = invoke(str(path), "--input", letters, "--why-not", "any")
    assert result.exit_code == 0, result.output
    assert f'\nOf "{letters}" the answer is ' in result.output
    refused = invoke(str(path), "--input", letters, "--any-length")
    assert refused.exit_code == 2
    assert "the lengths cannot be compared" in refused.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "say what to slice"),
        (("--input", "3 1", "--output", "4"), "cannot be given together"),
        (("--output", "4", "--minimum"), "--minimum belongs to --input"),
        (("--output", "4", "--position", "1"), "--position belongs to --input"),
        (("--output", "4", "--data"), "--data belongs to --input"),
        (("--position", "1", "--data"), "--data belongs to --input"),
        (("--input", "3 1", "--most", "9"), "--most belongs to --output"),
        (("--position", "1", "--seed", "0"), "--seed belongs to --output"),
        (("--output", "7"), "'7' is not a class of the program: 0 1 2 3 4"),
        (("--input", "3 9"), "letter 2 is '9'"),
        (("--input", "3 1", "--position", "7"), "position 7 has no letter; use 1 to 2"),
        (("--input", "3 1", "--position", "1", "--why-not", "x"), "'x' is not a class"),
        (("--input", "3 1", "--position", "1", "--why-not", "1"), "is 1 already"),
    ],
)
def test_what_cannot_be_sliced_gets_one_line(
    arguments: tuple[str, ...], says: str
) -> None:
    result = invoke(EXAMPLE, *arguments)
    assert result.exit_code == 2
    assert says in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_an_answer_that_is_never_given_is_said(tmp_path: Path) -> None:
    case = vowels()
    path = tmp_path / "vowels.py"
    save(case.program, path)
    for answer in case.program.classifier.classes:
        result = invoke(str(path), "--output", answer)
        assert result.exit_code == 0 or "never answers" in result.output
