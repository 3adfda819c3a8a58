"""Inputs and answers side by side where they fit, letter above letter where not."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tpdebug.render.sequences import Sequences, Words

WORD = st.text("ab日é[]:", min_size=1, max_size=6)
ROW = st.integers(1, 12).flatmap(
    lambda n: st.tuples(*[st.lists(WORD, min_size=n, max_size=n)] * 3)
)


def printed(view: Sequences, width: int) -> list[str]:
    file = io.StringIO()
    Console(file=file, width=width, markup=False, emoji=False).print(view)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_short_sequences_are_a_table() -> None:
    rows = [[Words(["3", "1"]), Words(["1", "2"], [1]), Words(["1", "3"])]]
    view = Sequences(("input", "answer", "expected"), rows)
    assert printed(view, 40) == ["input   answer   expected", "3 1     1 2      1 3"]


def test_long_sequences_are_blocks_of_lines() -> None:
    long = ["one", "2", "three", "4"]
    rows = [[Words(long), Words(["a"] * 4), Words(["b", "-", "b", "b"])]] * 2
    view = Sequences(("input", "answer", "expected"), rows)
    block = [
        "input     one 2 three 4",
        "answer    a   a a     a",
        "expected  b   - b     b",
    ]
    assert printed(view, 30) == [*block, "", *block]
    assert printed(view, 20)[:6] == [
        *("input     one 2", "answer    a   a", "expected  b   -"),
        *("input     three 4", "answer    a     a", "expected  b     b"),
    ]


def test_one_answer_to_a_long_input_stands_at_its_beginning() -> None:
    view = Sequences(("input", "answer"), [[Words(["w"] * 9), Words(["yes"], [0])]])
    assert printed(view, 20) == [
        *("input   w   w w w w", "answer  yes", "input   w w w w", "answer")
    ]


@given(st.lists(ROW, min_size=1, max_size=3), st.integers(24, 100))
def test_every_letter_is_printed_in_its_column(
    rows: list[tuple[list[str], ...]], width: int
) -> None:
    headings = ("input", "answer", "wanted")
    view = Sequences(headings, [[Words(words) for words in row] for row in rows])
    lines = printed(view, width)
    assert max(map(len, lines)) <= width
    said = {heading: list[str]() for heading in headings}
    if lines[0].split() == list(headings):
        assert len(lines) == len(rows) + 1
        words = [word for line in lines[1:] for word in line.split()]
        assert words == [word for row in rows for part in row for word in part]
        return
    for line in filter(None, lines):
        heading, *words = line.split()
        said[heading] += words
    for i, heading in enumerate(headings):
        assert said[heading] == [word for row in rows for word in row[i]]


@pytest.mark.parametrize("width", [20, 200])
def test_no_rows_are_no_lines_of_letters(width: int) -> None:
    assert len(printed(Sequences(("input", "answer"), []), width)) <= 1
