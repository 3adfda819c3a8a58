"""What Python would run differently from what it looks like, or not at all, is refused.

A name with two meanings, a hidden builtin, a function without a value: reading such a
file as if nothing were wrong would be a guess.
"""

from __future__ import annotations

import pytest

from tests.reading import ATTEND, CONSTANT, LOOK, PREDICATE, TABLE, edit, refused

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
