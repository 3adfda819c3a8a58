"""The command line as a user meets it: results, exit codes, and one clear line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tpdebug.cli import main
from tpdebug.read import load

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "sort.py"


def tpdebug(*arguments: str | Path, text: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=text)


def refused(result: Result) -> str:
    """Check that a command refused its input properly; return what it said."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert isinstance(result.exception, SystemExit)
    return result.stderr


def test_run_prints_a_line_of_answers_for_each_input() -> None:
    result = tpdebug("run", EXAMPLE, "--input", "3 1 2", "--input", "<s> 4 0 </s>")
    assert (result.exit_code, result.output) == (0, "1 2 3\n0 4\n")


def test_run_reads_inputs_from_standard_input_and_prints_json() -> None:
    result = tpdebug(
        "run", EXAMPLE, "--inputs", "-", "--format", "json", text="2 1\n\n0\n"
    )
    data = json.loads(result.output)
    assert data["version"] == 2
    assert data["results"] == [
        {"input": ["2", "1"], "answers": ["1", "2"]},
        {"input": ["0"], "answers": ["0"]},
    ]


def test_explain_shows_answers_scores_and_the_way_back_within_80_columns() -> None:
    result = tpdebug("explain", EXAMPLE, "--input", "3 1 4 2", "--position", "2")
    assert result.exit_code == 0
    assert "At position 2 the answer is 2, " in result.output
    assert "The way back:" in result.output
    assert f"{EXAMPLE.name}:" in result.output.replace("\n", "")
    assert max(map(len, result.output.splitlines())) <= 80


def test_explain_marks_what_was_not_expected_and_exits_with_1() -> None:
    result = tpdebug("explain", EXAMPLE, "--input", "3 1", "--expect", "1 2")
    assert result.exit_code == 1
    assert "wrong" in result.output
    assert "the answer is 3; expected is 2, which has " in result.output


def test_explain_as_json_holds_the_same_facts() -> None:
    result = tpdebug("explain", EXAMPLE, "--input", "3 1 4 2", "--format", "json")
    data = json.loads(result.output)
    assert data["version"] == 2
    assert [letter["answer"] for letter in data["letters"]] == ["1", "2", "3", "4"]
    assert data["margin"] == sum(c["difference"] for c in data["contributions"])
    for contribution in data["contributions"]:
        if contribution["enough"]:
            name = f"{contribution['variable']}@{contribution['position']}"
            assert data["steps"][name]["value"] == contribution["value"]
    for step in data["steps"].values():
        assert all(read["step"] in data["steps"] for read in step["reads"])


def test_explanations_are_the_same_under_any_hash_seed() -> None:
    command = [sys.executable, "-m", "tpdebug", "explain", str(EXAMPLE)]
    command += ["--input", "3 1 4 2", "--format", "json"]
    texts = {
        subprocess.run(
            command,
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in "012"
    }
    assert len(texts) == 1


BAD_FILES = {
    "missing": (None, "does not exist"),
    "empty": (b"", "no `def run(tokens)`"),
    "not python": (b"def (:\n", "not Python"),
    "not a program": (b"print('hello')\n", "no `def run(tokens)`"),
    "binary": (b"\x7fELF\0\0\1", "binary"),
    "latin": ("x = 'é'\n".encode("latin-1"), "not UTF-8"),
    "large": (b"# " + b"a" * 50_000_000, "too large"),
    "deep": (b"x = " + b"-" * 90_000 + b"1\n", "nested too deeply"),
    "parentheses": (b"x = " + b"(" * 9_000 + b")" * 9_000, "not Python"),
}


@pytest.mark.parametrize("command", ["run", "explain"])
@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_is_no_program_gets_one_clear_line(
    command: str, kind: str, tmp_path: Path
) -> None:
    content, says = BAD_FILES[kind]
    path = tmp_path / "prog.py"
    if content is not None:
        path.write_bytes(content)
    message = refused(tpdebug(command, path, "--input", "1"))
    assert says in message
    assert message.count("\n") == 1
    assert path.name in message


def test_a_directory_is_refused(tmp_path: Path) -> None:
    assert "is a directory" in refused(tpdebug("run", tmp_path, "--input", "1"))


def test_a_file_is_never_executed(tmp_path: Path) -> None:
    marker = tmp_path / "executed"
    path = tmp_path / "prog.py"
    attack = f"open({str(marker)!r}, 'w')\n"
    path.write_text(EXAMPLE.read_text() + attack)
    assert "prog.py" in refused(tpdebug("run", path, "--input", "1"))
    assert not marker.exists()


def test_every_construct_in_the_way_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "prog.py"
    lines = EXAMPLE.read_text().splitlines()
    lines.insert(5, "import this as answer")
    path.write_text("\n".join([*lines, "while True: pass", "del SCORES", ""]))
    message = refused(tpdebug("run", path, "--input", "1"))
    assert "for 3 reasons" in message
    assert message.count("prog.py:") == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("3 9", "letter 2 is '9', which is not in the alphabet: 0 1 2 3 4"),
        ("", "1 to 6 letters, not 0"),
        ("1 1 1 1 1 1 1", "1 to 6 letters, not 7"),
    ],
)
@pytest.mark.parametrize("command", ["run", "explain"])
def test_an_input_outside_the_domain_says_what_is_allowed(
    command: str, text: str, says: str
) -> None:
    assert says in refused(tpdebug(command, EXAMPLE, "--input", text))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--position", "9"), "use 1 to 2"),
        (("--expect", "1"), "1 expected answer for 2 answers"),
        (("--expect", "1 x"), "'x' is not a class"),
    ],
)
def test_explain_refuses_what_does_not_fit(options: tuple[str, ...], says: str) -> None:
    assert says in refused(tpdebug("explain", EXAMPLE, "--input", "2 1", *options))


def test_run_without_input_says_how_to_give_one() -> None:
    assert "--input" in refused(tpdebug("run", EXAMPLE))


@pytest.mark.parametrize("command", ["demo", "explain", "run", "train"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = tpdebug(command, "--help")
    assert result.exit_code == 0
    assert f"Example: tpdebug {command}" in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("sort", "-o", "{dir}"), "is a directory"),
        (("sort", "-o", "{dir}/none/sort.py"), "there is no directory"),
        (("sort", "-o", "{dir}/sort.txt"), "should end in .py"),
        (("sort", "-o", "{dir}/old.py"), "--force"),
        (("sorting", "-o", "{dir}/sort.py"), "the tasks are reverse, hist"),
        (("-o", "{dir}/sort.py"), "name a task"),
        (("sort", "--resume", "x.ckpt", "-o", "{dir}/sort.py"), "takes task and"),
        (("--resume", "x", "--length", "9", "-o", "{dir}/sort.py"), "takes task and"),
        (("sort", "--layers", "0", "-o", "{dir}/sort.py"), "layers"),
    ],
)
def test_train_refuses_before_it_trains(
    arguments: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    old = tmp_path / "old.py"
    old.write_text("keep me\n")
    filled = [argument.format(dir=tmp_path) for argument in arguments]
    assert says in refused(tpdebug("train", *filled))
    assert old.read_text() == "keep me\n"
    assert list(tmp_path.iterdir()) == [old]


def test_a_pipe_gets_no_colour_and_a_closed_pipe_no_traceback() -> None:
    command = [sys.executable, "-m", "tpdebug", "explain", str(EXAMPLE)]
    command += ["--input", "3 1 4 2"]
    child = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "\x1b" not in child.stdout
    script = " ".join([*command[:-1], "'3 1 4 2'"]) + " | head -1"
    child = subprocess.run(
        script, shell=True, capture_output=True, text=True, check=True
    )
    assert "Traceback" not in child.stderr


def test_the_example_is_a_program_with_its_command_in_its_docstring() -> None:
    about = load(EXAMPLE).about
    assert "Made by: tpdebug train sort" in about
