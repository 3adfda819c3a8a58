"""Presets: the settings of the paper by name, and what overrides them."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import fields, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tpdebug.cli import main
from tpdebug.cli.job import Job, usual_config
from tpdebug.cli.train import train_command
from tpdebug.errors import UserError
from trainers import presets
from trainers.config import Config, Run
from trainers.presets import find_preset, usual
from trainers.tasks import TASKS, paper_size

TINY = ("--steps", "10", "--restarts", "1")


def train(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["train", *map(str, arguments)])


def test_there_is_a_preset_for_each_task_of_the_paper() -> None:
    for name in TASKS:
        assert find_preset(f"paper/{name}").task == name
    assert len({preset.name for preset in presets.presets()}) == 15
    for preset in presets.presets():
        config = preset.config
        assert config.steps % 32 == 0  # 16,000 examples are 31.25 batches of 512
        assert config.batch == 512
        assert (config.restarts, config.finalists, config.halving) == (5, 5, 0)
        assert (config.tau_start, config.tau_end) == (3.0, 0.01)
        assert (config.learning_rate, config.hidden) == (0.05, 64)
        categorical = preset.name.startswith("paper-") or preset.task == "induction"
        assert config.heads == (config.numerical_heads or config.heads)
        assert categorical == (config.numerical_heads == config.numerical_mlps == 0)


def test_the_setting_for_sort_is_that_of_the_paper() -> None:
    assert find_preset("paper/sort").config == Config(
        layers=3,
        heads=4,
        numerical_heads=4,
        mlps=2,
        numerical_mlps=2,
        restarts=5,
        steps=250 * 32,
        batch=512,
        tau_start=3.0,
        tau_end=0.01,
        halving=0,
        report_every=32,
        finalists=5,
    )
    assert find_preset("paper/induction").config.steps == 500 * 32


def test_an_unknown_preset_lists_the_known_ones(tmp_path: Path) -> None:
    result = train("--preset", "paper/sorting", "-o", tmp_path / "x.py")
    assert result.exit_code == 2
    assert "no preset 'paper/sorting'; the presets are paper/reverse" in result.stderr
    assert "paper-categorical/dyck2" in result.stderr
    with pytest.raises(UserError, match="no preset"):
        find_preset("")


def test_the_table_of_presets_fits_into_80_columns() -> None:
    result = train("--list-presets")
    assert result.exit_code == 0
    for preset in presets.presets():
        (line,) = re.findall(rf"^ *{preset.name} .*$", result.stdout, re.MULTILINE)
        assert f"{preset.accuracy:.2f} %" in line
        assert f"{preset.config.steps:,}" in line
        assert f" {preset.config.layers} " in line
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_preset_is_for_its_task(tmp_path: Path) -> None:
    result = train("hist", "--preset", "paper/sort", "-o", tmp_path / "x.py")
    assert result.exit_code == 2
    assert "the preset paper/sort is for the task sort" in result.stderr


def test_every_setting_has_an_option() -> None:
    options = {parameter.name for parameter in train_command.params}
    assert {item.name for item in fields(Config)} <= options


def test_other_options_override_a_preset(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    options = ("--preset", "paper/sort", "--vocabulary", "6", "--length", "5")
    options += ("--layers", "1", "--batch", "32", *TINY)
    result = train(*options, "--run-dir", tmp_path)
    assert result.exit_code == 0, result.output
    config = json.loads((tmp_path / "config.json").read_text())
    wanted = replace(
        find_preset("paper/sort").config, layers=1, batch=32, steps=10, restarts=1
    )
    assert Config(**config["settings"]) == wanted
    assert (config["preset"], config["vocabulary"]) == ("paper/sort", 6)
    words = shlex.split(config["command"])
    assert words[2:4] == ["--preset", "paper/sort"]
    again = train(*words[2:-1], tmp_path / "again.py")
    assert again.exit_code == 0, again.output
    text = (tmp_path / "sort.py").read_text()
    assert (tmp_path / "again.py").read_text() == text.replace("sort.py", "again.py")


def test_a_task_alone_uses_its_best_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    best = Config(layers=2, steps=77)
    monkeypatch.setattr(presets, "BEST", {"hist": best})
    assert usual("hist") == best
    assert usual("sort") == Config()
    run = Run("hist", *paper_size("hist"), replace(best, seed=4))
    assert usual_config(run, None) == best
    assert usual_config(run, "gradient") == best
    assert usual_config(run, "search").method == "search"
    assert Job(run, Path("x.py")).command == "tpdebug train hist --seed 4 -o x.py"
    plain = Job(replace(run, config=Config()), Path("x.py")).command
    assert plain == "tpdebug train hist --layers 1 --steps 1000 --seed 0 -o x.py"
    paper = replace(run, config=find_preset("paper/hist").config, preset="paper/hist")
    said = Job(paper, Path("x.py")).command
    assert said == "tpdebug train --preset paper/hist --seed 0 -o x.py"
