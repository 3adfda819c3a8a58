"""Pooled programs from training to file: one answer for each input."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("torch")

from tests.test_training import NETWORKS
from tpdebug.cli import main
from tpdebug.domain import Domain
from tpdebug.evaluate import answers
from tpdebug.execute import execute
from tpdebug.inputs import blocks, decode
from tpdebug.read import load, read
from tpdebug.write import write
from trainers.config import Config
from trainers.fixed_point import fixed_point
from trainers.hard import harden
from trainers.loop import Trainer
from trainers.own import function_task
from trainers.pipeline import Trained, data_for, differences, finish, trainer_for
from trainers.readout import Variable
from trainers.refit import refit
from trainers.split import split
from trainers.tasks import Task

DOMAIN = Domain(tuple("abc"), (1, 5), "<s>", "</s>")


def mostly(letters: Sequence[str]) -> str | None:
    """The most frequent letter; not scored where there are two."""
    counts = {a: letters.count(a) for a in letters}
    first = [a for a in counts if counts[a] == max(counts.values())]
    return first[0] if len(first) == 1 else None


@pytest.fixture(scope="module", params=NETWORKS)
def trainer(request: pytest.FixtureRequest) -> Trainer:
    config = replace(
        Config(steps=120, restarts=2, halving=0), **NETWORKS[request.param]
    )
    trainer = trainer_for(function_task(mostly, DOMAIN), config)
    for _ in trainer.run():
        pass
    return trainer


@pytest.fixture(scope="module")
def trained(trainer: Trainer) -> tuple[Task, Trained]:
    chosen = function_task(mostly, DOMAIN)
    return chosen, finish(chosen, trainer)


def test_network_program_and_file_agree_on_every_input(
    trained: tuple[Task, Trained], tmp_path: Path
) -> None:
    _, found = trained
    everything = list(blocks(DOMAIN))
    assert found.program.classifier.pooled
    assert differences(found.network, found.program, everything) == found.differ == 0
    path = tmp_path / "prog.py"
    path.write_text(write(found.program).code)
    inputs = [row for block in everything for row in decode(DOMAIN, block)]
    said = answers(found.program, inputs)
    assert execute(path, inputs) == said
    assert read(path).program == found.program
    right = [mostly(letters) for letters in inputs]
    assert found.accuracy.evidence.kind == "proved"
    assert found.accuracy.inputs == sum(label is not None for label in right)
    wanted = sum(row == (label,) for row, label in zip(said, right, strict=True))
    assert found.accuracy.inputs_right == found.accuracy.letters_right == wanted


def test_a_difference_would_be_found(trained: tuple[Task, Trained]) -> None:
    _, found = trained
    rows = found.program.classifier.rows[1:]
    worse = replace(
        found.program, classifier=replace(found.program.classifier, rows=rows)
    )
    assert differences(found.network, worse, blocks(DOMAIN)) > 0


def test_a_new_read_out_fits_the_training_cases_better(trainer: Trainer) -> None:
    chosen = function_task(mostly, DOMAIN)
    data = data_for(chosen, split(chosen, 0).train)
    hard = harden(trainer.state()["rows"]["parameters"], trainer.shape).restart(0)
    again = refit(hard, data)
    assert float(again.accuracy(data)) >= float(hard.accuracy(data)) - 0.02
    assert data.targets.shape == (len(data), 1)


def test_counting_letters_is_learned_by_scores_alone(tmp_path: Path) -> None:
    """The read-out of a program without heads sees the counts; that is enough."""
    chosen = function_task(mostly, DOMAIN)
    config = Config(heads=0, steps=200, restarts=2)
    trainer = trainer_for(chosen, config)
    for _ in trainer.run():
        pass
    found = finish(chosen, trainer)
    assert found.accuracy.perfect
    assert not found.program.nodes


def rounded(weights: Any, counts: Any, finer: int) -> tuple[Any, int]:
    """Integer scores of some numbers."""
    rows = {str(i): row[None] for i, row in enumerate(weights)}
    seen = {str(i): Variable(column, None) for i, column in enumerate(counts.T)}
    found = fixed_point(rows, seen, finer)
    return np.concatenate(list(found.scores.values())), found.scale


def test_rounding_keeps_predictions_and_forgets_what_never_occurs() -> None:
    drawn = np.random.default_rng(0)
    weights = drawn.normal(size=(8, 3))
    counts = drawn.integers(0, 5, (200, 8))
    counts[:, 6:] = 0
    scores, scale = rounded(weights, counts, finer=1)
    wanted = (counts @ weights).argmax(1)
    assert ((counts @ scores).argmax(1) == wanted).all()
    assert not scores[6:].any()
    finer, tenth = rounded(weights, counts, finer=10)
    assert tenth >= 10 * scale
    assert ((counts @ finer).argmax(1) == wanted).all()


def test_rounding_finer_keeps_predictions_too() -> None:
    """By luck a coarse scale can be right where one ten times finer is not."""
    drawn = np.random.default_rng(0)
    for _ in range(300):
        weights, counts = drawn.normal(size=(6, 4)), drawn.integers(0, 3, (60, 6))
        scores, _ = rounded(weights, counts, finer=10)
        assert ((counts @ scores).argmax(1) == (counts @ weights).argmax(1)).all()


def opinions(count: int) -> list[dict[str, str]]:
    drawn = random.Random(0)
    good, bad, others = ("good", "great"), ("bad", "poor"), ("the", "film", "very", "a")
    rows = []
    while len(rows) < count:
        words = drawn.choices((*good, *bad, *others), k=drawn.randint(2, 7))
        score = sum((w in good) - (w in bad) for w in words)
        if score:
            label = "positive" if score > 0 else "negative"
            rows.append({"input": " ".join(words), "expected": label})
    return rows


@pytest.mark.parametrize("name", ["d.jsonl", "d.csv"])
def test_a_classifier_of_listed_texts_is_trained(name: str, tmp_path: Path) -> None:
    path, prog = tmp_path / name, tmp_path / "prog.py"
    rows = opinions(400)
    lines: list[Any] = [json.dumps(row) for row in rows]
    if name.endswith("csv"):
        lines = ["input,expected", *(f"{r['input']},{r['expected']}" for r in rows)]
    path.write_text("\n".join(lines) + "\n")
    arguments = ["train", "--cases", str(path), "-o", str(prog), "--format", "json"]
    arguments += ["--steps", "120", "--restarts", "2", "--heads", "1"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["test"] == found["test_sequences"] > 0.9
    assert found["evidence"] == "listed"
    program = load(prog)
    assert program.classifier.classes == ("negative", "positive")
    assert answers(program, [["a", "great", "film"]]) == [("positive",)]
    checked = CliRunner().invoke(main, ["verify", str(prog), "--cases", str(path)])
    assert checked.exit_code in (0, 1), checked.output
