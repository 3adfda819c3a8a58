"""A user's own task from a function, and training for one."""

from __future__ import annotations

import json
import random
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.own_tasks import SMALL, listed, shifted, train
from tpdebug.cases import read_cases
from tpdebug.cli import main
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.measure import measure
from trainers.config import Config, Own
from trainers.own import cases_task, function_task
from trainers.split import split

DOMAIN = Domain(("a", "b"), (1, 4), "<s>")


def test_a_function_is_a_task_in_two_lines() -> None:
    up = function_task(sorted, DOMAIN)
    assert (up.classes, up.pooled, up.listed) == (("a", "b"), False, None)
    odd = function_task(lambda x: x[0] if len(x) % 2 else None, DOMAIN)
    assert odd.pooled
    assert odd.oracle(["a"]) == ("a",)
    assert odd.oracle(["a", "b"]) == (None,)


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda x: x[9], 'the function of "a" raises IndexError'),
        (lambda x: 3, "is 3, not"),
        (lambda x: [None] * len(x), "scores nothing"),
        (lambda x: "same", "always answers 'same'"),
        (lambda x: ["x"] * (len(x) + (len(x) == 3)), "not 3 strings"),
    ],
)
def test_a_function_that_gives_no_labels_is_refused(function: Any, says: str) -> None:
    with pytest.raises(UserError, match=says):
        function_task(function, DOMAIN)


def test_the_classes_are_those_of_the_inputs_that_the_seed_draws() -> None:
    domain = Domain(tuple("abcdefgh"), (1, 8), "<s>")
    # Of 512 labels for inputs of three letters, each seed draws its own.
    drawn = {
        seed: function_task(
            lambda x: ["".join(x[:3]) if len(x) == 3 else x[0]] * len(x),
            domain,
            seed=seed,
        )
        for seed in (0, 1)
    }
    for seed, made in drawn.items():
        parts = split(made, seed)
        cases = (*parts.train, *parts.valid, *parts.test)
        labels = {a for _, row in cases for a in row}
        assert labels == set(made.classes)


def test_the_labels_of_a_large_domain_are_found_at_every_length() -> None:
    domain = Domain(tuple("abcdefgh"), (1, 20))
    counted = function_task(lambda x: [str(len(x))] * len(x), domain)
    assert counted.classes == tuple(str(n) for n in range(1, 21))
    parts = split(counted, seed=1)
    assert sum(map(len, (parts.train, parts.valid, parts.test))) == 20_000


torch = pytest.importorskip("torch")


def test_an_answer_that_is_no_class_gets_a_clear_line() -> None:
    from trainers.pipeline import trainer_for
    from trainers.searching import problem_of

    up = function_task(sorted, DOMAIN)
    narrow = replace(up, classes=up.classes[1:])
    says = f"answers {up.classes[0]!r}, which is none of its {len(narrow.classes)}"
    for prepare in (trainer_for, problem_of):
        with pytest.raises(UserError, match=says):
            prepare(narrow, Config(restarts=1))


def test_a_program_learns_from_cases_and_says_on_what_it_was_tested(
    tmp_path: Path,
) -> None:
    path, prog = listed(tmp_path, shifted(600)), tmp_path / "prog.py"
    result = train("--cases", path, "-o", prog, "--steps", "400", "--restarts", "4")
    assert result.exit_code == 0, result.output
    text = " ".join(prog.read_text().split())
    assert "Test cases: Right on" in text
    assert "listed inputs" in text
    assert "proved" not in text
    assert "TASK" not in text
    from tpdebug.read import load

    program = load(prog)
    oracle = read_cases(path, program.domain, False)
    assert measure(program, oracle).per_letter > 0.9
    checked = CliRunner().invoke(main, ["verify", str(prog), "--cases", str(path)])
    assert checked.exit_code in (0, 1), checked.output


def test_a_network_that_is_too_large_is_refused(tmp_path: Path) -> None:
    rows = [(f"w{i} w{i + 1}", "x y") for i in range(1000)]
    path = listed(tmp_path, rows)
    options = ("--max-words", "900", "--heads", "9", "--restarts", "64")
    result = train("--cases", path, "-o", tmp_path / "prog.py", *options)
    assert result.exit_code == 2
    assert "numbers each are too large: take fewer words" in result.stderr
    assert [*tmp_path.iterdir()] == [path]


def test_what_is_said_of_the_test_cases_is_right(tmp_path: Path) -> None:
    rows = shifted(200)
    path, prog = listed(tmp_path, rows), tmp_path / "prog.py"
    result = train("--cases", path, "-o", prog, *SMALL, "--format", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    from tpdebug.evaluate import answers
    from tpdebug.read import load

    test = cases_task(Own(cases=str(path)), seed=0).listed.test
    said = answers(load(prog), [letters for letters, _ in test])
    pairs = [
        (a, e)
        for row, (_, want) in zip(said, test, strict=True)
        for a, e in zip(row, want, strict=True)
        if e is not None
    ]
    assert found["evidence"] == "listed"
    assert found["inputs"] == len(test)
    assert found["letters"] == len(pairs)
    assert found["letters_right"] == sum(a == e for a, e in pairs)
    assert found["test"] == pytest.approx(found["letters_right"] / found["letters"])


def test_a_function_is_learned_and_proved(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "mine.py").write_text(
        "print('loaded')\n\n\ndef shift(x):\n    print(x)\n    return [None, *x[:-1]]\n"
    )
    prog = tmp_path / "prog.py"
    asked = ("--oracle", f"{tmp_path}/mine.py:shift", "--alphabet", "a b c")
    result = train(
        *asked, "--lengths", "1-4", "-o", prog, "--steps", "300", "--format", "json"
    )
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["evidence"], found["inputs"]) == ("proved", 9 + 27 + 81)
    assert "proved" in prog.read_text()
    said = " ".join(prog.read_text().split()).split("Made by: ")[1].split(" (tpd")[0]
    assert shlex.split(said)[2:6] == list(asked)


def interrupted(folder: Path, arguments: Sequence[str], output: Path) -> Path:
    """Start to train and stop when there is a checkpoint."""
    import os
    import signal
    import time

    command = [sys.executable, "-m", "tpdebug", "train", *arguments, "-o", str(output)]
    child = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
    )
    checkpoint = output.with_name(f"{output.name}.ckpt")
    until = time.monotonic() + 120
    while not checkpoint.exists() and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 130, errors
    assert "Traceback" not in errors
    return checkpoint


@pytest.mark.parametrize("kind", ["cases", "oracle"])
def test_an_own_task_goes_on_to_the_same_program(kind: str, tmp_path: Path) -> None:
    # A task that is not learned, so that training does not end early.
    rows = [
        (x, "".join(random.Random(x).choices("01", k=1)) + " 1" * x.count(" "))
        for x, _ in shifted(300)
    ]
    path = listed(tmp_path, rows)
    function = tmp_path / "mine.py"
    function.write_text(
        "def noise(x):\n    return [str(ord(a) * 7 * len(x) % 5 % 3) for a in x]\n"
    )
    arguments = ["--cases", str(path)]
    if kind == "oracle":
        arguments = ["--oracle", f"{function}:noise", "--alphabet", "a b c d"]
        arguments += ["--lengths", "1-5"]
    arguments += ["--steps", "900", "--heads", "1", "--restarts", "2"]
    half, whole = tmp_path / "half.py", tmp_path / "whole.py"
    checkpoint = interrupted(tmp_path, arguments, half)
    source = path if kind == "cases" else function
    before = source.read_text()
    source.write_text(before + before.splitlines()[-1] + "\n\n")
    changed = train("--resume", checkpoint, "-o", half)
    assert changed.exit_code == 2
    assert "has changed since this run began" in changed.stderr
    assert checkpoint.exists()
    source.write_text(before)
    done = train("--resume", checkpoint, "-o", half)
    assert done.exit_code == 0, done.output
    assert train(*arguments, "-o", whole).exit_code == 0
    one, other = half.read_text(), whole.read_text()
    assert one.replace("half.py", "whole.py") == other
