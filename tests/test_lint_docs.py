"""The page of each finding: what is called bad is found, what is called good is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analyzers.diff import diff
from analyzers.lint import lint
from analyzers.rewrites import rewritten
from tpdebug.findings import CODES
from tpdebug.pylint import message_id
from tpdebug.read import load

PAGES = Path(__file__).resolve().parent.parent / "docs" / "lint"


def examples(code: str) -> tuple[str, str]:
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    bad, good = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    return bad, good


@pytest.mark.parametrize("code", CODES)
def test_the_bad_example_is_found_and_the_good_one_is_not(
    code: str, tmp_path: Path
) -> None:
    for text, wanted in zip(examples(code), (1, 0), strict=True):
        path = tmp_path / "program.py"
        path.write_text(text, encoding="utf-8")
        found = lint(path, select=[code], syntax=False).findings
        assert len(found) == wanted, found
        assert all(finding.proved and finding.code == code for finding in found)
        for finding in found:
            changed = rewritten(load(path), finding.edits)
            assert not diff(load(path), changed).witnesses


@pytest.mark.parametrize("code", CODES)
def test_the_good_example_answers_as_the_bad_one(code: str, tmp_path: Path) -> None:
    programs = []
    for number, text in enumerate(examples(code)):
        path = tmp_path / f"program_{number}.py"
        path.write_text(text, encoding="utf-8")
        programs.append(load(path))
    assert not diff(*programs).witnesses


def test_every_code_has_a_page_that_names_it_as_it_is() -> None:
    assert sorted(p.stem for p in PAGES.glob("*.md")) == sorted(CODES)
    for code in CODES.values():
        text = (PAGES / f"{code.code}.md").read_text(encoding="utf-8")
        says = " ".join(text.split())
        assert says.startswith(f"# {code.code}: {code.symbol} {code.short} {code.full}")
        assert f"`{message_id(code.code)}`" in text
        assert f"Severity: {code.severity}." in text
