"""A small program as text, edits of it, and what reading says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tpdebug.errors import ReadError
from tpdebug.read import read

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
