"""Programs as items of pytest: what is collected, what is said, and how it is asked."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

from tests.plugging import FAILING, RIGHT, WRONG, line_of_fault, run, stored_network

pytest_plugins = ["pytester"]

REPORT = [
    f"{FAILING} of 780 inputs answered wrong (proved).",
    "The smallest:",
    "  input     0 0 0 4",
    "  answer    0 0 0 3",
    "  expected  0 0 0 4",
    "                  ^",
    f"Suspicious rules, by what changing each does to the {FAILING} wrong answers on *",
    f"  sort.py:{line_of_fault()}: score of position 4",
    f'    If it adds 4 instead of -4 to "4": fixes all {FAILING}, breaks none.',
]


@pytest.fixture
def wrong(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.path / "sort.py").write_text(WRONG)
    return pytester


@pytest.fixture
def right(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.path / "sort.py").write_text(RIGHT)
    return pytester


def test_a_right_program_passes(right: pytest.Pytester) -> None:
    result = run(right, "-v", "--tpdebug", "sort.py")
    result.assert_outcomes(passed=2, skipped=2)
    result.stdout.fnmatch_lines(
        [
            "sort.py::examples SKIPPED*",
            "sort.py::accuracy[[]sort] PASSED*",
            "sort.py::closed_world[[]sort] PASSED*",
            "sort.py::faithfulness SKIPPED*",
        ]
    )


@pytest.mark.parametrize("style", ["auto", "native", "short", "long"])
def test_a_failure_shows_the_input_and_the_rule(
    wrong: pytest.Pytester, style: str
) -> None:
    result = run(wrong, f"--tb={style}", "--tpdebug", "sort.py")
    result.assert_outcomes(passed=1, failed=1, skipped=2)
    result.stdout.fnmatch_lines(REPORT)
    summary = f'FAILED sort.py::accuracy*{FAILING} of 780 inputs wrong, *"0 0 0 4"'
    result.stdout.fnmatch_lines([summary])
    assert "Traceback" not in result.stdout.str()
    assert "plugin" not in result.stdout.str().replace("plugins:", "")


def test_it_is_short_where_that_is_asked_for(wrong: pytest.Pytester) -> None:
    result = run(wrong, "-q", "--tb=no", "--tpdebug", "sort.py")
    lines = [line for line in result.outlines if line]
    assert lines[0].startswith("sF.s ")
    assert len(lines) == 4
    result = run(wrong, "-q", "--tb=line", "--tpdebug", "sort.py")
    place = f"*sort.py:{line_of_fault()}: {FAILING} of 780 inputs wrong*"
    result.stdout.fnmatch_lines([place])


def test_junit_xml_holds_the_input(wrong: pytest.Pytester) -> None:
    run(wrong, "--junitxml=report.xml", "--tpdebug", "sort.py")
    cases = ET.parse(wrong.path / "report.xml").getroot().iter("testcase")
    (case,) = (c for c in cases if c.get("name") == "accuracy[sort]")
    rows = {p.get("name"): p.get("value") for p in case.iter("property")}
    assert rows["tpdebug_input"] == "0 0 0 4"
    assert rows["tpdebug_answer"] == "0 0 0 3"
    assert rows["tpdebug_expected"] == "0 0 0 4"
    assert rows["tpdebug_suspect"] == f"sort.py:{line_of_fault()} score of positions[4]"
    (failure,) = case.iter("failure")
    assert '"0 0 0 4"' in str(failure.get("message"))
    assert "input     0 0 0 4" in str(failure.text)


def test_threshold_sample_and_silence(wrong: pytest.Pytester) -> None:
    enough = ("--tpdebug", "sort.py", "-rP", "--tpdebug-min-accuracy")
    share = 100 * (780 - FAILING) / 780
    result = run(wrong, *enough, str(share - 0.1))
    result.assert_outcomes(passed=2, skipped=2)
    result.stdout.fnmatch_lines(["411 of 780 inputs answered right, 52.69 %*"])
    result = run(wrong, *enough, str(share + 0.1))
    result.stdout.fnmatch_lines(["*; 52.69 % right, 52.7923 % wanted."])
    sampled = ("--tpdebug-most", "10", "--tpdebug-samples", "200", "--tpdebug-seed=3")
    result = run(wrong, *sampled, "--tpdebug", "sort.py", "--tpdebug-suspects=0")
    result.stdout.fnmatch_lines(
        [
            "*of 200 inputs answered wrong (sampled, 200 inputs, seed 3, 95 %*",
            "The smallest that was found:",
            "  input     0 0 0 4",
        ]
    )
    assert "Suspicious" not in result.stdout.str()


def test_cases_and_docstring_examples(right: pytest.Pytester) -> None:
    cases = [("3 1", "1 3"), ("0 4 1", "0 0 4")]
    rows = [json.dumps({"input": a, "expected": b}) for a, b in cases]
    (right.path / "cases.jsonl").write_text("\n".join(rows))
    result = run(right, "--tpdebug", "sort.py", "--tpdebug-cases", "cases.jsonl")
    result.assert_outcomes(passed=2, failed=1, skipped=1)
    result.stdout.fnmatch_lines(
        ["1 of 2 inputs answered wrong (listed).", "*  expected  0 0 4"]
    )
    example = '''"""Return the answer at each letter.

    >>> run("3 1".split())
    ['1', '3']
    >>> run(["2", "0"])
    ['%s', '2']
    """'''
    old = '"""Return the answer at each letter."""'
    for answer, failed in (("0", 0), ("1", 1)):
        text = RIGHT.replace(old, example % answer)
        assert text != RIGHT
        (right.path / "sort.py").write_text(text)
        result = run(right, "--tpdebug", "sort.py")
        result.assert_outcomes(passed=3 - failed, failed=failed, skipped=1)
    text = RIGHT.replace(old, example.replace('["2", "0"]', '["7"]') % "0")
    (right.path / "sort.py").write_text(text)
    result = run(right, "--tpdebug", "sort.py")
    result.stdout.fnmatch_lines(["*sort.py:*: the example is no input: *"])


def test_programs_of_the_configuration(right: pytest.Pytester) -> None:
    (right.path / "models").mkdir()
    (right.path / "models" / "hard.py").write_text(WRONG)
    (right.path / "tests").mkdir()
    (right.path / "tests" / "test_a.py").write_text("def test_a():\n    pass\n")
    right.makeini(
        """
        [pytest]
        testpaths = tests
        filterwarnings = error
        tpdebug_programs =
            sort.py task=sort
            models/hard.py task=sort min_accuracy=50 lengths=1-4
        """
    )
    result = run(right, "-v")
    result.assert_outcomes(passed=5, skipped=4)
    run(right, "tests").assert_outcomes(passed=1)
    run(right, "models").assert_outcomes(passed=2, skipped=2)
    run(right, "sort.py::accuracy[sort]").assert_outcomes(passed=1)
    run(right, "-k", "accuracy").assert_outcomes(passed=2, deselected=7)
    run(right, "--tpdebug", "sort.py", "tests").assert_outcomes(passed=3, skipped=2)
    run(right, ".", "sort.py").assert_outcomes(passed=5, skipped=4)


def test_a_program_is_read_and_never_imported(right: pytest.Pytester) -> None:
    text = f"{RIGHT}\n\ndef test_it():\n    assert False\n"
    (right.path / "test_sort.py").write_text(text)
    result = run(right, "--doctest-modules", "--tpdebug", "test_sort.py")
    assert "test_it" not in result.stdout.str()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = (", "*bad.py:1:5: not Python: '(' was never closed"),
        ("import os\n", "*bad.py*"),
        ("\0", "*bad.py is a binary file, not Python source"),
    ],
)
def test_an_unreadable_program_is_a_line(
    pytester: pytest.Pytester, text: str, says: str
) -> None:
    (pytester.path / "bad.py").write_text(text)
    result = run(pytester, "--tpdebug", "bad.py")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["* ERROR collecting bad.py *", says])
    assert "Traceback" not in result.stdout.str()
    assert result.ret == pytest.ExitCode.INTERRUPTED


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--tpdebug", "none.py"], "*file or directory not found: *none.py"),
        (["--tpdebug-min-accuracy=101"], "*'101' is no percentage, from 0 to 100"),
        (["--tpdebug-most=x"], "*'x' is no number from 1 to *"),
        (["-o", "tpdebug_seed=x"], "*tpdebug_seed: 'x' is no number*"),
        (["-o", "tpdebug_cov=x"], "*tpdebug_cov: 'x' is neither true nor false"),
        (["-o", "tpdebug_programs=a.py tsk=b"], "*'tsk=b' is none of task=, *"),
        (["-o", "tpdebug_programs=a.py 'x"], "*tpdebug_programs: *No closing quot*"),
        (["-o", "tpdebug_programs=a min_accuracy=-1"], "*'-1' is no percentage*"),
    ],
)
def test_wrong_options_are_usage_errors(
    pytester: pytest.Pytester, arguments: list[str], says: str
) -> None:
    result = run(pytester, *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([says])
    assert "Traceback" not in result.stderr.str() + result.stdout.str()


def test_what_does_not_fit_is_said_in_a_line(right: pytest.Pytester) -> None:
    for option, value, says in (
        ("task", "nope", "there is no task 'nope'; the tasks are *"),
        ("oracle", "nope:f", "there is no module 'nope' to import"),
        ("cases", "nope.jsonl", "*nope.jsonl does not exist"),
        ("model", "nope.ckpt", "*nope.ckpt does not exist"),
    ):
        result = run(right, "--tpdebug", "sort.py", f"--tpdebug-{option}={value}")
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.stdout.fnmatch_lines([says])
        assert "Traceback" not in result.stdout.str()


def test_what_a_program_cannot_do_fails_the_closed_world(
    right: pytest.Pytester,
) -> None:
    (right.path / "mine.py").write_text(
        "def target(x):\n    return [*sorted(x)[:-1], 'end']\n"
    )
    oracle = ("--tpdebug-oracle", "mine.py:target", "--tpdebug-suspects=0")
    result = run(right, "--tpdebug", "sort.py", *oracle)
    result.assert_outcomes(failed=2, skipped=2)
    result.stdout.fnmatch_lines(
        [
            "target needs 1 thing that the program does not have (proved on all 780*",
            '  it can never answer "end", which 780 letters need: no class of *',
            "FAILED sort.py::closed_world[[]target] - it can never answer*",
        ]
    )


def test_a_cached_failure_is_run_again(wrong: pytest.Pytester) -> None:
    first = wrong.runpytest_inprocess("--tpdebug", "sort.py", "-q")
    first.assert_outcomes(passed=1, failed=1, skipped=2)
    again = wrong.runpytest_inprocess("--tpdebug", "sort.py", "-q", "--lf")
    again.assert_outcomes(failed=1, deselected=3)


def test_the_plugin_can_be_left_out(right: pytest.Pytester) -> None:
    (right.path / "test_a.py").write_text("def test_a():\n    pass\n")
    result = run(right, "-p", "no:tpdebug", "test_a.py")
    result.assert_outcomes(passed=1)
    assert "tpdebug: " not in result.stdout.str()
    result = run(right, "-p", "no:tpdebug", "--tpdebug", "sort.py")
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_it_works_without_a_terminal(wrong: pytest.Pytester) -> None:
    arguments = ("-p", "no:terminal", "--tpdebug", "sort.py", "--tpdebug-cov")
    assert run(wrong, *arguments).ret == pytest.ExitCode.TESTS_FAILED
    (wrong.path / "sort.py").write_text(RIGHT)
    assert run(wrong, *arguments[:-1]).ret == pytest.ExitCode.OK
    under = run(wrong, *arguments, "--tpdebug-cov-fail-under=50")
    assert under.ret == pytest.ExitCode.TESTS_FAILED


def test_faithfulness_to_a_network(pytester: pytest.Pytester) -> None:
    pytest.importorskip("torch")
    network, program = pytester.path / "net.ckpt", pytester.path / "lifted.py"
    stored_network(network, program, 8, 6)
    given = ("--tpdebug", "lifted.py", "--tpdebug-model", "net.ckpt")
    result = run(pytester, *given, "-v", "-k", "faithfulness")
    result.stdout.fnmatch_lines(["lifted.py::faithfulness[[]net.ckpt] PASSED*"])
    program.write_text(RIGHT)
    result = run(pytester, *given, "-k", "faithfulness")
    result.assert_outcomes(failed=1, deselected=3)
    result.stdout.fnmatch_lines(["*of 780 inputs answered wrong (proved)."])
