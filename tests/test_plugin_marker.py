"""The marker and the fixture, in tests of users."""

from __future__ import annotations

import pytest

from tests.plugging import FAILING, RIGHT, TEST, WRONG, line_of_fault, run

pytest_plugins = ["pytester"]

SECTION = [
    "*- tpdebug: sort.py -*",
    "1 input of this test is answered wrong:",
    "  input     4 0 0 0",
    "  answer    0 0 0 3",
    "  expected  0 0 0 4",
    "                  ^",
    f"  sort.py:{line_of_fault()}: score of position 4",
]


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.path / "sort.py").write_text(WRONG)
    pytester.makeini("[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n")
    return pytester


def marked(body: str, mark: str = '"sort.py", task="sort"') -> str:
    return (
        "import pytest\n"
        f"@pytest.mark.tpdebug({mark})\n"
        f"def test_it(tpdebug_program):\n    {body}\n"
    )


def test_a_failing_test_says_which_rule_is_to_blame(project: pytest.Pytester) -> None:
    project.makepyfile(test_sort=TEST)
    result = run(project)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ['*AssertionError: "4 0 0 0" is answered "0 0 0 3", but *', *SECTION]
    )
    assert "tpdebug/testing.py" not in result.stdout.str()


@pytest.mark.parametrize(
    "body",
    [
        'assert tpdebug_program.answers("4 0 0 0") == tuple("0004")',
        'assert tpdebug_program.answers(["4", "0", "0", "0"])[-1] == "4"',
    ],
)
def test_a_plain_assertion_is_explained_too(
    project: pytest.Pytester, body: str
) -> None:
    for mark in ('"sort.py", task="sort"', '"sort.py"'):
        project.makepyfile(test_sort=marked(body, mark))
        result = run(project)
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(SECTION)


def test_what_the_fixture_has(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_sort=f"""
        import pytest
        from pathlib import Path
        from tpdebug import DomainError

        @pytest.mark.tpdebug(Path("sort.py"), oracle=sorted, lengths="4")
        class TestSort:
            def test_it(self, tpdebug_program):
                kinds = tpdebug_program.falsify(most=1000).kinds
                assert kinds[0].smallest.input == tuple("0004")
                found = tpdebug_program.verify()
                assert len(found.failures) == {FAILING}
                assert tpdebug_program.domain.count == 780
                assert tpdebug_program.checker.domain.count == 625
                why = tpdebug_program.explain("0 0 0 4", position=4)
                assert why.chosen.answer == "3"
                assert tpdebug_program.answers("3 1") == ("1", "3")
                for wrong in ("7", "", ["9"]):
                    with pytest.raises(DomainError):
                        tpdebug_program.answers(wrong)
                assert repr(tpdebug_program) == "<program sort.py>"

            def test_again(self, tpdebug_program):
                assert not tpdebug_program.falsify().kinds
        """
    )
    result = run(project)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["  input     0 0 0 4", f"  sort.py:{line_of_fault()}*"]
    )


def test_right_may_be_cases_a_program_or_a_property(project: pytest.Pytester) -> None:
    (project.path / "good.py").write_text(RIGHT)
    (project.path / "c.jsonl").write_text('{"input": "4 0 0 0", "expected": "0 0 0 4"}')
    for mark in ('cases="c.jsonl"', 'against="good.py"', 'oracle="own.py:target"'):
        (project.path / "own.py").write_text("target = sorted\n")
        body = 'tpdebug_program.check("4 0 0 0")'
        project.makepyfile(test_sort=marked(body, f'"sort.py", {mark}'))
        result = run(project)
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(SECTION)
    body = 'tpdebug_program.check("4 0 0 0")'
    project.makepyfile(test_sort=marked(body, '"sort.py", holds="again"'))
    result = run(project)
    assert "Suspicious" not in result.stdout.str()


def test_a_hypothesis_test_shows_the_smallest(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_sort="""
        from hypothesis import given, settings
        from tpdebug.testing import Checker, inputs

        CHECK = Checker("sort.py", task="sort")

        @settings(database=None, max_examples=300)
        @given(inputs(CHECK))
        def test_any(letters):
            CHECK(letters)
        """
    )
    result = run(project, "--junitxml=report.xml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*inputs of this test are answered wrong, the smallest:",
            "  input     0 0 0 4",
        ]
    )
    text = (project.path / "report.xml").read_text()
    assert '<property name="tpdebug_input" value="0 0 0 4" />' in text


def test_tests_without_programs_are_left_alone(project: pytest.Pytester) -> None:
    project.makepyfile(test_any="def test_it():\n    assert 0\n")
    assert "- tpdebug" not in run(project).stdout.str()


@pytest.mark.parametrize(
    ("mark", "says"),
    [
        ("", "takes one program, a path: @pytest.mark.tpdebug*sort.py*"),
        ("1", "takes one program, a path*"),
        ('"a.py", "b.py"', "takes one program, a path*"),
        ('"sort.py", tsk="sort"', "has no 'tsk'; it takes task, oracle, cases, *"),
    ],
)
def test_a_wrong_marker_is_a_usage_error(
    project: pytest.Pytester, mark: str, says: str
) -> None:
    project.makepyfile(test_sort=marked("pass", mark))
    result = run(project)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    line = f"ERROR: test_sort.py::test_it: @pytest.mark.tpdebug {says}"
    result.stderr.fnmatch_lines([line])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (marked("pass", '"none.py"'), "*none.py does not exist"),
        (marked("pass", '"sort.py", task="none"'), "there is no task 'none'*"),
        (marked("pass", '"test_sort.py"'), "*test_sort.py*"),
        (
            marked("pass", '"sort.py", task="sort", oracle="a:b"'),
            "give one of --task and --oracle",
        ),
        (
            "def test_it(tpdebug_program):\n    pass\n",
            "tpdebug_program needs to know which program: mark the test with *",
        ),
    ],
)
def test_what_cannot_be_is_said_before_the_test(
    project: pytest.Pytester, text: str, says: str
) -> None:
    project.makepyfile(test_sort=text)
    result = run(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([says])
    assert "Traceback" not in result.stdout.str()


def test_marker_and_fixture_are_listed(project: pytest.Pytester) -> None:
    run(project, "--markers").stdout.fnmatch_lines(
        ["@pytest.mark.tpdebug(program, [*], task=None, *"]
    )
    run(project, "--fixtures").stdout.fnmatch_lines(["tpdebug_program*"])
    helped = run(project, "--help").stdout
    helped.fnmatch_lines(["*--tpdebug=PROGRAM*", "*--tpdebug-cov-fail-under=PERCENT*"])
