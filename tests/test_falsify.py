"""Failing inputs truly fail, are the smallest of their kind, and are all there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analyzers.falsify import Check, Memory, Settings, falsify, falsify_check
from analyzers.falsify.checks import FAR
from analyzers.falsify.moves import admitted, around, of_any_length, plain, uniform
from tests.running import examples
from tests.strategies import domains, programs
from tests.test_verify import EXAMPLE, broken_sort, everything
from tpdebug.cases import Cases
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.evaluate import Evaluator
from tpdebug.findings import FailureKind, Falsification
from tpdebug.inputs import Letters, decode, encode
from tpdebug.nodes import Classifier, Rule
from tpdebug.oracles import BatchOracle, FunctionOracle
from tpdebug.program import Program
from tpdebug.read import load
from trainers.tasks import task

SMALL = domains(longest=3, letters=3)
SEARCH = Settings(most=0, inputs=400)


@st.composite
def planted(draw: st.DrawFn) -> tuple[Program, Program]:
    """A program, and the same with a fault in one score row."""
    right = draw(SMALL.flatmap(programs))
    rows = right.classifier.rows
    assume(rows and len(right.classifier.classes) > 1)
    place = draw(st.integers(0, len(rows) - 1))
    scores = list(rows[place].scores)
    worst = draw(st.integers(0, len(scores) - 1))
    most = 1 + sum(max(map(abs, row.scores)) for row in rows)
    scores[worst] += draw(st.sampled_from([-most, 3, most, most]))
    changed = replace(rows[place], scores=tuple(scores))
    wrong = (*rows[:place], changed, *rows[place + 1 :])
    classifier = replace(right.classifier, rows=wrong)
    return right, replace(right, classifier=classifier)


def answers_of(program: Program) -> BatchOracle:
    """The answers of a program, as what is right."""
    classes = program.classifier.classes
    oracle = BatchOracle(program.domain, classes, Evaluator(program).answers)
    oracle.pooled = program.classifier.pooled
    return oracle


@dataclass(frozen=True)
class Naive:
    """A failing input, looked at on its own."""

    input: tuple[str, ...]
    kind: tuple[str, str, Rule | None]


def naive(right: Program, wrong: Program) -> list[Naive]:
    """Every failing input, in order."""
    found = []
    first_program, second_program = Evaluator(right), Evaluator(wrong)
    for letters in everything(wrong.domain):
        rows = encode(wrong.domain, [letters])
        wanted = first_program.answers(rows)[0]
        trace = second_program.trace(rows)
        differ = np.flatnonzero(wanted != trace.answers[0])
        if len(differ):
            first = int(differ[0])
            label, answer = int(wanted[first]), int(trace.answers[0, first])
            width = trace.variables["tokens"].shape[1]
            pooled = wrong.classifier.pooled
            at = range(width) if pooled else [first + wrong.domain.offset]
            best, rule = 0, None
            for row in wrong.classifier.rows:
                values = [trace.value(row.variable, 0, p) for p in at]
                times = sum(
                    v if row.value is None else v == row.value  # type: ignore[misc]
                    for v in values
                )
                gain = times * (row.scores[answer] - row.scores[label])
                if gain > best:
                    key = () if row.value is None else (row.value,)
                    best, rule = gain, Rule("score", row.variable, key)
            classes = wrong.classifier.classes
            found.append(Naive(letters, (classes[label], classes[answer], rule)))
    return found


def kind_of(kind: FailureKind) -> tuple[str, str, Rule | None]:
    return kind.expected, kind.answer, kind.rule


@given(planted(), st.sampled_from([1, 3]))
@settings(max_examples=40)
def test_enumeration_finds_every_failure_and_the_smallest_of_each_kind(
    pair: tuple[Program, Program], jobs: int
) -> None:
    right, wrong = pair
    known = naive(right, wrong)
    found = falsify(wrong, answers_of(right), jobs=jobs)
    assert found.complete
    assert found.failing == len(known)
    counts: dict[object, list[Naive]] = {}
    for failure in known:
        counts.setdefault(failure.kind, []).append(failure)
    assert [kind_of(kind) for kind in found.kinds] == list(counts)
    for kind in found.kinds:
        same = counts[kind_of(kind)]
        assert kind.count == len(same)
        assert kind.smallest.input == same[0].input
        assert kind.proved
        check_failure(kind, right, wrong)


def check_failure(kind: FailureKind, right: Program, wrong: Program) -> None:
    """What is said of the smallest input is what the programs answer."""
    shown, domain = kind.smallest, wrong.domain
    rows = encode(domain, [shown.input])
    for program, said in ((right, shown.expected), (wrong, shown.answers)):
        (codes,) = Evaluator(program).answers(rows).tolist()
        assert said == tuple(program.classifier.classes[i] for i in codes)
    first = shown.wrong[0]
    assert (shown.expected[first], shown.answers[first]) == (kind.expected, kind.answer)
    pooled = wrong.classifier.pooled
    assert kind.position == (None if pooled else first + domain.offset)


def test_a_search_finds_real_failures_and_shrinks_them_to_the_smallest() -> None:
    missed = total = 0
    for right, wrong in examples(planted(), 40):
        known = naive(right, wrong)
        smallest: dict[object, tuple[str, ...]] = {}
        for failure in known:
            smallest.setdefault(failure.kind, failure.input)
        found = falsify_check(Check(wrong, answers_of(right)), SEARCH)
        assert not found.complete
        assert found.failing <= len(known)
        if known:
            total += len(smallest)
            missed += len(smallest) - len(found.kinds)
        for kind in found.kinds:
            assert kind.proved
            assert kind.smallest.input == smallest[kind_of(kind)]
            check_failure(kind, right, wrong)
    assert total > 5
    assert missed <= 1


def test_without_a_sweep_the_smallest_is_not_called_proved() -> None:
    check = Check(broken_sort(), task("sort").oracle)
    found = falsify_check(check, Settings(most=0, inputs=3000, sweep=0))
    assert found.kinds
    assert not any(kind.proved for kind in found.kinds)


def searched(seed: int) -> Falsification:
    check = Check(broken_sort(), task("sort").oracle, "sort")
    return falsify_check(check, Settings(most=0, inputs=4000, sweep=500, seed=seed))


def test_the_same_seed_finds_the_same() -> None:
    np.random.seed(0)
    first = searched(5)
    np.random.seed(1)
    assert searched(5) == first
    assert searched(6).evidence != first.evidence


def test_a_right_program_is_proved_right_or_nothing_is_found() -> None:
    program, oracle = load(EXAMPLE), task("sort").oracle
    proved = falsify(program, oracle)
    assert (proved.clean, proved.complete) == (True, True)
    assert proved.evidence.sentence == "proved on all 19,530 inputs"
    found = falsify(program, oracle, most=0, inputs=2000)
    assert (found.clean, found.complete) == (True, False)
    assert found.evidence.kind == "searched"
    assert found.evidence.inputs >= 2000


def rare() -> tuple[Program, FunctionOracle]:
    """Says whether all letters are z; wrong where one of sixteen is another.

    Of some 64 million inputs 32 fail. The nearer to them, the smaller the margin.
    """
    domain = Domain(tuple("xyz"), (1, 16))
    scores = {("tokens", a): [14, 0] for a in "xy"} | {("tokens", "z"): [0, 1]}
    program = Program(domain, (), Classifier.of(["some", "all"], scores, pooled=True))

    def right(letters: Sequence[str]) -> str:
        return "all" if set(letters) == {"z"} else "some"

    return program, FunctionOracle(domain, right, pooled=True)


def test_the_margin_leads_to_a_rare_failure() -> None:
    program, oracle = rare()
    found = falsify(program, oracle, most=0, inputs=20_000, sweep=100)
    (kind,) = found.kinds
    assert kind.smallest.input == ("x", *"z" * 15)
    assert 1 <= kind.count <= 32


def test_listed_cases_are_looked_at_and_nothing_else() -> None:
    program = load(EXAMPLE)
    listed = [(("2", "1"), ("2", "1")), (("1",), ("1",)), (("2", "1"), ("1", "2"))]
    found = falsify(program, Cases(program.domain, listed, pooled=False), most=0)
    assert found.evidence.sentence == "on 3 listed inputs"
    (kind,) = found.kinds
    assert (kind.count, kind.smallest.input, kind.proved) == (1, ("2", "1"), False)
    assert kind.smallest.expected == ("2", "1")


def test_a_label_that_the_program_lacks_is_a_kind_of_its_own() -> None:
    program = load(EXAMPLE)
    found = falsify(program, lambda letters: ["9"] * len(letters))
    assert {kind.expected for kind in found.kinds} == {"9"}
    assert {kind.rule for kind in found.kinds} == {None}
    assert len(found.kinds) == 5
    assert found.failing == found.inputs


def test_letters_that_are_not_scored_do_not_fail() -> None:
    program = broken_sort()
    assert falsify(program, lambda letters: [None] * len(letters)).clean
    check = Check(program, lambda letters: [None] * len(letters))
    assert check.look(encode(program.domain, [("1", "0")])).least[0] == FAR


def test_an_oracle_that_changes_its_mind_is_refused() -> None:
    asked: list[Sequence[str]] = []

    def moody(letters: Sequence[str]) -> list[str]:
        asked.append(letters)
        return sorted(letters, reverse=len(asked) < 20_000)

    with pytest.raises(UserError, match="does not say the same"):
        falsify(load(EXAMPLE), moody, jobs=1)


def test_what_failed_before_is_replayed_and_forgotten_when_it_is_right(
    tmp_path: Path,
) -> None:
    memory, oracle = Memory(tmp_path, "p as sort"), task("sort").oracle
    first = falsify(broken_sort(), oracle, memory=memory)
    kept = memory.recall(broken_sort().domain)
    assert kept == [kind.smallest.input for kind in first.kinds]
    nothing = {"most": 0, "inputs": 1, "sweep": 0}
    assert falsify(broken_sort(), oracle, **nothing).clean
    again = falsify(broken_sort(), oracle, memory=memory, **nothing)
    assert (again.again, again.mended) == (len(kept), 0)
    assert [kind.smallest.input for kind in again.kinds] == kept
    mended = falsify(load(EXAMPLE), oracle, memory=memory)
    assert (mended.again, mended.mended, mended.clean) == (0, len(kept), True)
    assert not memory.recall(broken_sort().domain)


def test_what_others_keep_in_the_database_is_left_out(tmp_path: Path) -> None:
    memory = Memory(tmp_path, "p")
    for value in (b"\xff", b"[1]", b'{"a": 1}', b'["9"]', b'["1", "0"]'):
        memory.database.save(memory.key, value)
    assert memory.recall(load(EXAMPLE).domain) == [("1", "0")]


@given(SMALL, st.integers(0, 99))
def test_what_is_looked_at_is_in_the_domain(domain: Domain, seed: int) -> None:
    random = np.random.default_rng(seed)
    blocks: list[Letters] = []
    for draw in (uniform, of_any_length, plain):
        blocks += draw(domain, random, 20)
    for block in list(blocks):
        blocks += around(domain, block[:3], random, 50)
    for block in blocks:
        for letters in decode(domain, block):
            assert domain.why_not(letters) is None


def test_neighbours_are_one_step_away() -> None:
    domain = Domain(tuple("ab"), (2, 4))
    rows = encode(domain, [("a", "b", "b")])
    found = around(domain, rows, np.random.default_rng(0), 1000)
    words = {"".join(row) for block in found for row in decode(domain, block)}
    shorter, longer = {"ab", "bb"}, {"aabb", "babb", "abab", "abbb", "abba"}
    assert words == {"abb", "bbb", "aab", "aba", "bab", "bba"} | shorter | longer
    few = around(domain, rows, np.random.default_rng(0), 2)
    assert [len(block) for block in few] == [2, 2, 2]


def test_keys_keep_their_first_value() -> None:
    domain = Domain(tuple("ab01"), (1, 6), keys=("a", "b"))
    rows = encode(domain, [tuple("a0b1a1"), tuple("00b1a1")])
    assert decode(domain, admitted(domain, rows)) == [tuple("a0b1a0")]
