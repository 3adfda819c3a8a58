"""The folder of a run: what it holds, that nothing in it is lost, and the curves."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

pytest.importorskip("torch")
pytest.importorskip("matplotlib")

from tests.running import ROOT
from tpdebug.cases import Cases
from tpdebug.cli import main
from tpdebug.errors import UserError
from tpdebug.evaluate import answers
from tpdebug.read import load
from trainers.checkpoint import load_checkpoint
from trainers.config import Look
from trainers.curves import curves_csv, curves_png
from trainers.split import split
from trainers.tasks import task

SMALL = ("sort", "--method", "gradient", "--vocabulary", "6", "--length", "6")
SMALL = (*SMALL, "--heads", "2")
QUICK = (*SMALL, "--steps", "250", "--restarts", "4")
FILES = ["config.json", "curve.csv", "curve.png", "metrics.json", "network.npz"]
FILES = [*FILES, "sort.py"]
PNG = b"\x89PNG\r\n\x1a\n"


def train(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["train", *map(str, arguments)])


def held(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("runs") / "deep" / "sort-0"
    result = train(*QUICK, "--run-dir", folder, "--format", "json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return folder, found


def test_its_network_answers_as_the_program(run: tuple[Path, Any]) -> None:
    folder, _ = run
    options = ["falsify", str(folder / "sort.py"), "--model", str(folder)]
    result = CliRunner().invoke(main, [*options, "--no-database"])
    assert result.exit_code == 0, result.output
    assert "proved" in result.output


def test_it_holds_everything_and_no_checkpoint(run: tuple[Path, Any]) -> None:
    folder, _ = run
    assert held(folder) == FILES
    assert load(folder / "sort.py").task == "sort"
    assert (folder / "curve.png").read_bytes().startswith(PNG)


def test_json_output_and_metrics_are_the_same(run: tuple[Path, Any]) -> None:
    folder, printed = run
    assert json.loads((folder / "metrics.json").read_text()) == printed


def test_the_metrics_are_those_of_the_program(run: tuple[Path, Any]) -> None:
    folder, found = run
    program = load(folder / "sort.py")
    parts = split(task("sort", 6, 6), seed=0)
    for name, cases in (("validation", parts.valid), ("test", parts.test)):
        said = answers(program, [letters for letters, _ in cases])
        rows = [
            [a == b for a, b in zip(row, wanted, strict=True)]
            for row, (_, wanted) in zip(said, cases, strict=True)
        ]
        letters = [right for row in rows for right in row]
        assert found[name] == pytest.approx(sum(letters) / len(letters))
        assert found[f"{name}_sequences"] == pytest.approx(
            sum(map(all, rows)) / len(rows)
        )
    assert (found["evidence"], found["inputs"]) == ("proved", 3 + 9 + 27 + 81)
    text = (folder / "sort.py").read_text()
    assert found["lines"] == text[: text.index("# fmt: off")].rstrip().count("\n") + 1
    assert {*found["seconds"]} == {"data", "training", "program", "check"}
    assert all(0 < s < 300 for s in found["seconds"].values())


def test_the_configuration_makes_the_run_again(
    run: tuple[Path, Any], tmp_path: Path
) -> None:
    folder, _ = run
    config = json.loads((folder / "config.json").read_text())
    assert (config["task"], config["vocabulary"], config["length"]) == ("sort", 6, 6)
    assert config["settings"]["restarts"] == 4
    assert config["seed"] == 0
    known = {"python", "torch", "numpy", "tpdebug", "platform", "device"}
    assert known <= {*config["versions"]}
    again = tmp_path / "again"
    words = config["command"].split()[2:]
    assert train(*words[:-1], tmp_path / "sort.py", "--run-dir", again).exit_code == 0
    for name in FILES[:3] + FILES[4:]:
        assert (again / name).read_bytes() == (folder / name).read_bytes()
    copied = (tmp_path / "sort.py").read_bytes()
    assert copied == (again / "sort.py").read_bytes()


def test_the_curve_has_a_row_for_each_restart_and_look(run: tuple[Path, Any]) -> None:
    folder, found = run
    rows = list(csv.DictReader(io.StringIO((folder / "curve.csv").read_text())))
    assert [*rows[0]] == ["step", "restart", "temperature", "loss", "accuracy"]
    assert {row["restart"] for row in rows} == {"0", "1", "2", "3"}
    last = [row for row in rows if int(row["step"]) == found["steps"]]
    assert len(last) == found["restarts_left"]
    assert all(0 <= float(row["accuracy"]) <= 1 for row in rows)
    heats = [float(row["temperature"]) for row in rows]
    assert heats == sorted(heats, reverse=True)


def test_results_are_not_replaced_without_force(run: tuple[Path, Any]) -> None:
    folder, _ = run
    before = {path: path.read_bytes() for path in folder.iterdir()}
    refused = train(*QUICK, "--run-dir", folder)
    assert refused.exit_code == 2
    assert "holds the results of a run (metrics.json, curve.csv" in refused.stderr
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert train(*QUICK, "--run-dir", folder, "--force").exit_code == 0
    assert held(folder) == FILES


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("keep me")
    for folder in (file, file / "in"):
        refused = train(*QUICK, "--run-dir", folder)
        assert refused.exit_code == 2
        assert str(folder) in refused.stderr
        assert refused.stderr.count("\n") == 1
    assert "where to?" in train(*QUICK).stderr
    assert (
        train(*QUICK, "-o", tmp_path / "no" / "x.py", "--run-dir", "r").exit_code == 2
    )
    assert held(tmp_path) == ["file"]


def test_an_interrupted_run_goes_on_in_its_folder(tmp_path: Path) -> None:
    half, whole = tmp_path / "half", tmp_path / "whole"
    steps = (*SMALL, "--heads", "1", "--steps", "1500")
    command = [sys.executable, "-m", "tpdebug", "train", *steps, "--run-dir", str(half)]
    child = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=ROOT
    )
    checkpoint = half / "sort.py.ckpt"
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if checkpoint.exists() and load_checkpoint(checkpoint).state["step"]:
            break
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 130, errors
    assert f"Go on with: tpdebug train --resume {half}\n" in errors
    assert held(half) == ["config.json", "sort.py.ckpt"]
    early = load_checkpoint(checkpoint).seconds["training"]
    again = train(*steps, "--run-dir", half)
    assert again.exit_code == 2
    assert "go on with it" in again.stderr
    done = train("--resume", half, "--format", "json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["seconds"]["training"] > early > 0
    assert train(*steps, "--run-dir", whole).exit_code == 0
    for name in ("curve.csv", "curve.png", "sort.py"):
        assert (half / name).read_bytes() == (whole / name).read_bytes()


def test_a_folder_that_vanishes_ends_with_a_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainers.loop import Trainer

    folder = tmp_path / "run"
    going = Trainer.run

    def vanishing(self: Trainer) -> Any:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        yield from going(self)

    monkeypatch.setattr(Trainer, "run", vanishing)
    result = train(*QUICK, "--run-dir", folder)
    assert result.exit_code == 2
    assert f"tpdebug: cannot write {folder}" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("part", ["curve.csv", "sort.py", "metrics.json"])
def test_a_full_disk_leaves_the_checkpoint(
    part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tpdebug.cli.run_folder as folders
    import tpdebug.write as writing

    def full(path: Path, content: Any, **options: Any) -> None:
        if path.name == part:
            raise UserError(f"cannot write {path}: No space left on device")
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    for module in (folders, writing):
        monkeypatch.setattr(module, "replace_file", full)
    folder = tmp_path / "run"
    result = train(*QUICK, "--run-dir", folder)
    assert result.exit_code == 2
    assert f"cannot write {folder / part}: No space left on device" in result.stderr
    assert (folder / "sort.py.ckpt").exists()
    assert not (folder / "metrics.json").exists()
    monkeypatch.undo()
    options = ("--run-dir", folder, "--force")
    assert train("--resume", folder / "sort.py.ckpt", *options).exit_code == 0
    assert held(folder) == FILES


def test_what_is_missing_is_said_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tpdebug.cli.training as training

    missing = {"matplotlib": "a picture of learning curves needs", "torch": "training"}
    for module, says in missing.items():
        monkeypatch.setattr(
            training, "find_spec", lambda name, m=module: None if name == m else name
        )
        result = train(*QUICK, "--run-dir", tmp_path / "run")
        assert result.exit_code == 2
        assert says in result.stderr
        assert "pip install 'tpdebug[train]'" in result.stderr
    assert not held(tmp_path)


def test_a_folder_without_one_checkpoint_is_refused(tmp_path: Path) -> None:
    assert f"{tmp_path} holds no checkpoint" in train("--resume", tmp_path).stderr
    for name in ("a.py.ckpt", "b.py.ckpt"):
        (tmp_path / name).touch()
    assert "several checkpoints: name one" in train("--resume", tmp_path).stderr
    assert "is not a checkpoint" in train("--resume", tmp_path / "a.py.ckpt").stderr


def look(step: int, *accuracies: float) -> Look:
    restarts = tuple(range(len(accuracies)))
    return Look(step, 1 / step, restarts, tuple(1 - a for a in accuracies), accuracies)


@pytest.mark.parametrize(
    "looks",
    [
        [look(1, 0.5)],
        [look(1, 1.0, 1.0)],
        [look(1, 0.0, 0.0), look(2, 0.0)],
        [look(1, 0.1, 0.99999, 1.0), look(20, 0.9, 1.0)],
    ],
)
def test_any_curve_can_be_drawn_and_always_the_same_way(looks: list[Look]) -> None:
    first, second = (curves_png(looks, "a task") for _ in range(2))
    assert first == second
    assert first.startswith(PNG)
    assert first != curves_png(looks, "another")
    assert curves_csv(looks).count("\n") == 1 + sum(len(at.restarts) for at in looks)


def test_the_same_cases_are_measured_as_were_held_out(run: tuple[Path, Any]) -> None:
    parts = split(task("sort", 6, 6), seed=0)
    program = load(run[0] / "sort.py")
    oracle = Cases(program.domain, parts.test, pooled=False)
    assert sum(part.size for part in oracle.parts()) == len(parts.test)
