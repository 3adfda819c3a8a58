"""Inputs and answers side by side where they fit, letter above letter where not."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tpdebug.findings import Failure
from tpdebug.render.failing import failure_lines
from tpdebug.render.sequences import Sequences, Words
from tpdebug.render.words import kept

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
        if heading in said:
            said[heading] += words
        else:  # some were left out of the input before
            assert line.strip() in [f"({len(row[0])} letters)" for row in rows]
    for i, heading in enumerate(headings):
        rest = iter([word for row in rows for word in row[i]])
        assert all(word == "..." or word in rest for word in said[heading])
        gaps = said[heading].count("...")
        assert gaps == said[headings[0]].count("...")
        assert bool(gaps) == any("letters)" in line for line in lines)
        if not gaps:
            assert list(rest) == []


def test_a_very_long_sequence_is_cut_but_around_what_is_marked() -> None:
    letters = [str(i % 10) for i in range(200)]
    answers = ["x" if i == 97 else letters[i] for i in range(200)]
    view = Sequences(("input", "answer"), [[Words(letters), Words(answers, [97])]])
    lines = printed(view, 60)
    assert len(lines) <= 3 * 2 + 1
    assert max(map(len, lines)) <= 60
    assert lines[0].startswith("input   0 1 2 3")
    starts = (line.partition("answer  ") for line in lines)
    shown = " ".join(after for _, heading, after in starts if heading)
    assert " 5 6 x 8 9 " in shown
    assert shown.endswith("8 9")
    assert shown.count("...") == 2
    assert lines[-1].strip() == "(200 letters)"


def test_what_is_blank_is_quoted() -> None:
    view = Sequences(("input", "answer"), [[Words(["a", "b"]), Words(["", " "])]])
    assert printed(view, 40) == ["input   answer", 'a b     "" " "']
    lines = [*failure_lines(Failure(("a", "b"), ("\u200b", "x"), ("", "x")))]
    assert lines[1:3] == ['answer    ""     x', r"expected  \u200b x"]


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=60),
    st.integers(20, 80),
    st.data(),
)
def test_what_is_kept_fits_and_holds_the_ends_and_the_first_marked(
    widths: list[int], cells: int, data: st.DataObject
) -> None:
    marked = data.draw(st.lists(st.integers(0, len(widths) - 1), max_size=1))
    found = kept(widths, cells, marked)
    places = [place for place in found if place is not None]
    sizes = [3 if place is None else widths[place] for place in found]
    assert sum(sizes) + len(sizes) - 1 <= cells
    assert places == sorted(set(places))
    assert {0, *marked} <= set(places) or len(places) < 3
    whole = sum(widths) + len(widths) - 1 <= cells
    assert (found == list(range(len(widths)))) == whole
    for before, after in pairwise(found):
        if before is not None and after is not None:
            assert after == before + 1
        else:
            assert (before, after) != (None, None)


@pytest.mark.parametrize("width", [20, 200])
def test_no_rows_are_no_lines_of_letters(width: int) -> None:
    assert len(printed(Sequences(("input", "answer"), []), width)) <= 1
