"""The top level of a program file: its constants, functions and operations.

Anything else at the top level could change what the program does, so it is reported.
Each name is given once, and none hides a builtin or an operation.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tpdebug.errors import Problem
from tpdebug.normal import OPERATIONS
from tpdebug.read.embeddings import load_embedding, words
from tpdebug.read.expressions import describe
from tpdebug.read.loading import Text
from tpdebug.read.operations import check_operations, own_operation

BUILTINS = frozenset(dir(builtins))


@dataclass
class Contents:
    """What stands at the top level of a file.

    Attributes:
        about: the docstring.
        constants: the value of each constant that could be read.
        assignments: the statement that gives each constant.
        functions: every function that is not an operation.
        operations: the operations that the file imports or holds.
        own: those that it holds.
        names: every name that the file gives at its top level.
        future_annotations: whether annotations are never evaluated.
        problems: what cannot be read.
    """

    about: str = ""
    constants: dict[str, Any] = field(default_factory=dict)
    assignments: dict[str, ast.Assign | ast.AnnAssign] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    operations: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    future_annotations: bool = False
    problems: list[Problem] = field(default_factory=list)

    def problem(self, node: ast.AST, message: str) -> None:
        """Note something that cannot be read."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        self.problems.append(Problem(line, column + 1, message))

    def claim(self, name: str, node: ast.AST, operation: bool = False) -> bool:
        """Give a top-level name its only meaning; a problem if it has one already."""
        if name in self.names:
            self.problem(node, f"{name} is given twice")
        elif name in BUILTINS or (name.startswith("__") and name != "__all__"):
            self.problem(node, f"this hides the builtin {name!r}")
        elif name in OPERATIONS and not operation:
            self.problem(node, f"this hides the operation {name!r}")
        else:
            self.names.add(name)
            return True
        return False

    def check_annotation(self, annotation: ast.expr | None) -> None:
        """An annotation is evaluated when the file runs, so its names must exist."""
        for node in ast.walk(annotation) if annotation is not None else ():
            plain = (ast.Name, ast.Subscript, ast.Tuple, ast.Load, ast.Constant)
            if isinstance(node, ast.Name) and node.id in BUILTINS:
                continue
            if isinstance(node, ast.Subscript):
                if ast.unparse(node.value) in ("list", "tuple", "dict", "set", "type"):
                    continue
                if not self.future_annotations:
                    self.problem(node, f"cannot read the annotation {describe(node)}")
                return
            if isinstance(node, ast.Name) or not isinstance(node, plain):
                if not self.future_annotations:
                    self.problem(node, f"cannot read the annotation {describe(node)}")
                return


def contents(tree: ast.Module, source: Text) -> Contents:
    """Sort the top-level statements of a file."""
    found = Contents(about=(ast.get_docstring(tree) or "").strip())
    for statement in tree.body:
        match statement:
            case ast.ImportFrom(module="tpdebug.rasp", level=0):
                _operations(statement, found)
            case ast.ImportFrom(module="__future__"):
                names = {alias.name for alias in statement.names}
                found.future_annotations |= "annotations" in names
            case ast.ImportFrom() | ast.Import():
                _other_import(statement, found)
            case ast.Assign(targets=[ast.Name(id=name)]):
                _constant(name, statement, found, source)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                found.check_annotation(statement.annotation)
                _constant(name, statement, found, source)
            case ast.FunctionDef():
                _function(statement, found)
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case ast.If(test=test, orelse=[]) if _is_main(test):
                pass  # never runs when the program is imported
            case _:
                found.problem(statement, f"cannot read {describe(statement)} here")
    check_operations(found.own, found.operations, found.functions, found.problem)
    return found


def _operations(statement: ast.ImportFrom, found: Contents) -> None:
    for alias in statement.names:
        if alias.name not in OPERATIONS:
            found.problem(statement, f"tpdebug.rasp has no operation {alias.name!r}")
        elif alias.asname not in (None, alias.name):
            found.problem(statement, f"import {alias.name} under its own name")
        elif found.claim(alias.name, statement, operation=True):
            found.operations.add(alias.name)


def _other_import(statement: ast.Import | ast.ImportFrom, found: Contents) -> None:
    """Imports that a person added do no harm unless they hide a name we rely on."""
    for alias in statement.names:
        if alias.name == "*":
            found.problem(statement, "import names one by one, not `*`")
        else:
            found.claim((alias.asname or alias.name).split(".")[0], statement)


def _function(statement: ast.FunctionDef, found: Contents) -> None:
    name = statement.name
    arguments = statement.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        found.check_annotation(argument.annotation)
    found.check_annotation(statement.returns)
    if name in OPERATIONS:
        if not own_operation(statement):
            says = f"{name} differs from the operation in tpdebug.rasp"
            found.problem(statement, says)
        if found.claim(name, statement, operation=True):
            found.operations.add(name)
            found.own.add(name)
    elif found.claim(name, statement):
        found.functions[name] = statement


def _constant(
    name: str, statement: ast.Assign | ast.AnnAssign, found: Contents, source: Text
) -> None:
    value = statement.value
    if not found.claim(name, statement) or value is None:
        return
    found.assignments[name] = statement
    if name == "SCORES":
        return  # read row by row, to know where each one stands
    match value:
        case ast.Call(func=ast.Name(id="load_embedding")):
            if "load_embedding" not in found.operations:
                found.problem(value, "load_embedding is not imported from tpdebug.rasp")
            found.constants[name] = load_embedding(value, source, found.problem)
        case ast.Call(func=ast.Name(id="tuple")) | ast.Subscript():
            table = found.constants.get("EMBEDDING")
            found.constants[name] = words(value, table, found.problem)
        case _:
            try:
                found.constants[name] = ast.literal_eval(value)
            except (ValueError, TypeError, MemoryError, RecursionError):
                place = next(_calls(value), value)
                found.problem(place, f"{name} must be a constant: {describe(value)}")


def _calls(value: ast.expr) -> Iterator[ast.expr]:
    return (node for node in ast.walk(value) if isinstance(node, ast.Call))


def _is_main(test: ast.expr) -> bool:
    return ast.unparse(test) in ("__name__ == '__main__'", "'__main__' == __name__")
