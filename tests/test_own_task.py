"""A user's own task: files of cases, or a function; and what is refused."""

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
from click.testing import CliRunner, Result

from tpdebug.cases import read_cases
from tpdebug.cli import main
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.measure import measure
from trainers.config import Config, Own
from trainers.own import cases_task, function_task
from trainers.split import split

SMALL = ("--steps", "60", "--restarts", "1", "--heads", "2")


def train(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["train", *map(str, arguments)])


def listed(
    folder: Path, rows: Sequence[tuple[Any, Any]], name: str = "d.jsonl"
) -> Path:
    path = folder / name
    lines = (json.dumps({"input": x, "expected": y}) for x, y in rows)
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def shifted(count: int, letters: str = "abc", seed: int = 0) -> list[tuple[str, Any]]:
    """Cases whose answer is the letter before; the first is not scored."""
    drawn = random.Random(seed)
    rows = []
    for _ in range(count):
        word = drawn.choices(letters, k=drawn.randint(2, 5))
        rows.append((" ".join(word), [None, *word[:-1]]))
    return rows


def task_of(folder: Path, rows: Sequence[tuple[Any, Any]], **options: Any) -> Any:
    return cases_task(Own(cases=str(listed(folder, rows)), **options), seed=0)


def test_the_domain_is_that_of_the_cases(tmp_path: Path) -> None:
    rows = [(f"{a} {b} 10", "x y y") for a in "ab" for b in "0123456789"]
    found = task_of(tmp_path, [*rows, ("<s> a </s>", "x")])
    letters = (*"0123456789", "10", "a", "b")
    assert found.domain == Domain(letters, (1, 3), "<s>", "</s>")
    assert (found.classes, found.pooled) == (("x", "y"), False)
    bare = task_of(tmp_path, rows, begin=False, end=False, causal=True)
    assert bare.domain == Domain(letters, (3, 3), causal=True)


def test_one_answer_for_each_letter_or_for_the_input(tmp_path: Path) -> None:
    words = [" ".join(f"{i:04b}") for i in range(16)]
    assert not task_of(tmp_path, [(w, w) for w in words]).pooled
    assert not task_of(tmp_path, [(w, w.split()) for w in words]).pooled
    one = task_of(tmp_path, [(w, f"very {w[0]}") for w in words])
    assert one.pooled
    assert one.classes == ("very 0", "very 1")
    assert {row for _, row in one.listed.train} == {("very 0",), ("very 1",)}
    assert task_of(tmp_path, [(w, [w[2]]) for w in words]).pooled
    letters = [(chr(97 + i), "xy"[i % 2]) for i in range(20)]
    assert not task_of(tmp_path, letters).pooled  # it could be either
    assert task_of(tmp_path, letters, answers="input").pooled


def test_rare_words_are_one_unknown_word(tmp_path: Path) -> None:
    rows = [(f"the dog w{i}", "a b c") for i in range(40)]
    found = task_of(tmp_path, rows, min_count=2)
    assert found.domain.alphabet == ("dog", "the", "<unk>")
    assert found.domain.unknown == "<unk>"
    assert {letters for letters, _ in found.listed.train} == {("the", "dog", "<unk>")}
    assert not found.notes  # inputs that only look alike are different ones
    most = task_of(tmp_path, rows, max_words=1)
    assert most.domain.alphabet in (("dog", "<unk>"), ("the", "<unk>"))
    every = task_of(tmp_path, rows)
    assert len(every.domain.alphabet) == 2 + 32 + 1
    assert any("is not learned" in note for note in every.notes)


def test_words_of_the_test_cases_are_not_looked_at(tmp_path: Path) -> None:
    test = str(listed(tmp_path, [("a z", "x y")], "test.jsonl"))
    found = task_of(
        tmp_path,
        [("a b", "x y")] * 9 + [("b b a", "y y x")],
        test=test,
        validation=test,
    )
    assert found.domain.alphabet == ("a", "b", "<unk>")
    assert found.listed.test == ((("a", "<unk>"), ("x", "y")),)
    assert found.domain.lengths == (2, 3)


def test_a_tenth_is_held_out_and_no_input_is_in_two_parts(tmp_path: Path) -> None:
    rows = shifted(400) + shifted(200, seed=1)
    found = task_of(tmp_path, rows)
    parts = [
        {x for x, _ in part}
        for part in (found.listed.train, found.listed.valid, found.listed.test)
    ]
    inputs = {tuple(x.split()) for x, _ in rows}
    assert set.union(*parts) == inputs
    assert sum(map(len, parts)) == len(inputs)
    assert len(parts[1]) == len(parts[2]) == len(inputs) // 10
    assert (
        sum(map(len, (found.listed.train, found.listed.valid, found.listed.test)))
        == 600
    )
    again = cases_task(Own(cases=str(tmp_path / "d.jsonl")), seed=1)
    assert again.listed != found.listed
    assert split(found, seed=5) is found.listed


def test_what_does_not_fit_is_left_out_only_if_asked(tmp_path: Path) -> None:
    rows = [*shifted(60), ("z " * 40, ["z"] * 40)]
    assert task_of(tmp_path, rows).domain.lengths == (2, 40)
    short = task_of(tmp_path, rows, lengths=(1, 5))
    assert short.domain.lengths == (1, 5)
    assert "1 case of other letters or lengths left out" in short.notes[0]
    few = task_of(tmp_path, shifted(300), alphabet=("b", "a"))
    assert few.domain.alphabet == ("b", "a")
    assert all({*x} <= {"a", "b"} for x, _ in few.listed.train)


def test_contradictions_and_new_labels_are_said(tmp_path: Path) -> None:
    test = str(listed(tmp_path, [("a c", "x q"), ("a b", "x y")], "test.jsonl"))
    rows = [("a b", "x y"), ("a b", "x x"), ("b a", "y x"), ("c", "x")]
    found = task_of(tmp_path, rows, test=test, validation=test)
    notes = "\n".join(found.notes)
    assert "1 case of 4 with an input that is listed before with other answers" in notes
    assert "1 of 2 test cases have an input to train with" in notes
    assert "no training case has the label q: it will be answered wrong" in notes
    assert found.classes == ("x", "y")


REFUSED = {
    "empty": ([], "d.jsonl holds no cases"),
    "one class": (
        shifted(0) + [(f"a{i}", "x") for i in range(20)],
        "always answers 'x'",
    ),
    "nothing scored": ([(f"a{i}", [None]) for i in range(20)], "training cases score"),
    "few": (shifted(3), "too few to hold"),
    "too long": ([*shifted(30), ("a " * 127, ["a"] * 127)], "d.jsonl:31: an input to"),
    "no letters": ([*shifted(30), ("", [])], "d.jsonl:31: an input to train with has"),
    "special": (
        [("a <s> b", "a a b"), *shifted(30)],
        "d.jsonl:1: '<s>' can stand only",
    ),
    "count": (
        [("a b", "a"), *shifted(30)],
        "d.jsonl:1: expected holds 1 answer, not 2",
    ),
    "number": ([*shifted(9), (3, "a"), *shifted(9)], "d.jsonl:10: input is a text or"),
    "no answer": ([*shifted(9), ("a", 4), *shifted(9)], "d.jsonl:10: expected is a"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_cases_that_cannot_be_used_get_a_clear_line(kind: str, tmp_path: Path) -> None:
    rows, says = REFUSED[kind]
    path = listed(tmp_path, rows)
    result = train("--cases", path, "-o", tmp_path / "prog.py", *SMALL)
    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"input": "a"}\n', ":1: a case has an input and an expected"),
        (b'\n{"input": "a", "expected": "x"\n', ":2: this line is no JSON object"),
        (b"\xff\xfe", ":1: this is not UTF-8 text"),
        (b"[1]\n", ":1: a case has an input and an expected"),
        (b"\x00\n", ":1: this line is no JSON object"),
    ],
)
def test_a_file_that_is_no_list_of_cases_is_refused(
    content: bytes, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "d.jsonl"
    path.write_bytes(content)
    for role in ((), ("--cases", listed(tmp_path, shifted(30), "ok.jsonl"))):
        option = "--cases" if not role else "--validation"
        result = train(*role, option, path, "-o", tmp_path / "prog.py")
        assert result.exit_code == 2
        assert f"{path}{says}" in result.stderr.replace(f"{path} is", f"{path}is") or (
            says in result.stderr
        )
        assert "Traceback" not in result.output


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    with path.open("wb") as file:
        file.truncate(300_000_000)
    result = train("--cases", path, "-o", tmp_path / "prog.py")
    assert result.exit_code == 2
    assert "is too large: 300 MB, at most 200 MB" in result.stderr


def test_more_cases_than_can_be_held_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainers.listing.MOST", 50)
    assert task_of(tmp_path, shifted(50)).listed
    with pytest.raises(UserError, match="holds more than 50 cases: take fewer"):
        task_of(tmp_path, shifted(51))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--cases", "x", "--oracle", "m:f"), "one of --cases and --oracle"),
        (("sort", "--cases", "x"), "an own task has no TASK"),
        (("--cases", "x", "--length", "9"), "an own task has no TASK"),
        (("sort", "--alphabet", "a b"), "--alphabet is for an own task"),
        (("sort", "--no-begin"), "--begin is for an own task"),
        (("--oracle", "m:f", "--lengths", "1-3"), "--oracle needs --alphabet"),
        (("--oracle", "m:f", "--alphabet", "a b"), "--oracle needs --lengths"),
        (("--oracle", "m:f", "--test", "t.jsonl"), "--test needs --cases"),
        (("--oracle", "m:f", "--alphabet", "a", "--lengths", "x"), "--lengths is a"),
        (("--oracle", "m:f", "--alphabet", "a", "--lengths", "3-1"), "lengths must be"),
        (("--oracle", "none_:f", "--alphabet", "a", "--lengths", "3"), "no module"),
        (("--cases", "none.jsonl"), "none.jsonl does not exist"),
        (("--cases", "."), "is a directory"),
        (("--resume", "x.ckpt", "--cases", "x"), "takes task and settings from"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    options: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    result = train(*options, "-o", tmp_path / "prog.py")
    assert result.exit_code == 2
    assert says in result.stderr
    assert not [*tmp_path.iterdir()]


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
