"""Tables in closed form: short where there is one, and never anything but true."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.running import execute, text_of
from tests.strategies import comparisons, formulas
from tpdebug.domain import Domain
from tpdebug.errors import ReadError
from tpdebug.nodes import (
    Classifier,
    LookupTable,
    NumericalHead,
    Predicate,
    Value,
    Variable,
)
from tpdebug.normal import admit
from tpdebug.program import Program
from tpdebug.read import read
from tpdebug.write.layout import decision_lines
from tpdebug.write.tables import table_body
from trainers.search.tables import arithmetic
from trainers.search.terms import Input, Term

LETTERS = tuple("abcd")


def said(
    apply: Callable[..., Value], *axes: range | tuple[Value, ...]
) -> list[str] | None:
    """The body of the table of a function, checked on every value."""
    names = ["x"] if len(axes) == 1 else ["a", "b", "c"][: len(axes)]
    cells = {cell: apply(*cell) for cell in product(*axes)}
    known = {n: Variable(n, axis) for n, axis in zip(names, axes, strict=True)}
    table = LookupTable.of("table", names, cells, next(iter(cells.values())))
    table, _ = admit(table, known, Domain(("a",), (1, 1)))  # type: ignore[assignment]
    body = table_body(table, names, axes)
    if body is None:
        return None
    lines = [f"def table({', '.join(names)}):"]
    lines += [line for decision in body for line in decision_lines("    ", decision)]
    found = execute("\n".join(lines))["table"]
    outputs = {cell: found(*cell) for cell in cells}
    assert outputs == cells
    assert {type(output) for output in outputs.values()} <= {int, str}
    return [decision.text for decision in body]


@pytest.mark.parametrize(
    ("apply", "text"),
    [
        (lambda x: x, "x"),
        (lambda x: min(x, 7), "min(x, 7)"),
        (lambda x: x + 3, "x + 3"),
        (lambda x: max(x - 3, 0), "max(x - 3, 0)"),
        (lambda x: 12 - x, "12 - x"),
        (lambda x: min(max(x - 2, 0), 5), "min(max(x - 2, 0), 5)"),
        (lambda x: x // 3, "x // 3"),
        (lambda x: x % 4, "x % 4"),
        (lambda x: x % 2, "x % 2"),
        (lambda x: 2 * x + 1, "2 * x + 1"),
        (lambda x: int(x >= 6), "int(x >= 6)"),
        (lambda x: int(x in (2, 5, 9)), "int(x in {2, 5, 9})"),
        (lambda x: int(x not in (2, 5, 9)), "int(x not in {2, 5, 9})"),
    ],
)
def test_a_table_of_one_integer_is_one_line(
    apply: Callable[[int], int], text: str
) -> None:
    assert said(apply, range(17)) == [text]


@pytest.mark.parametrize(
    ("apply", "text"),
    [
        (lambda a, b: a - b, "a - b"),
        (lambda a, b: a + b, "a + b"),
        (lambda a, b: abs(a - b), "abs(a - b)"),
        (lambda a, b: min(a, b), "min(a, b)"),
        (lambda a, b: max(a, b, 2), "max(a, b, 2)"),
        (lambda a, b: a // max(b, 1), "a // max(b, 1)"),
        (lambda a, b: min(max(a - b + 1, 0), 7), "min(max(a - b + 1, 0), 7)"),
        (lambda a, b: min(5 - min(a, b), 3), "min(5 - min(a, b), 3)"),
        (lambda a, b: int(a > b), "int(a > b)"),
        (lambda a, b: int(a == b), "int(a == b)"),
        (lambda a, b: (a > b) + (a >= b), "(a > b) + (a >= b)"),
        (lambda a, b: (a + b) % 5, "(a + b) % 5"),
        (lambda a, b: (a - b) % 2, "(a + b) % 2"),
        (lambda a, b: 9 * a + b, "9 * a + b"),
        (lambda a, b: max(2 * a - b, 0), "max(2 * a - b, 0)"),
        (lambda a, b: int(a == b + 1), "int(a == b + 1)"),
        (lambda a, b: int(a == b and a >= 4), "int(a == b and a >= 4)"),
        (lambda a, b: int(a + b >= 9), "int(a + b >= 9)"),
    ],
)
def test_a_table_of_two_integers_is_one_line(
    apply: Callable[[int, int], int], text: str
) -> None:
    assert said(apply, range(12), range(9)) == [text]


@pytest.mark.parametrize("sizes", [(5, 5), (9, 6), (16, 16)])
@pytest.mark.parametrize("codes", [4, 8, 16])
def test_what_the_search_computes_with_two_numbers_is_short(
    sizes: tuple[int, int], codes: int
) -> None:
    terms = [Term(Input("positions"), "number", size) for size in sizes]
    made = arithmetic(terms, codes)
    assert len(made) >= 11
    for term in made:
        output = term.made.output  # type: ignore[union-attr]
        if len(np.unique(output)) > 1:
            shape = map(range, output.shape)
            body = said(lambda a, b, o=output: int(o[a, b]), *shape)
            assert body is not None
            # Where it is one number for a single value of the other: two cases more.
            gated = (output == codes - 1).all(0).sum() >= output.shape[1] - 1
            assert len(body) <= (3 if gated else 1), body


def test_exceptions_stand_before_the_formula() -> None:
    assert said(lambda x: 5 if x == 0 else min(x, 7), range(20)) == [
        "if x == 0: 5",
        "min(x, 7)",
    ]
    assert said(lambda x: x if x < 6 else "many", range(20)) == [
        "if x <= 5: x",
        '"many"',
    ]
    assert said(lambda a, b: 9 if a == b else a, range(8), range(8)) == [
        "if a == b: 9",
        "a",
    ]


def test_inputs_of_one_kind_are_compared_with_each_other() -> None:
    def three(a: int, b: int) -> str:
        return "same" if a == b else "less" if a < b else "more"

    assert said(three, range(8), range(8)) == [
        'if a > b: "more"',
        'if a == b: "same"',
        '"less"',
    ]
    same = said(lambda a, b: "yes" if a == b else "no", LETTERS, LETTERS[1:])
    assert same == ['if a == b: "yes"', '"no"']
    assert said(lambda a, b: int(a != b), LETTERS, LETTERS) == ["int(a != b)"]


def test_a_state_and_a_letter_are_a_formula_for_each_letter() -> None:
    step = said(
        lambda s, t: min(s + 1, 7) if t == "(" else max(s - 1, 0), range(8), ("(", ")")
    )
    assert step == ['if b == "(": min(a + 1, 7)', "max(a - 1, 0)"]


def test_a_formula_may_hold_in_one_region_only() -> None:
    assert said(lambda a, b: a + b + 1 if a + b <= 6 else 0, range(9), range(9)) == [
        "if a + b <= 6: a + b + 1",
        "0",
    ]


def test_three_numbers_are_added() -> None:
    total = said(lambda a, b, c: a + b + c, range(4), range(4), range(4))
    assert total == ["a + b + c"]


def test_letters_are_copied() -> None:
    copy = said(lambda a, b: a if b == "a" else b, LETTERS, LETTERS)
    assert copy == ['if b != "a": b', "a"]


def test_every_other_value_is_a_remainder() -> None:
    assert said(lambda x: "odd" if x % 2 else "even", range(12)) == [
        'if x % 2 == 1: "odd"',
        '"even"',
    ]


def test_chance_is_no_formula() -> None:
    draws = random.Random(0)
    for size in range(6, 18):
        outputs = [draws.randrange(5) for _ in range(size)]
        body = said(lambda x, o=outputs: o[x], range(size))
        assert body is not None
        assert "min(" not in " ".join(body)
        assert "max(" not in " ".join(body)


def test_a_table_that_would_take_more_lines_than_a_grid_is_one() -> None:
    draws = random.Random(0)
    cells = {cell: draws.randrange(8) for cell in product(range(8), range(8))}
    assert said(lambda a, b: cells[a, b], range(8), range(8)) is None


def test_large_tables_are_written_in_time() -> None:
    draws = random.Random(0)
    cells = {cell: draws.randrange(32) for cell in product(range(32), range(32))}
    start = perf_counter()
    said(lambda a, b: cells[a, b], range(32), range(32))
    assert perf_counter() - start < 3
    start = perf_counter()
    assert said(lambda a, b: min(max(a - b, 0), 7), range(200), range(200))
    assert perf_counter() - start < 3


@given(
    *(formulas(), st.integers(1, 9), st.integers(1, 9)),
    st.lists(st.integers(0, 80), max_size=3),
)
def test_a_formula_with_exceptions_is_said_truly(
    apply: Callable[[int, int], int], m: int, n: int, odd: list[int]
) -> None:
    def table(a: int, b: int) -> int:
        return 50 if a * n + b in odd else apply(a, b)

    said(table, range(m), range(n))
    said(lambda x: table(x, x), range(m))


@given(comparisons(), st.integers(1, 9), st.integers(1, 9), st.integers(-5, 5))
def test_a_comparison_is_said_truly(
    holds: Callable[[int, int], bool], m: int, n: int, start: int
) -> None:
    axes = range(start, start + m), range(start + 1, start + 1 + n)
    said(lambda a, b: "yes" if holds(a, b) else "no", *axes)
    said(lambda a, b: int(holds(a, b)), *axes)


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=12, unique=True))
def test_huge_integers_are_said_truly(values: list[int]) -> None:
    said(lambda x: x, tuple(sorted(values)))
    said(lambda x: values[x], range(len(values)))


def counting(body: str) -> str:
    """A program whose table has this body."""
    domain = Domain(("a", "b"), (1, 4))
    equal = Predicate.where("ab", "ab", lambda q, k: q == k)
    count = NumericalHead("count", "tokens", "tokens", "ones", equal)
    table = LookupTable.of("mlp_0_0", ["count", "positions"], {(1, 1): 1}, 0)
    scores = Classifier.of("xy", {("mlp_0_0", 1): [0, 1]})
    program = Program(domain, (count, table), scores)
    lines = text_of(program).split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("def table_0_0("))
    end = lines.index("", at)
    return "\n".join([*lines[: at + 1], f"    return {body}", *lines[end:]])


@pytest.mark.parametrize(
    "body",
    [
        *("min(count, position)", "max(count - position, 0)", "abs(position - count)"),
        *("int(count > position)", "(count > position) + (count >= position)"),
        *("count // max(position, 1)", "(count + position) % 3", "-count"),
    ],
)
def test_the_reader_computes_as_python_does(body: str) -> None:
    text = counting(body)
    table = next(n for n in read(text).program.nodes if isinstance(n, LookupTable))
    python = execute(text)["table_0_0"]
    for cell in product(range(5), range(4)):
        assert table.output(cell) == python(*cell)


@pytest.mark.parametrize("sign", ["//", "%"])
def test_a_division_by_zero_is_refused_with_the_values(sign: str) -> None:
    with pytest.raises(ReadError) as error:
        read(counting(f"count {sign} position"))
    assert "table_0_0(0, 0) raises ZeroDivisionError: return before the" in str(
        error.value
    )
