"""The sample project: red, with the report that its README shows; the fix; green."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.plugging import run
from tpdebug.cli import main
from tpdebug.read import load

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "examples" / "project"
README = (PROJECT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    shutil.copytree(PROJECT, pytester.path, dirs_exist_ok=True)
    return pytester


def apply(patch: Path, folder: Path) -> None:
    """Apply a patch of one hunk, which has to fit."""
    lines = patch.read_text().splitlines()
    path = folder / lines[0].removeprefix("--- a/")
    hunk = lines[3:]
    old = "\n".join(line[1:] for line in hunk if line[0] in " -")
    new = "\n".join(line[1:] for line in hunk if line[0] in " +")
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_red_the_fix_green(project: pytest.Pytester) -> None:
    red = run(project, "-q")
    red.assert_outcomes(passed=5, failed=3, skipped=1)
    blocks = README.split("```")
    shown = [line for line in blocks[1].splitlines()[2:] if line != "..."]
    at = shown.index(next(line for line in shown if "accuracy" in line))
    red.stdout.fnmatch_lines([line.replace("[", "[[]") for line in shown[at:]])
    assert shown[0] in red.outlines

    line = "tpdebug explain sort.py --input 0 0 0 4 --expect 0 0 0 4"
    assert line in README.replace('"', "")
    arguments = ["sort.py", "--task", "sort"]
    located = CliRunner().invoke(main, ["localize", *arguments])
    assert "adds 4 instead of -4" in located.output

    apply(project.path / "fix.patch", project.path)
    green = run(project, "-q")
    green.assert_outcomes(passed=8, skipped=1)
    shown = [line for line in blocks[5].splitlines()[2:] if line]
    green.stdout.fnmatch_lines(shown[:-1])


def test_the_fixed_program_is_the_example() -> None:
    fixed, wrong = load(ROOT / "examples" / "sort.py"), load(PROJECT / "sort.py")
    differing = [
        (a, b)
        for a, b in zip(fixed.classifier.rows, wrong.classifier.rows, strict=True)
        if a != b
    ]
    assert len(differing) == 1
    assert fixed.nodes == wrong.nodes
