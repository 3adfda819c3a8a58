"""What cannot be read is refused: where, why, everything at once, nothing executed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from tests.reading import CONSTANT, LOOK, PREDICATE, TABLE, TEXT, edit, refused
from tests.running import python
from tpdebug.errors import UserError
from tpdebug.read import load, read


def marked(text: str) -> tuple[str, int, int]:
    """Take the mark `@@` out of a text; return its line and column, from 1."""
    before, after = text.split("@@")
    line = before.count("\n") + 1
    return before + after, line, len(before) - (before.rfind("\n") + 1) + 1


def test_the_unedited_text_is_read() -> None:
    assert read(TEXT).program.domain.count == 14


PLACES = {
    "statement": (CONSTANT, '@@print("hello")\nCLASSES ='),
    "loop": (CONSTANT, "@@for x in ():\n    pass\nCLASSES ="),
    "class": (CONSTANT, "@@class A:\n    pass\n\n\nCLASSES ="),
    "augmented": (CONSTANT, '@@ALPHABET += ("c",)\nCLASSES ='),
    "constant twice": (CONSTANT, '@@ALPHABET = ("c",)\nCLASSES ='),
    "computed constant": (CONSTANT, "N = @@len(ALPHABET)\nCLASSES ="),
    "constant hides builtin": (CONSTANT, "@@range = 3\nCLASSES ="),
    "constant hides operation": (CONSTANT, "@@aggregate = 3\nCLASSES ="),
    "import hides builtin": (CONSTANT, "@@from os import path as range\nCLASSES ="),
    "import hides operation": (CONSTANT, "@@from os import path as answer\nCLASSES ="),
    "import star": (CONSTANT, "@@from os import *\nCLASSES ="),
    "unknown operation": (CONSTANT, "@@from tpdebug.rasp import dream\nCLASSES ="),
    "renamed operation": (CONSTANT, "@@from tpdebug.rasp import embed as e\nCLASSES ="),
    "own operation": (
        "def run(",
        "@@def select(k, q, p):\n    return []\n\n\ndef run(",
    ),
    "function hides builtin": ("def run(", "@@def len(x):\n    return 1\n\n\ndef run("),
    "function twice": ("def run(", "@@def table_0_0(x):\n    return 1\n\n\ndef run("),
    "unicode before": (CONSTANT, 'X = ("日本é", 1); Y = @@f(2)\nCLASSES ='),
    "call": (PREDICATE, "    return k_position == @@hash(q_position)"),
    "method": (PREDICATE, "    return k_position == @@q_position.bit_length()"),
    "unknown name": (PREDICATE, "    return k_position == @@somewhere"),
    "float": (PREDICATE, "    return k_position == @@1.5"),
    "division": (PREDICATE, "    return k_position == @@q_position / 1"),
    "power": (PREDICATE, "    return k_position == @@q_position**2"),
    "walrus": (PREDICATE, "    return (@@x := k_position) == 1"),
    "comprehension": (PREDICATE, "    return k_position in @@[i for i in (1, 2)]"),
    "loop inside": (PREDICATE, "    @@while True:\n        pass"),
    "import inside": (PREDICATE, "    @@import os\n    return True"),
    "global": (PREDICATE, "    @@global x\n    return True"),
    "nested function": (PREDICATE, "    @@def f():\n        pass\n    return True"),
    "unicode before call": (PREDICATE, '    return k_position == "é日" or @@f(1)'),
    "if in run": (LOOK, "    @@if tokens:\n        pass\n" + LOOK),
    "loop in run": (LOOK, "    @@for t in tokens:\n        pass\n" + LOOK),
    "print in run": (LOOK, '    @@print("x")\n' + LOOK),
    "method in run": (LOOK, "    @@tokens.reverse()\n" + LOOK),
    "item in run": (LOOK, '    @@tokens[0] = "b"\n' + LOOK),
    "alias in run": (LOOK, "    @@other = tokens\n" + LOOK),
    "filtered": (LOOK, "    @@mlp_0_0 = [table_0_0(a) for a in attn_0_0 if a]"),
    "unknown variable": (LOOK, "    mlp_0_0 = list(map(table_0_0, @@attn_9_9))"),
    "unknown function": (LOOK, "    mlp_0_0 = list(map(@@table_9_9, attn_0_0))"),
    "operation as function": (LOOK, "    mlp_0_0 = list(map(@@len, attn_0_0))"),
    "table of no input": (LOOK, "    @@mlp_0_0 = list(map(table_0_0))"),
    "arity": (LOOK, "    @@mlp_0_0 = list(map(table_0_0, attn_0_0, tokens))"),
    "raw tokens": (
        "    tokens = delimit(tokens, ALPHABET, LENGTHS)\n    positions",
        "    other = delimit(tokens, ALPHABET, LENGTHS)\n    @@positions",
    ),
    "after the return": ("\n\nSCORES", "    @@tokens = 3\n\n\nSCORES"),
    "fraction in scores": ('"a": (1, 0)', '"a": @@(1.5, 0)'),
    "string in scores": ('"a": (1, 0)', '"a": @@("1", 0)'),
    "bool in scores": ('"a": (1, 0)', '"a": @@(True, 0)'),
    "call in scores": ('"a": (1, 0)', '"a": @@(f(1), 0)'),
    "short scores": ('"a": (1, 0)', '"a": @@(1,)'),
    "single score": ('"a": (1, 0)', '"a": @@1'),
    "scores of a number": ('{"a": (1, 0), "b": (0, 1)}', "@@(1, 0)"),
    "scores twice": ('"b": (0, 1)', '"a": @@(0, 1)'),
}


@pytest.mark.parametrize("name", PLACES)
def test_the_place_of_what_cannot_be_read_is_named(name: str) -> None:
    old, new = PLACES[name]
    text, line, column = marked(edit(old, new))
    found = [(p.line, p.column) for p in refused(text).problems]
    assert (line, column) in found


def test_all_problems_of_a_file_come_at_once_in_order() -> None:
    text = TEXT
    for old, new in (
        (CONSTANT, "print(1)\nN = len(ALPHABET)\nCLASSES ="),
        (PREDICATE, "    return f(k_position) or g(q_position)"),
        (TABLE, "    while True:\n        pass"),
        (LOOK, "    print(2)\n" + LOOK),
        ('"a": (1, 0), "b": (0, 1)', '"a": (1.5, 0), "b": (0, 1, 2)'),
    ):
        assert old in text
        text = text.replace(old, new)
    problems = refused(text).problems
    lines = text.splitlines()
    expected = ["print(1)", "N = len", "f(k_pos", "while True", "print(2)", "(1.5, 0)"]
    wanted = {n for n, line in enumerate(lines, 1) if any(e in line for e in expected)}
    assert list(problems) == sorted(problems)
    assert {problem.line for problem in problems} == wanted
    assert len(problems) == len(expected) + 2  # f and g, two rows


def test_every_function_that_has_no_meaning_is_named_and_nothing_else() -> None:
    text = edit(PREDICATE, "    return k_position % q_position").replace(
        TABLE, '    if attn_0_0 == "a":\n        return 1'
    )
    text = text.replace(LOOK, LOOK.replace("attn_0_0)", "tokens)"))
    first, second = refused(text).problems
    assert "ZeroDivisionError" in first.message
    assert "table_0_0('b') returns nothing" in second.message


def test_a_function_that_cannot_be_read_is_named_once_though_it_is_called() -> None:
    helper = "def helper(x):\n    return hash(x)\n\n\ndef run("
    text = edit("def run(", helper).replace(PREDICATE, "    return helper(q_position)")
    (problem,) = refused(text).problems
    assert "hash(x)" in problem.message


def test_what_follows_from_a_problem_is_no_other_problem() -> None:
    text = edit(PREDICATE, "    return k_position % q_position")
    (problem,) = refused(text).problems
    assert "ZeroDivisionError" in problem.message


def test_a_message_names_the_file_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "prog.py"
    path.write_text(edit(CONSTANT, "print(1)\nCLASSES ="))
    error = refused(path)
    assert str(error).startswith(f"{path}:7:1: ")
    assert error.path == str(path)


def test_nothing_is_executed(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    effect = f"__import__('pathlib').Path({str(marker)!r}).touch()"
    path = tmp_path / "prog.py"
    for old, new in (
        (CONSTANT, f"{effect}\nCLASSES ="),
        (CONSTANT, f"X = {effect}\nCLASSES ="),
        (PREDICATE, f"    return {effect}"),
        (LOOK, f"    {effect}\n{LOOK}"),
        ("SCORES = {\n", f'if __name__ == "__main__":\n    {effect}\nSCORES = {{\n'),
        ("(q_position, k_position)", f"(q_position, k_position={effect})"),
        ("def table_0_0", f"@{effect}\ndef table_0_0"),
        ("def table_0_0(attn_0_0)", f"def table_0_0(attn_0_0: {effect})"),
        ("LENGTHS = (1", f"LENGTHS: {effect} = (1"),
        (CONSTANT, "import sideeffect\nCLASSES ="),
    ):
        (tmp_path / "sideeffect.py").write_text(effect)
        path.write_text(edit(old, new))
        with suppress(UserError):
            load(path)
        assert not marker.exists(), new


def test_reading_loads_no_numpy_and_no_libcst(tmp_path: Path) -> None:
    path = tmp_path / "prog.py"
    path.write_text(TEXT)
    script = (
        "import sys; from tpdebug.read import load; load(sys.argv[1])\n"
        "print([m for m in ('numpy', 'libcst', 'torch', 'scipy') if m in sys.modules])"
    )
    assert python("-c", script, str(path)).strip() == b"[]"
    assert python("-c", f"import numpy\n{script}", str(path)).strip() == b"['numpy']"
