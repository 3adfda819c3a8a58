"""The embeddings of a published program: words and codes from files next to it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from tpdebug.errors import UserError
from tpdebug.read.expressions import Enumeration, Member, describe
from tpdebug.read.loading import parse, source_text
from tpdebug.read.published.weights import (
    MOST_PROBLEMS,
    NOT_A_VALUE,
    are_text,
    csv_rows,
)


@dataclass(frozen=True)
class Words:
    """The codes of every word.

    Attributes:
        columns: the name of each embedding variable.
        codes: word -> its code in each column.
        left_out: words that the file itself cannot look up.
    """

    columns: tuple[str, ...]
    codes: dict[str, tuple[int, ...]]
    left_out: tuple[str, ...] = ()


def read_words(path: Path, problems: list[str]) -> Words | None:
    """Read `word,<variable>,...`; None if it cannot be read, and why in `problems`."""
    before = len(problems)
    rows = csv_rows(path, problems)
    if len(problems) > before:
        return None
    if not rows or rows[0][1][:1] != ["word"] or len(rows[0][1]) < 2:
        problems.append("its first line must be: word,<variable>,<variable>,...")
        return None
    columns = tuple(rows[0][1][1:])
    codes: dict[str, tuple[int, ...]] = {}
    left_out = []
    for line, (word, *cells) in rows[1:]:
        if len(problems) - before >= MOST_PROBLEMS:
            return None
        if len(cells) != len(columns) or not all(map(_is_code, cells)):
            problems.append(f"line {line} must be a word and {len(columns)} codes")
        elif word in codes:
            problems.append(f"word {word!r} is given twice (line {line})")
        elif word in NOT_A_VALUE or word.split() != [word]:
            left_out.append(word)
        else:
            codes[word] = tuple(map(int, cells))
    if len(set(columns)) < len(columns):
        problems.append("a variable is given twice")
    if codes and not are_text(codes):
        says = "every word in it is a number, so the program, which looks for text, "
        problems.append(says + "finds none")
    if len(problems) > before:
        return None
    return Words(columns, codes, tuple(left_out))


def _is_code(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6


def read_enumerations(path: Path, names: list[str]) -> dict[str, Enumeration]:
    """Read the `Enum` classes of a file, without executing it.

    Raises:
        UserError: the file cannot be read, or a class is not there or is no plain Enum.
    """
    classes: dict[str, ast.ClassDef] = {}
    imported = False
    for node in parse(source_text(path)).body:
        match node:
            case ast.ClassDef(name=name) if imported and name not in ("Enum", *classes):
                classes[name] = node
            case ast.ImportFrom() if ast.unparse(node) == "from enum import Enum":
                imported = True
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case _:
                says = f"cannot read {describe(node)} here"
                raise UserError(f"{path.name}:{node.lineno}: {says}")
    missing = [name for name in names if name not in classes]
    if missing:
        raise UserError(f"{path.name} has no class {missing[0]}")
    return {name: _enumeration(classes[name], path.name) for name in names}


def _enumeration(node: ast.ClassDef, file: str) -> Enumeration:
    """The members of a class; those with equal values are one and the same."""
    plain = [ast.unparse(base) for base in node.bases] == ["Enum"]
    if not plain or node.keywords or node.decorator_list:
        raise UserError(f"{file}:{node.lineno}: {node.name} is no plain Enum")
    members: dict[str, Member] = {}
    by_value: dict[tuple[str, ...], Member] = {}
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.List() as value) if (
                re.fullmatch(r"V\d\d+", name)
            ):
                words = _strings(value)
                if words is not None and name not in members:
                    first = Member(node.name, name)
                    members[name] = by_value.setdefault(words, first)
                    continue
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                continue
        raise UserError(f"{file}:{statement.lineno}: this is no member of an Enum")
    return Enumeration(node.name, members)


def _strings(node: ast.List) -> tuple[str, ...] | None:
    """The strings of a list; None if it holds anything else."""
    found = [item.value for item in node.elts if isinstance(item, ast.Constant)]
    words = tuple(value for value in found if isinstance(value, str))
    return words if len(words) == len(node.elts) else None
