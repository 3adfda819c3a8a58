"""What operations mean: `evaluate` and `rasp` against the naive reference."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.reference import nearest
from tests.reference import run as reference
from tests.strategies import programs, programs_and_inputs
from tpdebug import rasp
from tpdebug.columns import stack
from tpdebug.evaluate import Evaluator, answers
from tpdebug.evaluate.attention import nearest as nearest_of
from tpdebug.inputs import columns_of, encode, shared_columns, unrank
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    LookupTable,
    NumericalHead,
    Preference,
    Tie,
)
from tpdebug.program import Program

Case = tuple[Program, list[tuple[str, ...]]]


@given(programs_and_inputs())
@settings(max_examples=120)
def test_answers_agree_with_the_reference(case: Case) -> None:
    program, asked = case
    expected = [reference(program, letters).answers for letters in asked]
    assert answers(program, asked) == expected


@given(programs_and_inputs())
@settings(max_examples=120)
def test_traces_agree_with_the_reference(case: Case) -> None:
    program, asked = case
    for letters in asked:
        trace = Evaluator(program).trace(encode(program.domain, [letters]))
        expected = reference(program, letters)
        places = range(len(expected.variables["tokens"]))
        assert set(trace.variables) == set(expected.variables)
        for name, values in expected.variables.items():
            assert [trace.value(name, 0, p) for p in places] == values
        found = {name: rows[0].tolist() for name, rows in trace.attended.items()}
        assert found == expected.attended
        for name, rows in expected.matches.items():
            assert [np.flatnonzero(r).tolist() for r in trace.matches(name)[0]] == rows
        assert trace.scores[0].tolist() == expected.scores


@given(programs_and_inputs())
def test_a_block_is_evaluated_like_its_inputs_one_by_one(case: Case) -> None:
    program, asked = case
    evaluator = Evaluator(program)
    block = [letters for letters in asked if len(letters) == len(asked[0])]
    together = evaluator.answers(encode(program.domain, block)).tolist()
    alone = [evaluator.answers(encode(program.domain, [x])).tolist() for x in block]
    assert together == [row for rows in alone for row in rows]


@given(programs_and_inputs())
def test_variables_take_only_the_values_they_are_said_to(case: Case) -> None:
    program, asked = case
    for letters in asked:
        for name, values in reference(program, letters).variables.items():
            assert set(values) <= set(program.variables[name].values)


@given(programs_and_inputs())
def test_the_rules_of_a_position_explain_its_scores(case: Case) -> None:
    program, asked = case
    known = set(program.rules())
    rows = {(r.variable, r.value): r.scores for r in program.classifier.rows}
    trace = Evaluator(program).trace(encode(program.domain, asked[:1]))
    expected = reference(program, asked[0])
    total = np.zeros(len(program.classifier.classes), dtype=object)
    for place in range(len(expected.variables["tokens"])):
        hit = list(trace.rules(0, place))
        assert set(hit) <= known
        assert len(set(hit)) == len(hit)
        here = np.zeros(len(program.classifier.classes), dtype=object)
        for rule in hit:
            if rule.kind == "score":
                times = 1 if rule.key else expected.variables[rule.node][place]
                scores = rows[rule.node, rule.key[0] if rule.key else None]
                here = here + np.array(scores, dtype=object) * times
        total = total + here
        if not program.classifier.pooled:
            assert here.tolist() == expected.scores[place]
    if program.classifier.pooled:
        assert total.tolist() == expected.scores[0]


def by_rasp(program: Program, letters: tuple[str, ...]) -> Any:
    """Run a program by calling the operations of `tpdebug.rasp` directly."""
    domain = program.domain
    tokens = rasp.delimit(
        letters, domain.alphabet, domain.lengths, domain.begin, domain.end
    )
    values: dict[str, list[Any]] = {
        "tokens": tokens,
        "positions": [*range(len(tokens))],
        "ones": [1] * len(tokens),
    }
    for node in program.nodes:
        match node:
            case Embedding():
                table = dict(zip(domain.vocabulary, node.codes, strict=True))
                found = rasp.embed(table, tokens)
                values |= dict(zip(node.names, found, strict=True))
            case LookupTable():
                columns = zip(*(values[name] for name in node.inputs), strict=True)
                values[node.name] = [node.output(key) for key in columns]
            case CategoricalHead(predicate=Preference() as preference):
                groups = dict(preference.cases)
                attended = rasp.select_best(
                    values[node.key],
                    values[node.query],
                    lambda q, k, groups=groups: (
                        -sum(
                            all(k not in group for group in groups[q][: i + 1])
                            for i in range(len(groups.get(q, ())))
                        )
                    ),
                    domain.causal,
                )
                values[node.name] = rasp.aggregate(attended, values[node.value])
            case CategoricalHead() | NumericalHead():
                cases = dict(node.predicate.cases)
                closest = isinstance(node, CategoricalHead)
                select = rasp.select_closest if closest else rasp.select
                gather = rasp.aggregate if closest else rasp.aggregate_sum
                ties = [node.tie] if isinstance(node, CategoricalHead) else []
                attended = select(
                    values[node.key],
                    values[node.query],
                    lambda q, k, cases=cases: k in cases.get(q, ()),
                    domain.causal,
                    *ties,
                )
                values[node.name] = gather(attended, values[node.value])
    scores: dict[str, Any] = {}
    for row in program.classifier.rows:
        if row.value is None:
            scores[row.variable] = row.scores
        else:
            scores.setdefault(row.variable, {})[row.value] = row.scores
    rows = rasp.score(program.classifier.classes, scores, values)
    return values, rows


@given(programs_and_inputs())
def test_the_operations_of_rasp_agree_with_the_reference(case: Case) -> None:
    program, asked = case
    for letters in asked:
        values, rows = by_rasp(program, letters)
        expected = reference(program, letters)
        assert values == expected.variables
        if program.classifier.pooled:
            rows = [[sum(column) for column in zip(*rows, strict=True)]]
        assert rows == expected.scores


TIES: tuple[Tie, ...] = ("last", "matches")


def words(matching: list[list[int]], length: int) -> Any:
    """Sets of positions as bits, 16 to a word."""
    found = np.zeros((len(matching), -(-length // 16)), np.uint16)
    for row, positions in zip(found, matching, strict=True):
        for p in positions:
            row[p // 16] |= 1 << p % 16
    return found


@pytest.mark.parametrize("tie", TIES)
@pytest.mark.parametrize("length", [1, 5, 8])
def test_nearest_agrees_with_the_reference_on_every_set(length: int, tie: Tie) -> None:
    sets = [[p for p in range(length) if i >> p & 1] for i in range(1 << length)]
    for query in range(length):
        found = nearest_of(words(sets, length), query, length, tie).tolist()
        assert found == [nearest(query, matching, tie) for matching in sets]


@given(st.integers(9, 70), st.data(), st.sampled_from(TIES))
@settings(deadline=None)
def test_nearest_agrees_with_the_reference_on_long_inputs(
    length: int, data: st.DataObject, tie: Tie
) -> None:
    query = data.draw(st.integers(0, length - 1))
    some = st.lists(st.integers(0, length - 1), unique=True, max_size=6).map(sorted)
    sets = data.draw(st.lists(some, min_size=1, max_size=5))
    expected = [nearest(query, matching, tie) for matching in sets]
    for sized in (sets, sets * 300):  # a few are looked at, many are looked up
        found = nearest_of(words(sized, length), query, length, tie).tolist()
        assert found == expected * (len(sized) // len(sets))


@pytest.mark.parametrize(
    ("keys", "expected", "counted"),
    [
        ("x.q..", 0, 0),  # the only match, on the left
        ("..q.x", 4, 4),  # the only match, on the right
        ("x.q.x", 0, 0),  # equally near: the left one
        ("x.qx.", 3, 3),  # the nearer one, although on the right
        ("..X..", 2, 2),  # itself when nothing else matches
        ("x.X..", 0, 0),  # itself at distance 2: the left one is as near
        ("..X.x", 4, 2),  # itself at distance 2: itself is left of the other
        ("..Xx.", 3, 3),  # itself at distance 2: the other is nearer
        (".xXxx", 1, 1),  # itself at distance 4
        ("..q..", 0, 0),  # nothing matches: position 0
    ],
)
def test_select_closest_attends_where_the_design_says(
    keys: str, expected: int, counted: int
) -> None:
    positions = [i for i, k in enumerate(keys) if k in "xX"]
    for tie, wanted in zip(TIES, (expected, counted), strict=True):
        found = rasp.select_closest(keys, "q" * 5, lambda q, k: k in "xX", tie=tie)
        assert found[2] == wanted
        assert nearest_of(words([positions], 5), 2, 5, tie).tolist() == [wanted]


@given(programs(), st.data())
@settings(max_examples=100)
def test_shared_prefixes_change_nothing(program: Program, data: st.DataObject) -> None:
    domain = replace(program.domain, keys=None)
    program = replace(program, domain=domain)
    length = data.draw(st.integers(*domain.lengths))
    free = data.draw(st.integers(0, length))
    assume(len(domain.alphabet) ** free <= 3000)
    start = data.draw(st.integers(0, len(domain.alphabet) ** (length - free) - 1))
    shared = shared_columns(domain, length, start, free)
    size = len(domain.alphabet) ** free
    letters = stack(shared, size)
    ranks = np.arange(start * size, (start + 1) * size)
    assert letters.tolist() == unrank(domain, length, ranks).tolist()
    evaluator = Evaluator(program)
    alone = evaluator.answer(columns_of(letters))
    for (answer, lead), (whole, whole_lead) in zip(
        evaluator.answer(shared), alone, strict=True
    ):
        assert size % len(answer) == 0
        assert stack([answer, lead], size).tolist() == (
            stack([whole, whole_lead], size).tolist()
        )


@given(programs_and_inputs())
def test_answer_breaks_ties_by_class_order(case: Case) -> None:
    program, asked = case
    _, rows = by_rasp(program, asked[0])
    classes = program.classifier.classes
    firsts = [min(i for i, s in enumerate(row) if s == max(row)) for row in rows]
    scores = {"rows": {i: tuple(row) for i, row in enumerate(rows)}}
    found = rasp.answer(classes, scores, rows=range(len(rows)))
    assert found == [classes[i] for i in firsts]


@pytest.mark.parametrize(
    ("tokens", "message"),
    [([], "1 to 3"), (["a"] * 4, "1 to 3"), (["a", "z"], "'z'"), (["<s>"], "'<s>'")],
)
def test_delimit_says_what_is_allowed(tokens: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        rasp.delimit(tokens, ("a", "b"), (1, 3), begin="<s>")
    if len(tokens) in (1, 2):
        assert "a b" in str(caught.value)


def test_delimit_replaces_unknown_words_and_keeps_its_argument() -> None:
    tokens = ["a", "what"]
    found = rasp.delimit(tokens, ("a", "?"), (1, 3), "<s>", "</s>", unknown="?")
    assert found == ["<s>", "a", "?", "</s>"]
    assert tokens == ["a", "what"]
