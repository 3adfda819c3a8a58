"""The functions that a published program brings along, known by their structure.

What each does is said here once, in our words; a function of a file is one of them if
it differs in names only.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass
from functools import cache

from tpdebug.read.expressions import describe
from tpdebug.read.module import Contents

CLOSEST = """
def select_closest(keys, queries, predicate):
    chosen = [[False for _ in keys] for _ in queries]
    for row, query in enumerate(queries):
        found = [at for at, key in enumerate({seen}) if predicate(query, key)]
        if not any(found):
            chosen[row][0] = True
        else:
            at = min(found, key=lambda at: len(found) if at == row else abs(row - at))
            chosen[row][at] = True
    return chosen
"""
SELECT = """
def select(keys, queries, predicate):
    return [[predicate(query, key) for key in keys] for query in queries]
"""
CAUSAL_SELECT = """
def select(keys, queries, predicate):
    return [
        [predicate(query, key) for key in keys[: row + 1]]
        for row, query in enumerate(queries)
    ]
"""
AGGREGATE = """
def aggregate(chosen, values):
    return [[value for on, value in zip(row, values) if on][0] for row in chosen]
"""
AGGREGATE_SUM = """
def aggregate_sum(chosen, values):
    return [sum([value for on, value in zip(row, values) if on]) for row in chosen]
"""
NAMES = ("select_closest", "select", "aggregate", "aggregate_sum")


@dataclass(frozen=True, slots=True)
class Helper:
    """An operation of the file, and whether it looks to the left only."""

    name: str
    causal: bool | None


def check_annotations(function: ast.FunctionDef, contents: Contents) -> None:
    """Annotations are evaluated when the file runs."""
    for node in ast.walk(function.args):
        if isinstance(node, ast.arg):
            contents.check_annotation(node.annotation)
    contents.check_annotation(function.returns)


def helper(function: ast.FunctionDef, contents: Contents) -> Helper | None:
    """Recognise an operation; a problem if it is not the one of its name."""
    known = _shapes().get(_shape(function))
    if known is None or known.name != function.name:
        says = f"{function.name} differs from the function that published files have"
        contents.problem(function, f"{says}: {describe(function.body[-1])}")
        return None
    return known


@cache
def _shapes() -> dict[str, Helper]:
    """The structure of every known function."""
    found = {}
    for text, causal in (
        (CLOSEST.format(seen="keys"), False),
        (CLOSEST.format(seen="keys[: row + 1]"), True),
        (SELECT, False),
        (CAUSAL_SELECT, True),
        (AGGREGATE, None),
        (AGGREGATE_SUM, None),
    ):
        (function,) = ast.parse(text).body
        assert isinstance(function, ast.FunctionDef)
        found[_shape(function)] = Helper(function.name, causal)
    return found


def _shape(function: ast.FunctionDef) -> str:
    """The structure of a function: without its name, docstring, types and names."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    names: dict[str, str] = {}

    def rename(name: str) -> str:
        if name in vars(builtins):
            return name
        return names.setdefault(name, f"name{len(names)}")

    parts = [*function.decorator_list, *function.args.defaults, *body]
    copies = [ast.parse(ast.unparse(part)) for part in parts]
    arguments = [rename(argument.arg) for argument in function.args.args]
    extra = function.args.vararg or function.args.kwarg or function.args.kwonlyargs
    for node in (node for copy in copies for node in ast.walk(copy)):
        if isinstance(node, ast.Name):
            node.id = rename(node.id)
        elif isinstance(node, ast.arg):
            node.arg = rename(node.arg)
    return "\n".join([*arguments, str(bool(extra)), *map(ast.dump, copies)])
