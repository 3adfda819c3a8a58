"""Repairs: claims are enumerated, fewest rows found by brute force, proofs added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from analyzers.alter import alter
from analyzers.mutants import mutants
from analyzers.repair import repair
from tests.strategies import domains, programs
from tests.test_localize import naive, sorting
from tests.test_verify import everything, last_class
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.evaluate import Evaluator, answers
from tpdebug.findings import Collision, Keys, Output, Repair, Scores
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
from tpdebug.program import Program

SMALL = domains(longest=3, letters=3)


def answered_by(program: Program) -> FunctionOracle:
    """What another program says is right."""
    inputs = everything(program.domain)
    known = dict(zip(inputs, answers(program, inputs), strict=True))
    pooled = program.classifier.pooled
    return FunctionOracle(
        program.domain, lambda letters: known[tuple(letters)], pooled=pooled
    )


def wrongs(program: Program, oracle: Oracle) -> int:
    """Wrong answers, looking at every input."""
    inputs = everything(program.domain)
    return sum(
        want is not None and want != said
        for letters, got in zip(inputs, answers(program, inputs), strict=True)
        for want, said in zip(oracle(letters), got, strict=True)
    )


def rows_at(program: Program, letters: Sequence[str], place: int) -> Counter[Rule]:
    """How often an answer counts each possible score row, from a trace."""
    trace = Evaluator(program).trace(encode(program.domain, [letters]))
    whole = range(len(trace.variables["tokens"][0]))
    pooled = program.classifier.pooled
    at = whole if pooled else [place + program.domain.offset]
    found: Counter[Rule] = Counter()
    for name in program.scored:
        variable = program.variables[name]
        for value in (int(trace.variables[name][0, p]) for p in at):
            if variable.numerical:
                found[Rule("score", name, ())] += value
            else:
                found[Rule("score", name, (variable.values[value],))] += 1
    return +found


def check(program: Program, oracle: Oracle, found: Repair) -> None:
    """What a repair claims is so."""
    before, after = wrongs(program, oracle), wrongs(found.program, oracle)
    assert (found.wrong, found.left) == (before, after)
    effect = naive(program, found.program, oracle)
    assert (found.fixes, found.breaks) == (effect.fixes, effect.breaks)
    again = program
    for change in found.changes:
        assert change.to != change.now
        again = alter(again, change.to)
    assert again == found.program
    assert found.left < before or not found.changes
    assert found.least is None or found.least <= before
    for pair in found.collisions:
        collides(program, pair)
    if found.rows == found.changes:
        assert found.least is None or found.left >= found.least
    if found.contradiction:
        contradicts(program, found)


def collides(program: Program, pair: Collision) -> None:
    first, second = pair.first, pair.second
    assert first.expected != second.expected
    seen = [rows_at(program, side.input, side.place) for side in (first, second)]
    assert seen[0] == seen[1]
    if not program.classifier.pooled:
        traces = [
            Evaluator(program).trace(encode(program.domain, [side.input])).variables
            for side in (first, second)
        ]
        at = [side.place + program.domain.offset for side in (first, second)]
        differ = {
            name
            for name in program.variables
            if traces[0][name][0, at[0]] != traces[1][name][0, at[1]]
        }
        assert differ == set(pair.unscored)


def contradicts(program: Program, found: Repair) -> None:
    """What the requirements ask of each score cancels out, and one is strict."""
    total: Counter[tuple[Rule, str]] = Counter()
    strict = 0
    order = program.classifier.classes.index
    for each in found.contradiction:
        answer = each.answer
        assert each.times > 0
        for rule, count in rows_at(program, answer.input, answer.place).items():
            total[rule, answer.expected] += count * each.times
            total[rule, each.rival] -= count * each.times
        strict += each.times * (order(each.rival) < order(answer.expected))
    assert not any(total.values())
    assert strict > 0


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
