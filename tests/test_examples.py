"""The programs in examples/: what they say of themselves is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tpdebug.evaluate import answers
from tpdebug.execute import execute
from tpdebug.inputs import decode
from tpdebug.measure import measure
from tpdebug.parts import all_or_sample
from tpdebug.read import load
from trainers.tasks import TASKS, task

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PROGRAMS = sorted(
    path for path in EXAMPLES.rglob("*.py") if "project" not in path.parts
)
CHECK_SEED = 1


def test_every_task_has_a_program_and_a_row_in_the_table() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(TASKS)
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    linked = {EXAMPLES / link for link in re.findall(r"\]\(([\w/]+\.py)\)", text)}
    assert linked == set(PROGRAMS)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda p: str(p.relative_to(EXAMPLES)))
def test_the_stated_accuracy_is_measured_again(path: Path) -> None:
    program = load(path)
    found = measure(program, task(path.stem).oracle, seed=CHECK_SEED)
    assert found.sentence in " ".join(program.about.split())


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda p: str(p.relative_to(EXAMPLES)))
def test_the_executed_file_answers_as_it_is_read(path: Path) -> None:
    _check_execution(path, most=1, samples=1000)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda p: str(p.relative_to(EXAMPLES)))
def test_the_executed_file_answers_as_it_is_read_on_every_input(path: Path) -> None:
    _check_execution(path, most=500_000, samples=100_000)


def _check_execution(path: Path, most: int, samples: int) -> None:
    program = load(path)
    options = {"most": most, "samples": samples, "seed": CHECK_SEED}
    parts, _ = all_or_sample(program.domain, **options)
    inputs = [row for part in parts for row in decode(program.domain, part.block())]
    assert execute(path, inputs, timeout=3000) == answers(program, inputs)
