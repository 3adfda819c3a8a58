"""Programs check themselves, say what is wrong, and compare by meaning."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import programs
from tpdebug.domain import Domain
from tpdebug.errors import ProgramError, UserError
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    Embedding,
    LookupTable,
    NumericalHead,
    Predicate,
    Rule,
    ScoreRow,
)
from tpdebug.program import Program
from tpdebug.read import read
from tpdebug.write import write

DOMAIN = Domain(("a", "b"), (1, 3))
SAME = Predicate.of({"a": ["a"], "b": ["b"]})
HEAD = CategoricalHead("attn", "tokens", "tokens", "tokens", SAME)
COUNT = NumericalHead("count", "tokens", "tokens", "ones", SAME)
TABLE = LookupTable.of("mlp", ["tokens"], {("a",): 1, ("b",): 2}, 0)
SCORES = Classifier.of("xy", {("tokens", "a"): [1, 0]})


def test_a_program_can_be_sent_to_another_process() -> None:
    sent = program(HEAD, COUNT, TABLE)
    assert sent.writers["mlp"] == sent.nodes[2]
    received = pickle.loads(pickle.dumps(sent))
    assert received == sent
    assert received.variables == sent.variables


def program(*nodes: Any, scores: Classifier = SCORES) -> Program:
    return Program(DOMAIN, nodes, scores)


def table(entries: Any, default: Any, inputs: Any = ("tokens",)) -> Program:
    return program(LookupTable("mlp", tuple(inputs), tuple(entries), default))


WRONG: dict[str, tuple[Any, list[str]]] = {
    "unknown variable": (
        lambda: program(replace(HEAD, key="nope")),
        ["attn", "'nope'"],
    ),
    "read before written": (
        lambda: program(replace(HEAD, value="later"), replace(HEAD, name="later")),
        ["attn", "'later'"],
    ),
    "written twice": (lambda: program(HEAD, replace(TABLE, name="attn")), ["'attn'"]),
    "input rewritten": (lambda: program(replace(HEAD, name="tokens")), ["'tokens'"]),
    "capital": (lambda: program(replace(HEAD, name="Attn")), ["'Attn'"]),
    "keyword": (lambda: program(replace(HEAD, name="while")), ["'while'"]),
    "operation": (lambda: program(replace(HEAD, name="answer")), ["'answer'"]),
    "builtin of run": (lambda: program(replace(HEAD, name="len")), ["'len'"]),
    "newline in name": (lambda: program(replace(HEAD, name="attn\n")), ["attn"]),
    "numerical key": (
        lambda: program(COUNT, replace(HEAD, key="count")),
        ["attn", "key", "'count'"],
    ),
    "numerical value": (
        lambda: program(replace(HEAD, value="ones")),
        ["attn", "value", "'ones'"],
    ),
    "categorical value": (
        lambda: program(replace(COUNT, value="tokens")),
        ["count", "value", "'tokens'"],
    ),
    "query value": (
        lambda: program(replace(HEAD, predicate=Predicate.of({"z": ["a"]}))),
        ["attn", "'z'", "query", "'tokens'"],
    ),
    "key value": (
        lambda: program(replace(HEAD, predicate=Predicate.of({"a": ["z"]}))),
        ["attn", "'z'", "key"],
    ),
    "bool key value": (
        lambda: program(
            CategoricalHead(
                *("attn", "positions", "positions", "tokens"), Predicate.of({0: [True]})
            )
        ),
        ["attn", "True"],
    ),
    "unsorted predicate": (
        lambda: program(replace(HEAD, predicate=Predicate((("b", ("a",)), ("a", ()))))),
        ["attn", "Predicate.of"],
    ),
    "no inputs": (lambda: table([], 0, []), ["mlp"]),
    "input twice": (lambda: table([], 0, ["tokens", "tokens"]), ["mlp", "twice"]),
    "entry value": (lambda: table([(("z",), 1)], 0), ["mlp", "'z'", "'tokens'"]),
    "entry width": (lambda: table([(("a", "b"), 1)], 0), ["mlp", "('a', 'b')"]),
    "entry twice": (lambda: table([(("a",), 1), (("a",), 2)], 0), ["mlp", "twice"]),
    "bool output": (lambda: table([(("a",), True)], 0), ["mlp", "True"]),
    "float output": (lambda: table([(("a",), 1.5)], 0), ["mlp", "1.5"]),
    "no output": (lambda: table([], None), ["mlp", "None"]),
    "huge table": (
        lambda: Program(
            Domain(tuple(f"w{i}" for i in range(3000)), (1, 2)),
            (
                HEAD.__class__("attn", "tokens", "tokens", "tokens", Predicate(())),
                LookupTable.of("mlp", ["tokens", "attn"], {}, 0),
            ),
            SCORES,
        ),
        ["mlp", "9,000,000"],
    ),
    "too few codes": (lambda: program(Embedding(("emb",), ((1,),))), ["emb", "2"]),
    "narrow codes": (lambda: program(Embedding(("emb", "e"), ((1,), (2,)))), ["emb"]),
    "wordless codes": (lambda: program(Embedding(("emb",), (("a",), ("b",)))), ["emb"]),
    "no classes": (lambda: program(scores=Classifier((), ())), ["class"]),
    "class twice": (lambda: program(scores=Classifier(("x", "x"), ())), ["class"]),
    "numbered class": (lambda: program(scores=Classifier((1, 2), ())), ["class"]),
    "scale": (lambda: program(scores=Classifier(("x",), (), 0)), ["scale"]),
    "fractional scale": (
        lambda: program(scores=Classifier(("x",), (), 1.5)),
        ["scale"],
    ),
    "score of nothing": (
        lambda: program(scores=Classifier(("x",), (ScoreRow("nope", "a", (1,)),))),
        ["'nope'"],
    ),
    "score value": (
        lambda: program(scores=Classifier(("x",), (ScoreRow("tokens", "z", (1,)),))),
        ["'z'", "'tokens'"],
    ),
    "score without value": (
        lambda: program(scores=Classifier(("x",), (ScoreRow("tokens", None, (1,)),))),
        ["tokens", "None"],
    ),
    "score of a count": (
        lambda: program(scores=Classifier(("x",), (ScoreRow("ones", 1, (1,)),))),
        ["'ones'", "numerical"],
    ),
    "score width": (
        lambda: program(scores=Classifier(("x",), (ScoreRow("tokens", "a", (1, 2)),))),
        ["tokens", "'a'"],
    ),
    "score twice": (
        lambda: program(
            scores=Classifier(("x",), (ScoreRow("tokens", "a", (1,)),) * 2)
        ),
        ["tokens", "'a'", "twice"],
    ),
    "fractional score": (
        lambda: program(scores=Classifier(("x",), (ScoreRow("tokens", "a", (1.5,)),))),
        ["tokens", "'a'", "1.5"],
    ),
    "bool score": (
        lambda: program(scores=Classifier(("x",), (ScoreRow("tokens", "a", (True,)),))),
        ["tokens", "'a'", "True"],
    ),
    "overflow": (
        lambda: program(
            scores=Classifier(("x",), (ScoreRow("tokens", "a", (2**62,)),))
        ),
        ["64"],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_program_that_does_not_fit_says_why(name: str) -> None:
    make, words = WRONG[name]
    with pytest.raises(ProgramError) as caught:
        make()
    assert isinstance(caught.value, UserError | ValueError)
    assert [word for word in words if word not in str(caught.value)] == []


def test_a_sum_of_scores_cannot_leave_64_bits() -> None:
    half = Classifier.of("x", {("tokens", "a"): [2**61], ("positions", 0): [2**61]})
    with pytest.raises(ProgramError, match="64"):
        program(scores=half)
    pooled = Classifier.of("x", {("tokens", "a"): [2**61]}, pooled=True)
    with pytest.raises(ProgramError, match="64"):
        program(scores=pooled)
    counted = Classifier.of("x", {("count", None): [2**61]})
    with pytest.raises(ProgramError, match="64"):
        program(COUNT, scores=counted)


def test_counts_of_counts_that_leave_64_bits_are_refused() -> None:
    every = Predicate.where(range(512), range(512), lambda q, k: q == k)
    heads, value = [], "ones"
    for i in range(9):
        heads.append(NumericalHead(f"n{i}", "positions", "positions", value, every))
        value = f"n{i}"
    domain = Domain(("a",), (1, 512))
    with pytest.raises(ProgramError):
        Program(domain, (*heads, LookupTable.of("mlp", ["n8"], {}, 0)), SCORES)


def test_two_embeddings_are_refused_or_survive_writing() -> None:
    both = (Embedding(("e",), ((0,), (1,))), Embedding(("f",), ((1,), (0,))))
    try:
        made = program(*both)
    except ProgramError:
        return
    assert read(write(made).code).program == made


def test_equality_ignores_how_a_table_is_said() -> None:
    said = [
        table([(("a",), 1), (("b",), 2)], 0),  # a default that is never used
        table([(("b",), 2), (("a",), 1)], 7),  # another order, another default
        table([(("b",), 2)], 1),
        table([(("a",), 1)], 2),
        table([(("a",), 1), (("b",), 2)], 2),  # an entry that says the default
    ]
    assert all(other == said[0] for other in said)
    assert len({hash(other) for other in said}) == 1
    assert said[0].variables["mlp"].values == (1, 2)
    assert table([], 1) != said[0]


def test_equality_ignores_the_order_of_cases_and_empty_cases() -> None:
    one = Predicate.of({"b": ["b", "a", "a"], "a": ["b"]})
    two = Predicate.of({"a": ("b",), "b": ("a", "b")})
    three = Predicate.of({"a": {"b"}, "b": {"a", "b"}, "c": []})
    assert one == two == three
    assert program(replace(HEAD, predicate=three)) == program(
        replace(HEAD, predicate=one)
    )


def test_equality_ignores_rows_of_zeros_and_their_order() -> None:
    one = {("tokens", "a"): [1, 0], ("positions", 2): [0, 3]}
    two = {("positions", 1): [0, 0], ("positions", 2): [0, 3], ("tokens", "a"): [1, 0]}
    first = program(scores=Classifier.of("xy", one))
    assert first == program(scores=Classifier.of("xy", two))
    assert first.scored == ("tokens", "positions")


def test_equality_sees_what_changes_the_meaning() -> None:
    base = Program(DOMAIN, (HEAD, TABLE), SCORES)
    others = [
        replace(base, domain=Domain(("a", "b"), (1, 2))),
        replace(base, domain=Domain(("a", "b"), (1, 3), causal=True)),
        replace(base, nodes=(HEAD,)),
        replace(base, nodes=(replace(HEAD, predicate=Predicate(())), TABLE)),
        replace(base, classifier=replace(SCORES, pooled=True)),
        replace(base, classifier=replace(SCORES, scale=10)),
        replace(base, classifier=Classifier.of("yx", {("tokens", "a"): [1, 0]})),
        replace(base, task="other"),
    ]
    assert all(other != base for other in others)
    assert base.with_about("said otherwise") == base


@given(programs())
def test_making_a_program_again_changes_nothing(made: Program) -> None:
    again = Program(made.domain, made.nodes, made.classifier, made.task)
    assert again == made
    assert again.nodes == made.nodes
    assert again.classifier == made.classifier
    assert set(made.writers) | {"tokens", "positions", "ones"} == set(made.variables)


@given(programs(), st.data())
def test_rules_are_distinct_and_every_row_has_one(made: Program, data: Any) -> None:
    rules = list(made.rules())
    assert len(set(rules)) == len(rules)
    scores = [rule for rule in rules if rule.kind == "score"]
    assert len(scores) == len(made.classifier.rows)
    assert all(isinstance(rule, Rule) and rule.node in str(rule) for rule in rules)
