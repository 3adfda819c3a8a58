"""Mean ablation in the network: what it computes, and what scores alone guarantee."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("torch")

from analyzers.circuits import slice_answer
from tests.strategies import programs
from tpdebug.cli import main
from tpdebug.domain import Domain
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Place
from tpdebug.inputs import blocks
from tpdebug.nodes import Classifier
from tpdebug.program import Program
from trainers.ablation import Ablator

EXAMPLE = str(Path(__file__).resolve().parent.parent / "examples" / "sort.py")


@settings(max_examples=50)
@given(programs(), st.data())
def test_what_is_enough_by_scores_is_enough_in_the_network(
    program: Program, data: st.DataObject
) -> None:
    letters = program.domain.input(data.draw(st.integers(0, program.domain.count - 1)))
    circuit = slice_answer(program, letters)
    ablator, at = Ablator(program), circuit.chosen.position
    kept = [value.place for value in circuit.certain]
    found = ablator.answer(letters, at, kept)
    assert found.answer == circuit.chosen.answer or found.margin < 1e-6
    positions = range(program.domain.positions) if at is None else [at]
    width = len(program.domain.wrap(letters))
    every = [Place(n, p) for n in program.scored for p in positions if p < width]
    whole = ablator.answer(letters, at, every)
    assert whole.answer == circuit.chosen.answer
    assert whole.margin == circuit.chosen.margin


@settings(max_examples=30)
@given(programs())
def test_the_mean_is_that_of_the_scores_of_all_inputs(program: Program) -> None:
    length = program.domain.lengths[1]
    domain = replace(program.domain, lengths=(length, length))
    mean = Ablator(program).mean(length).numpy()
    trace = Evaluator(program).trace(np.concatenate(list(blocks(domain))))
    # The scores of all variables add up to those of the program, so do their means.
    scores = trace.scores.mean(0)
    summed = mean.sum(1)
    if program.classifier.pooled:
        summed = summed.sum(0, keepdims=True)
    assert np.allclose(summed, scores)


def test_values_at_their_mean_say_nothing() -> None:
    scores = {("tokens", "a"): [0, 4], ("positions", 0): [3, 0]}
    program = Program(Domain(("a", "b"), (2, 2)), (), Classifier.of("ny", scores))
    ablator = Ablator(program)
    alone = ablator.answer(("a", "b"), 0, [Place("tokens", 0)])
    assert (alone.answer, alone.margin) == ("y", 1)  # 4 before 3, which is the mean
    alone = ablator.answer(("a", "b"), 0, [Place("positions", 0)])
    assert (alone.answer, alone.margin) == ("n", 1)  # 3 before 2: half of the inputs
    assert alone.evidence.sentence == "proved on all 4 inputs"


def test_a_length_with_many_inputs_is_averaged_over_a_sample() -> None:
    scores = {("tokens", "a"): [0, 4]}
    program = Program(Domain(("a", "b"), (9, 9)), (), Classifier.of("ny", scores))
    ablator = Ablator(program, most=5, samples=300, seed=2)
    found = ablator.answer(("a",) * 9, 0, [])
    assert found.evidence.sentence == "sampled, 300 inputs, seed 2"
    assert 1 < found.margin < 3


def test_the_command_says_whether_the_answer_stays() -> None:
    options = ["slice", EXAMPLE, "--input", "3 1 4 2", "--position", "2", "--network"]
    text = " ".join(CliRunner().invoke(main, options).output.split())
    assert "In the network, with the scores of the other 4 at their mean" in text
    data = json.loads(CliRunner().invoke(main, [*options, "--format", "json"]).output)
    assert data["network"]["by_scores"]["answer"] == "2"
    wrong = CliRunner().invoke(main, ["slice", EXAMPLE, "--output", "2", "--network"])
    assert wrong.exit_code == 2
