"""localize on the command line: what a user sees, JSON, SARIF, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from analyzers.mutants import mutants
from tests.sarif import check_sarif
from tests.test_cli import EXAMPLE, refused, tpdebug
from tpdebug.read import load
from tpdebug.render.data import VERSION
from tpdebug.render.sarif import (
    MOST_RESULTS,
    MOST_STEPS,
    Check,
    Location,
    Result,
    sarif_log,
    uri,
)
from tpdebug.write import save

SHORT = ("--lengths", "1-4")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with a planted fault: a head that looks for another key."""
    path = tmp_path_factory.mktemp("faulty") / "faulty.py"
    first = next(m for m in mutants(load(EXAMPLE), 9, seed=1) if m.kind == "key")
    save(first.program, path)
    return path


def sarif(*arguments: str | Path) -> dict[str, Any]:
    log = json.loads(tpdebug("localize", *arguments, "--format", "sarif").stdout)
    check_sarif(log)
    (run,) = log["runs"]
    return dict(run)


def test_a_program_without_failures_exits_with_0() -> None:
    result = tpdebug("localize", EXAMPLE, *SHORT)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "all 2,930 answers right, on 780 inputs (proved)." in said


def test_the_rule_its_line_and_its_change_are_said(
    faulty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    result = tpdebug("localize", faulty, *SHORT)
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert "1 num_attn_0_1 at token" in said
    assert "breaks none." in said
    assert "If it looks for token" in said
    (line,) = [row for row in result.output.splitlines() if " | return " in row][:1]
    number, text = line.strip().split(" | ")
    assert faulty.read_text().splitlines()[int(number) - 1].strip() == text
    assert f"faulty.py:{number}" in said
    assert max(map(len, result.output.splitlines())) <= 80


def test_rules_that_were_not_changed_are_said(faulty: Path) -> None:
    result = tpdebug("localize", faulty, *SHORT, "--alter", "1")
    said = " ".join(result.output.split())
    assert "of which the 1 most suspicious was altered" in said
    assert "were not changed (--alter)" in said
    assert "no change that was tried" not in said


def test_a_formula_says_how_many_answers_depend_on_a_rule(faulty: Path) -> None:
    result = tpdebug("localize", faulty, *SHORT, "--formula", "dstar", "--show", "2")
    said = " ".join(result.output.split())
    assert result.exit_code == 1
    assert "the most suspicious by dstar:" in said
    assert "wrong answers depend on it, and " in said
    assert "If it" not in said


def test_json_holds_every_rule_in_question(faulty: Path) -> None:
    result = tpdebug("localize", faulty, *SHORT, "--format", "json")
    data = json.loads(result.stdout)
    assert result.exit_code == 1
    assert data["version"] == VERSION
    assert data["evidence"] == {"kind": "proved", "inputs": 780, "seed": None}
    first = data["suspects"][0]
    assert first["rank"] == {"first": 1, "last": 1}
    assert (first["left"], first["fixes"], first["breaks"]) == (0, data["wrong"], 0)
    assert first["best"]["keys"] != first["now"]["keys"]
    lefts = [suspect["left"] for suspect in data["suspects"]]
    assert lefts == sorted(lefts)
    assert len(data["suspects"]) <= data["rules"]
    json.dumps(data, allow_nan=False)


def test_sarif_names_the_rule_and_the_way_to_it(faulty: Path) -> None:
    run = sarif(faulty, *SHORT)
    first = run["results"][0]
    rules = run["tool"]["driver"]["rules"]
    assert first["ruleId"] == rules[first["ruleIndex"]]["id"] == "localize/case"
    assert first["level"] == "warning"
    assert first["rank"] == 100
    assert "fixes all" in first["message"]["text"]
    line = first["locations"][0]["physicalLocation"]["region"]["startLine"]
    assert "k_token" in faulty.read_text().splitlines()[line - 1]
    (flow,) = first["codeFlows"]
    steps = flow["threadFlows"][0]["locations"]
    assert "expected" in steps[0]["location"]["message"]["text"]
    last = steps[-1]["location"]["physicalLocation"]
    assert last == first["locations"][0]["physicalLocation"]


def test_results_of_sarif_are_recognised_again(faulty: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved" / "faulty.py"
    moved.parent.mkdir()
    moved.write_text(f"# a comment\n{faulty.read_text()}")
    first, again = sarif(faulty, *SHORT), sarif(faulty, *SHORT)
    assert first == again
    prints = [r["partialFingerprints"] for r in first["results"]]
    assert len({json.dumps(p) for p in prints}) == len(prints)
    other = sarif(moved, *SHORT)["results"][0]
    before = first["results"][0]
    assert other["ruleId"] == before["ruleId"]
    assert other["locations"] != before["locations"]


def test_sarif_of_a_formula_has_notes_and_of_a_right_program_nothing(
    faulty: Path,
) -> None:
    run = sarif(faulty, *SHORT, "--formula", "ochiai")
    assert {result["level"] for result in run["results"]} == {"note"}
    assert sarif(EXAMPLE, *SHORT)["results"] == []


def test_sarif_keeps_within_the_limits_of_code_scanning() -> None:
    check = Check("a/b", "AB", "Short.", "Full.")
    flow = [Location("a b.py", 1, "x")] * (MOST_STEPS + 5)
    long = Result("a/b", "note", "Says.", Location("a b.py"), "id", (flow, flow))
    short = Result("a/b", "note", "Says.", Location("a b.py"), "id")
    log = sarif_log((check,), [long, *[short] * (MOST_RESULTS + 6)], {})
    (run,) = log["runs"]
    assert len(run["results"]) == MOST_RESULTS
    assert run["properties"]["leftOut"] == 7
    flows = run["results"][0]["codeFlows"]
    assert [len(f["threadFlows"][0]["locations"]) for f in flows] == [MOST_STEPS]
    run["results"] = run["results"][:2]
    check_sarif(log)


def test_the_schema_finds_what_is_wrong() -> None:
    log = sarif_log((), [], {})
    check_sarif(log)
    for wrong in ({"version": "2.0.0"}, {"runs": [{"results": []}]}, {"Runs": []}):
        with pytest.raises(jsonschema.ValidationError):
            check_sarif(log | wrong)


def test_paths_are_uris(tmp_path: Path) -> None:
    assert uri("a/b c#.py") == "a/b%20c%23.py"
    assert uri(str(Path.cwd() / "x.py")) == "x.py"
    assert uri(str(tmp_path / "é.py")).startswith("file:///")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--formula", "guess"), "is not one of 'interventional', 'ochiai'"),
        (("--task", "no_such_task"), "no_such_task"),
        (("--cases", "missing.jsonl"), "missing.jsonl does not exist"),
        (("--task", "sort", "--oracle", "a:b"), "give one of --task, --oracle"),
        (("--lengths", "9"), "takes 1 to 6 letters"),
        (("--show", "0"), "0 is not in the range"),
    ],
)
def test_what_the_user_gets_wrong_is_said(
    arguments: tuple[str, ...], says: str
) -> None:
    assert says in refused(tpdebug("localize", EXAMPLE, *arguments))


def test_cases_are_enough(faulty: Path, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    lines = [{"input": list(x), "expected": sorted(x)} for x in ("30", "303", "12")]
    cases.write_text("".join(json.dumps(line) + "\n" for line in lines))
    result = tpdebug("localize", faulty, "--cases", cases, "--format", "json")
    data = json.loads(result.stdout)
    assert data["evidence"]["kind"] == "listed"
    assert result.exit_code == (1 if data["wrong"] else 0)
    said = tpdebug("localize", faulty, "--cases", cases).output
    assert "on 2 of 3 inputs (listed)" in " ".join(said.split())
