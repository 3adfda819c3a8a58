"""Localization: counts by hand, and effects by really altering and looking at all."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from functools import partial
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.alter import alter, alternatives, current
from analyzers.altering import alter_all
from analyzers.effects import NOTHING, Best, Effects
from analyzers.flows import Flows
from analyzers.judged import judge
from analyzers.localize import localize
from analyzers.mutants import KINDS, mutants
from analyzers.spectra import Spectra
from analyzers.suspicion import FORMULAS
from tests.cases import CASES, Case
from tests.strategies import domains, programs
from tests.test_verify import everything, last_class
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.evaluate import Evaluator, answers
from tpdebug.findings import Effect, Keys, Output, Scores
from tpdebug.inputs import encode
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    LookupTable,
    NumericalHead,
    Predicate,
    Rule,
)
from tpdebug.oracles import FunctionOracle, Oracle
from tpdebug.parts import all_parts
from tpdebug.program import Program
from tpdebug.read import load, read
from tpdebug.restrict import inside, restrict

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "sort.py"
SMALL = domains(longest=3, letters=3)


def judged(program: Program, oracle: Oracle) -> Effects:
    evaluator = Evaluator(program)
    parts = all_parts(program.domain, 40)
    return Effects(program, [judge(evaluator, oracle, part) for part in parts])


def naive(before: Program, after: Program, oracle: Oracle) -> Effect:
    """What changes from one program to another, looking at every input."""
    inputs = everything(before.domain)
    fixes = breaks = 0
    pairs = zip(inputs, answers(before, inputs), answers(after, inputs), strict=True)
    for letters, old, new in pairs:
        for want, first, second in zip(oracle(letters), old, new, strict=True):
            fixes += want is not None and first != want == second
            breaks += want is not None and first == want != second
    return Effect(fixes, breaks)


def sorting() -> Program:
    """The example on short inputs."""
    program = load(EXAMPLE)
    return restrict(program, inside(program.domain, lengths=(1, 4)))


def sorting_fault() -> tuple[Program, Oracle, Rule]:
    """The example with one fault, and what is right."""
    program = sorting()
    oracle = FunctionOracle(program.domain, sorted)
    rule = Rule("case", "num_attn_0_0", ("2",))
    return alter(program, Keys(rule, ("2",))), oracle, rule


def test_formulas_are_those_of_the_papers() -> None:
    failed, passed = np.array([2, 1, 0]), np.array([1, 4, 3])
    found = {n: f(failed, passed, 2, 5).tolist() for n, f in FORMULAS.items()}
    assert found["ochiai"] == pytest.approx([2 / 6**0.5, 1 / 10**0.5, 0])
    assert found["tarantula"] == pytest.approx([1 / 1.2, 0.5 / 1.3, 0])
    assert found["dstar"] == pytest.approx([4 / 1, 1 / 5, 0])
    assert found["op2"] == pytest.approx([2 - 1 / 6, 1 - 4 / 6, -3 / 6])


def test_counts_are_those_by_hand() -> None:
    # "a" is answered x, "b" by its table: y at the first place, x elsewhere.
    nodes = (LookupTable.of("t", ("tokens", "positions"), {("b", 0): "y"}, "x"),)
    scores = {("t", "x"): [1, 0], ("t", "y"): [0, 1]}
    program = Program(Domain(("a", "b"), (1, 2)), nodes, Classifier.of("xy", scores))
    right = {"a": "x", "b": "x"}
    found = localize(program, lambda letters: [right[a] for a in letters])
    # 2 inputs of one letter, 4 of two: b stands first in 1 + 2 of them.
    assert (found.answers, found.wrong, found.failing) == (10, 3, 3)
    first, *_ = found.suspects
    assert first.rule == Rule("entry", "t", ("b", 0))
    assert (first.counts.failed, first.counts.passed) == (3, 0)
    assert (first.counts.failed_without, first.counts.passed_without) == (0, 7)
    assert first.scores == pytest.approx(
        {"ochiai": 1.0, "tarantula": 1.0, "dstar": float("inf"), "op2": 3.0}
    )
    assert (first.best, first.effect) == (Output(first.rule, "x"), Effect(3, 0))
    assert first.example.input == ("b",)
    assert (first.example.expected, first.example.answer) == ("x", "y")


@given(SMALL.flatmap(programs), st.data())
@settings(max_examples=60, deadline=None)
def test_an_effect_is_that_of_the_altered_program(
    program: Program, data: st.DataObject
) -> None:
    oracle = last_class(program)
    effects = judged(program, oracle)
    rules = list(program.rules())
    if not rules:
        return
    rule = data.draw(st.sampled_from(rules))
    now = current(program, rule)
    assert effects.effect(now) == NOTHING
    if isinstance(now, Scores):
        scores = st.tuples(*[st.integers(-20, 20)] * len(now.scores))
        to = Scores(rule, data.draw(scores))
    else:
        found = list(alternatives(program, now))
        if not found:
            return
        to = data.draw(st.sampled_from(found))
    assert effects.effect(to) == naive(program, alter(program, to), oracle)


@given(SMALL.flatmap(programs), st.data())
@settings(max_examples=40, deadline=None)
def test_the_best_is_as_good_as_any_alternative(
    program: Program, data: st.DataObject
) -> None:
    oracle = last_class(program)
    effects = judged(program, oracle)
    rules = [rule for rule in program.rules() if rule.kind != "score"]
    if not rules:
        return
    rule = data.draw(st.sampled_from(rules))
    best = effects.best(rule)
    assert best.effect == naive(program, alter(program, best.alteration), oracle)
    for to in list(alternatives(program, current(program, rule)))[:40]:
        assert effects.effect(to).net <= best.effect.net


@given(SMALL.flatmap(programs), st.data())
@settings(max_examples=40, deadline=None)
def test_no_change_of_one_score_is_better(
    program: Program, data: st.DataObject
) -> None:
    oracle = last_class(program)
    effects = judged(program, oracle)
    rules = [rule for rule in program.rules() if rule.kind == "score"]
    if not rules:
        return
    rule = data.draw(st.sampled_from(rules))
    now = current(program, rule)
    assert isinstance(now, Scores)
    best = effects.best(rule)
    assert best.effect == naive(program, alter(program, best.alteration), oracle)
    totals = effects.margins.states.totals
    most = int(np.abs(totals).max(initial=0)) * 2 + 2
    changes = st.integers(-min(most, 40), min(most, 40))
    for _ in range(20):
        scores = list(now.scores)
        scores[data.draw(st.integers(0, len(scores) - 1))] += data.draw(changes)
        assert effects.effect(Scores(rule, tuple(scores))).net <= best.effect.net


@given(SMALL.flatmap(programs))
@settings(max_examples=40, deadline=None)
def test_answers_that_do_not_depend_on_a_rule_stay(program: Program) -> None:
    """What the restriction to spectra rests on, for rules that are not preferences."""
    inputs = everything(program.domain)
    spectra, evaluator = Spectra(program), Evaluator(program)
    longest = program.domain.lengths[1]
    some = [letters for letters in inputs if len(letters) == longest][:30]
    trace = evaluator.trace(encode(program.domain, some))
    pooled = program.classifier.pooled
    for number, rule in enumerate(spectra.rules[:30]):
        for to in list(alternatives(program, current(program, rule)))[:3]:
            if not isinstance(to, Keys | Output):
                continue
            after = answers(alter(program, to), some)
            for place in range(1 if pooled else longest):
                kept = ~spectra.behind(trace, place)[:, number]
                for row in np.flatnonzero(kept):
                    was = program.classifier.classes[trace.answers[row, place]]
                    assert after[row][place] == was


def test_the_planted_rule_comes_first_and_its_change_is_named() -> None:
    program, oracle, rule = sorting_fault()
    found = localize(program, oracle)
    first = found.suspects[0]
    assert (first.rule, first.first, first.last) == (rule, 1, 1)
    assert first.best == Keys(rule, ("3",))
    assert first.effect == Effect(found.wrong, 0)
    assert found.evidence.kind == "proved"
    mended = alter(program, first.best)
    assert mended == sorting()
    assert not localize(mended, oracle).suspects


def test_equally_suspicious_rules_share_their_ranks() -> None:
    program, oracle, rule = sorting_fault()
    found = localize(program, oracle, formula="op2")
    groups: dict[tuple[int, int], list[float]] = {}
    for suspect in found.suspects:
        assert suspect.effect is None
        ranks = (suspect.first, suspect.last)
        groups.setdefault(ranks, []).append(suspect.scores["op2"])
    best, expected = float("inf"), 1
    for (first, last), scores in groups.items():
        assert (first, last - first + 1) == (expected, len(scores))
        assert len(set(scores)) == 1
        assert scores[0] < best
        best, expected = scores[0], last + 1
    tied = next(s for s in found.suspects if s.rule == rule)
    assert tied.last > tied.first  # the four heads are always taken together
    assert tied.middle == (tied.first + tied.last) / 2


def test_only_some_rules_are_altered_if_asked_to() -> None:
    program, oracle, _ = sorting_fault()
    found = localize(program, oracle, alter=2)
    assert sum(s.effect is not None for s in found.suspects) == 2


def test_the_result_does_not_depend_on_how_the_work_is_shared() -> None:
    program, oracle, _ = sorting_fault()
    assert localize(program, oracle, jobs=1) == localize(program, oracle, jobs=3)


def test_an_interruption_breaks_off_what_is_being_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program, oracle, _ = sorting_fault()
    begun, broken_off = Event(), []

    def endless(effects: Effects, rule: Rule) -> Best:
        try:
            while True:
                effects.effect(Keys(Rule("case", "num_attn_0_0", ("2",)), ("2",)))
                begun.set()
        except CancelledError:
            broken_off.append(rule)
            raise

    def interrupt(self: Future[Best], timeout: float | None = None) -> Best:
        begun.wait()
        raise KeyboardInterrupt

    effects = judged(program, oracle)
    monkeypatch.setattr(Effects, "best", endless)
    monkeypatch.setattr(Future, "result", interrupt)
    with pytest.raises(KeyboardInterrupt):
        alter_all(effects, Spectra(program), [0, 1, 2], 1, None)
    assert len(broken_off) == 1


def test_a_sample_is_said_to_be_one() -> None:
    program, oracle, rule = sorting_fault()
    found = localize(program, oracle, most=100, samples=500, seed=3)
    assert found.evidence.sentence == "sampled, 500 inputs, seed 3"
    assert found.suspects[0].rule == rule


def always(label: str, letters: Sequence[str]) -> list[str]:
    return [label] * len(letters)


def test_the_way_leads_from_the_answer_to_the_rule() -> None:
    for name in ("sort", "dyck1", "induction"):
        source = read(EXAMPLE.parent / f"{name}.py")
        program = source.program

        label = program.classifier.classes[0]
        oracle = FunctionOracle(program.domain, partial(always, label))
        found = localize(program, oracle, formula="ochiai", most=1, samples=200)
        flows = Flows(program, source.map)
        assert found.suspects
        for suspect in found.suspects:
            way = flows.flow(suspect.example, suspect.rule)
            assert way, suspect.rule
            assert way[-1].rule == suspect.rule
            assert way[0].rule is not None
            assert way[0].place.variable in program.scored


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_mutants_differ_in_one_rule(case: Case) -> None:
    program = case.program
    drawn = list(mutants(program, 30, seed=5))
    assert len({mutant.fault for mutant in drawn}) == len(drawn)
    assert list(mutants(program, 30, seed=5)) == drawn
    rules = set(program.rules())
    for mutant in drawn:
        assert mutant.kind in KINDS
        assert set(mutant.program.rules()) == rules
        apart = [r for r in rules if current(program, r) != current(mutant.program, r)]
        assert mutant.rule in apart
        if mutant.kind != "moved":  # the other keys of a query are rules of their own
            assert apart == [mutant.rule]
        nodes = zip(program.nodes, mutant.program.nodes, strict=True)
        assert sum(a != b for a, b in nodes) == (mutant.kind != "score")


def test_planted_faults_are_found_first() -> None:
    case = next(case for case in CASES if case.name == "balance")
    oracle = FunctionOracle(case.program.domain, lambda x: list(case.expected(x)))
    ranks = []
    for mutant in mutants(case.program, 40, seed=1):
        found = localize(mutant.program, oracle)
        if found.wrong:
            (fault,) = (s for s in found.suspects if s.rule == mutant.rule)
            ranks.append(fault.middle)
    assert len(ranks) > 10
    assert np.mean(np.array(ranks) == 1) > 0.6
    assert max(ranks) <= 10


def test_a_pooled_program_is_localized() -> None:
    case = next(case for case in CASES if case.name == "majority")
    oracle = FunctionOracle(
        case.program.domain, lambda x: case.expected(x)[0], pooled=True
    )
    for mutant in mutants(case.program, 12, seed=2):
        found = localize(mutant.program, oracle)
        if found.wrong:
            assert found.suspects[0].effect == Effect(found.wrong, 0)


def test_a_label_that_the_program_does_not_have_stays_wrong() -> None:
    scores = {("tokens", "a"): [1, 0]}
    program = Program(Domain(("a", "b"), (1, 2)), (), Classifier.of("xy", scores))
    found = localize(program, lambda letters: ["z" for _ in letters])
    assert found.wrong == found.answers
    assert not any(suspect.helps for suspect in found.suspects)


def test_alternatives_of_a_head_are_near_ones() -> None:
    domain = Domain(("a", "b", "c"), (1, 3))
    look = Predicate.of({"a": ["b"], "b": ["b", "c"]})
    head = CategoricalHead("h", "tokens", "tokens", "tokens", look)
    program = Program(domain, (head,), Classifier.of("x", {}))
    now = current(program, Rule("case", "h", ("a",)))
    assert now == Keys(now.rule, ("b",))
    sets = {a.keys for a in alternatives(program, now) if isinstance(a, Keys)}
    assert sets == {(), ("a",), ("c",), *[("a", "b"), ("b", "c"), ("a", "c")]} | {
        ("a", "b", "c")
    }
    only = {a.keys for a in alternatives(program, now, ["c"]) if isinstance(a, Keys)}
    assert all(("c" in keys) != ("c" in now.keys) for keys in only)


def test_altering_leaves_out_what_is_no_longer_written() -> None:
    domain = Domain(("a", "b"), (1, 2))
    table = LookupTable.of("t", ("tokens",), {("a",): 1}, 0)
    head = NumericalHead("n", "tokens", "t", "ones", Predicate.of({"a": [1]}))
    classifier = Classifier.of("xy", {("t", 1): [0, 1], ("n", None): [0, 1]})
    program = Program(domain, (table, head), classifier)
    found = alter(program, Output(Rule("entry", "t", ("a",)), 0))
    assert found.variables["t"].values == (0,)
    assert [row.variable for row in found.classifier.rows] == ["n"]


def test_a_formula_that_there_is_not_is_refused() -> None:
    program, oracle, _ = sorting_fault()
    with pytest.raises(UserError, match=r"no formula 'x'; use interventional, ochiai"):
        localize(program, oracle, formula="x")
    nothing = FunctionOracle(program.domain, lambda letters: [None] * len(letters))
    with pytest.raises(UserError, match="scores no letter"):
        localize(program, nothing, most=1, samples=5)
