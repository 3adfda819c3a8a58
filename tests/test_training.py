"""Training: faithful, reproducible, interruptible; torch is needed here only."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

pytest.importorskip("torch")

from tpdebug.cli import main
from tpdebug.evaluate import answers
from tpdebug.execute import execute
from tpdebug.inputs import blocks, decode
from tpdebug.measure import measure
from tpdebug.read import load, read
from tpdebug.write import write
from trainers.checkpoint import VERSION, load_checkpoint
from trainers.config import Config
from trainers.fixed_point import fixed_point
from trainers.pipeline import Trained, differences, finish, trainer_for
from trainers.readout import Variable
from trainers.split import split
from trainers.tasks import TASKS, Task, task

GRADIENT = ("--method", "gradient")
SMALL = (*GRADIENT, "--vocabulary", "6", "--length", "6", "--heads", "3")
SMALL = (*SMALL, "--steps", "200")


def train(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["train", *map(str, arguments)])


NETWORKS = {
    "L1H3": {"layers": 1, "heads": 3},
    "L2H2M1": {"layers": 2, "heads": 2, "mlps": 1},
    "many": {"layers": 1, "heads": 2, "predicates": "many"},
    "scored": {"layers": 2, "heads": 2, "mlps": 1, "attention": "score"},
    "numerical": {"layers": 2, "heads": 0, "numerical_heads": 2, "numerical_mlps": 1},
    "whole": {
        "layers": 2,
        "heads": 1,
        "numerical_heads": 1,
        "mlps": 1,
        "numerical_mlps": 1,
        "predicates": "many",
    },
    "scored whole": {
        "layers": 2,
        "heads": 2,
        "numerical_heads": 1,
        "numerical_mlps": 1,
        "predicates": "many",
        "attention": "score",
    },
}


@pytest.fixture(scope="module", params=NETWORKS)
def trained(request: pytest.FixtureRequest) -> tuple[Task, Trained]:
    """Small networks, hardly trained: faithfulness must not need accuracy."""
    config = replace(Config(steps=150, restarts=2), **NETWORKS[request.param])
    chosen = task("sort", 7, 7)
    trainer = trainer_for(chosen, config)
    for _ in trainer.run():
        pass
    return chosen, finish(chosen, trainer)


def test_network_program_and_file_agree_on_every_input(
    trained: tuple[Task, Trained], tmp_path: Path
) -> None:
    chosen, found = trained
    program = found.program
    everything = list(blocks(chosen.domain))
    assert sum(map(len, everything)) == chosen.domain.count
    assert differences(found.network, program, everything) == 0
    path = tmp_path / "prog.py"
    path.write_text(write(program).code)
    inputs = [row for block in everything for row in decode(chosen.domain, block)]
    assert execute(path, inputs) == answers(program, inputs)
    assert read(path).program == program


def test_a_difference_between_network_and_program_would_be_found(
    trained: tuple[Task, Trained],
) -> None:
    chosen, found = trained
    classifier = found.program.classifier
    worse = type(classifier)(classifier.classes, classifier.rows[1:], classifier.scale)
    changed = type(found.program)(chosen.domain, found.program.nodes, worse, "sort")
    everything = list(blocks(chosen.domain))
    assert differences(found.network, changed, everything) > 0


def test_the_stated_accuracy_is_that_of_the_program(
    trained: tuple[Task, Trained],
) -> None:
    chosen, found = trained
    inputs = [row for b in blocks(chosen.domain) for row in decode(chosen.domain, b)]
    rows = answers(found.program, inputs)
    right = sum(
        list(row) == sorted(letters) for row, letters in zip(rows, inputs, strict=True)
    )
    assert found.accuracy.inputs_right == right
    assert found.accuracy.evidence.kind == "proved"


def test_a_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    texts = []
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        folder = tmp_path / name
        folder.mkdir()
        result = train("sort", *SMALL, "--seed", seed, "-o", folder / "sort.py")
        assert result.exit_code == 0, result.output
        texts.append((folder / "sort.py").read_bytes())
        assert list(folder.iterdir()) == [folder / "sort.py"]
    assert texts[0] == texts[1] != texts[2]


def test_an_interrupted_run_goes_on_to_the_same_program(tmp_path: Path) -> None:
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    whole.mkdir()
    halves.mkdir()
    steps = ("sort", *GRADIENT, "--vocabulary", "6", "--length", "6")
    steps = (*steps, "--steps", "1500", "-o")
    child = subprocess.Popen(
        [sys.executable, "-m", "tpdebug", "train", *steps, str(halves / "sort.py")],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    checkpoint = halves / "sort.py.ckpt"
    until = time.monotonic() + 120
    while not checkpoint.exists() and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 130, errors
    assert f"--resume {checkpoint}" in errors
    assert "Traceback" not in errors
    assert list(halves.iterdir()) == [checkpoint]
    assert load_checkpoint(checkpoint).state["step"] < 1500
    refused = train(*steps, halves / "sort.py")
    assert refused.exit_code == 2
    assert "--resume" in refused.stderr
    assert train("--resume", checkpoint, "-o", halves / "sort.py").exit_code == 0
    assert not checkpoint.exists()
    assert train(*steps, whole / "sort.py").exit_code == 0
    assert (halves / "sort.py").read_bytes() == (whole / "sort.py").read_bytes()


def test_a_second_run_to_the_same_output_does_not_start(tmp_path: Path) -> None:
    output = tmp_path / "sort.py"
    command = [sys.executable, "-m", "tpdebug", "train", "sort", *GRADIENT]
    command += ["-o", str(output)]
    first = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        while not (tmp_path / "sort.py.ckpt").exists():
            time.sleep(0.02)
        second = train("sort", *SMALL, "-o", output)
    finally:
        first.kill()
        first.wait()
    assert second.exit_code == 2
    assert "is still going on" in second.stderr


@pytest.mark.parametrize(
    "content", ["", "text", "tensor", "no state"], ids=lambda kind: f"[{kind}]"
)
def test_a_file_that_is_no_checkpoint_gets_one_clear_line(
    content: str, tmp_path: Path
) -> None:
    import torch

    path = tmp_path / "x.ckpt"
    path.write_text(content)
    run = {"task": "sort", "vocabulary": 8, "length": 8, "config": {}, "own": None}
    if content == "tensor":
        torch.save(torch.zeros(3), path)
    if content == "no state":
        data = {"version": VERSION, "run": run, "state": {}, "seconds": {}}
        torch.save(data, path)
    result = train("--resume", path, "-o", tmp_path / "sort.py")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"tpdebug: {path} ")
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == [path]
    missing = train("--resume", tmp_path / "none.ckpt", "-o", tmp_path / "sort.py")
    assert "does not exist" in missing.stderr


@pytest.mark.parametrize("kind", [MemoryError, RuntimeError])
def test_too_little_memory_gets_one_clear_line(
    kind: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    def full(*size: object, **options: object) -> None:
        raise kind("can't allocate memory: you tried to allocate 9 bytes")

    monkeypatch.setattr(torch, "randint", full)
    result = train("sort", *SMALL, "-o", tmp_path / "sort.py")
    assert result.exit_code == 2
    assert result.stderr.startswith("tpdebug: there is not enough memory for this")
    assert result.stderr.count("\n") == 1


def test_a_checkpoint_of_another_version_is_said_to_be_one(tmp_path: Path) -> None:
    import torch

    path = tmp_path / "x.ckpt"
    torch.save({"version": 2, "run": {"task": "sort"}, "state": {}}, path)
    result = train("--resume", path, "-o", tmp_path / "sort.py")
    assert result.exit_code == 2
    assert "is a checkpoint of another version of tpdebug" in result.stderr


def test_a_sampled_domain_is_said_to_be_sampled(tmp_path: Path) -> None:
    path = tmp_path / "sort.py"
    options = ("--length", "12", "--steps", "20", "--restarts", "1", "--seed", "1")
    result = train("sort", *GRADIENT, *options, "-o", path)
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert "(sampled, 10,000 inputs, seed 1, 95 % interval" in text
    assert "executed file on 10,000 of 10,000 (sampled, seed 1)" in text
    assert "proved" not in path.read_text()
    assert max(map(len, path.read_text().splitlines())) <= 88


def test_a_tiny_domain_is_learned_whole(tmp_path: Path) -> None:
    options = (*GRADIENT, "--vocabulary", "5", "--length", "4", "--steps", "300")
    result = train("sort", *options, "-o", tmp_path / "sort.py")
    assert "Right on all 6 inputs of its domain (proved)." in result.stdout


def test_the_command_in_the_docstring_is_the_one_that_was_given(tmp_path: Path) -> None:
    path = tmp_path / "my sort.py"
    options = (*SMALL, "--seed", "1234567", "--learning-rate", "0.0625", "--standalone")
    assert train("sort", *options, "-o", path).exit_code == 0
    about = " ".join(load(path).about.split())
    said = about.split("Made by: ")[1].split(" (tpdebug ")[0]
    words = shlex.split(said)[2:]
    path.unlink()
    assert train(*words[:-1], path).exit_code == 0
    assert " ".join(load(path).about.split()) == about


def test_force_replaces_a_program_and_standalone_needs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sort.py"
    path.write_text("old\n")
    assert train("sort", *SMALL, "--force", "--standalone", "-o", path).exit_code == 0
    assert "tpdebug.rasp" not in path.read_text()
    child = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import runpy; runpy.run_path({str(path)!r})",
        ],
        check=False,
    )
    assert child.returncode == 0


def test_the_split_is_disjoint_whole_and_drawn_by_the_seed() -> None:
    chosen = task("sort")
    parts = split(chosen, seed=3)
    cases = [*parts.train, *parts.valid, *parts.test]
    inputs = [letters for letters, _ in cases]
    assert all(chosen.oracle(letters) == labels for letters, labels in cases[::97])
    assert len(set(inputs)) == len(inputs) == chosen.domain.count
    assert parts != split(chosen, seed=4)
    large = split(task("sort", 16, 16), seed=3)
    drawn = (*large.train, *large.valid, *large.test)
    assert len({letters for letters, _ in drawn}) == 20_000


@pytest.mark.parametrize("name", TASKS)
def test_a_task_answers_every_input_with_its_own_classes(name: str) -> None:
    chosen = task(name, length=6)
    for block in blocks(chosen.domain):
        for letters in decode(chosen.domain, block):
            labels = chosen.oracle(letters)
            assert len(labels) == len(letters)
            assert set(labels) <= {*chosen.classes, None}


def test_integer_scores_keep_predictions_and_are_no_larger_than_they_must_be() -> None:
    random = np.random.default_rng(0)
    weights = {name: random.normal(size=(4, 3)) for name in "xy"}
    features = {name: random.integers(0, 3, 50) for name in "xy"}
    seen = {name: Variable(values, 4) for name, values in features.items()}
    fixed = fixed_point(weights, seen)

    def predict(scores: dict[str, np.ndarray]) -> np.ndarray:
        return sum(scores[v][features[v]] for v in "xy").argmax(-1)

    assert (predict(weights) == predict(dict(fixed.scores))).all()
    assert not any(table[3].any() for table in fixed.scores.values())  # never occurs


@pytest.mark.slow
def test_the_default_sort_program_is_at_least_99_percent_right(tmp_path: Path) -> None:
    start = time.monotonic()
    result = train("sort", "-o", tmp_path / "sort.py")
    assert "executed file agree on all 19,530 inputs" in result.stdout
    assert time.monotonic() - start < 180
    accuracy = measure(load(tmp_path / "sort.py"), task("sort").oracle)
    assert accuracy.inputs == 19_530
    assert accuracy.per_letter >= 0.99
