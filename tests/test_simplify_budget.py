"""simplify --budget: what few inputs need goes as well, and these are counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.diff import diff
from analyzers.simplify import simplify
from analyzers.simplify.fold import fold
from analyzers.simplify.removing import in_words
from tests.strategies import programs
from tests.test_cli import EXAMPLE, refused, tpdebug
from tests.test_simplify import few
from tpdebug import answers
from tpdebug.domain import Domain
from tpdebug.findings import (
    Difference,
    Edit,
    Evidence,
    Fixed,
    Replaced,
    Simplification,
    Size,
    Witness,
)
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    LookupTable,
    NumericalHead,
    Predicate,
)
from tpdebug.program import Program
from tpdebug.write import save

DOMAIN = Domain(("a", "b", "c"), (1, 4), begin="<s>")


def counting() -> Program:
    """How often a letter occurs; 4 is right on three of 120 inputs."""
    equal = Predicate.of({t: [t] for t in DOMAIN.vocabulary})
    some = LookupTable.of("mlp_0_0", ("num_attn_0_0",), {(n,): n for n in (1, 2, 3)}, 4)
    scores = {
        ("mlp_0_0", n): [9 * (n == c) for c in (1, 2, 3, 4)] for n in (1, 2, 3, 4)
    }
    head = NumericalHead("num_attn_0_0", "tokens", "tokens", "ones", equal)
    return Program(DOMAIN, (head, some), Classifier.of("1234", scores))


@given(program=programs(), budget=st.integers(0, 40))
@few
def test_no_more_inputs_change_than_are_allowed(program: Program, budget: int) -> None:
    found = simplify(program, budget=budget)
    changed = len(diff(program, found.program).witnesses)
    assert changed == found.changed <= budget


def test_a_budget_buys_what_few_inputs_need() -> None:
    free, bought = (simplify(counting(), budget=n) for n in (0, 3))
    assert not free.changed
    assert bought.changed == 3
    assert bought.after.rows < free.after.rows
    assert [w.input for w in bought.compared.witnesses] == [(x,) * 4 for x in "abc"]
    assert any("3 inputs answered differently" in s.says for s in bought.steps)


@pytest.mark.parametrize(
    ("changed", "budget", "kind", "says"),
    [
        (1, 1, "proved", "1 of 9 inputs is answered differently (proved); 1 was"),
        (2, 3, "sampled", "2 of 9 drawn inputs are answered differently (a sample: "),
        (0, 3, "proved", "The same answers on all 9 inputs of the domain (proved)."),
        (0, 0, "sampled", "The same answers on 9 drawn inputs (a sample: not proved)"),
    ],
)
def test_what_was_compared_in_a_sentence(
    changed: int, budget: int, kind: Literal["proved", "sampled"], says: str
) -> None:
    program, size = counting(), Size(0, 0, 0, 0)
    found = [Witness(("a",), ("1",), ("2",), None)] * changed
    compared = Difference(Evidence(kind, 9), 9, found, None)
    made = Simplification(program, size, (), compared, budget)
    assert made.sentence.startswith(says)


def test_one_input_too_many_is_not_bought() -> None:
    assert simplify(counting(), budget=2).changed < 3


@pytest.mark.parametrize(("text", "budget"), [("2.5%", 3), ("3", 3), ("0", 0)])
def test_a_share_or_a_count(tmp_path: Path, text: str, budget: int) -> None:
    path, output, listed = (tmp_path / n for n in ("p.py", "short.py", "c.jsonl"))
    save(counting(), path)
    arguments = ("simplify", path, "-o", output, "--budget", text)
    result = tpdebug(*arguments, "--changed", listed, "--format", "json")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert (data["budget"], data["changed"]) == (budget, budget)
    lines = [json.loads(line) for line in listed.read_text().splitlines()]
    assert lines == data["witnesses"]
    assert len(lines) == budget
    again = tpdebug(*arguments, "--changed", listed, "--force")
    assert again.exit_code == 0, again.output
    says = "3 of 120 inputs are answered differently (proved); 3 were allowed."
    assert (says in again.output) == (budget > 0)


@pytest.mark.parametrize(
    "text", ["-1", "x", "101%", "-1%", "1/0%", "0.5", "1e9%", "9" * 5000, "\u0663"]
)
def test_what_is_no_budget_is_refused(tmp_path: Path, text: str) -> None:
    output = tmp_path / "short.py"
    said = refused(tpdebug("simplify", EXAMPLE, "-o", output, "--budget", text))
    assert "neither a share such as 0.1%, nor a number" in said
    assert not output.exists()


def test_a_list_of_changes_replaces_nothing_else(tmp_path: Path) -> None:
    path, other = tmp_path / "p.py", tmp_path / "mine.jsonl"
    save(counting(), path)
    other.write_text('{"input": "a", "comment": "mine"}\n')
    result = tpdebug("simplify", path, "-o", tmp_path / "x.py", "--changed", other)
    assert "is no list of changed answers" in refused(result)
    result = tpdebug("simplify", path, "-o", tmp_path / "x.py", "--changed", path)
    assert "is given twice" in refused(result)
    assert not (tmp_path / "x.py").exists()


def test_a_value_may_stand_where_no_node_writes_it_any_more() -> None:
    letters = LookupTable.of("mlp_0_0", ("tokens",), {("a",): 1}, 0)
    here = Predicate.of({place: [place] for place in range(5)})
    copy = CategoricalHead("attn_1_0", "positions", "positions", "mlp_0_0", here)
    scores = {("attn_1_0", 1): [0, 9], ("mlp_0_0", 0): [1, 0], ("mlp_0_0", 1): [0, 1]}
    program = Program(DOMAIN, (letters, copy), Classifier.of("xy", scores))
    flat = LookupTable.of("mlp_0_0", ("tokens",), {}, 0)
    edits: list[Edit] = [Replaced(flat), Fixed("attn_1_0", 1)]
    folded = fold(program, edits)
    assert [node.name for node in folded.nodes] == ["mlp_0_0"]
    assert answers(folded, [["a", "b"]]) == [("y", "y")]
    assert in_words(edits) == "took out 1 variable and said 1 function more shortly"


def test_a_share_is_of_what_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzers.simplify.WORKED_ON", 10)
    path, output = tmp_path / "p.py", tmp_path / "short.py"
    save(counting(), path)
    arguments = ("--most", 1000, "--samples", 20, "--budget", "10%")
    result = tpdebug("simplify", path, "-o", output, *arguments, "--format", "json")
    data = json.loads(result.stdout)
    assert (data["evidence"]["inputs"], data["budget"]) == (20, 2)


def test_what_is_free_and_undone_each_time_comes_to_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    never = {(0,): 2, (5,): 1}
    entries = never | {(n,): n for n in (1, 2, 3)}
    longer = LookupTable.of("mlp_0_0", ("num_attn_0_0",), entries, 4)
    spent = iter([0] * 50)
    monkeypatch.setattr(
        "analyzers.simplify.working.spend",
        lambda *a, **o: ([Replaced(longer)], next(spent)),
    )
    assert not simplify(counting(), budget=3).changed
