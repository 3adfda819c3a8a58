"""Which inputs verify, diff and convert look at: never fewer than were asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.published import saved as published
from tests.test_cli import EXAMPLE, refused, tpdebug
from tpdebug.domain import Domain
from tpdebug.nodes import Classifier
from tpdebug.program import Program
from tpdebug.read import load
from tpdebug.write import save

KEYED = Domain(tuple("abc012"), (1, 4), "<s>", causal=True, keys=tuple("abc"))
FREE = Domain(tuple("abc012"), (1, 4), "<s>", causal=True)
BRACKETS = Domain(("(", ")"), (3, 5), "<s>", causal=True)


def data(*arguments: str | Path) -> dict[str, Any]:
    """The JSON that a command prints."""
    result = tpdebug(*arguments, "--format", "json")
    assert result.exit_code in (0, 1), result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def constant(folder: Path, domain: Domain, answer: str, name: str = "same.py") -> Path:
    """The file of a program that always answers the same."""
    path = folder / name
    save(Program(domain, (), Classifier.of([answer], {})), path)
    return path


@pytest.mark.parametrize(
    ("alphabet", "lengths", "inputs"),
    [("1 3", "1-3", 14), ("4", "6", 1), ("3 0 4", "2", 9), ("4 3 2 1 0", "1-2", 30)],
)
def test_letters_and_lengths_that_are_asked_for_are_looked_at(
    alphabet: str, lengths: str, inputs: int
) -> None:
    arguments = ("--alphabet", alphabet, "--lengths", lengths)
    found = data("verify", EXAMPLE, "--task", "sort", *arguments)
    assert found["inputs"] == found["inputs_right"] == inputs
    assert found["clean"]


def test_a_program_that_knows_fewer_letters_is_verified_on_all_of_them(
    tmp_path: Path,
) -> None:
    part = tmp_path / "part.py"
    narrow = ("--alphabet", "3 1", "--lengths", "2-4")
    made = data("convert", EXAMPLE, "-o", part, *narrow, "--task", "sort")
    assert made["equal_on"] == 4 + 8 + 16
    assert load(part).task == "sort"
    found = data("verify", part)
    assert found["inputs"] == found["inputs_right"] == 28
    gaps = [(gap["kind"], gap["what"]) for gap in found["gaps"] if gap["fails"]]
    assert gaps == [("letter", "0"), ("letter", "2"), ("length", "1")]
    assert data("verify", part, *narrow)["clean"]


def test_brackets_of_any_length_can_be_asked_for(tmp_path: Path) -> None:
    path = constant(tmp_path, BRACKETS, "F")
    assert data("verify", path, "--task", "dyck1")["inputs"] == 8 + 16 + 32
    assert data("verify", path, "--task", "dyck1", "--lengths", "4")["inputs"] == 16


@pytest.mark.parametrize("domain", [KEYED, FREE], ids=["keys", "any letters"])
def test_keys_and_values_stay_so_when_letters_are_left_out(
    domain: Domain, tmp_path: Path
) -> None:
    path = constant(tmp_path, domain, "<unk>")
    inputs = Domain(tuple("ab01"), (1, 4), keys=tuple("ab")).count
    few = ("--task", "induction", "--alphabet", "1 a 0 b")
    assert data("verify", path, *few)["inputs"] == inputs
    other = constant(tmp_path, FREE, "0", "other.py")
    found = data("diff", path, other, *few)
    assert found["inputs"] == inputs
    assert found["second_right"] + found["first_right"] + found["both_wrong"] == inputs
    assert data("diff", other, path, "--task", "induction")["inputs"] == KEYED.count


def test_letters_that_the_task_does_not_have_are_said_or_refused(
    tmp_path: Path,
) -> None:
    path = constant(tmp_path, Domain(tuple("01x"), (1, 2)), "0")
    found = data("verify", path, "--task", "sort")
    assert found["inputs"] == 6
    assert found["notes"] == ["sort does not have x: inputs with them are left out"]
    asked = tpdebug("verify", path, "--task", "sort", "--alphabet", "0 x")
    assert "sort does not have x; its letters are 0 1" in refused(asked)


def test_a_task_of_any_letters_is_none_of_keys_and_values(tmp_path: Path) -> None:
    path = constant(tmp_path, KEYED, "0")
    said = refused(tpdebug("verify", path, "--task", "sort"))
    assert "the program takes keys and values" in said


def test_diff_says_what_only_one_of_them_takes(tmp_path: Path) -> None:
    one = constant(tmp_path, Domain(tuple("abc"), (1, 3)), "x", "one.py")
    two = constant(tmp_path, Domain(tuple("bcd"), (2, 3)), "x", "two.py")
    said = " ".join(tpdebug("diff", one, two).output.split())
    assert "equal where they were compared (proved on all 12 inputs)." in said
    assert "only the first takes the letter a: not compared" in said
    assert "only the second takes the letter d: not compared" in said
    assert "the first takes 1 to 3 letters, the other only 2 to 3: not" in said
    assert len(data("diff", one, two)["apart"]) == 3


def test_what_a_task_leaves_out_is_said(tmp_path: Path) -> None:
    one = constant(tmp_path, FREE, "0", "one.py")
    two = constant(tmp_path, FREE, "1", "two.py")
    note = "induction has keys and values in turns: other inputs are left out"
    assert data("diff", one, two, "--task", "induction")["apart"] == [note]
    assert data("verify", one, "--task", "induction")["notes"] == [note]


@pytest.mark.parametrize("order", [1, -1])
def test_published_lengths_are_narrowed_whichever_comes_first(
    order: int, tmp_path: Path
) -> None:
    domain = Domain(("(", ")"), (1, 4), "<s>", causal=True)
    program = Program(domain, (), Classifier.of(["F", "P"], {}))
    own, theirs = tmp_path / "own.py", published(program, tmp_path, "theirs")
    save(program, own)
    pair = [own, theirs][::order]
    found = data("diff", *pair, "--task", "dyck1")
    assert found["inputs"] == 16
    note = "dyck1 has 4 letters: other inputs are left out"
    assert found["apart"] == [note]
    assert note in data("verify", theirs, "--task", "dyck1")["notes"]


def test_words_that_are_left_out_do_not_become_unknown(tmp_path: Path) -> None:
    """Cases with letters that are not in question are left out, and counted."""
    small = Domain(("a", "?"), (1, 2), unknown="?")
    large = Domain(("a", "b", "?"), (1, 2), unknown="?")
    scores = {("tokens", "a"): [9, 0], ("tokens", "?"): [0, 9]}
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    save(Program(small, (), Classifier.of("xy", scores)), one)
    scores |= {("tokens", "b"): [9, 0]}
    save(Program(large, (), Classifier.of("xy", scores)), two)
    cases = tmp_path / "cases.jsonl"
    rows = [("a", "x"), ("b", "x"), ("word", "y")]
    cases.write_text(
        "\n".join(json.dumps({"input": a, "expected": b}) for a, b in rows)
    )
    whole = data("verify", two, "--cases", cases)
    assert (whole["inputs"], whole["inputs_right"]) == (3, 3)
    part = data("verify", two, "--cases", cases, "--alphabet", "a ?")
    assert (part["inputs"], part["inputs_right"]) == (2, 2)
    assert part["notes"] == ["1 case is of other inputs: left out"]
    both = data("diff", one, two, "--cases", cases)
    assert (both["inputs"], both["equal"]) == (2, True)
    assert "1 case is of other inputs: left out" in both["apart"]
