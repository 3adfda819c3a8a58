"""Files that are not programs at all: always a `UserError`, soon, and no other end."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from tests.running import python, run_all, text_of
from tests.test_read_refuses import CONSTANT, LOOK, PREDICATE, TABLE, TEXT, edit
from tpdebug.domain import Domain
from tpdebug.errors import ReadError, UserError
from tpdebug.nodes import Classifier
from tpdebug.program import Program
from tpdebug.read import load, read

DEEP = 200_000
CHILD = (
    "import sys; from tpdebug.read import read; from tpdebug.errors import UserError\n"
    "try:\n    read(sys.stdin.read())\nexcept UserError as error:\n    print(error)"
)


def deep_ifs(depth: int) -> str:
    lines = [f"{' ' * i}if attn_0_0:" for i in range(1, depth)]
    return "\n".join([*lines, f"{' ' * depth}return 1", " return 0"])


NESTED = {
    "parentheses": (PREDICATE, f"    return {'(' * DEEP}1{')' * DEEP}"),
    "minus": (PREDICATE, f"    return {'-' * DEEP}1"),
    "few minus": (PREDICATE, f"    return {'-' * 3000}1"),
    "not": (PREDICATE, f"    return {'not ' * DEEP}1"),
    "operators": (PREDICATE, f"    return 1{' + 1' * DEEP}"),
    "few operators": (PREDICATE, f"    return 1{' + 1' * 5000}"),
    "lists": (CONSTANT, f"X = {'[' * DEEP}{']' * DEEP}\nCLASSES ="),
    "lists in a function": (PREDICATE, f"    return {'[' * 150}1{']' * 150}"),
    "minus constant": (CONSTANT, f"X = {'-' * DEEP}1\nCLASSES ="),
    "sum constant": (CONSTANT, f"X = 1{' + 1' * DEEP}\nCLASSES ="),
    "scores": ('"a": (1, 0)', f'"a": ({"-" * 5000}1, 0)'),
    "attributes": (LOOK, f"    x = a{'.a' * DEEP}"),
    "calls": (LOOK, f"    x = f{'()' * DEEP}"),
    "ifs": (TABLE, deep_ifs(99)),
    "many ifs": (TABLE, deep_ifs(1000)),
    "elifs": (
        TABLE,
        "    if 0:\n        pass\n" + "    elif 0:\n        pass\n" * 5000,
    ),
    "conditional": (PREDICATE, f"    return {'1 if 0 else ' * 5000}1"),
    "comparisons": (PREDICATE, f"    return 1{' < 2' * DEEP}"),
    "lambdas": (PREDICATE, f"    return {'lambda: ' * 5000}1"),
    "strings": (CONSTANT, f"X = {'f' * 9}" + '"{' * 500 + "\nCLASSES ="),
    "main": (CONSTANT, f"if {'-' * 5000}1:\n    pass\nCLASSES ="),
}


@pytest.mark.parametrize("name", NESTED)
def test_deep_nesting_is_read_or_refused_in_words(name: str) -> None:
    said = python("-c", CHILD, given=edit(*NESTED[name])).decode()
    assert len(said) < 2000
    assert "Traceback" not in said


FILES = {
    "empty": b"",
    "blank": b"\n\n",
    "a comment": b"# nothing here",
    "another program": b"import os\n\n\ndef main():\n    print(os.name)\n",
    "run without a meaning": b"def run(tokens):\n    return tokens\n",
    "not Python": b"Dear diary,\n\ntoday I learned nothing.\n",
    "unfinished": b"def run(tokens:\n",
    "bad indentation": b"def run(tokens):\nreturn 1\n",
    "binary": bytes(range(256)) * 40,
    "a NUL": TEXT.encode() + b"\0",
    "latin-1": TEXT.replace('"a"', '"\xe9"').encode("latin-1"),
    "utf-16": TEXT.encode("utf-16"),
    "declared latin-1": b"# coding: latin-1\n" + TEXT.replace('"a"', '"é"').encode(),
    "declared nonsense": b"# coding: nonsense\n" + TEXT.encode(),
    "a huge number": edit(CONSTANT, f"X = {'9' * 10_000}\nCLASSES =").encode(),
    "a huge power": edit(PREDICATE, "    return 9 * 9" + "0" * 5000).encode(),
    "a form feed name": b"\x0c\xef\xbb\xbf",
    "json": b'{"run": 1}',
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_program_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "prog.py"
    path.write_bytes(FILES[name])
    with pytest.raises(UserError) as caught:
        load(path)
    assert str(path) in str(caught.value)


def test_a_byte_order_mark_is_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "prog.py"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert load(path) == read(TEXT).program


@pytest.mark.parametrize("given", ["", "no-such-file.py", "a\0b", "x" * 5000, "."])
def test_a_path_that_is_no_file_is_refused(given: str) -> None:
    with pytest.raises(UserError):
        load(given)


def test_directories_pipes_and_unreadable_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="directory"):
        load(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="regular"):
        load(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(UserError):
        load(tmp_path / "loop")


def test_a_huge_file_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "prog.py"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    start = time.monotonic()
    with pytest.raises(UserError, match="50 MB"):
        load(path)
    assert time.monotonic() - start < 1


def test_huge_text_is_refused_soon() -> None:
    start = time.monotonic()
    with pytest.raises(UserError):
        read("#" * 50_000_000 + "\n")
    assert time.monotonic() - start < 5


def test_text_with_a_nul_or_a_lone_surrogate_is_refused() -> None:
    for text in (TEXT + "\0", TEXT + "# \ud800\n"):
        with pytest.raises(UserError):
            read(text)


def test_a_missing_or_broken_embedding_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "prog.py"
    head = "import aggregate, answer, delimit, load_embedding, select_closest\n"
    text = edit("import aggregate, answer, delimit, select_closest\n", head)
    text = text.replace(
        CONSTANT, 'EMBEDDING = load_embedding(__file__, "w.csv")\nCLASSES ='
    )
    path.write_text(text)
    for content in (None, b"", b"token,e\na,x\n", b"\xff\xfe"):
        if content is not None:
            (tmp_path / "w.csv").write_bytes(content)
        with pytest.raises(ReadError, match=r"prog.py:7:13: .*w\.csv"):
            load(path)
    with pytest.raises(ReadError, match="give its path"):
        read(text)


def standalone() -> str:
    domain = Domain(("a", "b"), (1, 3))
    scores = {("tokens", "a"): [0, 1], ("positions", 2): [0, 3]}
    return text_of(Program(domain, (), Classifier.of("xy", scores)), standalone=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("row.index(max(row))", "row.index(min(row))"),
        ("total[i] += points", "total[i] -= points"),
        ("begin=None", "begin='b'"),
        ("max(row)", "max(row, key=abs)"),
    ],
)
def test_a_changed_operation_in_a_standalone_file_is_refused(
    old: str, new: str
) -> None:
    text = standalone()
    assert old in text
    with pytest.raises(ReadError):
        read(text.replace(old, new, 1))


def test_a_missing_operation_in_a_standalone_file_is_refused() -> None:
    text = standalone()
    start = text.index("def score(")
    broken = text[:start] + text[text.index("\n\n\n", start) + 3 :]
    with pytest.raises(NameError):
        run_all(broken, [("a",)])
    with pytest.raises(ReadError, match="score"):
        read(broken)


def test_reading_leaves_the_recursion_limit_alone() -> None:
    before = sys.getrecursionlimit()
    with pytest.raises(UserError):
        read(edit(*NESTED["few operators"]))
    assert sys.getrecursionlimit() == before
