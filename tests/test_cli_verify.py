"""verify, diff and convert on the command line: exit codes, files, JSON, messages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.test_cli import EXAMPLE, refused, tpdebug
from tests.test_verify import broken_sort, counter
from tpdebug.read import load
from tpdebug.write import save


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program file that sorts wrongly now and then."""
    path = tmp_path_factory.mktemp("broken") / "broken.py"
    save(broken_sort(), path)
    return path


def test_verify_says_that_the_example_is_right_and_exits_with_0() -> None:
    result = tpdebug("verify", EXAMPLE)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "as sort: 19,530 of 19,530 inputs right (proved); 100 % of letters." in said
    assert "fail" not in result.output
    assert max(map(len, result.output.splitlines())) <= 80


def test_verify_lists_what_fails_and_exits_with_1(broken: Path) -> None:
    result = tpdebug("verify", broken, "--task", "sort")
    assert result.exit_code == 1
    assert "shortest first:" in result.output
    assert "inputs (* is any letter" in " ".join(result.output.split())
    assert "Least margin" in result.output or "Tie:" in result.output


def test_the_failures_file_holds_every_failing_input_and_can_be_given_back(
    broken: Path, tmp_path: Path
) -> None:
    file = tmp_path / "failing.jsonl"
    result = tpdebug("verify", broken, "--failures", file, "--format", "json")
    data = json.loads(result.stdout)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(lines) == data["failing"] > 0
    assert data["inputs"] - data["inputs_right"] == data["failing"]
    assert data["failures"] == lines[:1000]
    lengths = [len(line["input"]) for line in lines]
    assert lengths == sorted(lengths)
    again = tpdebug("verify", broken, "--cases", file, "--format", "json")
    found = json.loads(again.stdout)
    assert again.exit_code == 1
    assert (found["inputs"], found["inputs_right"]) == (len(lines), 0)
    assert tpdebug("verify", EXAMPLE, "--cases", file).exit_code == 0


def test_verify_json_can_be_read_by_a_script(broken: Path) -> None:
    data = json.loads(tpdebug("verify", broken, "--format", "json").stdout)
    assert data["version"] == 2
    assert data["evidence"]["kind"] == "proved"
    assert data["atlas"]["complete"]
    assert sum(row["inputs"] for row in data["by_length"]) == 19_530
    assert not data["clean"]
    assert {"input", "margin", "scale"} <= data["least_margin"].keys()


def test_verify_asks_a_function_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    Path("my_target_1.py").write_text("def up(letters):\n    return sorted(letters)\n")
    result = tpdebug(
        "verify", EXAMPLE, "--oracle", "my_target_1:up", "--lengths", "1-3"
    )
    assert result.exit_code == 0, result.output
    assert "155 of 155 inputs right" in " ".join(result.output.split())
    result = tpdebug("verify", EXAMPLE, "--oracle", f"{tmp_path}/my_target_1.py:down")
    assert "has no function 'down'; it has up" in refused(result)


def test_verify_narrows_the_domain(broken: Path) -> None:
    options = ("--alphabet", "0 1", "--lengths", "2", "--format", "json")
    data = json.loads(tpdebug("verify", broken, *options).stdout)
    assert data["inputs"] == 4


def test_verify_samples_what_is_too_large(broken: Path) -> None:
    options = ("--most", "100", "--samples", "500", "--seed", "3", "--format", "json")
    data = json.loads(tpdebug("verify", broken, *options).stdout)
    assert data["evidence"] == {"kind": "sampled", "inputs": 500, "seed": 3}
    assert data["interval"][0] < data["interval"][1]
    said = tpdebug("verify", broken, *options[:-2]).output
    assert "(sampled, 500 inputs, seed 3), 95 % interval" in " ".join(said.split())


def test_verify_executes_the_file_when_asked_to(broken: Path) -> None:
    result = tpdebug("verify", broken, "--confirm", "50")
    assert "Executed: the file answers the same on " in result.output


def test_a_program_that_cannot_say_a_label_fails(tmp_path: Path) -> None:
    path = tmp_path / "counter.py"
    save(counter(3, ["1", "2"]), path)
    target = tmp_path / "target.py"
    target.write_text("def count(x):\n    return [str(x.count(a)) for a in x]\n")
    result = tpdebug("verify", path, "--oracle", f"{target}:count")
    assert result.exit_code == 1
    assert 'it can never answer "3", which 6 letters need' in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--task", "sorting"), "there is no task 'sorting'"),
        (("--task", "sort", "--oracle", "a:b"), "give one of --task, --oracle"),
        (("--task", "dyck1"), "dyck1 has the letters ( ); the program has 0 1 2 3"),
        (("--oracle", "nothing"), "--oracle is module:function"),
        (("--oracle", "no_such_module:f"), "there is no module 'no_such_module'"),
        (("--cases", "missing.jsonl"), "missing.jsonl does not exist"),
        (("--lengths", "x"), "--lengths is a number or a range like 1-6"),
        (("--lengths", "1-9"), "takes 1 to 6 letters, not 1 to 9"),
        (("--alphabet", "0 q"), "does not know q"),
        (("--failures", "no/such/folder/f"), "cannot write"),
        (("--checkpoint", "."), "not a regular file"),
        (("--lengths", "3-"), "--lengths is a number or a range like 1-6"),
        (("--task", "induction"), "induction needs keys and values; of its letters"),
    ],
)
def test_verify_refuses_what_does_not_fit(
    arguments: tuple[str, ...], says: str
) -> None:
    assert says in refused(tpdebug("verify", EXAMPLE, *arguments))


def test_a_program_without_a_task_asks_what_is_right(tmp_path: Path) -> None:
    path = tmp_path / "counter.py"
    save(counter(3, ["1", "2"]), path)
    assert "what is right?" in refused(tpdebug("verify", path))


def test_diff_of_equal_programs_exits_with_0(tmp_path: Path) -> None:
    copy = tmp_path / "copy.py"
    save(load(EXAMPLE), copy, standalone=True)
    result = tpdebug("diff", EXAMPLE, copy)
    assert result.exit_code == 0
    assert "equal (proved on all 19,530 inputs)." in " ".join(result.output.split())


def test_diff_says_where_and_who_is_right(broken: Path) -> None:
    result = tpdebug("diff", EXAMPLE, broken, "--task", "sort", "--format", "json")
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert data["differing"] == data["first_right"] > 0
    assert data["second_right"] == data["both_wrong"] == 0
    assert data["witnesses"][0]["expected"] == data["witnesses"][0]["first"]
    said = tpdebug("diff", EXAMPLE, broken, "--task", "sort").output
    assert "broken.py on 0, neither on 0." in " ".join(said.split())
    assert max(map(len, said.splitlines())) <= 80


def test_diff_with_another_tie_rule(tmp_path: Path) -> None:
    example, path = EXAMPLE.with_name("induction.py"), tmp_path / "matches.py"
    save(load(example).with_tie("matches"), path)
    assert 'tie="matches"' in path.read_text()
    assert tpdebug("diff", example, path).exit_code == 1
    assert tpdebug("diff", example, path, "--tie", "last").exit_code == 0


def test_convert_writes_the_same_program_and_keeps_other_files(tmp_path: Path) -> None:
    output = tmp_path / "again.py"
    result = tpdebug("convert", EXAMPLE, "-o", output)
    assert result.exit_code == 0, result.output
    assert load(output) == load(EXAMPLE)
    output.write_text("mine\n")
    assert "exists; use --force" in refused(tpdebug("convert", EXAMPLE, "-o", output))
    assert output.read_text() == "mine\n"
    wrong = tpdebug("convert", EXAMPLE, "-o", tmp_path / "again.txt")
    assert "ends in .py" in refused(wrong)


def test_an_interrupted_verify_says_how_to_go_on(broken: Path, tmp_path: Path) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text(
        "import time\n\ndef up(letters):\n    time.sleep(0.001)\n"
        "    return sorted(letters)\n"
    )
    state = tmp_path / "state"
    command = [sys.executable, "-m", "tpdebug", "verify", str(broken)]
    command += ["--oracle", f"{slow}:up", "--checkpoint", str(state), "--jobs", "1"]
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLE.parent.parent)}
    child = subprocess.Popen(
        command, stderr=subprocess.PIPE, env=environment, text=True
    )
    time.sleep(4)
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 130, errors
    assert "Traceback" not in errors
    assert "Go on with: " in errors
    assert state.exists()
