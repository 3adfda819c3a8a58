"""What cannot be read is refused: where, why, everything at once, nothing executed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from tests.running import python
from tpdebug.errors import ReadError, UserError
from tpdebug.read import load, read

TEXT = '''"""A small program."""

from tpdebug.rasp import aggregate, answer, delimit, select_closest

ALPHABET = ("a", "b")
LENGTHS = (1, 3)
CLASSES = ("x", "y")


def attends_0_0(q_position, k_position):
    return k_position == q_position - 1


def table_0_0(attn_0_0):
    if attn_0_0 == "a":
        return 1
    return 0


def run(tokens):
    tokens = delimit(tokens, ALPHABET, LENGTHS)
    positions = range(len(tokens))
    attn_0_0 = aggregate(select_closest(positions, positions, attends_0_0), tokens)
    mlp_0_0 = list(map(table_0_0, attn_0_0))
    return answer(CLASSES, SCORES, attn_0_0=attn_0_0, mlp_0_0=mlp_0_0)


SCORES = {
    "attn_0_0": {"a": (1, 0), "b": (0, 1)},
    "mlp_0_0": {1: (0, 2)},
}
'''
PREDICATE = "    return k_position == q_position - 1"
TABLE = '    if attn_0_0 == "a":\n        return 1\n    return 0'
ATTEND = next(line for line in TEXT.splitlines() if "= aggregate" in line)
LOOK = "    mlp_0_0 = list(map(table_0_0, attn_0_0))"
CONSTANT = "CLASSES ="


def edit(old: str, new: str) -> str:
    assert TEXT.count(old) == 1, old
    return TEXT.replace(old, new)


def refused(source: str | Path, path: Path | None = None) -> ReadError:
    with pytest.raises(ReadError) as caught:
        read(source, path=path)
    assert caught.value.problems
    for problem in caught.value.problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert f":{problem.line}:{problem.column}: " in str(caught.value)
    return caught.value


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


NEVER = {
    "function that calls itself": (PREDICATE, "    return attends_0_0(1, 2)"),
    "functions that call each other": (
        *(
            "def run(",
            "def f(x):\n    return g(x)\n\n\ndef g(x):\n    return f(x)\n\n\ndef run(",
        ),
    ),
    "own function with other arguments": (PREDICATE, "    return table_0_0(1, 2)"),
    "table without a value": (TABLE, '    if attn_0_0 == "a":\n        return 1'),
    "table of truths": (TABLE, '    return attn_0_0 == "a"'),
    "table of fractions": (TABLE, "    return {}.get(attn_0_0, HALF)"),
    "predicate that raises": (PREDICATE, "    return k_position % q_position"),
    "predicate of mixed kinds": (PREDICATE, '    return k_position < "a"'),
    "missing key": (TABLE, '    return {"a": 1}[attn_0_0]'),
    "local that may be missing": (
        *(TABLE, '    if attn_0_0 == "a":\n        x = 1\n    return x'),
    ),
    "constant before local": (
        TABLE,
        "    y = LENGTHS[0]\n    LENGTHS = (2, 3)\n    return y",
    ),
    "identity of strings": (
        TABLE,
        '    if attn_0_0 is "a":\n        return 1\n    return 0',
    ),
    "decorated": ("def table_0_0", "@cache\ndef table_0_0"),
    "default": ("def table_0_0(attn_0_0)", "def table_0_0(attn_0_0=1)"),
    "star parameter": ("def table_0_0(attn_0_0)", "def table_0_0(*attn_0_0)"),
    "parameter twice": ("(q_position, k_position)", "(k_position, k_position)"),
    "generator": (TABLE, "    yield 1"),
    "async run": ("def run(tokens)", "async def run(tokens)"),
    "run with two parameters": ("def run(tokens)", "def run(tokens, more)"),
    "run hides the alphabet": (
        "def run(tokens):\n    tokens = delimit(tokens, A",
        "def run(ALPHABET):\n    tokens = delimit(ALPHABET, A",
    ),
    "run hides an operation": (
        "def run(tokens):\n    tokens = delimit(tokens, A",
        "def run(answer):\n    tokens = delimit(answer, A",
    ),
    "run hides a function": (
        "def run(tokens):\n    tokens = delimit(tokens, A",
        "def run(table_0_0):\n    tokens = delimit(table_0_0, A",
    ),
    "causal in part": ("attends_0_0),", "attends_0_0, causal=True),"),
    "not causal although": (CONSTANT, "CAUSAL = True\nCLASSES ="),
    "causal by something else": ("attends_0_0),", "attends_0_0, causal=LENGTHS),"),
    "missing import": ("import aggregate, ", "import "),
    "sum of closest": ("aggregate(select", "aggregate_sum(select"),
    "argument twice": ("mlp_0_0=mlp_0_0)", "mlp_0_0=mlp_0_0, mlp_0_0=mlp_0_0)"),
    "other name in answer": ("mlp_0_0=mlp_0_0", "mlp_0_0=attn_0_0"),
    "other classes": ("answer(CLASSES,", "answer(ALPHABET,"),
    "no return": ("    return answer(", "    answers = answer("),
    "return of a part": (
        "attn_0_0=attn_0_0, mlp_0_0=mlp_0_0)",
        "attn_0_0=attn_0_0, mlp_0_0=mlp_0_0)[1:]",
    ),
    "return of tokens": ("    return answer(", "    return tokens\n    answer("),
    "no scores": ("SCORES = {", "SCORE = {"),
    "no alphabet": ("ALPHABET = ", "LETTERS = "),
    "no lengths": ("LENGTHS = ", "LENGTH = "),
    "alphabet of numbers": ('("a", "b")', "(1, 2)"),
    "alphabet without order": ('("a", "b")', '{"a", "b"}'),
    "alphabet in one string": ('("a", "b")', '"ab"'),
    "letter twice": ('("a", "b")', '("a", "a")'),
    "lengths reversed": ("LENGTHS = (1, 3)", "LENGTHS = (3, 1)"),
    "three lengths": ("LENGTHS = (1, 3)", "LENGTHS = (1, 2, 3)"),
    "endless lengths": ("LENGTHS = (1, 3)", "LENGTHS = (1, 10**9)"),
    "classes twice": ('("x", "y")', '("x", "x")'),
    "classes of numbers": ('("x", "y")', "(1, 2)"),
    "fractional scale": (CONSTANT, "SCALE = 0.5\nCLASSES ="),
    "begin of None": (
        "def run(tokens):\n    tokens = delimit(tokens, ALPHABET, LENGTHS)",
        "BEGIN = None\n\n\ndef run(tokens):\n"
        "    tokens = delimit(tokens, ALPHABET, LENGTHS, begin=BEGIN)",
    ),
    "words of a number": (
        'ALPHABET = ("a", "b")',
        "EMBEDDING = 5\nALPHABET = tuple(EMBEDDING)",
    ),
    "words cut elsewhere": (
        'ALPHABET = ("a", "b")',
        'EMBEDDING = {"a": 1, "b": 2, "c": 3}\nALPHABET = tuple(EMBEDDING)[:+1]',
    ),
    "words without order": (
        'ALPHABET = ("a", "b")',
        'EMBEDDING = {"a", "b"}\nALPHABET = tuple(EMBEDDING)',
    ),
    "loading without importing": (
        CONSTANT,
        'EMBEDDING = load_embedding(__file__, "x.csv")\nCLASSES =',
    ),
    "loading from elsewhere": (
        "import aggregate, answer, delimit, select_closest",
        "import aggregate, answer, delimit, load_embedding, select_closest\n"
        'EMBEDDING = load_embedding(__file__, "../x.csv")',
    ),
    "selection hides its function": (
        ATTEND,
        "    attends_0_0 = select_closest(positions, positions, attends_0_0)\n"
        "    attn_0_0 = aggregate(attends_0_0, tokens)",
    ),
    "selection hides an operation": (
        ATTEND,
        "    select_closest = select_closest(positions, positions, attends_0_0)\n"
        "    attn_0_0 = aggregate(select_closest, tokens)",
    ),
    "selection overwritten": (
        ATTEND,
        "    other = select_closest(positions, positions, attends_0_0)\n"
        "    other = aggregate(other, positions)\n"
        "    attn_0_0 = aggregate(other, tokens)",
    ),
    "positions hide a builtin": (
        "    positions = range(len(tokens))",
        "    range = range(len(tokens))\n    positions = range(len(tokens))",
    ),
    "answers overwritten": (
        "    return answer(CLASSES, SCORES, attn_0_0=attn_0_0, mlp_0_0=mlp_0_0)",
        "    found = answer(CLASSES, SCORES, attn_0_0=attn_0_0, mlp_0_0=mlp_0_0)\n"
        "    found = list(map(table_0_0, attn_0_0))\n    return found",
    ),
    "tokens overwritten": (
        LOOK,
        "    tokens = answer(CLASSES, SCORES, attn_0_0=attn_0_0)\n"
        "    attn_0_0 = tokens\n" + LOOK,
    ),
    "tokens answered over": (
        "    return answer(CLASSES, SCORES, attn_0_0=attn_0_0, mlp_0_0=mlp_0_0)",
        "    attn_0_0 = answer(CLASSES, SCORES, mlp_0_0=mlp_0_0)\n"
        "    return answer(CLASSES, SCORES, attn_0_0=attn_0_0, mlp_0_0=mlp_0_0)",
    ),
    "pairs unzipped": (LOOK, "    mlp_0_0 = [table_0_0(a) for a in zip(attn_0_0)]"),
    "one name for two": (
        "    mlp_0_0 = list(map(table_0_0, attn_0_0))",
        "    mlp_0_0 = [pair(a, a) for a, a in zip(tokens, attn_0_0)]",
    ),
    "loop hides its function": (
        *(LOOK, "    mlp_0_0 = [table_0_0(table_0_0) for table_0_0 in attn_0_0]"),
    ),
    "main block with else": (
        "SCORES = {\n",
        'if __name__ == "__main__":\n    pass\nelse:\n    X = 1\n\nSCORES = {\n',
    ),
    "function replaced by constant": ("SCORES = {\n", "table_0_0 = 3\nSCORES = {\n"),
    "function replaced by import": (
        *("SCORES = {\n", "from os import path as table_0_0\n\nSCORES = {\n"),
    ),
    "run replaced": ("SCORES = {\n", "run = 3\n\nSCORES = {\n"),
    "constant replaced by function": (
        *("def run(", "def LENGTHS():\n    return 1\n\n\ndef run("),
    ),
    "constant replaced by import": (
        *("def run(", "from os import path as LENGTHS\n\n\ndef run("),
    ),
    "late future import": (
        "def run(",
        "from __future__ import annotations\n\n\ndef run(",
    ),
    "unknown future import": (
        'program."""\n',
        'program."""\nfrom __future__ import rest\n',
    ),
    "replaced builtins": (CONSTANT, "__builtins__ = {}\nCLASSES ="),
}


@pytest.mark.parametrize("name", NEVER)
def test_what_python_would_run_differently_or_not_at_all_is_refused(name: str) -> None:
    old, new = NEVER[name]
    text = edit(old, new)
    if "pair(" in new:
        text = text.replace("def run(", "def pair(a, b):\n    return a\n\n\ndef run(")
    refused(text)


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
