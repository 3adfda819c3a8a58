"""The embeddings of a published program: words and codes from files next to it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from tpdebug.errors import UserError
from tpdebug.read.expressions import Enumeration, Member
from tpdebug.read.loading import parse, source_text
from tpdebug.read.published.weights import NOT_A_VALUE, csv_rows


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
    text = source_text(path)
    classes = {n.name: n for n in parse(text).body if isinstance(n, ast.ClassDef)}
    missing = [name for name in names if name not in classes]
    if missing:
        raise UserError(f"{path.name} has no class {missing[0]}")
    return {name: _enumeration(classes[name], path.name) for name in names}


def _enumeration(node: ast.ClassDef, file: str) -> Enumeration:
    """The members of a class; those with equal values are one and the same."""
    if [ast.unparse(base) for base in node.bases] != ["Enum"] or node.decorator_list:
        raise UserError(f"{file}:{node.lineno}: {node.name} is no plain Enum")
    members: dict[str, Member] = {}
    by_value: dict[str, Member] = {}
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                try:
                    fixed = repr(ast.literal_eval(value))
                except (ValueError, TypeError, MemoryError, RecursionError):
                    fixed = None
                if fixed is not None and name not in members:
                    first = Member(node.name, name)
                    members[name] = by_value.setdefault(fixed, first)
                    continue
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                continue
        raise UserError(f"{file}:{statement.lineno}: this is no member of an Enum")
    return Enumeration(node.name, members)
