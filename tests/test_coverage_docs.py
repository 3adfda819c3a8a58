"""What docs/coverage.md shows is what the command prints and the code does."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from tests.test_cli import tpdebug

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")


def test_the_report_is_what_the_command_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (shown,) = re.findall(r"```\n\$ tpdebug (.*?)```", PAGE, flags=re.DOTALL)
    command, _, expected = shown.partition("\n")
    result = tpdebug(*shlex.split(command))
    assert result.exit_code == 0
    assert result.output.split() == expected.split()


def test_the_python_example_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "coverage.md", "exec"), {})
    assert out.getvalue() == "38 38\n[('test_long', 12), ('test_short', 0)]\n"
