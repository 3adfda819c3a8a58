"""Coverage of rules across a run of pytest, in one process and in several."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzers.coverage import RuleCoverage
from tests.plugging import RIGHT, TEST, WRONG, run
from tpdebug.read import load

pytest_plugins = ["pytester"]

MORE = """
from tpdebug.testing import Checker

CHECK = Checker("sort.py", task="sort")

def test_checker():
    for text in ("0 1", "4"):
        CHECK(text.split())
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.path / "sort.py").write_text(RIGHT)
    pytester.makepyfile(test_sort=TEST, test_more=MORE)
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    return pytester


def expected(program: Path) -> RuleCoverage:
    """What the three tests exercise."""
    recorded = RuleCoverage(load(program))
    asked = {
        "test_sort.py::test_some": ["312"],
        "test_sort.py::test_other": ["4000"],
        "test_more.py::test_checker": ["01", "4"],
    }
    for test, inputs in asked.items():
        recorded.add(test, inputs)
    return recorded


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("-n", "2"),
        pytest.param(("-n", "2", "--dist", "loadfile"), marks=pytest.mark.slow),
        ("-n", "1", "--tpdebug", "sort.py", "."),
    ],
    ids=["alone", "xdist", "loadfile", "items"],
)
def test_what_tests_exercise_is_added_up(
    project: pytest.Pytester, arguments: tuple[str, ...]
) -> None:
    saved = ("--tpdebug-cov-save", "found")
    result = run(project, *saved, *arguments, subprocess="-n" in arguments)
    assert result.ret == pytest.ExitCode.OK, result.stdout.str()
    found = json.loads((project.path / "found" / "sort.py.json").read_text())
    assert found == expected(project.path / "sort.py").data()
    rules = f"sort.py     {found['rules']}  *  3*"
    result.stdout.fnmatch_lines(["Program *Rules *Cover *Tests*", "---*", rules])
    assert "WARNING" not in result.stdout.str()


@pytest.mark.slow
def test_items_work_with_xdist_and_pytest_cov(project: pytest.Pytester) -> None:
    (project.path / "sort.py").write_text(WRONG)
    result = run(
        project,
        *("-n", "2", "--dist", "loadfile", "--tpdebug", "sort.py", "."),
        *("--cov", "--cov-report", "term", "--tpdebug-cov", "--junitxml=r.xml"),
        subprocess=True,
    )
    result.assert_outcomes(passed=3, failed=2, skipped=2)
    result.stdout.fnmatch_lines(["  input     0 0 0 4", "*score of position 4"])
    result.stdout.fnmatch_lines(["*- tpdebug: sort.py -*", "  input     4 0 0 0"])
    result.stdout.fnmatch_lines(["*tpdebug: coverage of rules*", "sort.py *"])
    result.stdout.fnmatch_lines(["*coverage: platform*", "test_sort.py *"])
    text = (project.path / "r.xml").read_text()
    assert text.count('<property name="tpdebug_input"') == 2


@pytest.mark.slow
def test_a_wrong_marker_is_said_by_workers_too(project: pytest.Pytester) -> None:
    project.makepyfile(test_sort=TEST.replace("task=", "tsk="))
    result = run(project, "-n", "1", "test_sort.py", subprocess=True)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*@pytest.mark.tpdebug has no 'tsk'; it takes *"])


def test_too_little_fails_the_run(project: pytest.Pytester) -> None:
    tests = ("test_more.py", "--tpdebug-cov-fail-under")
    result = run(project, *tests, "99.5")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["FAIL Required rule coverage of 99.5 % not reached: *"]
    )
    result = run(project, *tests, "20")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["Required rule coverage of 20 % reached: *"])


def test_the_accuracy_does_not_count_and_examples_do(project: pytest.Pytester) -> None:
    (project.path / "c.jsonl").write_text('{"input": "4 0", "expected": "0 4"}')
    given = ("--tpdebug", "sort.py", "--tpdebug-cov-save", "found")
    result = run(project, *given)
    result.stdout.fnmatch_lines(["sort.py *  0 %      0 *"])
    run(project, *given, "--tpdebug-cases", "c.jsonl")
    recorded = RuleCoverage(load(project.path / "sort.py"))
    recorded.add("sort.py::examples[c.jsonl]", ["40"])
    saved = project.path / "found" / "sort.py.json"
    assert json.loads(saved.read_text()) == recorded.data()


def test_without_the_option_nothing_is_said(project: pytest.Pytester) -> None:
    assert "coverage of rules" not in run(project).stdout.str()
    collected = run(project, "--tpdebug-cov", "--collect-only").stdout.str()
    assert "coverage of rules" not in collected
    project.makepyfile(test_sort="def test_a(): pass", test_more="")
    says = "No test asked a program about anything."
    run(project, "--tpdebug-cov").stdout.fnmatch_lines([says])
    short = run(project, "--tpdebug-cov-fail-under=1")
    assert short.ret == pytest.ExitCode.TESTS_FAILED


def test_a_folder_that_cannot_be_written(project: pytest.Pytester) -> None:
    (project.path / "file").write_text("")
    result = run(project, "--tpdebug-cov-save", "file")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["WARNING: cannot write *file: *"])
    assert "Wrote" not in result.stdout.str()


@pytest.mark.slow
def test_a_worker_that_dies_is_reported(project: pytest.Pytester) -> None:
    project.makepyfile(test_dies="import os\ndef test_a():\n    os._exit(1)\n")
    result = run(project, "-n", "1", "--tpdebug-cov", subprocess=True)
    result.stdout.fnmatch_lines(["WARNING: a worker sent nothing: *"])
