"""Which statements of a file a part of its program needs: a backward slice of the text.

`run` is a straight line, so what is live is found in one pass from its end (Weiser,
ICSE 1981). At the top level a function is needed if something that stays names it; a
constant or an import goes only if nothing names it any more.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from tpdebug.read.loading import parse, source_text
from tpdebug.read.module import contents
from tpdebug.read.run import run_steps

REPLACED = frozenset({"CLASSES", "SCORES"})
DROPPED = frozenset({"TASK", "SCALE"})
_INPUTS = frozenset({"positions", "ones"})
_STAYS = frozenset(
    {"ALPHABET", "LENGTHS", "BEGIN", "END", "UNKNOWN", "KEYS", "CAUSAL", "run"}
)


class CannotRewrite(Exception):  # noqa: N818 - no error: it is written anew instead
    """A text cannot be cut; the message says what stands in the way."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A file of our own dialect, taken apart.

    Attributes:
        tree: the file.
        run: the function `run`.
        answer: the number of the statement of `run` that calls `answer`.
        delimit: the number of the one that calls `delimit`.
        start: the number of the first one that does more than name the inputs.
        local: the local name of each variable that stands before the answer.
        words: every name that the file uses anywhere.
    """

    tree: ast.Module
    run: ast.FunctionDef
    answer: int
    delimit: int
    start: int
    local: dict[str, str]
    words: frozenset[str]


def take_apart(text: str) -> Parts:
    """Take apart the text of a file that was read before.

    Raises:
        ReadError: it is not Python.
        CannotRewrite: it is no file of our own dialect.
    """
    source = source_text(text if "\n" in text else f"{text}\n")
    tree = parse(source)
    found = contents(tree, source)
    run = found.functions.get("run")
    if run is None:
        raise CannotRewrite("there is no function `run`")
    steps = run_steps(run, found)
    if steps.answer is None:
        raise CannotRewrite("run gives no answer")
    answer = run.body.index(steps.answer.node)
    delimit = next(i for i, s in enumerate(run.body) if _calls(s, "delimit"))
    start = delimit + 1
    while {steps.names.get(name) for name in _targets(run.body[start])} & _INPUTS:
        start += 1
    local: dict[str, str] = {}
    for statement in run.body[:answer]:
        for name in _targets(statement):
            if name in steps.names:
                local.setdefault(steps.names[name], name)
    words = frozenset(_words(tree))
    return Parts(tree, run, answer, delimit, start, local, words)


def kept_in_run(parts: Parts, scored: Iterable[str]) -> set[int]:
    """The numbers of the statements of `run` that compute some local names.

    Comments, `delimit`, the answer and what returns it are among them.
    """
    live: set[str] = set()
    kept: set[int] = set()
    for number in reversed(range(len(parts.run.body))):
        statement = parts.run.body[number]
        targets = _targets(statement)
        if number == parts.answer:
            live |= set(scored)
        elif isinstance(statement, ast.Assign):
            if not live.intersection(targets) and number != parts.delimit:
                continue
            live = live.difference(targets) | set(_reads(statement.value))
        elif isinstance(statement, ast.Return) and statement.value is not None:
            live |= set(_reads(statement.value))
        kept.add(number)
    return kept


def dropped_names(parts: Parts, in_run: Collection[int]) -> set[str]:
    """The top-level names that go, if only these statements of `run` stay.

    Raises:
        CannotRewrite: what stays names something that is replaced.
    """
    givers = {name: s for s in parts.tree.body for name in gives(s)}
    before = set().union(*map(_named, parts.tree.body))
    needed: set[str] = set()
    waiting: list[str] = []
    for name, giver in givers.items():
        useful = name in before or isinstance(giver, ast.FunctionDef)
        if name in _STAYS or not (useful or name in DROPPED):
            waiting.append(name)
    for statement in parts.tree.body:
        if not gives(statement):
            waiting += _uses(statement)
    while waiting:
        name = waiting.pop()
        if name in needed or name not in givers:
            continue
        needed.add(name)
        giver = givers[name]
        if name == "run":
            waiting += _of_run(parts, in_run)
        elif name not in REPLACED:
            waiting += _uses(giver, REPLACED)
        elif isinstance(giver, ast.AnnAssign):
            waiting += _named(giver.annotation)
    return givers.keys() - needed


def gives(statement: ast.stmt) -> tuple[str, ...]:
    """The names that a top-level statement gives."""
    match statement:
        case ast.ImportFrom(module="__future__"):
            return ()
        case ast.Import() | ast.ImportFrom():
            return tuple(map(alias_name, statement.names))
        case ast.FunctionDef(name=name):
            return (name,)
        case ast.Assign() | ast.AnnAssign():
            return _targets(statement)
    return ()


def alias_name(alias: ast.alias) -> str:
    """The name that an import gives."""
    return (alias.asname or alias.name).split(".")[0]


def _uses(statement: ast.stmt, replaced: frozenset[str] = frozenset()) -> set[str]:
    """The names that a statement refers to; none may be dropped or replaced."""
    names = _named(statement)
    for name in sorted(names & (DROPPED | replaced)):
        raise CannotRewrite(f"line {statement.lineno} uses {name}, which is replaced")
    return names


def _targets(statement: ast.stmt) -> tuple[str, ...]:
    """The names that an assignment gives."""
    match statement:
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
            inside = (node for node in ast.walk(target) if isinstance(node, ast.Name))
            return tuple(node.id for node in inside)
    return ()


def _calls(statement: ast.stmt, name: str) -> bool:
    match statement:
        case ast.Assign(value=ast.Call(func=ast.Name(id=called))):
            return called == name
    return False


def _reads(value: ast.expr) -> Iterator[str]:
    """The local names that an expression of `run` reads.

    Names of functions may be among them, which no local name has; parameters of lambdas
    and names inside comprehensions are not.
    """
    match value:
        case ast.Name(id=name):
            yield name
        case ast.Lambda():
            pass
        case ast.ListComp():
            for loop in value.generators:
                yield from _reads(loop.iter)
        case ast.Call():
            for argument in value.args:
                yield from _reads(argument)
        case _:
            for child in ast.iter_child_nodes(value):
                if isinstance(child, ast.expr):
                    yield from _reads(child)


def _named(node: ast.AST) -> set[str]:
    """The names that a statement refers to."""
    names = (child for child in ast.walk(node) if isinstance(child, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, ast.Load)}


def _of_run(parts: Parts, in_run: Collection[int]) -> Iterator[str]:
    """The names that `run` refers to, in some of its statements and outside of them."""
    some = (parts.run.body[number] for number in in_run)
    outside = (parts.run.args, parts.run.returns, *parts.run.decorator_list)
    for node in (*some, *outside):
        if node is not None:
            yield from _named(node)


def _words(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.FunctionDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.alias():
                yield alias_name(node)
