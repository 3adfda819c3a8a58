"""A user's own task from a file of cases: what is read, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.own_tasks import SMALL, listed, shifted, task_of, train
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from trainers.config import Own
from trainers.own import cases_task
from trainers.split import split


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
