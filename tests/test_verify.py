"""Verification: every count, failing input, pattern and gap against a naive look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.diff import diff
from analyzers.verify import verify
from tests.reference import run as reference
from tests.strategies import domains, programs
from tpdebug.cases import Cases
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.findings import Verification
from tpdebug.inputs import blocks, decode
from tpdebug.nodes import Classifier, NumericalHead, Predicate
from tpdebug.oracles import FunctionOracle
from tpdebug.program import Program
from tpdebug.read import load
from tpdebug.restrict import inside, restrict
from trainers.tasks import task

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "sort.py"
SMALL = domains(longest=3, letters=3)


def everything(domain: Domain) -> list[tuple[str, ...]]:
    """Every input of a domain, in order."""
    return [row for block in blocks(domain) for row in decode(domain, block)]


def last_class(program: Program) -> FunctionOracle:
    """A made-up task: the last class if the length is odd, else the first."""
    classes = program.classifier.classes
    pooled = program.classifier.pooled

    def answer(letters: Sequence[str]) -> list[str | None]:
        label = classes[-1] if len(letters) % 2 else classes[0]
        if pooled:
            return [label]
        return [None if i % 3 == 2 else label for i in range(len(letters))]

    return FunctionOracle(program.domain, answer, pooled=pooled)


@given(SMALL.flatmap(programs), st.sampled_from([1, 3]))
@settings(max_examples=60, deadline=None)
def test_verify_agrees_with_a_naive_look_at_every_input(
    program: Program, jobs: int
) -> None:
    oracle = last_class(program)
    found = verify(program, oracle, jobs=jobs)
    failing, margins = [], []
    for letters in everything(program.domain):
        run, wanted = reference(program, letters), oracle(letters)
        if any(w not in (None, a) for w, a in zip(wanted, run.answers, strict=True)):
            failing.append(letters)
        rows = run.scores
        if not program.classifier.pooled:
            rows = rows[program.domain.letters]
        for row, label in zip(rows, wanted, strict=True):
            if label is not None and len(row) > 1:
                margins.append(sorted(row)[-1] - sorted(row)[-2])
    assert [failure.input for failure in found.failures] == failing
    assert found.accuracy.inputs == program.domain.count
    assert found.accuracy.inputs_right == program.domain.count - len(failing)
    assert (found.least.margin if found.least else None) == min(margins, default=None)
    assert found.accuracy.evidence.kind == "proved"
    for failure in found.failures:
        assert failure.answers == reference(program, failure.input).answers
        assert failure.expected == oracle(failure.input)
        assert failure.wrong


@given(SMALL.flatmap(programs))
@settings(max_examples=60, deadline=None)
def test_the_atlas_covers_the_failing_inputs_and_no_others(program: Program) -> None:
    program = replace(program, domain=replace(program.domain, keys=None))
    found = verify(program, last_class(program), jobs=1)
    assert found.atlas is not None
    assert found.atlas.complete
    failing = {failure.input for failure in found.failures}
    for letters in everything(program.domain):
        covered = any(p.matches(letters) for p in found.atlas.patterns)
        assert covered == (letters in failing)
    for pattern in found.atlas.patterns:
        matching = [x for x in everything(program.domain) if pattern.matches(x)]
        assert len(matching) == pattern.inputs


@given(SMALL.flatmap(programs))
@settings(max_examples=40, deadline=None)
def test_counts_by_length_and_by_class_add_up(program: Program) -> None:
    found = verify(program, last_class(program), jobs=1)
    accuracy = found.accuracy
    assert sum(row.inputs for row in found.lengths) == accuracy.inputs
    assert sum(row.inputs_right for row in found.lengths) == accuracy.inputs_right
    assert sum(row.letters for row in found.lengths) == accuracy.letters
    assert sum(row.letters for row in found.classes) == accuracy.letters
    assert sum(row.right for row in found.classes) == accuracy.letters_right
    for row in found.classes:
        assert row.right + sum(count for _, count in row.instead) <= row.letters


def test_the_example_is_right_on_every_input() -> None:
    found = verify(load(EXAMPLE), task("sort").oracle)
    assert found.clean
    assert (found.accuracy.inputs_right, found.accuracy.inputs) == (19_530, 19_530)
    assert len(found.failures) == 0
    assert found.atlas is not None
    assert found.atlas.patterns == ()


def broken_sort() -> Program:
    """The example, with less for a zero at position 5: it takes five of them."""
    program = load(EXAMPLE)
    rows = tuple(
        replace(row, scores=(row.scores[0] - 2, *row.scores[1:]))
        if (row.variable, row.value) == ("positions", 5)
        else row
        for row in program.classifier.rows
    )
    return replace(program, classifier=replace(program.classifier, rows=rows))


def same(first: Verification, second: Verification) -> bool:
    """Whether two verifications found the same, failing inputs included."""
    plain = [
        replace(found, failures=tuple(found.failures)) for found in (first, second)
    ]
    return plain[0] == plain[1]


def test_the_number_of_threads_makes_no_difference() -> None:
    program, oracle = broken_sort(), task("sort").oracle
    one, many = (verify(program, oracle, jobs=jobs) for jobs in (1, 4))
    assert not one.clean
    assert same(one, many)


def test_a_large_domain_is_sampled_with_an_interval() -> None:
    program, oracle = broken_sort(), task("sort").oracle
    found = verify(program, oracle, most=1000, samples=3000, seed=5)
    assert found.accuracy.evidence.kind == "sampled"
    assert (found.accuracy.inputs, found.atlas) == (3000, None)
    whole = verify(program, oracle).accuracy
    assert found.accuracy.interval is not None
    low, high = found.accuracy.interval
    assert low < whole.inputs_right / whole.inputs < high
    again = verify(program, oracle, most=1000, samples=3000, seed=5)
    assert same(found, again)
    other = verify(program, oracle, most=1000, samples=3000, seed=6)
    assert not same(found, other)


def test_listed_inputs_are_the_only_ones_looked_at() -> None:
    cases = [("1", "0"), ("0",), ("4", "3", "2")]
    found = verify(load(EXAMPLE), task("sort").oracle, cases=cases)
    assert found.accuracy.evidence.kind == "listed"
    assert found.accuracy.inputs == 3
    assert found.accuracy.sentence == "Right on all 3 listed inputs."


def counter(most: int, classes: Sequence[str]) -> Program:
    """A program that says how often a letter occurs, with these classes."""
    domain = Domain(("a", "b"), (1, most), begin="<s>")
    same_letter = Predicate.of({"a": ["a"], "b": ["b"]})
    head = NumericalHead("count", "tokens", "tokens", "ones", same_letter)
    # The score of class c is 2 c count - c c: largest for the class that is the count.
    numbers = [int(name) for name in classes]
    scores = {
        ("count", None): [2 * n for n in numbers],
        ("ones", None): [-n * n for n in numbers],
    }
    return Program(domain, (head,), Classifier.of(classes, scores))


def test_a_label_that_no_class_has_is_a_gap() -> None:
    program = counter(3, ["1", "2", "3"])
    oracle = FunctionOracle(program.domain, lambda x: [str(x.count(a)) for a in x])
    assert verify(program, oracle).clean
    found = verify(counter(3, ["1", "2"]), oracle)
    (gap,) = [gap for gap in found.gaps if gap.fails]
    assert (gap.kind, gap.what) == ("label", "3")
    assert gap.says == (
        'it can never answer "3", which 6 letters need: no class of that name'
    )
    assert {failure.input for failure in found.failures} == {("a",) * 3, ("b",) * 3}


def test_lengths_and_letters_that_the_task_has_and_the_program_not_are_gaps() -> None:
    program = counter(3, ["1", "2", "3"])
    oracle = FunctionOracle(program.domain, lambda x: [str(x.count(a)) for a in x])
    needed = Domain(("a", "b", "c"), (1, 4), begin="<s>")
    found = verify(program, oracle, needed=needed)
    assert found.accuracy.perfect
    assert not found.clean
    kinds = [(gap.kind, gap.what) for gap in found.gaps if gap.fails]
    assert kinds == [("letter", "c"), ("length", "4")]


def test_a_class_that_is_needed_and_never_answered_is_a_gap() -> None:
    domain = Domain(("a", "b"), (1, 2))
    scores = {("tokens", "a"): [1, 0, 0], ("tokens", "b"): [0, 1, 0]}
    program = Program(domain, (), Classifier.of("abz", scores))
    found = verify(program, FunctionOracle(domain, lambda x: ["z"] * len(x)))
    assert [gap.says for gap in found.gaps if gap.fails] == [
        'it never answers "z" on its domain, which 10 letters need'
    ]


def test_a_query_without_a_case_is_told_and_no_failure() -> None:
    program = counter(2, ["0", "1", "2"])
    (head,) = program.nodes
    assert isinstance(head, NumericalHead)
    partial = replace(head, predicate=Predicate.of({"a": ["a"]}))
    program = replace(program, nodes=(partial,))
    oracle = FunctionOracle(
        program.domain, lambda x: [str(x.count(a) * (a == "a")) for a in x]
    )
    found = verify(program, oracle)
    assert found.clean
    assert [gap.says for gap in found.gaps] == ["count counts nothing at token b"]


def test_what_is_not_scored_at_all_is_not_verified() -> None:
    program = counter(2, ["1", "2"])
    oracle = FunctionOracle(program.domain, lambda x: [None] * len(x))
    with pytest.raises(UserError, match="scores no letter of these inputs"):
        verify(program, oracle)


def test_an_oracle_that_fails_is_named() -> None:
    def answer(letters: Sequence[str]) -> list[str]:
        raise ValueError("no idea")

    program = load(EXAMPLE)
    oracle = FunctionOracle(program.domain, answer, name="mine:answer")
    with pytest.raises(
        UserError, match=r'mine:answer of "0" raises ValueError: no idea'
    ):
        verify(program, oracle)


def test_an_oracle_with_its_letters_in_another_order_is_understood() -> None:
    program = load(EXAMPLE)
    part = restrict(program, inside(program.domain, alphabet=("3", "1", "4")))
    for right in (task("sort").oracle, sorted):
        assert verify(part, right).clean
        assert diff(program, part, right).equal
    cases = Cases(program.domain, [(("4", "1"), ("1", "4"))], pooled=False)
    assert verify(part, cases).accuracy.inputs == 1
    with pytest.raises(UserError, match='input "0": letter 1 is'):
        verify(part, Cases(program.domain, [(("0",), ("0",))], pooled=False))
