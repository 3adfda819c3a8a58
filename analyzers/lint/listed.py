"""Values that conditions list: `if q_token in {"a", "b"}`, `key == (0, 1)`.

Only conditions that compare parameters of a predicate or table with literals are looked
at; a name that stands for one of them, or for a tuple of them, is followed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tpdebug.nodes import Key


@dataclass(frozen=True, slots=True)
class Listed:
    """The values of a condition.

    Attributes:
        line: where it stands.
        axes: which parameters it asks for, by their place.
        keys: the values that it lists, a tuple each, without repetitions.
    """

    line: int
    axes: tuple[int, ...]
    keys: tuple[Key, ...]


def listed(function: ast.FunctionDef) -> Iterator[Listed]:
    """The conditions of a function that list values, in order."""
    arguments = (*function.args.posonlyargs, *function.args.args)
    names = {a.arg: (place,) for place, a in enumerate(arguments)}
    alias: dict[str, tuple[tuple[int, ...], bool]] = {
        name: (axes, False) for name, axes in names.items()
    }
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found = _axes(value, alias)
                if found is None or name in alias:
                    alias.pop(name, None)
                else:
                    alias[name] = found
    conditions = [n for n in ast.walk(function) if isinstance(n, ast.Compare)]
    for node in sorted(conditions, key=lambda n: (n.lineno, n.col_offset)):
        found = _axes(node.left, alias)
        values = _values(node)
        if found is not None and values is not None:
            axes, whole = found
            keys = [v if whole else (v,) for v in values]
            if all(isinstance(k, tuple) and len(k) == len(axes) for k in keys):
                yield Listed(node.lineno, axes, tuple(dict.fromkeys(keys)))


def _axes(
    value: ast.expr, alias: Mapping[str, tuple[tuple[int, ...], bool]]
) -> tuple[tuple[int, ...], bool] | None:
    """The parameters that an expression names, and whether as a tuple."""
    match value:
        case ast.Name(id=name):
            return alias.get(name)
        case ast.Tuple(elts=parts):
            found = [_axes(part, alias) for part in parts]
            single = [f[0][0] for f in found if f is not None and not f[1]]
            return (tuple(single), True) if len(single) == len(parts) else None
    return None


def _values(node: ast.Compare) -> list[Any] | None:
    """The literals that something is compared with, if they are such."""
    match node:
        case ast.Compare(
            ops=[ast.In()],
            comparators=[ast.Set(elts=parts) | ast.Tuple(elts=parts) | ast.List(parts)],
        ):  # part by part: a set of strings has another order each time
            values = [_literal(part) for part in parts]
            return None if None in values else values
        case ast.Compare(ops=[ast.Eq()], comparators=[value]):
            found = _literal(value)
            return [found] if isinstance(found, str | int | tuple) else None
    return None


def _literal(value: ast.expr) -> Any:
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return None
