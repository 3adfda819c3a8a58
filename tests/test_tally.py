"""Parts cover a domain once; what is counted over them is what a naive look counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import add
from random import Random
from typing import Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from tests.reference import run as reference
from tests.strategies import domains, programs
from tpdebug.columns import stack
from tpdebug.domain import Domain
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Evidence
from tpdebug.inputs import BLOCK, decode, sample
from tpdebug.measure import accuracy_of, blocks_of, measure
from tpdebug.nodes import Classifier, NumericalHead
from tpdebug.oracles import FunctionOracle, Machine, Oracle
from tpdebug.parts import PART, Part, Stretch, all_or_sample, all_parts, listed_parts
from tpdebug.program import Program
from tpdebug.tally import Least, Tally, tally

Subject: TypeAlias = tuple[Program, Oracle, list[Part]]

SMALL = domains(longest=3, letters=3)
SIZES = st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 25, 30, PART])
HUGE = [
    Domain(tuple("abcdefghij"), (40, 40)),
    Domain(tuple("ab"), (62, 63)),
    Domain(tuple("abcdefgh012345"), (40, 40), keys=tuple("abcdefgh")),
]


def everything(domain: Domain) -> list[tuple[str, ...]]:
    return [domain.input(index) for index in range(domain.count)]


def inputs_of(part: Part) -> list[tuple[str, ...]]:
    return decode(part.domain, part.block())


@given(domains(longest=5, letters=6), SIZES)
def test_parts_hold_every_input_once_and_in_order(domain: Domain, size: int) -> None:
    parts = list(all_parts(domain, size))
    assert [x for part in parts for x in inputs_of(part)] == everything(domain)
    many = len(domain.alphabet)
    for part in parts:
        assert 1 <= part.size <= size
        assert {len(x) for x in inputs_of(part)} == {part.length}
        columns = part.columns()
        assert len(columns) == part.length
        assert np.array_equal(stack(columns, part.size), part.block())
        some = np.array([part.size - 1, 0, part.size // 2])
        assert np.array_equal(part.letters(some), part.block()[some])
        if domain.keys is None and many <= size:  # what begins alike stands once
            assert part.size == many**part.length or part.size * many > size
            sizes = [max(1, part.size // many**i) for i in range(part.length)]
            assert [len(column) for column in columns] == sizes[::-1]


def test_a_part_is_as_large_as_it_can_be() -> None:
    domain = Domain(tuple("abc"), (3, 3))
    first = {n: next(all_parts(domain, n)).size for n in (2, 3, 8, 9, 26, 27, 28)}
    assert first == {2: 2, 3: 3, 8: 3, 9: 9, 26: 9, 27: 27, 28: 27}


@pytest.mark.parametrize("domain", HUGE, ids=lambda domain: f"{domain.count:.0e}")
def test_parts_of_a_huge_domain_are_made_when_they_are_needed(domain: Domain) -> None:
    first, second = islice(all_parts(domain, 1000), 2)
    found = inputs_of(first) + inputs_of(second)
    assert found == [domain.input(index) for index in range(len(found))]
    assert isinstance(second, Stretch)
    length = domain.lengths[1]
    start = domain.count_of_length(length) - second.size
    last = Stretch(domain, length, second.size, start, second.free)
    indices = range(domain.count - second.size, domain.count)
    assert inputs_of(last) == [domain.input(index) for index in indices]
    assert np.array_equal(stack(last.columns(), last.size), last.block())


def test_listed_inputs_keep_their_order_and_are_cut_into_blocks() -> None:
    domain = Domain(("a", "b"), (1, 20))
    random = np.random.default_rng(0)
    blocks = [random.integers(0, 2, (n, k)) for n, k in ((2 * BLOCK + 1, 3), (5, 20))]
    parts = list(listed_parts(domain, blocks))
    sizes = [(part.length, part.size) for part in parts]
    assert sizes == [(3, BLOCK), (3, BLOCK), (3, 1), (20, 5)]
    assert np.array_equal(np.concatenate([p.block() for p in parts[:3]]), blocks[0])
    assert np.array_equal(stack(parts[3].columns(), 5), blocks[1])
    assert parts[3].letters(np.array([4, 1])).tolist() == blocks[1][[4, 1]].tolist()


@given(domains(), st.integers(0, 40), st.integers(0, 9))
def test_a_domain_is_gone_through_or_sampled(
    domain: Domain, most: int, seed: int
) -> None:
    parts, evidence = all_or_sample(domain, most=most, samples=30, seed=seed, size=9)
    found = [x for part in parts for x in inputs_of(part)]
    if domain.count <= most:
        assert evidence == Evidence("proved", domain.count)
        assert found == everything(domain)
    else:
        drawn = sample(domain, 30, seed)
        assert evidence == Evidence("sampled", 30, seed)
        assert found == [x for block in drawn for x in decode(domain, block)]


@dataclass
class Naive:
    """The same counts, one input after the other."""

    lengths: dict[int, list[int]] = field(default_factory=dict)
    confusion: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    leads: list[Least] = field(default_factory=list)
    most: Counter[str] = field(default_factory=Counter)
    failing: list[bool] = field(default_factory=list)

    def look(self, program: Program, oracle: Oracle, part: Part, number: int) -> None:
        inner = slice(None) if program.classifier.pooled else program.domain.letters
        for rank, letters in enumerate(inputs_of(part)):
            run, wanted = reference(program, letters), oracle(letters)
            scored = [i for i, label in enumerate(wanted) if label is not None]
            right = [i for i in scored if wanted[i] == run.answers[i]]
            self.confusion.update((wanted[i], run.answers[i]) for i in scored)
            for i in scored if len(program.classifier.classes) > 1 else []:
                *_, second, first = sorted(run.scores[inner][i])
                self.leads.append(Least(first - second, part.length, number, rank, i))
            self.failing.append(right != scored)
            whole = bool(scored) and right == scored
            counts = (bool(scored), whole, len(scored), len(right))
            before = self.lengths.get(part.length, [0] * 4)
            self.lengths[part.length] = [*map(add, before, counts)]
            for node in program.nodes:
                if isinstance(node, NumericalHead):
                    self.most |= Counter({node.name: max(run.variables[node.name])})

    def assert_same(
        self, found: Tally, program: Program, labels: Sequence[str]
    ) -> None:
        kept = {n: counts.tolist() for n, counts in found.lengths.items()}
        assert kept == self.lengths
        assert found.totals == tuple(map(sum, zip(*self.lengths.values(), strict=True)))
        for (row, column), count in np.ndenumerate(found.confusion):
            if count:
                cell = labels[row], program.classifier.classes[column]
                assert count == self.confusion[cell]
        assert found.confusion.sum() == self.confusion.total()
        assert found.least == min(self.leads, default=None)
        heads = [n.name for n in program.nodes if isinstance(n, NumericalHead)]
        assert found.most == {name: self.most[name] for name in heads}


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    """A program, right answers that are often its own, and parts of its domain."""
    program = draw(SMALL.flatmap(programs))
    domain, classes = program.domain, program.classifier.classes
    pooled, seed = program.classifier.pooled, draw(st.integers(0, 99))
    other = "".join(classes) + "?"  # longer than each: no class
    chosen: list[Any] = [*classes, other, *[None][: len(classes) - 1]]
    honest = draw(st.sampled_from([0.0, 0.5, 0.9, 1.0]))

    def answer(letters: Sequence[str]) -> list[str | None]:
        random = Random(repr((seed, letters)))
        own = reference(program, letters).answers
        return [a if random.random() < honest else random.choice(chosen) for a in own]

    def step(read: str, letter: str) -> tuple[str, str]:
        return read + letter, Random(f"{seed}{read}{letter}").choice(labels)

    oracle: Oracle = FunctionOracle(domain, answer, pooled=pooled)
    labels = (*classes, other)
    if not pooled and draw(st.booleans()):  # its columns are as short as can be
        oracle = Machine(domain, labels, "", step)
    if draw(st.booleans()):
        return program, oracle, list(all_parts(domain, draw(SIZES)))
    return program, oracle, list(listed_parts(domain, sample(domain, 25, seed)))


@given(subjects())
def test_the_tally_of_a_part_is_a_naive_count(
    case: Subject,
) -> None:
    program, oracle, parts = case
    evaluator = Evaluator(program)
    for number, part in enumerate(parts[:3] + parts[-1:]):
        naive = Naive()
        naive.look(program, oracle, part, number)
        found, failing = tally(evaluator, oracle, part, number)
        naive.assert_same(found, program, oracle.labels)
        assert failing.tolist() == naive.failing


@given(subjects(), st.randoms(use_true_random=False))
def test_tallies_add_up_in_any_order(case: Subject, random: Any) -> None:
    program, oracle, parts = case
    evaluator, naive, found = Evaluator(program), Naive(), Tally()
    order = list(enumerate(parts))
    for number, part in order:
        naive.look(program, oracle, part, number)
    random.shuffle(order)
    for number, part in order:
        found.add(tally(evaluator, oracle, part, number)[0])
    naive.assert_same(found, program, oracle.labels)
    halves = [Tally(), Tally()]
    for number, part in order[::-1]:
        halves[number % 2].add(tally(evaluator, oracle, part, number)[0])
    halves[1].add(halves[0])
    naive.assert_same(halves[1], program, oracle.labels)


AB = Domain(("a", "b"), (1, 2))
SAYS = Program(
    AB, (), Classifier.of("ab", {("tokens", "a"): [3, 0], ("tokens", "b"): [0, 5]})
)


def counted(answer: Any, program: Program = SAYS) -> tuple[Tally, list[list[bool]]]:
    """The tally of all parts, and which inputs of each fail."""
    oracle = FunctionOracle(AB, answer, pooled=program.classifier.pooled)
    total, flags = Tally(), []
    for number, part in enumerate(all_parts(AB)):
        found, failing = tally(Evaluator(program), oracle, part, number)
        total.add(found)
        flags.append(failing.tolist())
    return total, flags


def test_a_label_that_is_no_class_is_never_right() -> None:
    found, failing = counted(lambda letters: ["c" for _ in letters])
    assert failing == [[True] * 2, [True] * 4]
    assert found.totals == (6, 0, 10, 0)
    assert found.confusion.tolist() == [[5, 5]]
    found, failing = counted(lambda x: ["c" if a == "b" else a for a in x])
    assert failing == [[False, True], [False, True, True, True]]
    assert found.totals == (6, 2, 10, 5)


def test_letters_that_are_not_scored_do_not_count() -> None:
    found, failing = counted(lambda letters: [None] * len(letters))
    assert failing == [[False] * 2, [False] * 4]
    assert found.totals == (0, 0, 0, 0)
    assert (found.least, found.confusion.size) == (None, 0)
    found, failing = counted(lambda x: [None if a == "a" else "a" for a in x])
    assert failing == [[False, True], [False, True, True, True]]
    assert found.totals == (4, 0, 5, 0)
    assert found.least == Least(5, 1, 0, 1, 0)


def test_of_equal_leads_the_first_is_told() -> None:
    assert counted(lambda letters: letters)[0].least == Least(3, 1, 0, 0, 0)
    found, _ = counted(lambda x: [None] * (len(x) - 1) + [x[0] if x[1:] else None])
    assert found.least == Least(3, 2, 1, 0, 1)
    found, _ = counted(lambda x: [None if a == "a" or x == ["b"] else "a" for a in x])
    assert found.least == Least(5, 2, 1, 1, 1)


def test_a_pooled_program_has_one_answer_an_input() -> None:
    scores = {("tokens", "a"): [2, 0], ("tokens", "b"): [0, 2]}
    program = Program(AB, (), Classifier.of("ab", scores, pooled=True))
    found, failing = counted(lambda x: "a" if "a" in x else "b", program)
    assert failing == [[False] * 2, [False] * 4]
    assert found.totals == (6, 6, 6, 6)
    assert found.least == Least(0, 2, 1, 1, 0)
    found, failing = counted(lambda x: None if x == ["a", "b"] else "b", program)
    assert failing == [[True, False], [True, False, True, False]]
    assert found.totals == (5, 2, 5, 2)


def test_the_least_lead_is_found_where_beginnings_are_shared() -> None:
    domain = Domain(("a", "b"), (2, 2))
    scores = {("tokens", "a"): [5, 0], ("tokens", "b"): [0, 3]}
    scores["positions", 1] = [99, 0]
    program = Program(domain, (), Classifier.of("ab", scores))
    oracle = Machine(domain, "ab", 0, lambda state, letter: (state, letter))
    (part,) = all_parts(domain)
    found, failing = tally(Evaluator(program), oracle, part)
    assert found.least == Least(3, 2, 0, 2, 0)
    assert failing.tolist() == [False, True, False, True]
    assert found.totals == (4, 2, 8, 6)


def test_one_class_leads_no_other() -> None:
    program = Program(AB, (), Classifier.of("x", {}))
    found, _ = counted(lambda x: [None if x[0] == "a" else "x"] * len(x), program)
    assert found.totals == (3, 3, 5, 5)
    assert found.least is None


@given(subjects(), st.integers(0, 60))
def test_measuring_is_counting_over_all_or_a_sample(case: Subject, most: int) -> None:
    program, oracle, _ = case
    accuracy = measure(program, oracle, most=most, samples=40, seed=3)
    parts, evidence = all_or_sample(program.domain, most=most, samples=40, seed=3)
    naive = Naive()
    for part in parts:
        naive.look(program, oracle, part, 0)
    sums = [sum(column) for column in zip(*naive.lengths.values(), strict=True)]
    assert [accuracy.inputs, accuracy.inputs_right] == sums[:2]
    assert [accuracy.letters, accuracy.letters_right] == sums[2:]
    assert accuracy.evidence == evidence
    assert (accuracy.interval is None) == (evidence.kind == "proved")
    assert accuracy.perfect == (not any(naive.failing))


@pytest.mark.parametrize(("right", "inputs"), [(0, 9), (9, 9), (7, 9), (950, 1000)])
def test_a_sample_has_the_clopper_pearson_interval(right: int, inputs: int) -> None:
    found = Tally({2: np.array([inputs, right, 2 * inputs, 2 * right])})
    accuracy = accuracy_of(found, Evidence("sampled", inputs, 0))
    wrong = inputs - right
    low = beta.ppf(0.025, right, wrong + 1) if right else 0.0
    high = beta.ppf(0.975, right + 1, wrong) if wrong else 1.0
    assert accuracy.interval == pytest.approx((low, high))
    assert accuracy.per_letter == pytest.approx(right / inputs)
    assert accuracy_of(found, Evidence("listed", inputs)).interval is None


def test_blocks_are_all_inputs_or_a_sample() -> None:
    blocks, evidence = blocks_of(AB, seed=0)
    assert [x for b in blocks for x in decode(AB, b)] == everything(AB)
    assert evidence == Evidence("proved", 6)
    drawn, evidence = blocks_of(HUGE[0], seed=1)
    wanted = np.concatenate(sample(HUGE[0], 10_000, seed=1))
    assert np.array_equal(np.concatenate(list(drawn)), wanted)
    assert evidence == Evidence("sampled", 10_000, 1)
