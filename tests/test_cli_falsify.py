"""falsify on the command line: exit codes, JSON, the database, emitted tests."""

from __future__ import annotations

import ast
import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugging import stored_network
from tests.running import ROOT
from tests.test_cli import EXAMPLE, refused, tpdebug
from tests.test_verify import broken_sort
from tpdebug.domain import Domain
from tpdebug.findings import Failure, FailureKind
from tpdebug.read import load
from tpdebug.render.data import VERSION
from tpdebug.write import save
from tpdebug.write.regressions import regression_test


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program file that sorts wrongly now and then, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "broken.py"
    save(broken_sort(), path)
    return path


def pytest_of(path: Path) -> int:
    """Run a test file in a child process; return the exit code."""
    child = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", path.name],
        cwd=path.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    return child.returncode


def test_a_right_program_is_proved_and_exits_with_0(broken: Path) -> None:
    result = tpdebug("falsify", EXAMPLE)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert said.endswith("as sort: no failing input (proved on all 19,530 inputs).")
    assert not Path(".hypothesis").exists()


def test_failures_are_shown_by_kind_and_exit_with_1(
    broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    result = tpdebug("falsify", broken, "--task", "sort", "--no-database")
    assert result.exit_code == 1
    assert "failing inputs, of" in result.output
    assert "1. 1 instead of 0" in result.output
    assert "the smallest (proved), wrong at position 5:" in result.output
    assert "  answer    0 0 0 0 1" in result.output
    assert max(map(len, result.output.splitlines())) <= 80
    assert not Path(".hypothesis").exists()


def test_json_can_be_read_by_a_script(broken: Path) -> None:
    result = tpdebug("falsify", broken, "--format", "json")
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert data["version"] == VERSION
    assert data["evidence"] == {"kind": "proved", "inputs": 19_530, "seed": None}
    assert (data["clean"], data["complete"], data["tests"]) == (False, True, None)
    assert sum(kind["inputs"] for kind in data["kinds"]) == data["failing"]
    first = data["kinds"][0]
    assert first["smallest"]["input"] == list("00000")
    assert first["smallest"]["wrong"] == [4]
    assert first["where"].startswith(str(broken))
    assert first["smallest_proved"]


def test_a_search_says_so_and_replays_what_failed(broken: Path) -> None:
    few = ("--search", "--inputs", "1", "--sweep", "0", "--format", "json")
    nothing = json.loads(tpdebug("falsify", broken, *few).stdout)
    assert nothing["clean"]
    assert nothing["evidence"]["kind"] == "searched"
    tpdebug("falsify", broken)
    assert Path(".hypothesis/examples").is_dir()
    again = json.loads(tpdebug("falsify", broken, *few).stdout)
    assert again["failed_before"]["again"] == len(again["kinds"]) > 0
    off = json.loads(tpdebug("falsify", broken, *few, "--no-database").stdout)
    assert off["clean"]
    other = json.loads(tpdebug("falsify", broken, *few, "--database", "other").stdout)
    assert other["clean"]
    save(load(EXAMPLE), broken)
    mended = tpdebug("falsify", broken)
    assert mended.exit_code == 0
    assert "no longer do" in " ".join(mended.output.split())


def test_an_emitted_test_is_red_until_the_program_is_mended(broken: Path) -> None:
    tests = broken.parent / "tests"
    tests.mkdir()
    file = tests / "test_broken.py"
    command = ("falsify", broken, "--task", "sort", "--emit-tests", file)
    result = tpdebug(*command, "--no-database")
    assert result.exit_code == 1
    assert "Wrote " in result.output
    text = file.read_text()
    assert '@example("0 0 0 0 0")' in text
    assert 'Checker(HERE / "../broken.py", task="sort")' in text
    with pytest.raises(AssertionError, match='"0 0 0 0 0" is answered'):
        runpy.run_path(str(file))["test_broken"]()
    save(load(EXAMPLE), broken)
    assert pytest_of(file) == 0
    assert "exists; take another name, or --force" in refused(tpdebug(*command))
    assert file.read_text() == text
    forced = tpdebug(*command, "--no-database", "--force")
    assert forced.exit_code == 0
    assert "nothing to write" in forced.output
    assert file.read_text() == text


def ruff(path: Path, *arguments: str | Path) -> str:
    """What ruff says of a file in its own folder; nothing if it is clean."""
    command = [sys.executable, "-m", "ruff", *map(str, arguments), path.name]
    child = subprocess.run(
        command, cwd=path.parent, capture_output=True, text=True, check=False
    )
    return child.stdout + child.stderr if child.returncode else ""


@pytest.mark.parametrize(
    "letters",
    [("a", "b"), ("'", '"', "\\n"), ('"' * 3,), ("\u202e", "é"), ("word",) * 40],
)
def test_emitted_tests_are_clean_to_ruff(
    letters: tuple[str, ...], tmp_path: Path
) -> None:
    assert Domain(tuple(dict.fromkeys(letters)), (1, 40)).why_not(letters) is None
    kind = FailureKind(
        *("x\n", 'y"', None, 1),
        Failure(letters, ("x\n",), ('y"',)),
        *(None, True),
    )
    held = {
        "oracle": "some/where.py:target",
        "against": tmp_path / "a folder with a long name" / "and a long file name.py",
        "alphabet": '" \\',
    }
    program, path = tmp_path / "1 odd-näme.py", tmp_path / "test_odd.py"
    said = 'tpdebug falsify """ \\N{x}'
    text = regression_test(path, program, held, [kind, kind], said)
    path.write_text(text, encoding="utf-8")
    config = ROOT / "pyproject.toml"
    assert not ruff(path, "check", "--isolated", "--select", "E4,E7,E9,F,I,SIM,UP")
    assert not ruff(path, "format", "--check", "--config", config)
    found = [
        ast.literal_eval(node.args[0])
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "example"
    ]
    assert found == [" ".join(letters)] * 2


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--task", "sort", "--oracle", "a:b"), "give one of --task and --oracle"),
        (("--against", EXAMPLE, "--property", "again"), "--against and --property"),
        (("--property", "none"), "there is no property 'none'; they are permutation,"),
        (("--property", "brackets"), "its letters are no pairs"),
        (("--against", "none.py"), "none.py does not exist"),
        (("--model", "none.ckpt"), "none.ckpt does not exist"),
        (("--task", "none"), "there is no task 'none'"),
        (("--emit-tests", "test.txt"), "test.txt should end in .py"),
        (("--emit-tests", "broken.py", "--force"), "is the program itself"),
        (("--emit-tests", "none/test.py"), "there is no directory none"),
        (("--lengths", "9"), "the program takes 1 to 6 letters"),
        (("--oracle", "builtins:len"), "not 1 string"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    options: tuple[str | Path, ...], says: str, broken: Path
) -> None:
    said = refused(tpdebug("falsify", "broken.py", *options))
    assert says in said
    assert len(said.splitlines()) == 1
    assert load(broken) == broken_sort()


def test_a_file_in_the_way_of_the_database_is_refused(broken: Path) -> None:
    Path("file").write_text("x")
    result = tpdebug("falsify", broken, "--database", "file")
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    assert Path("file").read_text() == "x"


def test_another_program_says_what_is_right(broken: Path) -> None:
    result = tpdebug("falsify", broken, "--against", EXAMPLE, "--format", "json")
    data = json.loads(result.stdout)
    assert data["check"] == str(EXAMPLE)
    assert data["kinds"][0]["smallest"]["input"] == list("00000")
    assert tpdebug("falsify", EXAMPLE, "--against", EXAMPLE).exit_code == 0


def test_a_property_of_the_inputs_of_a_task(broken: Path) -> None:
    result = tpdebug("falsify", EXAMPLE, "--property", "permutation", "--task", "sort")
    assert result.exit_code == 0
    assert "as property permutation: no failing input" in " ".join(
        result.output.split()
    )


def test_an_oracle_may_print(broken: Path) -> None:
    Path("loud.py").write_text(
        "def up(letters):\n    print('asked')\n    return sorted(letters)\n"
    )
    result = tpdebug("falsify", broken, "--oracle", "loud.py:up", "--lengths", "1-5")
    assert "asked" not in result.stdout
    assert result.exit_code == 1


def test_the_network_of_a_checkpoint_says_what_is_right(broken: Path) -> None:
    pytest.importorskip("torch")
    stored_network(Path("net.ckpt"), Path("lifted.py"), 5, 4)
    same = tpdebug("falsify", "lifted.py", "--model", "net.ckpt")
    assert same.exit_code == 0, same.output
    program = EXAMPLE.with_name("reverse.py")
    other = tpdebug("falsify", program, "--model", "net.ckpt", "--alphabet", "0 1")
    assert other.exit_code == 1, other.output
