"""Examples in the docstrings of a program file, as cases: read, and never executed.

An example asks `run(["3", "1", "2"])` or `run("3 1 2".split())` after the prompt of
doctest; the line below it is a list of the right answers.
"""

from __future__ import annotations

import ast
import doctest
from collections.abc import Iterator
from pathlib import Path

from tpdebug.cases import Case, Cases
from tpdebug.domain import Domain
from tpdebug.errors import DomainError, UserError
from tpdebug.read.loading import parse, source_text


def examples_of(path: Path, domain: Domain, pooled: bool) -> Cases | None:
    """The examples in the docstrings of a program file; None if there are none.

    Args:
        path: the file.
        domain: what it takes.
        pooled: whether it gives one answer to an input.

    Raises:
        UserError: an example is no input, or has another number of answers.
    """
    tree = parse(source_text(path))
    found: list[Case] = []
    for line, letters, expected in _examples(tree):
        try:
            accepted = domain.accept(letters)
            reason = domain.why_not(accepted)
            if reason is not None:
                raise DomainError(reason)
        except DomainError as error:
            raise UserError(
                f"{path}:{line}: the example is no input: {error}"
            ) from None
        wanted = 1 if pooled else len(accepted)
        if len(expected) != wanted:
            says = f"{len(expected)} answers, not {wanted}"
            raise UserError(f"{path}:{line}: the example has {says}")
        found.append((accepted, expected))
    return Cases(domain, found, pooled=pooled) if found else None


def _examples(
    tree: ast.Module,
) -> Iterator[tuple[int, tuple[str, ...], tuple[str, ...]]]:
    """Line, input and answers of each call of `run` that shows its result."""
    for node in (tree, *tree.body):
        if not isinstance(node, ast.Module | ast.FunctionDef):
            continue
        text = ast.get_docstring(node, clean=False)
        if text is None or not isinstance(node.body[0], ast.Expr):
            continue
        try:
            parts = doctest.DocTestParser().get_examples(text)
        except ValueError:  # not laid out as doctest wants it
            continue
        for part in parts:
            letters, expected = _asked(part.source), _shown(part.want)
            if letters is not None and expected is not None:
                yield node.body[0].lineno + part.lineno, letters, expected


def _asked(source: str) -> tuple[str, ...] | None:
    """The letters in `run([...])` or `run("...".split())`."""
    try:
        call = ast.parse(source.strip(), mode="eval").body
    except SyntaxError:
        return None
    match call:
        case ast.Call(ast.Name("run"), [argument], []):
            pass
        case _:
            return None
    match argument:
        case ast.Call(ast.Attribute(ast.Constant(str(text)), "split"), [], []):
            return tuple(text.split())
        case ast.Call(ast.Name("list"), [ast.Constant(str(text))], []):
            return tuple(text)
    return _strings(argument)


def _shown(want: str) -> tuple[str, ...] | None:
    """The answers as Python prints them."""
    try:
        shown = ast.parse(want.strip(), mode="eval").body
    except SyntaxError:
        return None
    if isinstance(shown, ast.Constant) and isinstance(shown.value, str):
        return (shown.value,)
    return _strings(shown)


def _strings(node: ast.expr) -> tuple[str, ...] | None:
    """A list or tuple of strings."""
    if not isinstance(node, ast.List | ast.Tuple):
        return None
    values = [e.value for e in node.elts if isinstance(e, ast.Constant)]
    strings = tuple(value for value in values if isinstance(value, str))
    return strings if len(strings) == len(node.elts) else None
