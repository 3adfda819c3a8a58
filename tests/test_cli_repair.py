"""repair on the command line: what a user sees, what is written, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzers.mutants import mutants
from tests.test_cli import EXAMPLE, refused, tpdebug
from tpdebug.read import load
from tpdebug.render.data import VERSION
from tpdebug.write import save

SHORT = ("--lengths", "1-4")


def planted(folder: Path, kind: str) -> Path:
    """The example with a planted fault."""
    path = folder / "faulty.py"
    first = next(m for m in mutants(load(EXAMPLE), 9, seed=1) if m.kind == kind)
    save(first.program, path)
    return path


def test_a_program_without_failures_exits_with_0() -> None:
    result = tpdebug("repair", EXAMPLE, *SHORT)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "all 2,930 answers right, on 780 inputs (proved). Nothing to repair." in said


def test_the_patch_is_shown_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    path = planted(tmp_path, "key")
    before = path.read_bytes()
    result = tpdebug("repair", path, *SHORT)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "Changing 1 rule: fixes all" in said
    assert "breaks none." in said
    assert "Now it looks for token" in said
    assert "Other scores alone cannot do it: at least" in said
    assert "right on all 780 inputs of its domain (proved)" in said
    assert "not changed: --apply does that" in said
    assert f"--- a/{path.name}\n+++ b/{path.name}\n@@ " in result.output
    assert max(map(len, result.output.splitlines())) <= 80
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_apply_and_undo(tmp_path: Path) -> None:
    path = planted(tmp_path, "score")
    patch = tmp_path / "fix.diff"
    before = path.read_bytes()
    result = tpdebug("repair", path, *SHORT, "--apply", "--patch", patch)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "Changing 1 score row: fixes all" in said
    assert f"Wrote {path.name}" in said.replace(f"{tmp_path}/", "")
    assert "--undo" in said
    assert path.read_bytes() != before
    assert tpdebug("verify", path, *SHORT).exit_code == 0
    result = tpdebug("repair", path, "--undo", patch)
    assert result.exit_code == 0, result.output
    assert path.read_bytes() == before
    assert "it is undone already" in refused(tpdebug("repair", path, "--undo", patch))


def test_another_file_is_written_and_executed(tmp_path: Path) -> None:
    path, target = planted(tmp_path, "dropped"), tmp_path / "good.py"
    before = path.read_bytes()
    result = tpdebug("repair", path, *SHORT, "-o", target, "--confirm", "20")
    assert result.exit_code == 0, result.output
    assert "Executed: it answers the same on 40 inputs." in result.output
    assert path.read_bytes() == before
    assert tpdebug("verify", target, *SHORT).exit_code == 0
    again = tpdebug("repair", path, *SHORT, "-o", target)
    assert "exists; use --force to replace it" in refused(again)
    assert tpdebug("repair", path, *SHORT, "-o", target, "--force").exit_code == 0


def test_what_stays_wrong_exits_with_1(tmp_path: Path) -> None:
    path = planted(tmp_path, "key")
    result = tpdebug("repair", path, *SHORT, "--scores-only")
    assert result.exit_code == 1
    data = json.loads(
        tpdebug("repair", path, *SHORT, "--scores-only", "--format", "json").stdout
    )
    assert 0 < data["least"] <= data["left"] <= data["wrong"]
    assert data["collisions"]
    assert {change["rule"]["kind"] for change in data["changes"]} <= {"score"}


def test_json_holds_the_patch_and_what_it_does(tmp_path: Path) -> None:
    path = planted(tmp_path, "key")
    result = tpdebug("repair", path, *SHORT, "--format", "json")
    data = json.loads(result.stdout)
    assert result.exit_code == 0
    assert data["version"] == VERSION
    assert data["evidence"] == {"kind": "proved", "inputs": 780, "seed": None}
    assert (data["left"], data["breaks"], data["fixes"]) == (0, 0, data["wrong"])
    (change,) = data["changes"]
    assert change["where"].startswith(f"{path}:")
    assert change["now"]["keys"] != change["to"]["keys"]
    assert data["patch"].startswith(f"--- a/{path.name}\n")
    assert data["accuracy"]["inputs_right"] == 780
    assert data["written"] is False


def test_cases_are_enough(tmp_path: Path) -> None:
    path, cases = planted(tmp_path, "key"), tmp_path / "cases.jsonl"
    lines = [{"input": list(x), "expected": sorted(x)} for x in ("30", "303", "12")]
    cases.write_text("".join(json.dumps(line) + "\n" for line in lines))
    result = tpdebug("repair", path, "--cases", cases)
    assert result.exit_code == 0, result.output
    assert "3 listed inputs" in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--scores-only", "--rules-only"), "leave nothing to change"),
        (("--apply", "-o", "x.py"), "give one"),
        (("-o", "x.txt"), "the name of a program ends in .py"),
        (("--force",), "--force belongs to -o or --patch"),
        (("-o", "good.py", "--patch", "good.py"), "good.py is given twice"),
        (("--patch", "faulty.py"), "faulty.py is the program itself"),
        (("--patch", "cases.jsonl", "--cases", "cases.jsonl"), "is given twice"),
        (("--patch", "no/such/fix.diff"), "cannot write"),
        (("--undo", "missing.diff"), "missing.diff does not exist"),
        (("--undo", "faulty.py"), "faulty.py is no patch"),
        (("--undo", "x.diff", "--apply"), "does nothing else: --apply"),
        (("--most-changes", "0"), "0 is not in the range"),
        (("--task", "no_such_task"), "no_such_task"),
        (("--lengths", "9"), "takes 1 to 6 letters"),
    ],
)
def test_what_the_user_gets_wrong_is_said(
    arguments: tuple[str, ...],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = planted(tmp_path, "key")
    before = path.read_bytes()
    monkeypatch.chdir(tmp_path)
    error = refused(tpdebug("repair", path.name, *arguments))
    assert says in error
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
