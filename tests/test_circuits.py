"""Sufficient circuits: enough on every input, none too many, and the smallest."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.circuits import slice_answer
from analyzers.circuits.by_scores import by_scores
from analyzers.circuits.readouts import Survey
from analyzers.circuits.smallest import smallest
from analyzers.circuits.sufficient import Enough, differences, minimal
from tests.cases import balance, hist
from tests.strategies import inputs, programs
from tpdebug.domain import Domain
from tpdebug.evaluate import Evaluator
from tpdebug.inputs import blocks
from tpdebug.nodes import Classifier
from tpdebug.program import Program

SETS = st.lists(
    st.lists(st.booleans(), min_size=7, max_size=7).filter(any), min_size=1, max_size=9
).map(lambda rows: np.array(rows, bool))


def hits(sets: np.ndarray, chosen: tuple[int, ...]) -> bool:
    """Whether some places hit every set."""
    return bool(sets[:, list(chosen)].any(1).all())


@given(SETS, st.permutations(range(7)))
def test_none_of_a_minimal_set_can_be_left_out(
    sets: np.ndarray, order: list[int]
) -> None:
    found = minimal(sets, order)
    assert hits(sets, found.chosen)
    for place in found.chosen:
        assert not hits(sets, tuple(p for p in found.chosen if p != place))


@given(SETS, st.permutations(range(7)))
def test_no_set_is_smaller_than_a_smallest(sets: np.ndarray, order: list[int]) -> None:
    known = minimal(sets, order)
    found = smallest(sets, known)
    assert found.smallest
    assert hits(sets, found.chosen)
    fewer = combinations(range(7), len(found.chosen) - 1)
    assert len(found.chosen) == 0 or not any(hits(sets, some) for some in fewer)


def test_out_of_time_there_is_still_a_set_and_a_bound() -> None:
    drawn = np.random.default_rng(0).random((400, 60)) < 0.12
    sets = drawn[drawn.any(1)]
    known = minimal(sets, range(60))
    found = smallest(sets, known, seconds=0.05)
    assert hits(sets, found.chosen)
    assert 0 < found.least <= len(found.chosen) <= len(known.chosen)


def test_what_needs_nothing_is_enough_with_nothing() -> None:
    nothing = np.zeros((0, 3), bool)
    found = minimal(nothing, range(3))
    assert smallest(nothing, found) == found == Enough((), 0)
    assert found.smallest


@settings(max_examples=60)
@given(programs(), st.data())
def test_values_that_are_enough_are_so_on_every_input(
    program: Program, data: st.DataObject
) -> None:
    survey, evaluator = Survey(program), Evaluator(program)
    block = data.draw(st.sampled_from(list(blocks(program.domain))))
    length, pooled = block.shape[1], program.classifier.pooled
    place = data.draw(st.integers(0, 0 if pooled else length - 1))
    position = None if pooled else place + program.domain.offset
    readouts = survey.of(length, position)
    # Every input of this length, by itself, without what a survey makes of it.
    every = np.concatenate([b for b in blocks(program.domain) if b.shape[1] == length])
    trace = evaluator.trace(every)
    at = [p.position for p in readouts.places]
    names = [p.variable for p in readouts.places]
    seen = (
        np.stack(
            [trace.variables[n][:, p] for n, p in zip(names, at, strict=True)], axis=1
        )
        if names
        else np.zeros((len(every), 0), int)
    )
    answers = trace.answers[:, place]
    assert readouts.evidence.kind == "proved"
    assert readouts.evidence.inputs == readouts.times.sum() == len(every)
    one = data.draw(st.integers(0, len(every) - 1))
    (row,) = np.flatnonzero((readouts.seen == seen[one]).all(1))
    assert readouts.answers[row] == answers[one]
    sets = differences(readouts.seen, readouts.answers, seen[one], answers[one])
    known = minimal(sets, data.draw(st.permutations(range(len(names)))))
    for found in (known, smallest(sets, known)):
        chosen = list(found.chosen)
        alike = (seen[:, chosen] == seen[one, chosen]).all(1)
        assert (answers[alike] == answers[one]).all()
        for left_out in chosen:
            fewer = [p for p in chosen if p != left_out]
            alike = (seen[:, fewer] == seen[one, fewer]).all(1)
            assert (answers[alike] != answers[one]).any()


@settings(max_examples=40)
@given(programs(), st.data())
def test_inputs_that_are_traced_together_have_the_traces_of_each_alone(
    program: Program, data: st.DataObject
) -> None:
    survey, first = Survey(program), data.draw(inputs(program.domain))
    length = st.just(replace(program.domain, lengths=(len(first), len(first))))
    others = data.draw(st.lists(length.flatmap(inputs), max_size=4))
    together = survey.traces([first, *others])
    for row, letters in enumerate([first, *others]):
        one, alone = together.one(row), survey.trace(letters)
        assert (one.scores == alone.scores).all()
        assert (one.answers == alone.answers).all()
        for name, values in alone.variables.items():
            assert (one.variables[name] == values).all()
        for name, places in alone.attended.items():
            assert (one.attended[name] == places).all()


def test_a_length_with_too_many_inputs_is_sampled() -> None:
    program = hist().program
    length = program.domain.lengths[1]
    survey = Survey(program, most=5, samples=50, seed=3)
    found = survey.of(length, program.domain.offset)
    assert found.evidence.sentence == "sampled, 50 inputs, seed 3"
    assert found.times.sum() == 50


@settings(max_examples=60)
@given(programs(), st.data())
def test_what_is_enough_by_scores_is_so_on_every_input(
    program: Program, data: st.DataObject
) -> None:
    evaluator = Evaluator(program)
    block = data.draw(st.sampled_from(list(blocks(program.domain))))
    pooled = program.classifier.pooled
    place = data.draw(st.integers(0, 0 if pooled else block.shape[1] - 1))
    position = None if pooled else place + program.domain.offset
    places = Survey(program).places(block.shape[1], position)
    trace = evaluator.trace(block)
    columns = [trace.variables[p.variable][:, p.position] for p in places]
    seen = np.stack([*columns, np.zeros(len(block), int)], axis=1)[:, :-1]
    answers = trace.answers[:, place]
    one = data.draw(st.integers(0, len(block) - 1))
    chosen = list(by_scores(program, seen[one], places, int(answers[one])))
    alike = (seen[:, chosen] == seen[one, chosen]).all(1)
    assert (answers[alike] == answers[one]).all()


def test_scores_alone_need_the_values_that_outweigh_all_others() -> None:
    scores = {("tokens", "a"): [9, 0], ("positions", 1): [1, 0]}
    scores |= {("positions", 0): [0, 4], ("ones", None): [0, 2]}
    program = Program(Domain(("a", "b"), (2, 2)), (), Classifier.of("yn", scores))
    places = Survey(program).places(2, 0)
    names = [place.variable for place in places]
    found = by_scores(program, np.array([0, 0, 1]), places, 0)
    assert [names[i] for i in found] == ["tokens"]  # 9 before 4 and 2
    found = by_scores(program, np.array([1, 0, 1]), places, 1)
    assert [names[i] for i in found] == ["tokens"]  # 2 before at most 1


def test_a_sample_is_completed_by_inputs_that_are_like_the_one() -> None:
    program = hist().program
    length = program.domain.lengths[1]
    letters = program.domain.alphabet[:1] * length
    survey = Survey(program, most=5, samples=50, seed=3)
    found = slice_answer(program, letters, survey=survey)
    assert found.evidence.sentence == "sampled, 100 inputs, seed 3"
    assert len(found.certain) == 1
    alone = slice_answer(program, letters, survey=survey, around=False)
    assert alone.evidence.sentence == "sampled, 50 inputs, seed 3"
    # Of three different letters at random hardly any input has one letter only.
    assert found.alike > alone.alike


def test_what_comes_later_does_not_count_in_a_causal_program() -> None:
    program = balance().program
    longest = program.domain.lengths[1]
    assert program.domain.causal
    found = Survey(program, most=len(program.domain.alphabet) ** 2).of(
        longest, program.domain.offset + 1
    )
    every = program.domain.count_of_length(longest)
    assert found.evidence.sentence == f"proved on all {every:,} inputs"
    assert found.times.sum() == every
    assert found.examples.shape[1] == longest
