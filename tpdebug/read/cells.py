"""From functions to predicates and tables: apply them to every value there is.

Besides the result this finds, for each rule, the statement that decides it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Any

from tpdebug.errors import ProgramError
from tpdebug.nodes import (
    Key,
    LookupTable,
    Predicate,
    Preference,
    Rule,
    Value,
    Variable,
)
from tpdebug.normal import MAX_CELLS
from tpdebug.read.expressions import Scope, Unsupported
from tpdebug.read.functions import Function, Outcome
from tpdebug.sourcemap import Span

MANY = 4096
MAX_APPLIED = 1_000_000
"""How often a function is applied at most: a matter of seconds."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A predicate, preference or table, and where each of its rules is decided.

    `default` is where a table decides all entries that `rules` does not hold.
    """

    meaning: Predicate | Preference | LookupTable
    rules: dict[Rule, Span]
    default: Span | None = None


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


def preference_cells(
    name: str, function: Function, query: Variable, key: Variable
) -> Cells:
    """Apply a function that gives scores to every (query value, key value).

    Raises:
        ProgramError: it fails, or gives no integer, for some values.
    """
    _check_size(function, len(query.values) * len(key.values))
    whole = span(function.node)
    spans: dict[ast.stmt | None, Span] = {None: whole}
    scores: dict[Key, int] = {}
    rules: dict[Rule, Span] = {}
    for pair in product(query.values, key.values):
        outcome = _apply(function, pair)
        value, statement = outcome.value, outcome.statement
        if not isinstance(value, int):  # True and False compare as 1 and 0
            returned = "nothing" if value is None else repr(value)
            raise ProgramError(
                f"{_call(function, pair)} returns {returned}; "
                "the score of a key is an integer"
            )
        scores[pair] = value
        if statement not in spans:
            spans[statement] = whole if statement is None else span(statement)
        rules[Rule("case", name, pair)] = spans[statement]
    meaning = Preference.by(query.values, key.values, lambda q, k: scores[q, k])
    if not meaning.cases:  # the predicate that wants every key
        return predicate_cells(name, replace(function, body=_always), query, key)
    return Cells(meaning, rules)


def _always(scope: Scope) -> Outcome:
    return Outcome(True, None)


def table_cells(name: str, function: Function, inputs: list[Variable]) -> Cells:
    """Apply a table to every tuple of input values.

    Raises:
        ProgramError: it fails, or returns no value, for some of them.
    """
    size = prod(len(variable.values) for variable in inputs)
    _check_size(function, size, MAX_CELLS)
    if size > MANY and all(variable.numerical for variable in inputs):
        cells = _literal_cells(name, function, inputs)
        if cells is not None:
            return cells
    _check_size(function, size)
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


def _literal_cells(
    name: str, function: Function, inputs: list[Variable]
) -> Cells | None:
    """Read `if key in {...}: return ...` as it stands, for tables over large counts.

    None if the function does not consist of such cases and a last `return`.
    """
    key = _key_of(function)
    if key is None or not isinstance(function.node, ast.FunctionDef):
        return None
    known = [set(variable.values) for variable in inputs]
    entries: dict[Key, Value] = {}
    rules: dict[Rule, Span] = {}
    *cases, last = _branches(function.node.body[1:])
    for test, returned in cases:
        keys, output = _members(test, key), _literal(returned)
        if keys is None or returned is None or type(output) not in (int, str):
            return None
        for found in keys:
            values = found if isinstance(found, tuple) else (found,)
            if len(values) != len(known) or any(type(v) is not int for v in values):
                return None
            if all(v in k for v, k in zip(values, known, strict=True)):
                entries.setdefault(values, output)
                rules.setdefault(Rule("entry", name, values), span(returned))
    default = _literal(last[1])
    if last[0] is not None or last[1] is None or type(default) not in (int, str):
        return None
    names = tuple(variable.name for variable in inputs)
    table = LookupTable.of(name, names, entries, default)
    return Cells(table, rules, span(last[1]))


Branch = tuple[ast.expr | None, ast.stmt | None]


def _key_of(function: Function) -> str | None:
    """The name that a table gives the tuple of its inputs in its first line."""
    wanted = ", ".join(function.parameters)
    wanted = f"({wanted})" if len(function.parameters) > 1 else wanted
    match function.node:
        case ast.FunctionDef(
            body=[ast.Assign(targets=[ast.Name(id=name)], value=value), *_]
        ) if ast.unparse(value) == wanted:
            return name
    return None


def _branches(body: list[ast.stmt]) -> list[Branch]:
    """The cases of an if/elif chain and of what follows it, in order."""
    match body:
        case [ast.If(test=test, body=[then], orelse=[]), *rest]:
            return [(test, then), *_branches(rest)]
        case [ast.If(test=test, body=[then], orelse=otherwise)]:
            return [(test, then), *_branches(otherwise)]
        case [ast.If(test=test, body=[then], orelse=[ast.If() as other]), *rest]:
            return [(test, then), *_branches([other, *rest])]
        case [only]:
            return [(None, only)]
    return [(None, None)]


def _members(test: ast.expr | None, key: str) -> list[Any] | None:
    match test:
        case ast.Compare(left=ast.Name(id=name), ops=[ast.In()], comparators=[values]):
            found = _fixed(values) if name == key else None
            return list(found) if isinstance(found, set | tuple | list) else None
    return None


def _literal(statement: ast.stmt | None) -> Any:
    match statement:
        case ast.Return(value=ast.expr() as value):
            return _fixed(value)
    return None


def _fixed(value: ast.expr) -> Any:
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return None


def _apply(function: Function, values: tuple[Any, ...]) -> Outcome:
    try:
        return function(*values)
    except RecursionError:
        raise
    except Unsupported as error:
        raise ProgramError(f"{_call(function, values)}: {error}") from None
    except ZeroDivisionError:
        raise ProgramError(
            f"{_call(function, values)} raises ZeroDivisionError: return before "
            "the division, or divide by max(..., 1)"
        ) from None
    except Exception as error:  # whatever Python would raise when the file runs
        raise ProgramError(
            f"{_call(function, values)} raises {type(error).__name__}: {error}"
        ) from None


def _call(function: Function, values: tuple[Any, ...]) -> str:
    return f"{function.name}({', '.join(map(repr, values))})"


def _check_size(function: Function, size: int, most: int = MAX_APPLIED) -> None:
    if size > most:
        raise ProgramError(f"{function.name} has {size:,} cells, at most {most:,}")


def span(node: ast.AST) -> Span:
    """The place of a syntax node, columns from 1."""
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
    end_line = getattr(node, "end_lineno", None) or line
    end_column = getattr(node, "end_col_offset", None) or column
    return Span(line, column, end_line, end_column)


def between(first: ast.AST, last: ast.AST) -> Span:
    """The place from the start of one syntax node to the end of another."""
    start, end = span(first), span(last)
    return Span(start.line, start.column, end.end_line, end.end_column)
