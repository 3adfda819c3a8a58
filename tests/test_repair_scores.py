"""Scores that are refitted: as few rows as can be, or the reason why none can do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from analyzers.mutants import mutants
from analyzers.repair import repair
from tests.repairing import answered_by, check, rows_at
from tests.test_verify import everything
from tpdebug.domain import Domain
from tpdebug.findings import Scores
from tpdebug.nodes import (
    Classifier,
    LookupTable,
    NumericalHead,
    Predicate,
    Rule,
)
from tpdebug.oracles import FunctionOracle, Oracle
from tpdebug.program import Program
from tpdebug.render.repair import Written, repair_view
from tpdebug.render.terminal import show


def needs(program: Program, oracle: Oracle) -> list[tuple[Counter[Rule], int]]:
    """For each scored answer the rows that it counts, and the class that it needs."""
    classes = program.classifier.classes
    return [
        (rows_at(program, letters, place), classes.index(want))
        for letters in everything(program.domain)
        for place, want in enumerate(oracle(letters))
        if want is not None
    ]


def enough(
    program: Program, wanted: Sequence[tuple[Counter[Rule], int]], free: Sequence[Rule]
) -> bool:
    """Whether integer scores in some rows make every answer right: tried at once."""
    classes = len(program.classifier.classes)
    held = {
        Rule("score", r.variable, () if r.value is None else (r.value,)): r.scores
        for r in program.classifier.rows
    }
    place = {rule: i for i, rule in enumerate(free)}
    rows, least = [], []
    for counted, label in wanted:
        zero = (0,) * classes
        totals = np.zeros(classes)
        for rule, count in counted.items():
            totals += count * np.array(held.get(rule, zero))
        for rival in set(range(classes)) - {label}:
            row = np.zeros((len(free) + 1, classes))
            for rule, count in counted.items():
                if rule in place:
                    row[place[rule], label] += count
                    row[place[rule], rival] -= count
            rows.append(row.reshape(-1))
            least.append((rival < label) - totals[label] + totals[rival])
    if not rows:
        return True
    size = len(rows[0])
    found = milp(
        np.zeros(size),
        constraints=[LinearConstraint(np.array(rows), np.array(least))],
        bounds=Bounds(-10_000, 10_000),
        integrality=np.ones(size),
    )
    return bool(found.status == 0)


@st.composite
def tiny(draw: st.DrawFn) -> tuple[Program, Program]:
    """Two programs that differ in one to three score rows."""
    domain = Domain(("a", "b", "c"), (1, 2))
    read = draw(st.sampled_from([("tokens",), ("tokens", "positions")]))
    keys = [(x,) if len(read) == 1 else (x, p) for x in "abc" for p in range(2)]
    table = draw(st.fixed_dictionaries({key: st.integers(0, 2) for key in keys}))
    same = Predicate.of({x: [x] for x in "abc"})
    count = NumericalHead("n", "tokens", "tokens", "ones", same)
    nodes = (LookupTable.of("t", read, table, 0), count)
    score = st.integers(-3, 3)
    row = st.lists(score, min_size=3, max_size=3)
    places = [("tokens", x) for x in "abc"] + [("n", None)]
    places += [("t", x) for x in sorted(set(table.values()))]
    first = draw(st.fixed_dictionaries(dict.fromkeys(places, row)))
    moved = draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
    second = first | {place: draw(row) for place in moved}
    one, other = (
        Program(domain, nodes, Classifier.of("xyz", s)) for s in (first, second)
    )
    return one, other


@given(tiny())
@settings(max_examples=40, deadline=None)
def test_no_fewer_rows_would_do(pair: tuple[Program, Program]) -> None:
    right, wrong = pair
    assume(right.scored == wrong.scored)
    oracle = answered_by(right)
    wanted = needs(wrong, oracle)
    rules = sorted({rule for counted, _ in wanted for rule in counted}, key=str)
    found = repair(wrong, oracle, rules=False, jobs=1)
    check(wrong, oracle, found)
    assert found.left == 0
    if found.wrong:
        count = len(found.changes)
        assert enough(wrong, wanted, [change.rule for change in found.changes])
        fewer = combinations(rules, count - 1)
        assert found.fewest
        assert not any(enough(wrong, wanted, some) for some in fewer)


@given(tiny(), st.integers(0, 9))
@settings(max_examples=30, deadline=None)
def test_a_score_fault_is_mended_by_one_row(
    pair: tuple[Program, Program], seed: int
) -> None:
    program, _ = pair
    oracle = answered_by(program)
    faults = [m for m in mutants(program, 5, seed=seed) if m.kind == "score"]
    assume(faults)
    found = repair(faults[0].program, oracle, rules=False, jobs=1)
    check(faults[0].program, oracle, found)
    assert found.left == 0
    assert len(found.changes) == (1 if found.wrong else 0)
    assert not found.wrong or found.fewest


def two_tables(right: Sequence[str]) -> tuple[Program, FunctionOracle]:
    """Two bits of a letter that are scored apart, and what is right for each letter."""
    letters = ("p", "q", "r", "s")
    bits = [
        LookupTable.of(f"bit_{i}", ["tokens"], {(x,): 1 for x in ones}, 0)
        for i, ones in enumerate(("qs", "rs"))
    ]
    scores = {(f"bit_{i}", 1): [0, 1] for i in range(2)}
    program = Program(Domain(letters, (1, 2)), tuple(bits), Classifier.of("ny", scores))
    known = dict(zip(letters, right, strict=True))
    return program, FunctionOracle(program.domain, lambda x: [known[a] for a in x])


def test_what_no_line_separates_is_proved_to_contradict() -> None:
    program, oracle = two_tables("nyyn")
    found = repair(program, oracle, rules=False)
    check(program, oracle, found)
    assert {
        each.answer.input[each.answer.place] for each in found.contradiction
    } == set("pqrs")
    assert not found.collisions
    assert found.least == found.left > 0
    by_rule = repair(program, oracle)
    check(program, oracle, by_rule)
    assert by_rule.left == 0


def test_what_can_be_separated_is() -> None:
    program, oracle = two_tables("nnny")
    found = repair(program, oracle, rules=False)
    check(program, oracle, found)
    assert (found.left, found.fewest) == (0, True)
    assert found.contradiction == found.collisions == ()


def colliding(first: str, second: str) -> tuple[Program, Oracle]:
    """Letters of which the read-out sees no place, and what is right at either."""
    kind = LookupTable.of("kind", ["tokens"], {}, "g")
    scores = {("tokens", x): [0, 0, 0, 1] for x in "xy"}
    scores["kind", "g"] = [0, 0, 0, 5]
    program = Program(
        Domain(("x", "y"), (2, 2)), (kind,), Classifier.of("ABCD", scores)
    )
    right = {"x": first, "y": second}
    return program, FunctionOracle(
        program.domain, lambda letters: [right[a][i] for i, a in enumerate(letters)]
    )


def test_answers_that_are_given_up_ask_nothing_of_the_scores() -> None:
    program, oracle = colliding("AB", "AB")
    found = repair(program, oracle, rules=False)
    check(program, oracle, found)
    assert (found.wrong, found.left, found.least) == (8, 4, 4)
    assert found.collisions
    assert not found.contradiction


def test_fewest_is_said_of_the_answers_that_are_mended(
    capsys: pytest.CaptureFixture[str],
) -> None:
    program, oracle = colliding("AB", "BC")  # all B would be as many, by one row
    found = repair(program, oracle, rules=False)
    check(program, oracle, found)
    assert (found.left, len(found.changes), found.fewest) == (4, 2, True)
    show(repair_view("x.py", program, found, Written()))
    said = " ".join(capsys.readouterr().out.split())
    assert "fixes 4 of 8, breaks none. No fewer score rows mend these answers." in said


def test_fine_scores_become_round_numbers() -> None:
    domain = Domain(("a", "b"), (1, 2))
    scale = 10**10
    held = {("tokens", "a"): [12345678901, 0], ("tokens", "b"): [9876543210, 0]}
    program = Program(domain, (), Classifier.of("xy", held, scale))
    known = {"a": "x", "b": "y"}
    oracle = FunctionOracle(domain, lambda letters: [known[x] for x in letters])
    found = repair(program, oracle)
    check(program, oracle, found)
    (change,) = found.changes
    assert isinstance(change.to, Scores)
    assert isinstance(change.now, Scores)
    moved = np.array(change.to.scores) - change.now.scores
    assert not (moved % (scale // 100)).any()
    assert np.abs(moved).sum() <= 10**10
