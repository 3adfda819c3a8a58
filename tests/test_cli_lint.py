"""lint on the command line and in pylint: what a user sees, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.published import saved
from tests.sarif import SCHEMA
from tests.test_cli import EXAMPLE, refused, tpdebug
from tests.test_lint import SHADOWED
from tpdebug.read import load
from tpdebug.render.data import VERSION


@pytest.fixture
def shadowed(tmp_path: Path) -> Path:
    path = tmp_path / "shadowed.py"
    path.write_text(SHADOWED.format(on_def="", on_line=""), encoding="utf-8")
    return path


def test_a_clean_program_exits_with_0() -> None:
    result = tpdebug("lint", EXAMPLE)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "nothing is dead in 4 heads and tables" in said
    assert "(proved on all 19,530 inputs)." in said


@pytest.mark.parametrize("width", [40, 80, 140])
def test_findings_stand_by_line(
    shadowed: Path, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    result = tpdebug("lint", shadowed)
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert "10 W0612" in said
    assert "14 TP101" in said
    assert ("unreached-line" in said) == (width >= 80)
    assert max(map(len, result.output.splitlines())) <= width


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--fail-on", "never"], 0),
        (["--fail-on", "proved"], 1),
        (["--fail-on", "proved", "--select", "W0612"], 0),
        (["--fail-on", "any", "--select", "W0612"], 1),
        (["--select", "W0612", "--no-syntax"], 0),
        (["--ignore", "TP,unused-variable"], 0),
        (["--most", "3", "--samples", "9", "--fail-on", "proved"], 0),
    ],
)
def test_the_exit_code_is_as_asked_for(
    shadowed: Path, options: list[str], code: int
) -> None:
    assert tpdebug("lint", shadowed, *options).exit_code == code


def test_json_holds_every_finding(shadowed: Path) -> None:
    data = json.loads(tpdebug("lint", shadowed, "--format", "json").stdout)
    assert data["version"] == VERSION
    assert data["evidence"]["kind"] == "proved"
    by_code = {finding["code"]: finding for finding in data["findings"]}
    assert by_code["TP101"]["evidence"] == "proved"
    assert by_code["W0612"]["evidence"] is None
    assert by_code["TP101"]["line"] == 14
    assert data["cells"][0]["node"] == "attn_0_0"


def test_sarif_is_as_the_standard_says(shadowed: Path) -> None:
    log = json.loads(tpdebug("lint", shadowed, "--format", "sarif").stdout)
    jsonschema.validate(log, SCHEMA)
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    levels = {result["ruleId"]: result["level"] for result in run["results"]}
    assert levels["TP101"] == levels["W0612"] == "warning"


def test_a_published_file_and_its_scores_are_looked_at(tmp_path: Path) -> None:
    program = load(EXAMPLE.parent / "hist.py")
    path = saved(program, tmp_path)
    data = json.loads(tpdebug("lint", path, "--no-syntax", "--format", "json").stdout)
    rows = [f for f in data["findings"] if f["code"] == "TP109"]
    assert [Path(f["path"]).suffix for f in rows] == [".csv"]


def test_what_cannot_be_used_is_refused(tmp_path: Path) -> None:
    refused(tpdebug("lint", tmp_path / "missing.py"))
    said = refused(tpdebug("lint", EXAMPLE, "--select", "TP999"))
    assert "there is no finding 'TP999'" in said
    refused(tpdebug("lint", EXAMPLE, "--lengths", "1-99"))


def messages(*paths: Path) -> list[tuple[str, str, int]]:
    """What pylint says with the plugin."""
    from pylint.lint import Run
    from pylint.reporters import CollectingReporter

    reporter = CollectingReporter()
    options = ["--load-plugins=tpdebug.pylint", "--disable=all", "--enable=tpdebug"]
    options += ["--rcfile=", "--persistent=n", "--jobs=1"]
    Run([*options, *map(str, paths)], reporter=reporter, exit=False)
    return [(m.msg_id, m.symbol, m.line) for m in reporter.messages]


def test_pylint_shows_the_same_at_the_same_lines(shadowed: Path) -> None:
    assert ("W9101", "unreached-line", 14) in messages(shadowed)


def test_pylint_leaves_other_files_alone(tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text("from tpdebug.rasp import answer\n\nALPHABET = answer\n")
    assert messages(other, Path("tpdebug/rasp.py"), EXAMPLE) == []


def test_comments_of_pylint_silence_the_plugin(tmp_path: Path) -> None:
    text = SHADOWED.format(on_def="", on_line="  # pylint: disable=unreached-line")
    path = tmp_path / "silenced.py"
    path.write_text(text, encoding="utf-8")
    assert "W9101" not in [code for code, _, _ in messages(path)]
