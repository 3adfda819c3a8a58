"""Dropping, replacing and adding statements of a syntax tree, all else left as it is.

Statements are counted as Python counts them: `a = 1; b = 2` is two. What stands above a
dropped statement goes with it if it touches it; what an empty line sets apart stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

import libcst

from tpdebug.write.kept import CannotRewrite

Line: TypeAlias = libcst.SimpleStatementLine | libcst.BaseCompoundStatement
Small: TypeAlias = libcst.BaseSmallStatement | libcst.BaseCompoundStatement
Above: TypeAlias = Sequence[libcst.EmptyLine]
OFF, ON = "# fmt: off", "# fmt: on"


def statements(body: Iterable[libcst.CSTNode]) -> list[Small]:
    """The statements of a body, one by one."""
    found: list[Small] = []
    for line in body:
        assert isinstance(
            line, libcst.SimpleStatementLine | libcst.BaseCompoundStatement
        )
        found += _of_line(line)
    return found


def _of_line(line: Line) -> Sequence[Small]:
    return line.body if isinstance(line, libcst.SimpleStatementLine) else [line]


def edited(
    body: Iterable[libcst.CSTNode],
    changes: Mapping[int, Small | None],
    added: Mapping[int, Sequence[Line]],
) -> tuple[list[Line], Above]:
    """Edit a body.

    Args:
        body: its lines.
        changes: what to put in the place of a statement; None drops it.
        added: lines to add before a statement.

    Returns:
        The lines, and what stood above lines at the end that were dropped.

    Raises:
        CannotRewrite: a line would have to be added inside another one.
    """
    found: list[Line] = []
    carried: Above = []
    number = 0
    off = False
    for line in body:
        assert isinstance(
            line, libcst.SimpleStatementLine | libcst.BaseCompoundStatement
        )
        before = _of_line(line)
        found += added.get(number, [])
        if any(n in added for n in range(number + 1, number + len(before))):
            raise CannotRewrite("several statements of run stand on one line")
        after = [changes.get(n, s) for n, s in enumerate(before, number)]
        number += len(before)
        above = _without_on(line.leading_lines) if off else line.leading_lines
        kept = [statement for statement in after if statement is not None]
        apart = _set_apart(above)
        off = not kept and any(map(_is_off, above[len(apart) :]))
        if not kept:
            carried = _joined(carried, apart)
            continue
        found.append(
            _line(line, kept).with_changes(leading_lines=_joined(carried, above))
        )
        carried = []
    return found, carried


def without(statement: Small, gone: Collection[str]) -> Small | None:
    """A top-level statement without some of the names that it gives."""
    if not isinstance(statement, libcst.Import | libcst.ImportFrom):
        return None
    assert not isinstance(statement.names, libcst.ImportStar)
    kept = [alias for alias in statement.names if _alias(alias) not in gone]
    if not kept:
        return None
    if len(kept) == len(statement.names):
        return statement
    if kept[-1] is not statement.names[-1]:
        kept[-1] = kept[-1].with_changes(comma=statement.names[-1].comma)
    return statement.with_changes(names=kept)


def _alias(alias: libcst.ImportAlias) -> str:
    """The name that an import gives."""
    return (alias.evaluated_alias or alias.evaluated_name).split(".")[0]


def _line(line: Line, kept: Sequence[Small]) -> Line:
    """A line with these statements on it."""
    if not isinstance(line, libcst.SimpleStatementLine):
        (only,) = kept
        assert isinstance(only, libcst.BaseCompoundStatement)
        return only
    if len(kept) < len(line.body):
        end = {"semicolon": libcst.MaybeSentinel.DEFAULT}
        kept = [*kept[:-1], kept[-1].with_changes(**end)]
    return line.with_changes(body=kept)


def _set_apart(above: Above) -> Above:
    """What an empty line separates from the statement below it."""
    touching = 0
    while touching < len(above) and above[-touching - 1].comment is not None:
        touching += 1
    return above[: len(above) - touching]


def _joined(carried: Above, above: Above) -> Above:
    """Lines above lines, without more empty ones in between than either has."""
    end = len(carried)
    while end and carried[end - 1].comment is None:
        end -= 1
    start = 0
    while start < len(above) and above[start].comment is None:
        start += 1
    longer = max(carried[end:], above[:start], key=len)
    return [*carried[:end], *longer, *above[start:]]


def _is_off(line: libcst.EmptyLine) -> bool:
    return line.comment is not None and line.comment.value == OFF


def _without_on(above: Above) -> Above:
    """Without the first "fmt: on"."""
    for at, line in enumerate(above):
        if line.comment is not None and line.comment.value == ON:
            return [*above[:at], *above[at + 1 :]]
    return above
