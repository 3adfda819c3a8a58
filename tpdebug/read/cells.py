"""From functions to predicates and tables: apply them to every value there is.

Besides the result this finds, for each rule, the statement that decides it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from tpdebug.errors import ProgramError
from tpdebug.nodes import Key, LookupTable, Predicate, Rule, Value, Variable
from tpdebug.normal import MAX_CELLS
from tpdebug.read.expressions import Unsupported
from tpdebug.read.functions import Function, Outcome
from tpdebug.sourcemap import Span


@dataclass(frozen=True, slots=True)
class Cells:
    """A predicate or table, and where each of its rules is decided."""

    meaning: Predicate | LookupTable
    rules: dict[Rule, Span]


def predicate_cells(
    name: str, function: Function, query: Variable, key: Variable
) -> Cells:
    """Apply a predicate to every (query value, key value).

    Raises:
        ProgramError: it fails for some values; the message says which.
    """
    _check_size(function, len(query.values) * len(key.values))
    whole = span(function.node)
    cases: dict[Value, list[Value]] = {}
    rules: dict[Rule, Span] = {}
    for q in query.values:
        outcomes = [(k, _apply(function, (q, k))) for k in key.values]
        cases[q] = [k for k, outcome in outcomes if outcome.value]
        deciding = {o.statement for _, o in outcomes if o.value} or {
            o.statement for _, o in outcomes
        }
        one = deciding.pop() if len(deciding) == 1 else None
        rules[Rule("case", name, (q,))] = span(one) if one else whole
    return Cells(Predicate.of(cases), rules)


def table_cells(name: str, function: Function, inputs: list[Variable]) -> Cells:
    """Apply a table to every tuple of input values.

    Raises:
        ProgramError: it fails, or returns no value, for some of them.
    """
    _check_size(function, prod(len(variable.values) for variable in inputs))
    whole = span(function.node)
    spans: dict[ast.stmt | None, Span] = {None: whole}
    entries: dict[Key, Value] = {}
    rules: dict[Rule, Span] = {}
    for key in product(*(variable.values for variable in inputs)):
        outcome = _apply(function, key)
        value, statement = outcome.value, outcome.statement
        if not isinstance(value, str | int) or isinstance(value, bool):
            returned = "nothing" if value is None else repr(value)
            raise ProgramError(
                f"{_call(function, key)} returns {returned}; "
                "a table returns an integer or a string"
            )
        entries[key] = value
        rules[Rule("entry", name, key)] = spans.setdefault(
            statement, span(statement) if statement else whole
        )
    names = tuple(variable.name for variable in inputs)
    default = next(iter(entries.values()))
    return Cells(LookupTable.of(name, names, entries, default), rules)


def _apply(function: Function, values: tuple[Any, ...]) -> Outcome:
    try:
        return function(*values)
    except RecursionError:
        raise
    except Unsupported as error:
        raise ProgramError(f"{_call(function, values)}: {error}") from None
    except Exception as error:  # whatever Python would raise when the file runs
        raise ProgramError(
            f"{_call(function, values)} raises {type(error).__name__}: {error}"
        ) from None


def _call(function: Function, values: tuple[Any, ...]) -> str:
    return f"{function.name}({', '.join(map(repr, values))})"


def _check_size(function: Function, size: int) -> None:
    if size > MAX_CELLS:
        raise ProgramError(f"{function.name} has {size:,} cells, at most {MAX_CELLS:,}")


def span(node: ast.AST) -> Span:
    """The place of a syntax node, columns from 1."""
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
    end_line = getattr(node, "end_lineno", None) or line
    end_column = getattr(node, "end_col_offset", None) or column
    return Span(line, column, end_line, end_column)
