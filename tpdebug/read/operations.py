"""Operations that stand in the file itself: they must be the ones we know."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from tpdebug import rasp
from tpdebug.normal import NEEDS


def own_operation(statement: ast.FunctionDef) -> bool:
    """Whether a function is the operation of its name, types and docstring aside."""
    return _shape(statement) == _known_shapes()[statement.name]


def check_operations(
    own: set[str],
    operations: set[str],
    functions: Mapping[str, ast.FunctionDef],
    problem: Callable[[ast.AST, str], None],
) -> None:
    """Operations in the file need others, and modules, that must be there as well."""
    place = functions.get("run", ast.Pass(lineno=1, col_offset=0))
    for name in sorted(own):
        need = NEEDS.get(name)
        if need is not None and need not in operations:
            problem(place, f"{name} needs {need}, which is not in the file")
        if name == "load_embedding":
            problem(place, "load_embedding must be imported from tpdebug.rasp")


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
    for group in (arguments.posonlyargs, arguments.args, arguments.kwonlyargs):
        parts.append("/" + ",".join(argument.arg for argument in group))
    parts += [a.arg if a else "" for a in (arguments.vararg, arguments.kwarg)]
    parts += [ast.dump(value) for value in arguments.defaults]
    return "\n".join([*parts, *map(ast.dump, body)])
