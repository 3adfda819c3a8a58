"""Coverage of rules is what the traces say, rule by rule; its promises can be kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.coverage import RuleCoverage, rule_coverage
from tests.cases import CASES
from tests.strategies import domains, programs, programs_and_inputs
from tpdebug.errors import DomainError, UserError
from tpdebug.evaluate import Evaluator, Trace
from tpdebug.findings import Coverage
from tpdebug.inputs import blocks, decode, encode
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    LookupTable,
    NumericalHead,
    Predicate,
    Rule,
)
from tpdebug.program import Program
from tpdebug.read import load

SORT = Path(__file__).resolve().parent.parent / "examples" / "sort.py"

Inputs = list[tuple[str, ...]]
Pair = tuple[Rule, Rule, str]


def answered(trace: Trace) -> range:
    """The positions whose scores count."""
    width = range(trace.variables["tokens"].shape[1])
    program = trace.program
    return width if program.classifier.pooled else width[program.domain.letters]


def slow_rules(trace: Trace) -> set[Rule]:
    """The rules that one input takes, read off position by position."""
    found = set()
    for position in range(trace.variables["tokens"].shape[1]):
        for rule in trace.rules(0, position):
            silent = not rule.key and trace.variables[rule.node][0, position] == 0
            if rule.kind != "score" or (position in answered(trace) and not silent):
                found.add(rule)
    return found


def slow_pairs(trace: Trace) -> set[Pair]:
    """Which rule wrote what another one read, in plain Python."""
    found = set()
    width = range(trace.variables["tokens"].shape[1])
    causal = trace.program.domain.causal
    rule = {
        (r.node, p): r for p in width for r in trace.rules(0, p) if r.kind != "score"
    }

    def add(name: str, source: int, used: Rule, role: str) -> None:
        if (name, source) in rule:
            found.add((rule[name, source], used, role))

    for node, at in product(trace.program.nodes, width):
        if isinstance(node, LookupTable):
            for name in node.inputs:
                add(name, at, rule[node.name, at], "input")
        elif not isinstance(node, Embedding):
            used = rule[node.name, at]
            add(node.query, at, used, "query")
            if isinstance(node, CategoricalHead):
                sources = [int(trace.attended[node.name][0, at])]
            else:
                assert isinstance(node.predicate, Predicate)
                wanted = node.predicate.keys_for(trace.value(node.query, 0, at))
                seen = range(at + 1) if causal else width
                sources = [p for p in seen if trace.value(node.key, 0, p) in wanted]
            for source in sources:
                add(node.key, source, used, "key")
                add(node.value, source, used, "value")
    for at in answered(trace):
        for used in trace.rules(0, at):
            if used.kind == "score":
                silent = not used.key and trace.variables[used.node][0, at] == 0
                if not silent:
                    add(used.node, at, used, "score")
    return found


def one_trace(program: Program, letters: tuple[str, ...]) -> Trace:
    return Evaluator(program).trace(encode(program.domain, [letters]))


def recorded_pairs(found: RuleCoverage) -> set[Pair]:
    assert found.pairs is not None
    return {found.pairs.pair(n) for n in np.flatnonzero(found.pairs_hit).tolist()}


def every_input(program: Program) -> Inputs:
    return [
        i for block in blocks(program.domain) for i in decode(program.domain, block)
    ]


def small_programs() -> st.SearchStrategy[Program]:
    """Programs whose domain a slow test can go through."""
    return domains(longest=3, letters=3).flatmap(lambda domain: programs(domain))


@given(programs_and_inputs())
def test_rules_and_pairs_are_what_each_trace_says(case: tuple[Program, Inputs]) -> None:
    program, inputs = case
    found = RuleCoverage(program)
    found.add("all", inputs)
    traces = [one_trace(program, letters) for letters in inputs]
    hits = [rule for trace in traces for rule in slow_rules(trace)]
    for rule, count in zip(found.spectra.rules, found.hits.tolist(), strict=True):
        assert count == hits.count(rule)
    assert recorded_pairs(found) == set().union(*map(slow_pairs, traces))


@settings(max_examples=25)
@given(small_programs(), st.data())
def test_what_is_unreachable_is_never_exercised_and_witnesses_are_the_smallest(
    program: Program, data: st.DataObject
) -> None:
    every = every_input(program)
    some = data.draw(st.lists(st.sampled_from(every), max_size=2))
    found = RuleCoverage(program)
    found.add("some", some)
    result = rule_coverage(found)
    assert result.reach.kind == "proved"
    first: dict[Rule, tuple[str, ...]] = {}
    pairs: dict[Pair, tuple[str, ...]] = {}
    exercised: set[Rule] = set()
    for letters in every:
        trace = one_trace(program, letters)
        for rule in slow_rules(trace):
            first.setdefault(rule, letters)
        for pair in slow_pairs(trace):
            pairs.setdefault(pair, letters)
        exercised |= slow_rules(trace) if letters in some else set()
    for use in result.uses:
        if use.rule in exercised:
            assert (use.status, use.witness) == ("exercised", None)
        elif use.rule in first:
            assert (use.status, use.witness) == ("missing", first[use.rule])
        else:
            assert (use.status, use.witness) == ("unreachable", None)
    assert result.rules.reachable == len(first)
    assert result.pairs is not None
    assert result.pairs.total == len(pairs)
    for edge in result.edges or ():
        assert (edge.example is None) == (edge.count.missing == 0)
        if edge.example is not None:
            before, after, letters = edge.example
            assert pairs[before, after, edge.role] == letters


def suites() -> Iterator[tuple[Program, Inputs]]:
    for case in CASES:
        yield case.program, list(case.inputs[:1])
    yield load(SORT), [("1",)]


@pytest.mark.parametrize(("program", "inputs"), list(suites()))
def test_suggestions_raise_the_coverage_by_what_they_say(
    program: Program, inputs: Inputs
) -> None:
    found = RuleCoverage(program)
    found.add("given", inputs)
    before = rule_coverage(found, suggestions=100, most=20_000, samples=500)
    rules, pairs = before.rules.exercised, before.pairs
    assert pairs is not None
    many = pairs.exercised
    gains = []
    for one in before.suggestions:
        assert program.domain.why_not(one.input) is None
        found.add("suggested", [one.input])
        assert int((found.hits > 0).sum()) == rules + one.rules == one.exercised
        assert int(found.pairs_hit.sum()) == many + one.pairs
        rules, many = rules + one.rules, many + one.pairs
        gains.append((one.rules, one.pairs))
    assert all(sum(gain) for gain in gains)
    by_rules = [rules for rules, _ in gains]
    assert by_rules == sorted(by_rules, reverse=True)
    after = rule_coverage(found, most=20_000, samples=500)
    if after.reach.kind == "proved":  # with so many, nothing is left
        assert (after.rules.missing, after.rules.share) == (0, 1.0)
    assert not before.rules.missing or after.rules.share > before.rules.share


def test_a_known_program_has_the_coverage_that_can_be_counted_by_hand() -> None:
    program = load(SORT)
    found = RuleCoverage(program)
    found.add("one", [("3",)])
    result = rule_coverage(found)
    counts = {node.name: node.count for node in result.nodes if node.kind == "head"}
    # <s> 3 </s>: three of the seven tokens are asked for by each head
    assert {(c.total, c.exercised, c.unreachable) for c in counts.values()} == {
        (7, 3, 0)
    }
    rows = next(n for n in result.nodes if (n.name, n.kind) == ("positions", "scores"))
    assert [use.status for use in rows.rules] == ["exercised"] + ["missing"] * 4
    assert rows.rules[1].witness == ("0", "0")


def test_contexts_say_who_exercises_what_and_what_nobody_else_does() -> None:
    found = RuleCoverage(load(SORT))
    found.add("test_b", ["12", "1"])
    found.add("test_a", ["1"])
    result = rule_coverage(found)
    a, b = result.contexts
    assert (a.name, a.inputs, b.name, b.inputs) == ("test_a", 1, "test_b", 2)
    assert a.only == 0
    assert b.only == b.rules - a.rules > 0
    uses = {str(use.rule): use for use in result.uses}
    assert uses["num_attn_0_0['1']"].contexts == ("test_a", "test_b")
    assert uses["num_attn_0_0['1']"].hits == 3
    assert uses["num_attn_0_0['2']"].contexts == ("test_b",)


def test_a_large_domain_is_sampled_and_nothing_is_called_unreachable() -> None:
    found = RuleCoverage(load(SORT))
    found.add("one", ["3"])
    result = rule_coverage(found, most=100, samples=50, seed=3)
    assert (result.reach.kind, result.reach.seed) == ("sampled", 3)
    assert not result.with_status("unreachable")
    assert result.rules.reachable == result.rules.total
    for use in result.with_status("missing"):
        if use.witness is not None:
            assert use.rule in slow_rules(one_trace(found.program, use.witness))


def same(first: RuleCoverage, second: RuleCoverage) -> bool:
    return first.data() == second.data()


@given(programs_and_inputs(), st.data())
def test_merging_is_recording_together_in_any_order(
    case: tuple[Program, Inputs], data: st.DataObject
) -> None:
    program, inputs = case
    names = data.draw(st.lists(st.sampled_from("abc"), min_size=6, max_size=6))
    together, workers = RuleCoverage(program), [RuleCoverage(program) for _ in "12"]
    for place, (name, letters) in enumerate(zip(names, inputs, strict=False)):
        together.add(name, [letters])
        workers[place % 2].add(name, [letters])
    left, right = RuleCoverage(program), RuleCoverage(program)
    for worker in workers:
        left.merge(worker)
    for worker in reversed(workers):
        right.merge(worker)
    assert same(left, together)
    assert same(right, together)


@given(programs_and_inputs())
def test_a_file_holds_everything(case: tuple[Program, Inputs]) -> None:
    program, inputs = case
    found = RuleCoverage(program)
    found.add("ä [1]", inputs)
    data = json.loads(json.dumps(found.data()))
    assert same(RuleCoverage.of_data(program, data, "it"), found)


def test_a_saved_file_is_read_back_and_belongs_to_its_program(tmp_path: Path) -> None:
    program, path = load(SORT), tmp_path / "coverage.json"
    found = RuleCoverage(program.with_about("described differently"))
    found.add("one", ["12"])
    found.save(path)
    assert same(RuleCoverage.load(program, path), found)
    with pytest.raises(UserError, match="of another program"):
        RuleCoverage.load(CASES[0].program, path)
    with pytest.raises(UserError, match="different programs"):
        RuleCoverage(CASES[0].program).merge(found)
    with pytest.raises(UserError, match="has pairs"):
        RuleCoverage(program, pairs=False).merge(found)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("inputs", "1"),
        ("rules", [5, 3]),
        ("rules", [0, 99_999]),
        ("rules", None),
        ("hits", [10**30]),
        ("hits", []),
        ("pairs", [-1]),
        ("pairs", [[1]]),
    ],
)
def test_a_damaged_file_is_refused(field: str, value: object) -> None:
    found = RuleCoverage(load(SORT))
    found.add("one", ["1"])
    data = found.data()
    data["contexts"]["one"][field] = value
    with pytest.raises(UserError, match="damaged"):
        RuleCoverage.of_data(found.program, data, "it")


def test_an_input_that_is_none_records_nothing() -> None:
    found = RuleCoverage(load(SORT))
    with pytest.raises(DomainError):
        found.add("one", ["1", "x"])
    assert not found.contexts


def test_the_result_is_a_pure_function_of_its_arguments() -> None:
    def result() -> Coverage:
        found = RuleCoverage(load(SORT))
        found.add("one", ["1"])
        return rule_coverage(found, suggestions=3, most=50, samples=40, seed=1)

    assert result() == result()


def test_heads_that_sum_have_pairs_with_all_that_match() -> None:
    """Of a head that copies one pair a query is taken, of one that sums several."""
    program = load(SORT.with_name("double_hist.py"))
    found = RuleCoverage(program)
    found.add("one", ["0011"])
    keys = {p for p in recorded_pairs(found) if p[2] == "key"}
    assert {(str(a), str(b)) for a, b, _ in keys} == {
        ("num_mlp_0_0[2]", "num_attn_1_0[2]"),
        ("num_mlp_0_0[1]", "num_attn_1_0[1]"),
    }
    assert any(isinstance(n, NumericalHead) for n in program.nodes)
