"""Starting pytest with the plugin costs nothing until a program is collected."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugging import RIGHT

HEAVY = {"numpy", "hypothesis", "rich", "click", "scipy", "libcst", "torch"}
DRIVER = """
import sys, pytest
quiet = ["-q", "-p", "no:cacheprovider"]
quiet += ["-p", "no:hypothesispytest"]  # it loads Hypothesis itself, at the end
code = pytest.main([*quiet, *sys.argv[1:]])
assert not code, code
assert "tpdebug.pytest_plugin" in sys.modules
print(*{name.split(".")[0] for name in sys.modules})
"""


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The top-level modules that a run of pytest loads."""
    child = subprocess.run(
        [sys.executable, "-c", DRIVER, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stdout + child.stderr
    return set(child.stdout.splitlines()[-1].split())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "sort.py").write_text(RIGHT)
    (tmp_path / "test_any.py").write_text("def test_any():\n    pass\n")
    return tmp_path


def test_a_session_without_programs_loads_nothing_heavy(folder: Path) -> None:
    assert not loaded(folder, "test_any.py") & HEAVY


def test_a_program_that_is_not_collected_loads_nothing_heavy(folder: Path) -> None:
    (folder / "pytest.ini").write_text(
        "[pytest]\ntpdebug_programs = sort.py\ntpdebug_seed = 1\n"
    )
    assert not loaded(folder, "test_any.py") & HEAVY


def test_a_heavy_import_would_be_noticed(folder: Path) -> None:
    (folder / "test_any.py").write_text("import numpy\ndef test_any():\n    pass\n")
    assert "numpy" in loaded(folder, "test_any.py") & HEAVY
    assert loaded(folder, "--tpdebug", "sort.py") & HEAVY >= {"numpy"}
