"""What coverage.py measures on a program file is what the traces say, line for line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from analyzers.coverage import RuleCoverage
from analyzers.coverage.lines import LineSpectra, RuleLines, line_spectra
from analyzers.spectra import Spectra
from tests.cases import CASES, Case
from tests.published import saved
from tests.running import examples, text_of
from tests.strategies import programs_and_inputs
from tests.test_published import SMALL, WORDY
from tpdebug.errors import UserError
from tpdebug.evaluate import Evaluator, answers
from tpdebug.execute import measure_lines
from tpdebug.inputs import decode, encode, sample
from tpdebug.nodes import Rule
from tpdebug.program import Program
from tpdebug.read import read

FOLDER = Path(__file__).resolve().parent.parent / "examples"
EXAMPLES = [*sorted(FOLDER.glob("*.py")), *sorted(FOLDER.glob("categorical/*.py"))]

Inputs = Sequence[Sequence[str]]


def drawn(program: Program, count: int) -> Inputs:
    """Inputs of a program."""
    blocks = sample(program.domain, count, seed=0)
    return [letters for block in blocks for letters in decode(program.domain, block)]


def compared(path: Path, inputs: Inputs) -> tuple[LineSpectra, RuleLines]:
    """Measure a file, and compare with the rules that each input takes."""
    source = read(path)
    spectra, evaluator = Spectra(source.program), Evaluator(source.program)
    taken = [
        spectra.executed(evaluator.trace(encode(source.program.domain, [letters])))
        for letters in inputs
    ]
    told, measured = RuleLines(source, path.read_bytes()), line_spectra(path, inputs)
    expected = told.executed(np.concatenate(taken))
    found = measured.of(told.lines)
    wrong = [
        n
        for n, ok in zip(told.lines, (found == expected).all(0), strict=True)
        if not ok
    ]
    assert not wrong, f"{path} differs on lines {wrong}"
    return measured, told


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_line_of_an_example_is_told_by_its_rules(path: Path) -> None:
    measured, told = compared(path, drawn(read(path).program, 30))
    assert told.lines == measured.lines
    assert len(told.lines) > len(told.always) > 3


def test_the_comparison_sees_lines_that_only_some_inputs_execute() -> None:
    path = FOLDER / "most_freq.py"
    measured, told = compared(path, drawn(read(path).program, 30))
    partly = measured.executed.any(0) & ~measured.executed.all(0)
    assert partly.sum() >= 5
    assert not set(np.array(measured.lines)[partly]) & set(told.always)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_programs_written_by_hand(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(text_of(case.program), encoding="utf-8")
    measured, told = compared(path, case.inputs)
    if case.name != "record":  # whose scores decide by the key, in a chain of cases
        assert told.lines == measured.lines


def test_a_score_that_is_read_was_asked_for() -> None:
    """Of scores by key the rules that are taken are some of those that are asked."""
    (program, inputs) = next((c.program, c.inputs) for c in CASES if c.name == "record")
    text = text_of(program)
    measured = line_spectra(program, inputs)
    spectra, evaluator = Spectra(program), Evaluator(program)
    stands = read(text).map.rules
    for letters, executed in zip(inputs, measured.executed, strict=True):
        trace = evaluator.trace(encode(program.domain, [letters]))
        lines = {
            line for line, ran in zip(measured.lines, executed, strict=True) if ran
        }
        taken = [spectra.rules[i] for i in np.flatnonzero(spectra.executed(trace)[0])]
        assert {stands[rule].line for rule in taken if rule.kind == "case"} <= lines


def test_generated_programs(tmp_path: Path) -> None:
    """Of any shape; lines that depend on keys are few, and are left out."""
    of_rules = of_all = 0
    path = tmp_path / "program.py"
    for program, inputs in examples(programs_and_inputs(), 25):
        path.write_text(text_of(program), encoding="utf-8")
        measured, told = compared(path, inputs)
        assert set(told.lines) <= set(measured.lines)
        of_rules, of_all = of_rules + len(told.lines), of_all + len(measured.lines)
    assert of_rules >= 0.8 * of_all


@pytest.mark.parametrize("program", [SMALL, WORDY], ids=["small", "wordy"])
def test_files_of_the_converter(program: Program, tmp_path: Path) -> None:
    path = saved(program, tmp_path, path='"{}"', package="")
    _, told = compared(path, drawn(program, 12))
    assert len(told.lines) > len(told.always)


HEAD = '''
from tpdebug.rasp import aggregate, answer, delimit, select_closest

ALPHABET = ("a", "b")
LENGTHS = (1, 3)
CLASSES = ("a", "b")


def attends(q_token, k_token):
    """Documented."""
{body}


def run(tokens):
    tokens = delimit(tokens, ALPHABET, LENGTHS)
    attn = aggregate(select_closest(tokens, tokens, attends), tokens)
    return answer(CLASSES, SCORES, attn=attn)


SCORES = {{"attn": {{"a": (1, 0), "b": (0, 1)}}}}
'''
BY_QUERY = """
    if q_token == "a":
        return k_token == "b"
    elif q_token == "b":
        if q_token == "a":
            return False
        return (
            k_token
            == "a"
        )
"""
FALLS_OFF = """
    if q_token == "a":
        return k_token == "b"
"""
BY_KEY = """
    if k_token == "a":
        return True
    return q_token == k_token
"""


def edited(folder: Path, body: str) -> Path:
    path = folder / "edited.py"
    path.write_text(HEAD.format(body=body.strip("\n")))
    return path


@pytest.mark.parametrize("body", [BY_QUERY, FALLS_OFF], ids=["nested", "falls off"])
def test_decisions_of_other_forms(body: str, tmp_path: Path) -> None:
    path = edited(tmp_path, body)
    measured, told = compared(path, ["a", "b", "ab", "bb"])
    assert told.lines == measured.lines
    assert not measured.executed.all()


def test_a_predicate_that_decides_by_the_key_is_left_out(tmp_path: Path) -> None:
    """Which line runs depends on all keys, and no rule says which these are."""
    path = edited(tmp_path, BY_KEY)
    measured, told = compared(path, ["a", "b", "ab"])
    assert set(told.lines) == set(told.always)
    case = read(path).map.rules[Rule("case", "attn", ("a",))]
    (runs,) = measured.of([case.line]).T.tolist()
    assert runs == [True, False, True]  # "b" does not ask for "a", but "ab" sees one


def test_measuring_does_not_change_the_answers_and_gives_branches(
    tmp_path: Path,
) -> None:
    path = edited(tmp_path, FALLS_OFF)
    inputs = ["a", "b", "ab"]
    found = measure_lines(path, inputs)
    assert found.answers == answers(read(path).program, inputs)
    start = next(
        n for n, t in enumerate(path.read_text().split("\n"), 1) if "if q_" in t
    )
    jumps = [{b for a, b in arcs if a == start} for arcs in found.arcs]
    assert jumps[0] == {start + 1}
    assert jumps[2] > {start + 1}  # into the case, and off the end
    assert not jumps[1] & {start + 1}


def test_a_path_with_special_letters_and_a_program_in_memory(tmp_path: Path) -> None:
    folder = tmp_path / "a [1]*{b}?"
    folder.mkdir()
    program = read(edited(folder, FALLS_OFF)).program
    for given in (folder / "edited.py", program):
        assert line_spectra(given, ["ab"]).executed.any()


def test_a_file_that_fails_when_it_runs_is_reported(tmp_path: Path) -> None:
    path = edited(tmp_path, FALLS_OFF)
    with pytest.raises(UserError, match="failed when it was executed: ValueError"):
        measure_lines(path, ["abc", "abcd"])


TESTS = """
from most_freq import run


def test_short():
    run(["1", "2", "3"])
    run(["0", "0", "1"])


def test_long():
    run(list("0123450"))
"""
SETTINGS = """
[run]
branch = true
source = .
dynamic_context = test_function
"""


def test_a_test_suite_under_coverage_gives_the_lines_of_each_test(
    tmp_path: Path,
) -> None:
    """As docs/coverage.md says to run it: contexts are tests, and lines those told."""
    path = tmp_path / "most_freq.py"
    shutil.copy(FOLDER / path.name, path)
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / ".coveragerc").write_text(SETTINGS)
    package = Path(__file__).resolve().parent.parent
    python = [sys.executable, "-m", "coverage"]
    environment = {**os.environ, "PYTHONPATH": f"{package}{os.pathsep}{tmp_path}"}
    for command in (
        ["run", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"],
        ["json", "-q", "--show-contexts", "-o", "found.json"],
    ):
        child = subprocess.run(
            [*python, *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert child.returncode == 0, child.stdout + child.stderr
    found = json.loads((tmp_path / "found.json").read_text())["files"]["most_freq.py"]
    source = read(path)
    recorded = RuleCoverage(source.program)
    recorded.add("test_it.test_short", ["123", "001"])
    recorded.add("test_it.test_long", ["0123450"])
    told = RuleLines(source, path.read_bytes())
    for name, one in recorded.contexts.items():
        taken = np.zeros((1, len(recorded.spectra.rules)), bool)
        taken[0, one.rules] = True
        (expected,) = told.executed(taken)
        ran = [name in found["contexts"].get(str(line), ()) for line in told.lines]
        assert ran == expected.tolist()
        assert not all(ran)
