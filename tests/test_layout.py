"""Awkward programs, one by one: each is written, formatted, read and run.

The property tests find these by chance; here each has a name, so that a failure says
what went wrong.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import tpdebug
from tests.running import python, run_all, text_of
from tpdebug.domain import Domain
from tpdebug.evaluate import answers
from tpdebug.inputs import decode, sample
from tpdebug.nodes import CategoricalHead, Classifier, LookupTable, Predicate, Value
from tpdebug.program import Program
from tpdebug.read import read

ONE = Domain(("a",), (1, 1))
MANY = [f"class {i}" for i in range(60)]
YES = Classifier.of("xy", {("positions", 1): [0, 1]})


def scores(
    *nodes: Any, alphabet: Any = "ab", classes: Any = "xy", **more: Any
) -> Program:
    domain = Domain(tuple(alphabet), (1, 3))
    rows = {("tokens", alphabet[0]): [1] * len(classes), ("positions", 1): [-7, 3]}
    rows = {place: row[: len(classes)] for place, row in rows.items()}
    return Program(domain, nodes, Classifier.of(classes, rows), **more)


def looking_for(keys: list[str], alphabet: list[str]) -> Program:
    """A head whose predicate is a set of keys, whatever the query."""
    wanted = Predicate.of(dict.fromkeys(alphabet, keys))
    head = CategoricalHead("attn_0_0", "tokens", "tokens", "positions", wanted)
    return scores(head, alphabet=alphabet)


def giving(*outputs: Value, name: str = "mlp_0_0") -> Program:
    """A table with these outputs, all of them scored."""
    alphabet = [f"t{i}" for i in range(len(outputs))]
    entries = {(t,): output for t, output in zip(alphabet, outputs, strict=True)}
    table = LookupTable.of(name, ["tokens"], entries, outputs[0])
    rows = {(name, output): [i, 9 - i] for i, output in enumerate(outputs)}
    domain = Domain(tuple(alphabet), (1, 2))
    return Program(domain, (table,), Classifier.of("xy", rows))


def computing(first: str, second: str, apply: Callable[[int, int], Value]) -> Program:
    """Two copies of integers, a table of both, and a head that relates them."""
    domain = Domain(("a", "b"), (1, 8))
    back = Predicate.where(range(8), range(8), lambda q, k: k == q - 1)
    copies = [
        CategoricalHead(name, "positions", "positions", "positions", back)
        for name in (first, second)
    ]
    entries = {cell: apply(*cell) for cell in product(range(8), range(8))}
    table = LookupTable.of("mlp_0_0", [first, second], entries, 0)
    near = Predicate.where(range(8), range(8), lambda q, k: abs(k - q) <= 2)
    head = CategoricalHead("attn_1_0", first, second, "tokens", near)
    rows = {("mlp_0_0", table.entries[0][1]): [1, 2], ("attn_1_0", "a"): [3, 0]}
    return Program(domain, (*copies, table, head), Classifier.of("xy", rows))


LONG = [c * 40 for c in "abcdefgh"]
PROGRAMS: dict[str, Callable[[], Program]] = {
    "no score rows": lambda: Program(
        Domain(("a",), (1, 1)), (), Classifier(("x",), ())
    ),
    "no rows, many classes": lambda: Program(ONE, (), Classifier(tuple(MANY), ())),
    "many classes": lambda: Program(
        ONE, (), Classifier.of(MANY, {("tokens", "a"): [i**7 % 977 for i in range(60)]})
    ),
    "one class": lambda: scores(classes=["only"]),
    "long class": lambda: scores(classes=["z" * 100, "y"]),
    "backslash": lambda: scores(alphabet=["\\", "a\\", "'\\", '"\\']),
    "quotes": lambda: scores(alphabet=["'", '"', "'\"", "''\"", '\'""', '"""']),
    "control": lambda: scores(alphabet=["\x00", "\x7f", "\u200b", "\ufeff", "\x1b"]),
    "wide letters": lambda: scores(
        alphabet=[f"日{chr(0x672C + i)}" for i in range(11)]
    ),
    "emoji": lambda: scores(alphabet=[f"x{chr(0x1F600 + i)}" for i in range(11)]),
    "combining": lambda: scores(alphabet=[f"e\u0301{i}" for i in range(12)]),
    "wide keys": lambda: looking_for(
        [chr(0x65E5 + i) for i in range(9)], [chr(0x65E5 + i) for i in range(19)]
    ),
    "braces": lambda: looking_for(
        [*"{}", "},{", *LONG[:2]], [*"{}", "},{", *LONG[:2], "a", "b", "c", *LONG[2:]]
    ),
    "long keys": lambda: looking_for(LONG[:3], LONG),
    "one long key": lambda: looking_for(["k" * 90], ["k" * 90, "a", "b"]),
    "two long keys": lambda: looking_for(LONG[:2], LONG),
    "long output": lambda: giving("a" * 100, "b", "b"),
    "output with and": lambda: giving("one and two " * 9, "b", "b"),
    "output with or": lambda: giving("one or two " * 9, "b", "b"),
    "output with commas": lambda: giving("{one, two}, " * 9, "b", "b"),
    "output with breaks": lambda: giving("a\nb", "\t", "\r\n"),
    "empty output": lambda: giving("", "b", "b"),
    "negative output": lambda: giving(-1, -2, 3),
    "mixed output": lambda: giving(1, "1", -1, "-1"),
    "variable named scores": lambda: giving(1, 2, name="scores"),
    "variable named classes": lambda: giving(1, 2, name="classes"),
    "variable named variables": lambda: giving(1, 2, name="variables"),
    "variable named totals": lambda: giving(1, 2, name="totals"),
    "variable named sum": lambda: giving(1, 2, name="sum"),
    "variable named zip": lambda: giving(1, 2, name="zip"),
    "variable named token": lambda: giving(1, 2, name="token"),
    "a formula": lambda: computing("x", "y", lambda a, b: min(max(a - b + 1, 0), 5)),
    "a formula of long variables": lambda: computing(
        "v" * 40, "w" * 40, lambda a, b: min(max(a - b + 1, 0), 5)
    ),
    "a comparison of long variables": lambda: computing(
        "v" * 40, "w" * 40, lambda a, b: "near" if a <= b + 2 else "far"
    ),
    "a code of long variables": lambda: computing(
        "v" * 40, "w" * 40, lambda a, b: int(a == b and a >= 3)
    ),
    "a formula that calls the name of a variable": lambda: computing(
        "max", "max_", lambda a, b: min(max(a - b, 0), 5)
    ),
    "a code of a variable named int": lambda: computing(
        "int", "x", lambda a, b: int(a > b)
    ),
    "a copy of a variable named min": lambda: computing("min", "x", max),
    "long variable": lambda: giving(1, 2, name="v" * 40),
    "description ends in a quote": lambda: scores(about='It says "yes"'),
    "description ends in a backslash": lambda: scores(about="a\\"),
    "description is a quote": lambda: scores(about='"""'),
    "description of two lines": lambda: scores(about="one\n\n    two, indented\nthree"),
    "description with a NUL": lambda: scores(about="a\x00b"),
    "description with a form feed": lambda: scores(about="a\x0cb\u2028c\x85d"),
    "description with a return": lambda: scores(about="a\r\nb\rc"),
    "blank description": lambda: scores(about=" "),
    "long description": lambda: scores(about="word " * 40 + "end"),
    "task with quotes": lambda: scores(task='it\'s "it"'),
    "task with a backslash": lambda: scores(task="\\"),
    "empty task": lambda: scores(task=""),
    "huge scale": lambda: Program(
        *(Domain(("a",), (1, 2)), (), Classifier(("x", "y"), YES.rows, 10**12))
    ),
}


@pytest.mark.parametrize("standalone", [False, True])
@pytest.mark.parametrize("name", PROGRAMS)
def test_an_awkward_program_is_read_back_and_runs(name: str, standalone: bool) -> None:
    program = PROGRAMS[name]()
    text = text_of(program, standalone=standalone)
    found = read(text).program
    assert found == program
    assert found.task == program.task
    blocks = sample(program.domain, 12, seed=0)
    asked = [letters for b in blocks for letters in decode(program.domain, b)]
    assert run_all(text, asked) == answers(program, asked)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_formatter_leaves_an_awkward_program_alone(name: str, tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    text = text_of(PROGRAMS[name](), standalone=True)
    path.write_text(text, encoding="utf-8", newline="")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", path]
    child = subprocess.run(command, capture_output=True, check=False)
    assert child.returncode == 0, (child.stdout + child.stderr).decode()


def test_the_public_names_are_the_functions_they_promise() -> None:
    for name in tpdebug.__all__:
        script = f"from tpdebug import {name}; print(callable({name}))"
        assert python("-c", script).strip() == b"True", name
