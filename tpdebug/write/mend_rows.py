"""Changing score rows where they stand: in a program file, or in a CSV file.

Only the numbers that differ change. A row that is missing is put where it belongs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation

from tpdebug.findings import Scores
from tpdebug.nodes import Rule, Value, order
from tpdebug.program import Program
from tpdebug.read.cells import between
from tpdebug.read.source import Source
from tpdebug.sourcemap import SourceMap
from tpdebug.write.kept import CannotRewrite, gives
from tpdebug.write.literals import literal
from tpdebug.write.texts import Edits


def change_row(edits: Edits, tree: ast.Module, source: Source, to: Scores) -> None:
    """Change a score row of a program file.

    Raises:
        CannotRewrite: the scores are not written as numbers in a table of rows.
    """
    row = _row(tree, source, to.rule)
    if row is None:
        _add_row(edits, tree, source, to)
        return
    numbers = [_number(each) for each in row.elts]
    columns = re.search(r"[(\[] |[,] {2}", edits.says(row)) is not None
    for element, old, new in zip(row.elts, numbers, to.scores, strict=True):
        if old != new:
            start, end = edits.span(element)
            _aligned(edits, start, end, str(new), columns)


def _aligned(edits: Edits, start: int, end: int, new: str, columns: bool) -> None:
    """Replace a number; where numbers stand in columns, it ends where it did."""
    before = edits.text[:start]
    spaces = len(before) - len(before.rstrip(" "))
    opened = before.rstrip(" ")[-1:] == "("
    spare = spaces if opened else spaces - 1
    longer = len(new) - (end - start)
    if longer > 0:
        start -= min(max(spare, 0), longer)
    elif columns:
        new = " " * -longer + new
    edits.replace(start, end, new)


def _number(element: ast.expr) -> int:
    try:
        found = ast.literal_eval(element)
    except ValueError:
        found = None
    if type(found) is not int:
        raise CannotRewrite("a score is not written as a number")
    return found


def _row(tree: ast.Module, source: Source, rule: Rule) -> ast.Tuple | ast.List | None:
    """The scores of a rule in the file; None if there is no such row."""
    where = source.map.rules.get(rule)
    if where is None:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List) and node.end_lineno is not None:
            end = (node.end_lineno, node.end_col_offset)
            start = (node.lineno, node.col_offset + 1)
            inside = start >= (where.line, where.column)
            # A span includes its last column, and may end with the row or its key.
            if inside and end == (where.end_line, where.end_column):
                return node
    raise CannotRewrite(f"the {rule} is not written as a row")


def _add_row(edits: Edits, tree: ast.Module, source: Source, to: Scores) -> None:
    """Put in a row, below the one before it."""
    if not to.rule.key:
        raise CannotRewrite(f"there is no row for {to.rule.node}")
    value = to.rule.key[0]
    others = sorted(_rows(tree, source, to.rule.node), key=lambda row: order(row[0]))
    if not others:
        raise CannotRewrite(f"there are no rows for {to.rule.node}")
    before = [row for row in others if order(row[0]) < order(value)]
    _, key, row = before[-1] if before else others[0]
    span = between(key, row)
    start = edits.at(span.line, span.column - 1)
    _, end = edits.span(row)
    indent = edits.lines[span.line - 1][: span.column - 1]
    says = f"{literal(value)}: ({', '.join(map(str, to.scores))}"
    says += ",)" if len(to.scores) == 1 else ")"
    if indent.strip():  # rows side by side
        both = (end, end, f", {says}") if before else (start, start, f"{says}, ")
        edits.replace(*both)
        return
    if span.line == span.end_line:
        says = _like(edits, row, start, literal(value), to.scores)
    if not before:
        edits.replace(start, start, f"{says},{edits.newline}{indent}")
        return
    assert row.end_col_offset is not None
    ends = edits.lines[span.end_line - 1][row.end_col_offset :].strip()
    if ends and not ends.startswith((",", "#")):
        raise CannotRewrite(f"other things stand beside a row of {to.rule.node}")
    if not ends.startswith(","):
        edits.replace(end, end, ",")
    below = edits.starts[span.end_line]
    edits.replace(below, below, f"{indent}{says},{edits.newline}")


def _rows(
    tree: ast.Module, source: Source, node: str
) -> Iterator[tuple[Value, ast.expr, ast.Tuple | ast.List]]:
    """All rows of a variable, also of values that it does not have."""
    known = {
        where
        for rule, where in source.map.rules.items()
        if rule.kind == "score" and rule.node == node
    }
    for name, table in _tables(tree):
        rows = [
            (key.value, key, row)
            for key, row in zip(table.keys, table.values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(key.value, int | str)
            if isinstance(row, ast.Tuple | ast.List)
        ]
        if name == node or any(between(key, row) in known for _, key, row in rows):
            yield from rows
            return


def _tables(tree: ast.Module) -> Iterator[tuple[str, ast.Dict]]:
    """The rows of each variable that has several, under the name that the file has."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and "SCORES" in gives(
            statement
        ):
            assert isinstance(statement.value, ast.Dict)
            for key, table in zip(
                statement.value.keys, statement.value.values, strict=True
            ):
                if isinstance(key, ast.Constant) and isinstance(table, ast.Dict):
                    yield str(key.value), table


def _like(
    edits: Edits,
    row: ast.Tuple | ast.List,
    start: int,
    key: str,
    scores: Sequence[int],
) -> str:
    """A row on one line, its numbers below those of another one."""
    begins, _ = edits.span(row)
    says = f"{key}:".ljust(begins - start)
    says = says if says.endswith(" ") else f"{says} "
    says += "("
    for element, score in zip(row.elts, scores, strict=True):
        _, end = edits.span(element)
        says += str(score).rjust(end - start - len(says)) + ","
        says += " " if element is not row.elts[-1] else ""
    return (says if len(scores) == 1 else says.removesuffix(",")) + ")"


def changed_csv(
    text: str, program: Program, places: SourceMap, rows: Iterable[Scores]
) -> str:
    """The text of a CSV file of scores with some rows changed.

    Args:
        text: the file.
        program: what was read from it.
        places: where its rows stand.
        rows: what they shall be.

    Raises:
        CannotRewrite: a row is missing, or not written in a line as numbers.
    """
    edits = Edits(text)
    held = {(r.variable, r.value): r.scores for r in program.classifier.rows}
    none = (0,) * len(program.classifier.classes)
    for to in rows:
        where = places.rules.get(to.rule)
        if where is None:
            raise CannotRewrite(f"there is no row for {to.rule}")
        value = to.rule.key[0] if to.rule.key else None
        old = held.get((to.rule.node, value), none)
        scale = program.classifier.scale
        changes = [
            Decimal(new - was) / scale for new, was in zip(to.scores, old, strict=True)
        ]
        _change_line(edits, where.line, changes)
    return edits.result()


def _change_line(edits: Edits, line: int, changes: Sequence[Decimal]) -> None:
    """Add to the last cells of a line."""
    whole = edits.lines[line - 1]
    said = whole.rstrip("\r\n")
    cells = said.rsplit(",", len(changes))
    if len(cells) != len(changes) + 1:
        raise CannotRewrite(f"line {line} does not hold a row of scores")
    at = edits.starts[line - 1] + len(cells[0]) + 1
    for cell, change in zip(cells[1:], changes, strict=True):
        if change:
            try:
                number = Decimal(cell.strip(" \t"))
            except InvalidOperation:
                raise CannotRewrite(f"line {line} holds {cell}, in quotes") from None
            edits.replace(at, at + len(cell), decimal(number + change))
        at += len(cell) + 1


def decimal(number: Decimal) -> str:
    """A number as such files have them.

    >>> decimal(Decimal("1.50")), decimal(Decimal("3")), decimal(Decimal("-1E-7"))
    ('1.5', '3.0', '-0.0000001')
    """
    text = format(number, "f")
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.rstrip('0') or '0'}"
