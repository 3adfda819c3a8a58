"""What the README shows works as it says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tpdebug.cli import main

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_example_prints_what_it_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "README.md", "exec"), {})
    assert out.getvalue().startswith("[('1', '2', '3', '4')]\n2 ")


@pytest.mark.parametrize(
    "line", [line for line in README.splitlines() if line.startswith("tpdebug ")]
)
def test_each_command_and_option_exists(line: str) -> None:
    words = line.split("#")[0].split()
    result = CliRunner().invoke(main, [words[1], "--help"])
    assert result.exit_code == 0
    for option in (word for word in words if word.startswith("-")):
        assert option in result.output


def test_the_files_it_links_to_exist() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link
