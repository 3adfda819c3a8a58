"""Changing some rules in the text of a program file: only their lines change.

A function that stands as the writer left it is written anew. In any other, which a
person may have edited, cases are put before everything that it does, or, where that
touches fewer lines, all that it does is said anew; its comments stay.
"""

from __future__ import annotations

import ast
import difflib
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import TypeAlias

from tpdebug.findings import Alteration, Groups, Scores
from tpdebug.nodes import Embedding, Head, LookupTable
from tpdebug.program import Program
from tpdebug.read.loading import Text, parse
from tpdebug.read.source import Source
from tpdebug.sourcemap import Span
from tpdebug.write.bodies import first_line, indented, new_body
from tpdebug.write.cases import cases
from tpdebug.write.conditions import Decision
from tpdebug.write.functions import function_doc, function_lines
from tpdebug.write.kept import CannotRewrite
from tpdebug.write.layout import decision_lines
from tpdebug.write.mend_rows import change_row
from tpdebug.write.names import parameters
from tpdebug.write.texts import Edits

_Change: TypeAlias = tuple[int, int, str]


def mended_source(
    text: str,
    source: Source,
    program: Program,
    alterations: Sequence[Alteration],
    *,
    careful: bool = False,
) -> str:
    """The text of a file with some rules changed.

    Args:
        text: the file.
        source: what was read from it.
        program: that program with the changes.
        alterations: the changes; score rows that stand in another file are left out.
        careful: whether to leave `return` statements as they are.

    Raises:
        CannotRewrite: it is written in a way in which they cannot be made in place.
    """
    edits, tree = Edits(text), parse(Text(text, source.map.path, None))
    for row in alterations:
        if isinstance(row, Scores) and source.map.scores is None:
            change_row(edits, tree, source, row)
    rules = [a for a in alterations if not isinstance(a, Scores)]
    rules.sort(key=lambda a: a.rule.node)
    for name, some in groupby(rules, key=lambda a: a.rule.node):
        _change_function(edits, tree, source, program, name, list(some), careful)
    return edits.result()


def _change_function(
    edits: Edits,
    tree: ast.Module,
    source: Source,
    program: Program,
    name: str,
    alterations: Sequence[Alteration],
    careful: bool,
) -> None:
    """Change what a head looks for or a table gives."""
    function = _function(tree, source, name)
    before, after = _node(source.program, name), _node(program, name)
    anew = _anew(edits, function, (source.program, before), (program, after))
    try:
        by_hand = None if careful else _returns(edits, function, source, alterations)
        by_hand = by_hand or _by_hand(
            edits, function, source, program, name, alterations
        )
        says = (function_doc(source.program, before), function_doc(program, after))
        by_hand += _said_anew(edits, function, *says)
    except CannotRewrite:
        if anew is None:
            raise
        by_hand = None
    if anew is None or by_hand is None:
        edits.changes.extend(anew or by_hand or ())
        return
    limit = 2 * _changed(edits, by_hand) + 4
    edits.changes.extend(anew if _changed(edits, anew) <= limit else by_hand)


def _node(program: Program, name: str) -> Head | LookupTable:
    node = program.writers[name]
    assert not isinstance(node, Embedding)
    return node


def _function(tree: ast.Module, source: Source, name: str) -> ast.FunctionDef:
    """The function of a head or table, if no other one uses it."""
    spans = source.map.functions
    where = spans.get(name)
    if where is None or Counter(spans.values())[where] > 1:
        raise CannotRewrite(f"{name} shares its function with another one")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and _stands(node, where):
            return node
    raise CannotRewrite(f"what {name} does is no function of its own")


def _stands(node: ast.stmt, where: Span) -> bool:
    return (node.lineno, node.col_offset + 1) == (where.line, where.column)


def _anew(
    edits: Edits,
    function: ast.FunctionDef,
    before: tuple[Program, Head | LookupTable],
    after: tuple[Program, Head | LookupTable],
) -> list[_Change] | None:
    """The function in its shortest form, if that is how it stands there now."""
    old, new = (
        edits.newline.join(function_lines(*each, function.name))
        for each in (before, after)
    )
    _, end = edits.span(function)
    start = end - len(old)
    if start < 0 or edits.text[start:end] != old:
        return None
    return [(start, end, new)]


def _returns(
    edits: Edits,
    function: ast.FunctionDef,
    source: Source,
    alterations: Sequence[Alteration],
) -> list[_Change] | None:
    """Other values in `return` statements, if each decides one rule and no other."""
    if any(isinstance(each, Groups) for each in alterations):
        return None
    rules, defaults = source.map.rules, source.map.defaults
    deciding = Counter(
        rules[rule] for rule in rules if rule.node == alterations[0].rule.node
    )
    given = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    changes = []
    for each in alterations:
        where = rules.get(each.rule)
        if (
            where is None
            or deciding[where] > 1
            or where == defaults.get(each.rule.node)
        ):
            return None
        found = next((n for n in ast.walk(function) if _returns_there(n, where)), None)
        if not isinstance(found, ast.Return) or found.value is None:
            return None
        node = _node(source.program, each.rule.node)
        (case,), _ = cases(source.program, node, given, [each])
        changes.append((*edits.span(found.value), case.result.text))
    return changes


def _said_anew(
    edits: Edits, function: ast.FunctionDef, old: str, new: str
) -> list[_Change]:
    """Another docstring, if it is ours and no longer true."""
    if old == new or ast.get_docstring(function, clean=False) != old:
        return []
    first = function.body[0]
    assert isinstance(first, ast.Expr)
    start, end = edits.span(first.value)
    at = edits.text.find(old, start, end)
    return [] if at < 0 else [(at, at + len(old), new)]


def _returns_there(node: ast.AST, where: Span) -> bool:
    return isinstance(node, ast.Return) and _stands(node, where)


def _by_hand(
    edits: Edits,
    function: ast.FunctionDef,
    source: Source,
    program: Program,
    name: str,
    alterations: Sequence[Alteration],
) -> list[_Change]:
    """The function with cases put first, or with a new body: what touches less."""
    node = _node(program, name)
    names, renamed = _named(edits, function, parameters(node))
    found = []
    if not any(isinstance(each, Groups) for each in alterations):
        decisions, more = cases(source.program, node, names, alterations)
        if more:  # else nothing would be left of what it did
            found.append([*renamed, _first(edits, function, decisions)])
    body = new_body(edits, function, program, node, names)
    if body is not None:
        found.append([*renamed, body])
    if not found:
        raise CannotRewrite(f"what {function.name} would do is not said in a few lines")
    return min(found, key=lambda changes: _changed(edits, changes))


def _first(
    edits: Edits, function: ast.FunctionDef, decisions: Sequence[Decision]
) -> _Change:
    """Cases that come before everything that the function does."""
    prefix = indented(edits, function)
    lines = [line for each in decisions for line in decision_lines("    ", each)]
    text = "".join(f"{prefix}{line[4:]}{edits.newline}" for line in lines)
    at = edits.starts[first_line(edits, function) - 1]
    if at and edits.text[at - 1] not in "\r\n":
        text = edits.newline + text
    return at, at, text


def _named(
    edits: Edits, function: ast.FunctionDef, wanted: Sequence[str]
) -> tuple[list[str], list[_Change]]:
    """The parameters; those that stand for "not used" get a name."""
    words = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
    nodes = (*function.args.posonlyargs, *function.args.args)
    given = [node.arg for node in nodes]
    names, changes = [], []
    for node, old, new in zip(nodes, given, wanted, strict=True):
        unused = old.startswith("_") and old not in words
        if unused and new not in words and new not in given:
            changes.append((*edits.span(node), new))
            names.append(new)
        else:
            names.append(old)
    return names, changes


def _changed(edits: Edits, changes: list[_Change]) -> int:
    """How many lines some changes touch."""
    after = Edits(edits.text, list(changes)).result()
    compared = difflib.ndiff(edits.lines, Edits(after).lines)
    return sum(line[0] in "+-" for line in compared)
