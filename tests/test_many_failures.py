"""Very many failures: a sample says what is tried, all inputs say what is claimed."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers import altering, blame, margins, screen, states
from analyzers.alter import alter
from analyzers.drawn import drawn
from analyzers.effects import Effects
from analyzers.judged import judge
from analyzers.localize import localize
from analyzers.looked import look
from analyzers.repair import many, repair, scores
from analyzers.repair.climb import MOST_STEPS, Climb, climb, roundest
from analyzers.repair.features import features
from analyzers.screen import Screen
from analyzers.states import States
from tests.repairing import check
from tests.strategies import domains, programs
from tests.test_cli import tpdebug
from tests.test_localize import naive, sorting_fault
from tests.test_verify import last_class
from tpdebug.domain import Domain
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Keys
from tpdebug.nodes import Classifier, Rule
from tpdebug.oracles import FunctionOracle
from tpdebug.parts import all_parts
from tpdebug.program import Program
from tpdebug.write import save

SMALL = domains(longest=3, letters=3)


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Every program has too many failures."""
    monkeypatch.setattr(screen, "WORK", 0)
    monkeypatch.setattr(many, "MANY", 0)
    monkeypatch.setattr("analyzers.repair.offers.MANY", 0)
    monkeypatch.setattr(scores, "MANY", 0)
    return monkeypatch


def judged_effects(program: Program) -> Effects:
    oracle = last_class(program)
    parts = all_parts(program.domain, 40)
    return Effects(program, [judge(Evaluator(program), oracle, p) for p in parts])


@given(SMALL.flatmap(programs), st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_a_sample_holds_inputs_as_they_were_judged(program: Program, size: int) -> None:
    effects = judged_effects(program)
    for block in drawn(effects.blocks, size, 1):
        again = judge(effects.evaluator, last_class(program), block.part)
        assert block.size == len(block.part.block())
        assert again.counts == block.counts
        letters = [tuple(row) for row in block.part.block().tolist()]
        assert len(set(letters)) == len(letters)


@given(SMALL.flatmap(programs), st.data())
@settings(max_examples=25, deadline=None)
def test_side_by_side_alternatives_do_what_each_does_alone(
    program: Program, data: st.DataObject
) -> None:
    effects = judged_effects(program)
    tried = Screen(effects)
    alone = Effects(program, tried.blocks)
    rules = [rule for rule in program.rules() if rule.kind != "score"]
    if not rules:
        return
    found = tried.tried(data.draw(st.sampled_from(rules)))
    assert all(a.net >= b.net for (a, _), (b, _) in pairwise(found))
    for effect, alteration in found[:20]:
        assert alone.effect(alteration) == effect


def test_localize_counts_what_was_promising_on_all_inputs(
    limits: pytest.MonkeyPatch,
) -> None:
    program, oracle, rule = sorting_fault()
    limits.setattr(altering, "COUNTED", 1)
    found = localize(program, oracle)
    assert found.suspects[0].rule == rule
    assert found.screened is not None
    for suspect in found.suspects:
        if suspect.best is not None and suspect.effect is not None:
            after = alter(program, suspect.best)
            assert naive(program, after, oracle) == suspect.effect
    others = [s for s in found.suspects if s.rule.kind != "score" and s.rule != rule]
    assert others
    assert all(suspect.effect is None for suspect in others)


def test_few_failures_are_not_screened() -> None:
    program, oracle, _ = sorting_fault()
    assert localize(program, oracle).screened is None
    found = repair(program, oracle)
    assert found.screened is None
    assert not found.stepwise


@given(SMALL.flatmap(programs), st.sampled_from([0, 1, 50]))
@settings(max_examples=30, deadline=None)
def test_a_repair_under_limits_claims_what_is_so(
    program: Program, allowed: int
) -> None:
    oracle = last_class(program)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screen, "WORK", 0)
        patch.setattr("analyzers.repair.offers.MANY", 0)
        patch.setattr(many, "MANY", 0)
        patch.setattr(scores, "MANY", 0)
        found = repair(program, oracle, allow_breaking=allowed)
    check(program, oracle, found)
    assert found.breaks <= allowed
    assert not (found.stepwise and found.fewest)


def test_one_rule_is_still_found_and_it_says_what_was_tried(
    limits: pytest.MonkeyPatch,
) -> None:
    program, oracle, rule = sorting_fault()
    found = repair(program, oracle, scores=False)
    assert [change.rule for change in found.changes] == [rule]
    assert (found.left, found.breaks) == (0, 0)


@given(SMALL.flatmap(programs), st.sampled_from([0, 2, 50]))
@settings(max_examples=30, deadline=None)
def test_a_climb_ends_where_no_score_helps(program: Program, allowed: int) -> None:
    oracle = last_class(program)
    looked = look(program, oracle, list(all_parts(program.domain, 40)))
    found = features(program, looked.blocks)
    changes = climb(found, allowed, lambda: None)
    before = ~found.wrong
    now = (found.totals + found.counts @ changes).argmax(axis=1) == found.label
    assert found.count(before & ~now) <= allowed
    assert found.count(now) >= found.count(before)
    if np.count_nonzero(changes) < MOST_STEPS:
        work = Climb(found, allowed)
        best = max(
            (
                work.best(rule, place, allowed).gain
                for rule in range(len(found.rules))
                for place in range(len(found.classes))
            ),
            default=0,
        )
        assert (best > 0) == changes.any()


@given(SMALL.flatmap(programs), st.sampled_from([0, 2, 50]))
@settings(max_examples=20, deadline=None)
def test_no_other_change_of_one_score_is_better(program: Program, allowed: int) -> None:
    oracle = last_class(program)
    looked = look(program, oracle, list(all_parts(program.domain, 40)))
    found = features(program, looked.blocks)
    work, before = Climb(found, allowed), ~found.wrong
    for rule in range(min(4, len(found.rules))):
        for place in range(len(found.classes)):
            step = work.best(rule, place, allowed)
            gains = {}
            for change in {*range(-12, 13), step.change}:
                totals = found.totals.copy()
                totals[:, place] += found.counts[:, [rule]].toarray()[:, 0] * change
                now = totals.argmax(axis=1) == found.label
                if found.count(before & ~now) <= allowed:
                    gains[change] = found.count(now) - found.count(before)
            assert gains[step.change] == step.gain == max(gains.values())


@pytest.mark.parametrize("held", [[0, 7], [7, 0], [0, 123_456]])
def test_no_score_moves_much_farther_than_it_has_to(held: list[int]) -> None:
    """Where nothing is in the way, any large score would do as well."""
    scores = {("tokens", letter): held for letter in "xy"}
    program = Program(Domain(("x", "y"), (1, 2)), (), Classifier.of("ab", scores))
    other = "ab"[held.index(min(held))]
    oracle = FunctionOracle(program.domain, lambda letters: [other] * len(letters))
    looked = look(program, oracle, list(all_parts(program.domain)))
    changes = climb(features(program, looked.blocks), 0, lambda: None)
    assert max(held) <= abs(changes).max() <= 2 * (max(held) + 1)


@given(st.integers(-2000, 2000), st.integers(0, 900))
def test_the_roundest_number_has_most_zeros(first: int, more: int) -> None:
    last = first + more
    found = roundest(first, last)
    assert first <= found <= last
    if not first <= 0 <= last:
        zeros = [len(str(n)) - len(str(n).rstrip("0")) for n in range(first, last + 1)]
        assert len(str(found)) - len(str(found).rstrip("0")) == max(zeros)


@given(SMALL.flatmap(programs))
@settings(max_examples=25, deadline=None)
def test_answers_are_blamed_alike_however_many_at_once(program: Program) -> None:
    parts, oracle = list(all_parts(program.domain, 40)), last_class(program)
    whole = look(program, oracle, parts).blame
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blame, "TOGETHER", 2)
        patch.setattr(blame, "FEW", 0)
        other = look(program, oracle, parts).blame
    for name in ("failed", "passed", "first"):
        assert (getattr(whole, name) == getattr(other, name)).all()


@given(SMALL.flatmap(programs))
@settings(max_examples=25, deadline=None)
def test_what_is_seen_is_the_same_if_it_is_not_one_number(program: Program) -> None:
    blocks = judged_effects(program).blocks
    one = States(program, blocks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(states, "PACKED", 0)
        other = States(program, blocks)
    assert one.values.keys() == other.values.keys()
    for name, values in one.values.items():
        assert np.array_equal(values, other.values[name])
    for name in ("label", "weight", "totals"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


@given(SMALL.flatmap(programs))
@settings(max_examples=25, deadline=None)
def test_a_row_of_very_many_answers_does_what_is_said(program: Program) -> None:
    effects, oracle = judged_effects(program), last_class(program)
    for rule in [rule for rule in program.rules() if rule.kind == "score"][:4]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(margins, "MOST_STATES", 3)
            patch.setattr(margins, "SOME_STATES", 2)
            best = effects.best(rule)
        assert best.effect.net >= 0
        assert naive(program, alter(program, best.alteration), oracle) == best.effect


def test_the_output_says_what_was_tried_and_what_is_not_known(
    limits: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program, _, _ = sorting_fault()
    other = Rule("case", "num_attn_0_3", ("0",))
    path = tmp_path / "faulty.py"
    save(alter(program, Keys(other, ("4",))), path)
    says = " ".join(tpdebug("localize", path, "--task", "sort").output.split())
    assert "cases and entries were tried on" in says
    assert "(drawn with seed 0)" in says
    assert "changed in the sample only" in says
    data = json.loads(tpdebug("localize", path, "--format", "json").output)
    assert data["screened"]["kind"] == "sampled"
    limits.setattr(many, "COUNTED", 0)
    result = tpdebug("repair", path, "--task", "sort")
    says = " ".join(result.output.split())
    assert "With so many wrong answers not everything was tried: " in says
    assert "scores were changed one at a time" in says
    assert "is not known." in says
    data = json.loads(tpdebug("repair", path, "--format", "json").output)
    assert data["screened"]["kind"] == "sampled"
    assert data["stepwise"] is True
    assert data["fewest"] is not True
