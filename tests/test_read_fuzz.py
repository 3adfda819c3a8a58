"""Reading never guesses: a mutated program is refused, or read as Python runs it.

Programs are written, damaged at random, and read. What is read must then answer, by
`evaluate`, what the damaged file answers when it is executed.
"""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.running import run_all, text_of
from tests.strategies import inputs, programs
from tpdebug.errors import UserError
from tpdebug.evaluate import answers
from tpdebug.program import Program
from tpdebug.read import read

SCRAPS = (
    *("", " ", "\n", "#", "(", ")", "[1:]", "0", "1", "-1", "-", "+", "~", "not "),
    *("==", "<", "is", "True", "None", "tokens", "positions", "ones", "run", "CAUSAL"),
    *('"a"', "lambda q, k: q == k", "_", ", ", ":", "if 1:", "else:", "pass", "return"),
    *(
        "*",
        "@",
        "answer",
        "select",
        "select_best",
        "select_closest",
        "range",
        "zip",
        "q",
        "k",
        "(1, 2)",
        "{}",
        "attn_0_0",
    ),
)
KINDS = ("line", "line", "swap", "move", "word", "alike", "alike", "char")
DAMAGES = 5
WORD = re.compile(r"\w+|[^\w\s]")


@st.composite
def damages(draw: st.DrawFn, text: str) -> str:
    """One to three small changes of a text: to lines, words or characters."""
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(KINDS))
        lines = text.splitlines(keepends=True)
        at = draw(st.integers(0, len(lines) - 1))
        other = draw(st.integers(0, len(lines) - 1))
        words = list(WORD.finditer(text))
        if kind == "line":
            lines[at] = draw(st.sampled_from(["", lines[at] * 2, lines[other]]))
            text = "".join(lines)
        elif kind == "swap":
            lines[at], lines[other] = lines[other], lines[at]
            text = "".join(lines)
        elif kind == "move":
            lines.insert(other, lines.pop(at))
            text = "".join(lines)
        elif kind == "alike":  # a name for a name, a number for a number
            word = draw(st.sampled_from(words))
            shape = word.group().isdigit(), word.group().isidentifier()
            others = [w.group() for w in words]
            fit = [w for w in others if (w.isdigit(), w.isidentifier()) == shape]
            text = (
                text[: word.start()] + draw(st.sampled_from(fit)) + text[word.end() :]
            )
        elif kind == "word":
            word = draw(st.sampled_from(words))
            scrap = st.sampled_from(words).map(lambda match: match.group())
            new = draw(st.one_of(scrap, st.sampled_from(SCRAPS)))
            text = text[: word.start()] + new + text[word.end() :]
        else:
            place = draw(st.integers(0, len(text) - 1))
            new = draw(st.sampled_from(SCRAPS))
            text = text[:place] + new + text[place + draw(st.integers(0, 1)) :]
    return text or "\n"


@st.composite
def damaged(draw: st.DrawFn) -> list[str]:
    """A program file, damaged in several ways: to write it takes longest."""
    program = draw(programs(most_nodes=4))
    text = text_of(program, standalone=draw(st.booleans()))
    return draw(st.lists(damages(text), min_size=DAMAGES, max_size=DAMAGES))


def read_or_none(text: str) -> Program | None:
    try:
        return read(text).program
    except UserError as error:
        said = str(error)
    assert said.strip()
    return None


@given(damaged(), st.data())
@settings(max_examples=120)
def test_what_is_read_from_a_damaged_file_is_what_python_runs(
    texts: list[str], data: st.DataObject
) -> None:
    for text in texts:
        program = read_or_none(text + "\n")
        if program is not None and program.domain.positions <= 64:
            asked = data.draw(st.lists(inputs(program.domain), min_size=3, max_size=6))
            assert run_all(text, asked) == answers(program, asked)


@given(damaged())
@settings(max_examples=40)
def test_what_is_read_from_a_damaged_file_can_be_written_again(
    texts: list[str],
) -> None:
    for text in texts:
        program = read_or_none(text + "\n")
        if program is not None:
            assert read(text_of(program)).program == program
            return


@given(st.text(max_size=200))
@settings(max_examples=200)
def test_any_text_is_refused_in_words(text: str) -> None:
    assert read_or_none(text + "\n") is None
