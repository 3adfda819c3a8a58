"""The top level of a program file: its constants, functions and operations.

Anything else at the top level could change what the program does, so it is reported.
"""

from __future__ import annotations

import ast
import builtins
import csv
import inspect
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tpdebug import rasp
from tpdebug.errors import Problem
from tpdebug.program import OPERATIONS
from tpdebug.read.functions import describe
from tpdebug.read.loading import Text

HIDES = frozenset(dir(builtins))


@dataclass
class Contents:
    """What stands at the top level of a file."""

    about: str = ""
    constants: dict[str, Any] = field(default_factory=dict)
    assignments: dict[str, ast.stmt] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    operations: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, node: ast.AST, message: str) -> None:
        """Note something that cannot be read."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        self.problems.append(Problem(line, column + 1, message))


def contents(tree: ast.Module, source: Text) -> Contents:
    """Sort the top-level statements of a file."""
    found = Contents(about=inspect.cleandoc(ast.get_docstring(tree) or ""))
    for statement in tree.body:
        match statement:
            case ast.ImportFrom(module="tpdebug.rasp", level=0):
                _operations(statement, found)
            case ast.ImportFrom() | ast.Import():
                _other_import(statement, found)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                _constant(name, value, statement, found, source)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                _constant(name, value, statement, found, source)
            case ast.FunctionDef(name=name):
                if name in found.functions or name in found.operations:
                    found.problem(statement, f"{name} is defined twice")
                elif name in OPERATIONS:
                    _own_operation(statement, found)
                elif name in HIDES:
                    found.problem(statement, f"this function hides {name!r}")
                else:
                    found.functions[name] = statement
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case ast.If(test=test) if _is_main(test):
                pass  # never runs when the program is imported
            case _:
                found.problem(statement, f"cannot read {describe(statement)} here")
    return found


def _operations(statement: ast.ImportFrom, found: Contents) -> None:
    for alias in statement.names:
        if alias.name not in OPERATIONS:
            found.problem(statement, f"tpdebug.rasp has no operation {alias.name!r}")
        elif alias.asname not in (None, alias.name):
            found.problem(statement, f"import {alias.name} under its own name")
        else:
            found.operations.add(alias.name)


def _other_import(statement: ast.Import | ast.ImportFrom, found: Contents) -> None:
    """Imports that a person added do no harm unless they hide a name we rely on."""
    for alias in statement.names:
        name = (alias.asname or alias.name).split(".")[0]
        if name == "*":
            found.problem(statement, "import names one by one, not `*`")
        elif name in OPERATIONS or name in HIDES:
            found.problem(statement, f"this import hides {name!r}")


def _own_operation(statement: ast.FunctionDef, found: Contents) -> None:
    """An operation that stands in the file must be the one we know."""
    if _shape(statement) != _known_shapes()[statement.name]:
        found.problem(
            statement, f"{statement.name} differs from the operation in tpdebug.rasp"
        )
    found.operations.add(statement.name)


@cache
def _known_shapes() -> dict[str, str]:
    tree = ast.parse(Path(rasp.__file__).read_text(encoding="utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    return {node.name: _shape(node) for node in functions}


def _shape(node: ast.FunctionDef) -> str:
    """The structure of a function without types, docstring and positions."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    arguments = node.args
    parts = [node.name, *(ast.dump(decorator) for decorator in node.decorator_list)]
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        parts.append(argument.arg)
    parts += [a.arg if a else "" for a in (arguments.vararg, arguments.kwarg)]
    parts += [ast.dump(value) for value in arguments.defaults]
    return "\n".join([*parts, *map(ast.dump, body)])


def _constant(
    name: str, value: ast.expr, statement: ast.stmt, found: Contents, source: Text
) -> None:
    if name in found.constants or name in HIDES or name in OPERATIONS:
        twice = name in found.constants
        what = f"{name} is given twice" if twice else f"this constant hides {name!r}"
        found.problem(statement, what)
        return
    found.assignments[name] = statement
    match value:
        case ast.Call(func=ast.Name(id="load_embedding")):
            found.constants[name] = _load_embedding(value, found, source)
        case ast.Call(func=ast.Name(id="tuple"), args=[ast.Name(id="EMBEDDING")]):
            found.constants[name] = _words(found, statement)
        case ast.Subscript(
            value=ast.Call(func=ast.Name(id="tuple"), args=[ast.Name(id="EMBEDDING")]),
            slice=ast.Slice(lower=None, step=None, upper=ast.UnaryOp() as upper),
        ) if isinstance(upper.operand, ast.Constant) and isinstance(
            upper.operand.value, int
        ):
            found.constants[name] = _words(found, statement)[: -upper.operand.value]
        case _:
            try:
                found.constants[name] = ast.literal_eval(value)
            except (ValueError, TypeError, MemoryError, RecursionError):
                found.problem(
                    value, f"{name} must be a constant, not {describe(value)}"
                )


def _words(found: Contents, statement: ast.stmt) -> tuple[str, ...]:
    if "EMBEDDING" not in found.constants:
        found.problem(statement, "EMBEDDING must be given before it is used")
    return tuple(found.constants.get("EMBEDDING") or ())


def _load_embedding(
    call: ast.Call, found: Contents, source: Text
) -> dict[str, tuple[int, ...]]:
    match call.args:
        case [ast.Name(id="__file__"), ast.Constant(value=str() as name)] if (
            Path(name).name == name
        ):
            pass
        case _:
            found.problem(call, "write load_embedding(__file__, '<file name>')")
            return {}
    if source.folder is None:
        found.problem(call, f"{name} is looked for next to the program: give its path")
        return {}
    try:
        return rasp.load_embedding(str(source.folder / "program"), name)
    except (OSError, ValueError, StopIteration, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error or "it is empty"
        found.problem(call, f"cannot read the embedding {name}: {reason}")
        return {}


def _is_main(test: ast.expr) -> bool:
    return ast.unparse(test) in ("__name__ == '__main__'", "'__main__' == __name__")
