"""Changing some rules in the text of a program file: only their lines change.

A function that stands as the writer left it is written anew. In any other, which a
person may have edited, the case is put before everything that it does.
"""

from __future__ import annotations

import ast
import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from tpdebug.findings import Alteration, Groups, Keys, Output, Scores
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    Head,
    LookupTable,
    NumericalHead,
    Value,
)
from tpdebug.program import Program
from tpdebug.read.loading import Text, parse
from tpdebug.read.source import Source
from tpdebug.sourcemap import Span
from tpdebug.write.conditions import Condition, Decision, condition, expression
from tpdebug.write.functions import function_lines
from tpdebug.write.kept import CannotRewrite
from tpdebug.write.layout import decision_lines
from tpdebug.write.literals import literal
from tpdebug.write.mend_rows import change_row
from tpdebug.write.names import parameters
from tpdebug.write.texts import Edits


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
    before, after = source.program.writers[name], program.writers[name]
    assert isinstance(before, CategoricalHead | NumericalHead | LookupTable)
    assert isinstance(after, CategoricalHead | NumericalHead | LookupTable)
    anew = _anew(edits, function, (source.program, before), (program, after))
    try:
        by_hand = None if careful else _returns(edits, function, source, alterations)
        by_hand = by_hand or _with_cases(edits, function, source, before, alterations)
    except CannotRewrite:
        if anew is None:
            raise
        by_hand = None
    if anew is None or by_hand is None:
        edits.changes.extend(anew or by_hand or ())
        return
    limit = 2 * _changed(edits, by_hand) + 4
    edits.changes.extend(anew if _changed(edits, anew) <= limit else by_hand)


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
) -> list[tuple[int, int, str]] | None:
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
) -> list[tuple[int, int, str]] | None:
    """Other values in `return` statements, if each decides one rule and no other."""
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
        node = source.program.writers[each.rule.node]
        assert not isinstance(node, Embedding)
        says = _decision(source.program, node, given, each).result.text
        changes.append((*edits.span(found.value), says))
    return changes


def _returns_there(node: ast.AST, where: Span) -> bool:
    return isinstance(node, ast.Return) and _stands(node, where)


def _with_cases(
    edits: Edits,
    function: ast.FunctionDef,
    source: Source,
    node: Head | LookupTable,
    alterations: Sequence[Alteration],
) -> list[tuple[int, int, str]]:
    """The function with cases that come before everything that it does."""
    first = function.body[0]
    if first.lineno == function.lineno or function.decorator_list:
        raise CannotRewrite(f"{function.name} stands on one line")
    prefix = edits.lines[first.lineno - 1][: first.col_offset]
    if prefix.strip():
        raise CannotRewrite(f"{function.name} has several statements on one line")
    given = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    names, changes = _named(edits, function, given, parameters(node))
    lines = [
        line
        for each in alterations
        for line in decision_lines("    ", _decision(source.program, node, names, each))
    ]
    text = "".join(f"{prefix}{line[4:]}{edits.newline}" for line in lines)
    at = edits.starts[_first_line(edits, function) - 1]
    if at and edits.text[at - 1] not in "\r\n":
        text = edits.newline + text
    return [*changes, (at, at, text)]


def _first_line(edits: Edits, function: ast.FunctionDef) -> int:
    """The line before which a case can be put: after the docstring, above comments."""
    first = function.body[0]
    match first:
        case ast.Expr(value=ast.Constant(value=str())):
            assert first.end_lineno is not None
            if len(function.body) > 1 and function.body[1].lineno == first.end_lineno:
                raise CannotRewrite(f"{function.name} has two statements on one line")
            return first.end_lineno + 1
    line = first.lineno
    while edits.lines[line - 2].lstrip().startswith("#"):
        line -= 1
    return line


def _named(
    edits: Edits, function: ast.FunctionDef, given: list[str], wanted: Sequence[str]
) -> tuple[list[str], list[tuple[int, int, str]]]:
    """The parameters; those that stand for "not used" get a name."""
    words = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
    nodes = (*function.args.posonlyargs, *function.args.args)
    names, changes = [], []
    for node, old, new in zip(nodes, given, wanted, strict=True):
        unused = old.startswith("_") and old not in words
        if unused and new not in words and new not in given:
            changes.append((*edits.span(node), new))
            names.append(new)
        else:
            names.append(old)
    return names, changes


def _decision(
    program: Program,
    node: Head | LookupTable,
    names: Sequence[str],
    alteration: Alteration,
) -> Decision:
    """What a rule shall do, as a decision."""
    match alteration, node:
        case Keys(rule, keys), CategoricalHead() | NumericalHead():
            query, key = names
            known = program.variables[node.key].values
            says = condition(key, keys, keys, known)
            return Decision(_is([query], rule.key), says)
        case Output(rule, output), LookupTable():
            return Decision(_is(names, rule.key), expression(literal(output)))
        case Groups(), _:
            raise CannotRewrite("preferences are scores, which change together")
    raise RuntimeError(f"{alteration} is no change of {node.name}")


def _is(names: Iterable[str], values: Iterable[Value]) -> tuple[Condition, ...]:
    pairs = zip(names, values, strict=True)
    return tuple(Condition(f"{n} == {literal(v)}", frozenset([v])) for n, v in pairs)


def _changed(edits: Edits, changes: list[tuple[int, int, str]]) -> int:
    """How many lines some changes touch."""
    after = Edits(edits.text, list(changes)).result()
    compared = difflib.ndiff(edits.lines, Edits(after).lines)
    return sum(line[0] in "+-" for line in compared)
