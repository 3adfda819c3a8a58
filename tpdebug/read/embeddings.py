"""Embeddings in a CSV file next to the program, and the alphabet taken from them."""

from __future__ import annotations

import ast
import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tpdebug import rasp
from tpdebug.errors import UserError
from tpdebug.files import read_limited
from tpdebug.read.expressions import describe
from tpdebug.read.loading import Text

SIZE_LIMIT = 50_000_000
Problem = Callable[[ast.AST, str], None]


def load_embedding(
    call: ast.Call, source: Text, problem: Problem
) -> dict[str, tuple[int, ...]]:
    """Read the file that `load_embedding(__file__, name)` names."""
    match call.args:
        case [ast.Name(id="__file__"), ast.Constant(value=str() as name)] if (
            Path(name).name == name and not call.keywords
        ):
            pass
        case _:
            problem(call, "write load_embedding(__file__, '<file name>')")
            return {}
    if source.folder is None:
        problem(call, f"{name} is looked for next to the program: give its path")
        return {}
    try:
        read_limited(source.folder / name, name, SIZE_LIMIT)
        return rasp.load_embedding(str(source.folder / "program"), name)
    except (UserError, OSError, ValueError, StopIteration, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error or "it is empty"
        problem(call, f"cannot read the embedding {name}: {reason}")
        return {}


def words(value: ast.expr, table: Any, problem: Problem) -> tuple[str, ...]:
    """The words of `tuple(EMBEDDING)` or `tuple(EMBEDDING)[:-count]`."""
    stop = None
    match value:
        case ast.Subscript(
            value=inner,
            slice=ast.Slice(
                lower=None,
                step=None,
                upper=ast.UnaryOp(
                    op=ast.USub(), operand=ast.Constant(value=int() as count)
                ),
            ),
        ):
            stop = -count
        case _:
            inner = value
    match inner:
        case ast.Call(
            func=ast.Name(id="tuple"), args=[ast.Name(id="EMBEDDING")], keywords=[]
        ):
            if isinstance(table, dict):
                return tuple(table)[:stop]
            problem(value, "EMBEDDING must be a dictionary that is given before")
        case _:
            problem(value, f"this must be a constant: {describe(value)}")
    return ()
