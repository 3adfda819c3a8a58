"""Repairs: claims are enumerated, fewest rows found by brute force, proofs added up."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analyzers.alter import alter
from analyzers.mutants import mutants
from analyzers.repair import repair
from tests.repairing import answered_by, check
from tests.strategies import domains, programs
from tests.test_localize import sorting
from tests.test_verify import everything, last_class
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.findings import Keys, Output
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    LookupTable,
    NumericalHead,
    Predicate,
    Rule,
)
from tpdebug.oracles import FunctionOracle
from tpdebug.program import Program

SMALL = domains(longest=3, letters=3)


@given(SMALL.flatmap(programs), st.integers(0, 9), st.data())
@settings(max_examples=30, deadline=None)
def test_a_planted_fault_is_repaired_as_claimed(
    program: Program, seed: int, data: st.DataObject
) -> None:
    oracle = answered_by(program)
    planted = list(mutants(program, 2, seed=seed))
    assume(planted)
    mutant = data.draw(st.sampled_from(planted)).program
    scores, rules = data.draw(
        st.sampled_from([(True, True), (True, False), (False, True)])
    )
    found = repair(mutant, oracle, scores=scores, rules=rules, jobs=1)
    check(mutant, oracle, found)
    assert found.breaks == 0
    kinds = {change.rule.kind for change in found.changes}
    assert scores or "score" not in kinds
    assert rules or kinds <= {"score"}


@given(SMALL.flatmap(programs), st.sampled_from([0, 1, 50]))
@settings(max_examples=30, deadline=None)
def test_a_program_that_was_never_right_is_repaired_as_claimed(
    program: Program, allowed: int
) -> None:
    oracle = last_class(program)
    assume(
        any(want is not None for x in everything(program.domain) for want in oracle(x))
    )
    found = repair(program, oracle, allow_breaking=allowed, most_changes=2, jobs=1)
    check(program, oracle, found)
    assert found.breaks <= allowed


def test_two_inputs_that_look_alike_are_shown_and_a_rule_tells_them_apart() -> None:
    program = sorting()
    rule = Rule("case", "num_attn_0_0", ("2",))
    faulty = alter(program, Keys(rule, ("2",)))
    oracle = FunctionOracle(program.domain, sorted)
    alone = repair(faulty, oracle, rules=False)
    check(faulty, oracle, alone)
    assert alone.collisions
    assert alone.left >= (alone.least or 0) > 0
    found = repair(faulty, oracle)
    check(faulty, oracle, found)
    assert [change.to for change in found.changes] == [Keys(rule, ("3",))]


def test_a_rule_and_then_the_readout_where_neither_is_enough() -> None:
    """One letter is taken for another, and the table of scores is wrong as well."""
    domain = Domain(("a", "b", "c", "d"), (1, 2))
    table = LookupTable.of("t", ["tokens"], {("a",): 1, ("b",): 1, ("c",): 2}, 3)
    scores = {("t", 1): [1, 0, 0], ("t", 2): [1, 0, 0], ("t", 3): [0, 0, 1]}
    program = Program(domain, (table,), Classifier.of("xyz", scores))
    right = {"a": "x", "b": "y", "c": "y", "d": "z"}
    oracle = FunctionOracle(domain, lambda letters: [right[x] for x in letters])
    for options in ({"rules": False}, {"scores": False}):
        alone = repair(program, oracle, **options)
        check(program, oracle, alone)
        assert alone.left
    found = repair(program, oracle)
    check(program, oracle, found)
    assert found.left == 0
    assert {change.rule.kind for change in found.changes} == {"entry", "score"}
    assert Output(Rule("entry", "t", ("b",)), 2) in [c.to for c in found.changes]


def test_two_faults_take_two_rules() -> None:
    domain = Domain(tuple("abc"), (1, 3))
    same = Predicate.of({x: [x] for x in "abc"})
    head = CategoricalHead("attn_0_0", "tokens", "tokens", "tokens", same)
    count = NumericalHead("num_0_1", "tokens", "tokens", "ones", same)
    table = LookupTable.of("t", ["num_0_1"], {(1,): "o", (2,): "t"}, "m")
    classes = ("o", "t", "m")
    scores = {("t", x): [int(x == y) for y in classes] for x in classes}
    program = Program(domain, (head, count, table), Classifier.of(classes, scores))
    oracle = answered_by(program)
    faulty = alter(program, Keys(Rule("case", "num_0_1", ("a",)), ("b",)))
    faulty = alter(faulty, Keys(Rule("case", "num_0_1", ("c",)), ()))
    one = repair(faulty, oracle, scores=False, most_changes=1)
    check(faulty, oracle, one)
    assert one.left > 0
    found = repair(faulty, oracle, scores=False)
    check(faulty, oracle, found)
    assert (found.left, len(found.changes)) == (0, 2)


def test_right_answers_are_broken_only_if_that_is_allowed() -> None:
    """ "b" is answered right at the start only, and seen alike elsewhere."""
    domain = Domain(("a", "b"), (1, 3))
    classifier = Classifier.of("xy", {("tokens", "b"): [1, 0], ("tokens", "a"): [0, 1]})
    program = Program(domain, (), classifier)

    def right(letters: Sequence[str]) -> list[str]:
        return ["y" if x == "a" or i else "x" for i, x in enumerate(letters)]

    oracle = FunctionOracle(domain, right)
    kept = repair(program, oracle)
    check(program, oracle, kept)
    assert (kept.changes, kept.least) == ((), 7)
    allowed = repair(program, oracle, allow_breaking=7)
    check(program, oracle, allowed)
    assert (allowed.fixes, allowed.breaks, allowed.left) == (10, 7, 7)


def test_nothing_is_changed_where_nothing_is_wrong() -> None:
    program = sorting()
    found = repair(program, FunctionOracle(program.domain, sorted))
    assert (found.wrong, found.left, found.changes) == (0, 0, ())
    assert found.program == program


def test_what_cannot_be_asked_is_refused() -> None:
    program = sorting()
    oracle = FunctionOracle(program.domain, sorted)
    with pytest.raises(UserError, match="nothing to repair with"):
        repair(program, oracle, scores=False, rules=False)
    with pytest.raises(UserError, match="scores no letter"):
        repair(program, lambda letters: [None] * len(letters))


def test_a_sample_is_said_to_be_one_and_the_same_seed_gives_the_same() -> None:
    program = sorting()
    faulty = alter(program, Keys(Rule("case", "num_attn_0_0", ("2",)), ("2",)))
    first, again = (
        repair(faulty, sorted, most=100, samples=300, seed=3) for _ in range(2)
    )
    assert first.evidence.kind == "sampled"
    assert first.changes == again.changes
    assert first.left == 0
