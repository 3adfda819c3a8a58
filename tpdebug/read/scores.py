"""The classifier of a file: `CLASSES`, `SCALE`, and the rows of `SCORES`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from tpdebug.nodes import Classifier, Rule, Value, Variable
from tpdebug.read.cells import between, span
from tpdebug.read.expressions import describe
from tpdebug.read.module import Contents
from tpdebug.read.steps import Answer
from tpdebug.sourcemap import Span

Row = tuple[Value | None, ast.expr, Span]


def read_classifier(
    contents: Contents, answer: Answer, variables: Mapping[str, Variable]
) -> tuple[Classifier | None, dict[Rule, Span]]:
    """Read the rows of the variables that `run` scores; others have no effect."""
    classes = contents.constants.get("CLASSES")
    scale = contents.constants.get("SCALE", 1)
    table = contents.assignments.get("SCORES")
    value = None if table is None else table.value
    if not isinstance(classes, tuple | list) or not all(
        isinstance(name, str) for name in classes
    ):
        contents.problem(answer.node, "CLASSES must be a tuple of strings")
        return None, {}
    if not isinstance(value, ast.Dict):
        contents.problem(table or answer.node, "SCORES must be a dictionary of rows")
        return None, {}
    if type(scale) is not int or scale < 1:
        place = contents.assignments.get("SCALE", answer.node)
        contents.problem(place, "SCALE must be a positive integer")
        return None, {}
    found: dict[tuple[str, Value | None], tuple[int, ...]] = {}
    rules: dict[Rule, Span] = {}
    before = len(contents.problems)
    for name, variable, rows in _variables(contents, value, answer, variables):
        values = set(variable.values)
        for at, row, stands in _rows(contents, variable, rows):
            scores = _scores(contents, row, len(classes))
            if (name, at) in found:
                contents.problem(row, f"scores of {name}[{at!r}] are given twice")
            known = at is None or at in values
            if scores is not None and known:
                found[name, at] = scores
                rules[Rule("score", name, () if at is None else (at,))] = stands
    if len(contents.problems) > before:
        return None, {}
    return Classifier.of(classes, found, scale, answer.pooled), rules


def _variables(
    contents: Contents,
    table: ast.Dict,
    answer: Answer,
    variables: Mapping[str, Variable],
) -> Iterator[tuple[str, Variable, ast.expr]]:
    seen = set()
    for key, rows in zip(table.keys, table.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            contents.problem(key or rows, "SCORES maps the names of variables to rows")
            continue
        if key.value in seen:
            contents.problem(key, f"scores of {key.value} are given twice")
        seen.add(key.value)
        name = answer.scored.get(key.value)
        if name is not None:
            # A variable that could not be read: its rows are looked at all the same.
            unread = Variable(name, (), numerical=not isinstance(rows, ast.Dict))
            yield name, variables.get(name, unread), rows


def _rows(contents: Contents, variable: Variable, rows: ast.expr) -> Iterator[Row]:
    if variable.numerical:
        if isinstance(rows, ast.Dict):
            contents.problem(rows, f"{variable.name} is numerical: give it one row")
        else:
            yield None, rows, span(rows)
        return
    if not isinstance(rows, ast.Dict):
        contents.problem(rows, f"{variable.name} is categorical: give a row per value")
        return
    for key, row in zip(rows.keys, rows.values, strict=True):
        try:
            value = None if key is None else ast.literal_eval(key)
        except (ValueError, TypeError):
            value = None
        if key is None or type(value) not in (int, str):
            contents.problem(key or row, "a row belongs to one value")
            continue
        yield value, row, between(key, row)


def _scores(contents: Contents, row: ast.expr, width: int) -> tuple[int, ...] | None:
    try:
        scores = ast.literal_eval(row)
    except (ValueError, TypeError, MemoryError, RecursionError):
        scores = None
    if not isinstance(scores, tuple | list) or any(type(s) is not int for s in scores):
        contents.problem(row, f"a score row is a tuple of integers: {describe(row)}")
        return None
    if len(scores) != width:
        contents.problem(row, f"this row has {len(scores)} scores for {width} classes")
        return None
    return tuple(scores)
