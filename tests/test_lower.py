"""A program as a network again: the same answers to every input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

torch = pytest.importorskip("torch")

from tests.cases import CASES, Case  # noqa: E402
from tests.strategies import programs  # noqa: E402
from tests.test_examples import PROGRAMS  # noqa: E402
from tpdebug.evaluate import Evaluator  # noqa: E402
from tpdebug.inputs import blocks, sample  # noqa: E402
from tpdebug.program import Program  # noqa: E402
from tpdebug.read import load  # noqa: E402
from trainers.lower import lower, tokens_of  # noqa: E402
from trainers.network import Network  # noqa: E402


def differing(program: Program, inputs: list[np.ndarray]) -> int:
    """On how many inputs network and program do not give the same answers."""
    network, evaluator = Network(lower(program)), Evaluator(program)
    count = 0
    for block in inputs:
        found = network.predictions(tokens_of(program.domain, block)).numpy()
        if not program.classifier.pooled:
            found = found[:, program.domain.letters]
        count += int((found != evaluator.answers(block)).any(1).sum())
    return count


@settings(max_examples=60)
@given(programs())
def test_the_network_of_any_program_answers_as_the_program(program: Program) -> None:
    assert differing(program, list(blocks(program.domain))) == 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_network_of_a_program_by_hand_answers_as_the_program(case: Case) -> None:
    assert differing(case.program, sample(case.program.domain, 500, 0)) == 0
    theirs = case.program.with_tie("matches")
    assert differing(theirs, sample(theirs.domain, 500, 0)) == 0


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_the_network_of_an_example_answers_as_the_program(path: Path) -> None:
    program = load(path)
    assert differing(program, sample(program.domain, 2000, 0)) == 0
