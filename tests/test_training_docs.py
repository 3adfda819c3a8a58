"""What docs/training.md and `tpdebug train --help` show works as they say."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tpdebug.cli import main
from tpdebug.cli.train import EXAMPLES, train_command
from tpdebug.read import load

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
SHOWN = [line for line in TEXT.splitlines() if line.startswith("tpdebug ")]
CODE = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", TEXT, flags=re.DOTALL)
    for line in block.splitlines()
]


def execute(line: str) -> Result:
    """Run a command as a shell would."""
    return CliRunner().invoke(main, shlex.split(line)[1:])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A current directory of its own, with the files of the first example."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    exec(compile(CODE[0], "training.md", "exec"), {})
    yield tmp_path
    sys.modules.pop("mine", None)


@pytest.mark.parametrize("line", SHOWN)
def test_each_command_and_option_exists(line: str) -> None:
    words = shlex.split(line)
    command = main.commands[words[1]]
    known = {name for option in command.params for name in option.opts}
    assert {word for word in words if word.startswith("-")} <= known


def test_the_cases_it_shows_are_read(tmp_path: Path) -> None:
    from trainers.config import Own
    from trainers.own import cases_task

    (block,) = re.findall(r'```\n(\{"input".*?)```', TEXT, flags=re.DOTALL)
    path = tmp_path / "d.jsonl"
    path.write_text(block)
    task = cases_task(Own(cases=str(path), validation=str(path), test=str(path)), 0)
    assert task.classes == ("DET", "NOUN", "VERB")
    assert task.oracle(["the", "cat", "sleeps"]) == ("DET", None, "VERB")


def test_its_commands_run_in_order(folder: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("matplotlib")
    for line in COMMANDS:
        if line.startswith("tpdebug "):
            result = execute(line)
            assert result.exit_code == 0, f"{line}\n{result.output}"
        else:
            subprocess.run(line, shell=True, check=True, cwd=folder)
    assert result.output
    assert load("films.py").classifier.pooled
    found = json.loads((folder / "runs" / "sort-0" / "metrics.json").read_text())
    assert found["evidence"] == "proved"
    rows = re.findall(r"^\| `(.*?)` \|", TEXT, flags=re.MULTILINE)
    held = {path.name for path in (folder / "runs" / "sort-0").iterdir()}
    assert held == {name for name in rows if "." in name} - {"sort.py.ckpt"}


def test_a_function_is_trained_for_from_python(folder: Path) -> None:
    pytest.importorskip("torch")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(CODE[1], "training.md", "exec"), {})
    assert out.getvalue() == "Right on all 254 inputs of its domain (proved).\n"


@pytest.mark.parametrize(
    "line",
    [line.strip().removeprefix("Example: ") for line in EXAMPLES.split("\n")[1:-1]],
)
def test_the_examples_of_help_run(line: str, folder: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("matplotlib")
    (folder / "before.jsonl").rename("data.jsonl")
    (folder / "mine.py").write_text("def f(letters):\n    return letters[::-1]\n")
    quick = ["--steps", "4", "--batch", "8", "--restarts", "1", "--rounds", "1"]
    if "--cases" not in line and "--oracle" not in line:
        quick += ["--vocabulary", "6", "--length", "5"]
    result = CliRunner().invoke(main, [*shlex.split(line)[1:], *quick])
    assert result.exit_code == 0, result.output
    assert train_command.epilog == EXAMPLES
