"""No file of a user is lost, and nothing in a file spoils what is printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from analyzers.verify import verify
from tests.test_checkpoint import interrupting
from tests.test_cli import EXAMPLE, refused, tpdebug
from tests.test_verify import broken_sort, same
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.nodes import Classifier, Embedding
from tpdebug.oracles import FunctionOracle
from tpdebug.program import Program
from tpdebug.tally import Tally
from tpdebug.write import save

ROOT = str(Path(__file__).resolve().parent.parent)
NAMES = [
    "[red]x[/red]",
    "[/nope]",
    ":smile:",
    "é",
    "\x1b[2J\x07",
    "\x1b[31m",
    "\ud800",
    "{}",
    "*",
]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A program file that sorts wrongly now and then."""
    path = tmp_path / "broken.py"
    save(broken_sort(), path)
    return path


def test_failures_replace_only_a_list_of_failures(broken: Path, tmp_path: Path) -> None:
    target = tmp_path / "target.py"
    target.write_text("def up(letters):\n    return sorted(letters)\n")
    data = tmp_path / "data.csv"
    data.write_text("input,expected\n0 1,0 1\n")
    cases = tmp_path / "mine.jsonl"
    cases.write_text('{"input": "0 1", "expected": "0 1", "comment": "mine"}\n')
    for file in (broken, target, data, cases):
        before = file.read_bytes()
        result = tpdebug(
            *("verify", broken, "--oracle", f"{target}:up", "--failures", file)
        )
        assert "is no list of failures" in refused(result)
        assert file.read_bytes() == before
    file = tmp_path / "failing.jsonl"
    for _ in range(2):
        assert tpdebug("verify", broken, "--failures", file).exit_code == 1
    before = file.read_bytes()
    for other in ("--cases", "--checkpoint"):
        result = tpdebug("verify", broken, other, file, "--failures", file)
        assert "is given twice" in refused(result)
    assert file.read_bytes() == before


def test_convert_keeps_the_words_of_another_program(tmp_path: Path) -> None:
    words = tuple(f"w{i}" for i in range(100))
    domain = Domain(words, (1, 1))
    embedding = Embedding(("e",), tuple((i % 2,) for i in range(100)))
    program = Program(domain, (embedding,), Classifier.of(["x", "y"], {}))
    save(program, tmp_path / "large.py")
    mine = tmp_path / "new.words.csv"
    mine.write_text("mine\n")
    output = tmp_path / "new.py"
    said = refused(tpdebug("convert", tmp_path / "large.py", "-o", output))
    assert "new.words.csv exists; use --force" in said
    assert (mine.read_text(), output.exists()) == ("mine\n", False)


def test_a_checkpoint_goes_when_everything_is_printed(
    broken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object, **options: object) -> None:
        raise UserError("it failed when it was executed")

    state = tmp_path / "state"
    command = ("verify", broken, "--checkpoint", state, "--confirm", "1")
    with monkeypatch.context() as patch:
        patch.setattr("analyzers.confirm.execute", fails)
        result = tpdebug(*command)
        assert result.exit_code == 2
        assert "inputs right (proved)" in " ".join(result.stdout.split())
        assert json.loads(tpdebug(*command, "--format", "json").stdout)["failing"]
    assert state.exists()
    assert tpdebug(*command).exit_code == 1
    assert not state.exists()


def test_a_checkpoint_knows_the_content_of_the_oracle(
    broken: Path, tmp_path: Path
) -> None:
    state, target = tmp_path / "state", tmp_path / "target.py"
    slow = "import time\ndef up(x):\n    time.sleep(0.003)\n    return sorted(x)\n"
    target.write_text(slow)
    arguments = ["verify", broken, "--oracle", f"{target}:up", "--checkpoint", state]
    child = subprocess.Popen(
        [sys.executable, "-m", "tpdebug", *map(str, arguments)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        child.communicate(timeout=4)
    except subprocess.TimeoutExpired:
        child.send_signal(2)
    _, said = child.communicate(timeout=5)  # and not when a part is done
    assert child.returncode == 130, said
    assert state.exists()
    target.write_text(slow.replace("sorted(x)", "x"))
    assert "other right answers" in refused(tpdebug(*arguments))


def test_labels_keep_their_numbers_when_a_verification_goes_on(tmp_path: Path) -> None:
    domain = Domain(tuple("abc"), (1, 6))
    program = Program(domain, (), Classifier.of(["a", "b"], {}))

    def oracle() -> FunctionOracle:
        found = FunctionOracle(domain, lambda x: x)
        found.part = 100
        return found

    def verified(right: FunctionOracle, file: Path | None) -> object:
        found = verify(program, right, jobs=1, checkpoint=file)
        return {row.label: (row.letters, row.right) for row in found.classes}

    state = tmp_path / "state"
    with pytest.raises(KeyboardInterrupt):
        verify(
            *(program, oracle()), jobs=1, progress=interrupting(100), checkpoint=state
        )
    assert verified(oracle(), state) == verified(oracle(), None)
    other = oracle()
    other(["c", "b", "a"])
    with pytest.raises(UserError, match="no checkpoint"):  # its labels are numbered
        verified(other, state)


def test_an_interruption_while_counting_loses_or_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    program, oracle = broken_sort(), FunctionOracle(broken_sort().domain, sorted)
    oracle.part = 2000
    calls = []
    add = Tally.add

    def adding(self: Tally, other: Tally) -> None:
        add(self, other)
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Tally, "add", adding)
        with pytest.raises(KeyboardInterrupt):
            verify(program, oracle, jobs=1, checkpoint=state)
    found = verify(program, oracle, jobs=1, checkpoint=state)
    assert same(found, verify(program, oracle))


def test_what_an_oracle_prints_does_not_spoil_json(tmp_path: Path) -> None:
    target = tmp_path / "target.py"
    target.write_text(
        "print('hello')\ndef up(x):\n    print(x)\n    return sorted(x)\n"
    )
    where = ("--oracle", f"{target}:up", "--lengths", "1-2", "--format", "json")
    confirmed = ("verify", EXAMPLE, "--confirm", "2")
    for arguments in (("verify", EXAMPLE), ("diff", EXAMPLE, EXAMPLE), confirmed):
        result = tpdebug(*arguments, *where)
        assert json.loads(result.stdout)["inputs"] == 30
        assert "hello" in result.stderr


def test_a_checkpoint_knows_what_the_oracle_imports(tmp_path: Path) -> None:
    helper, target = tmp_path / "helper_of_7.py", tmp_path / "target.py"
    helper.write_text("up = sorted\n")
    target.write_text("from helper_of_7 import up\n")
    domain = Domain(("a", "b"), (1, 2))
    versions = []
    for text in ("up = sorted\n", "up = list\n", "up = sorted\n"):
        helper.write_text(text)
        code = "from tpdebug.given import load_oracle; from tpdebug import Domain\n"
        code += f"print(load_oracle({f'{target}:up'!r}, {domain!r}, False).version)"
        child = subprocess.run(
            [sys.executable, "-B", "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), ROOT])},
        )
        versions.append(child.stdout)
    assert versions[0] == versions[2] != versions[1]


def test_inputs_that_are_not_scored_are_not_right(tmp_path: Path) -> None:
    target = tmp_path / "target.py"
    target.write_text(
        "def up(x):\n    return sorted(x) if x == ['0', '1'] else [None] * len(x)\n"
    )
    result = tpdebug("verify", EXAMPLE, "--oracle", f"{target}:up", "--lengths", "1-3")
    said = " ".join(result.output.split())
    assert "1 of 1 inputs right (proved); 154 inputs not scored; 100 % of" in said


def test_labels_may_be_of_a_kind_of_text(tmp_path: Path) -> None:
    target = tmp_path / "target.py"
    target.write_text(
        "from enum import Enum\n\nLetter = Enum('Letter', {c: c for c in '01234'}, "
        "type=str)\n\ndef up(x):\n    return [Letter(a) for a in sorted(x)]\n"
    )
    options = ("--oracle", f"{target}:up", "--lengths", "1-2", "--format", "json")
    found = json.loads(tpdebug("verify", EXAMPLE, *options).stdout)
    assert found["clean"]
    assert [row["label"] for row in found["by_class"]] == list("01234")


def strange(folder: Path, letters: Sequence[str]) -> Path:
    """A program and a list of cases with names that a terminal may not like."""
    domain = Domain(tuple(letters), (1, 2))
    path = folder / "strange.py"
    save(Program(domain, (), Classifier.of(["[bold]yes"], {})), path)
    lines = [{"input": a, "expected": [name]} for a in letters for name in NAMES[:1]]
    lines += [
        {"input": f"{letters[0]} {letters[i % len(letters)]}", "expected": [name] * 2}
        for i, name in enumerate(NAMES)
    ]
    cases = {json.dumps(line["input"]): json.dumps(line) for line in lines}
    (folder / "cases.jsonl").write_text("\n".join(cases.values()))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_strange_names_are_printed_as_they_are(tmp_path: Path, encoding: str) -> None:
    path = strange(tmp_path, ["[red]", "[/x]", ":cat:", "é", "ü", "{", "!", "b"])
    command = [sys.executable, "-m", "tpdebug", "verify", str(path)]
    command += ["--cases", str(tmp_path / "cases.jsonl")]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    failing = tmp_path / "failing.jsonl"
    for form in (["--format", "json"], ["--failures", str(failing)]):
        child = subprocess.run(
            [*command, *form], capture_output=True, env=environment, check=False
        )
        assert (child.returncode, child.stderr) == (1, b"")
        said = child.stdout.decode(encoding)
        if "json" in form:
            answers = {a for f in json.loads(said)["failures"] for a in f["expected"]}
            assert {"[red]x[/red]", "\ud800"} <= answers
        else:
            for name in ("[bold]yes", "[red]x[/red]", "[/x]", ":cat:", "[/nope]"):
                assert name in said
            assert "\x1b" not in said
            assert r"\x1b[31m" in said
            assert r"\x1b[2J" in said
    lines = [json.loads(line) for line in failing.read_text().splitlines()]
    assert any(line["expected"] == ["\ud800"] * 2 for line in lines)
