"""Predicates and tables in source, understood without running them.

A function may use `if`/`elif`/`else`, `return`, local names, comparisons, `and`, `or`,
`not`, membership, integer arithmetic, dictionaries and a few builtins. It is compiled
to closures of ours, which are applied to every value that its parameters can take;
names resolve to parameters and constants only, so nothing of the file is executed.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tpdebug.errors import Problem

Scope: TypeAlias = dict[str, Any]
Expression: TypeAlias = Callable[[Scope], Any]

COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
ARITHMETIC: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
BUILTINS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "bool": bool,
    "int": int,
    "len": len,
    "max": max,
    "min": min,
    "str": str,
}
INTEGER_LIMIT = 10**9
RANGE_LIMIT = 10_000


class Unsupported(Exception):  # noqa: N818 - says what we do not do, not an error
    """Python would go on here; we do not."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a function returned, and the statement that returned it (None: fell off)."""

    value: Any
    statement: ast.stmt | None


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the file, compiled; call it with the values of its parameters."""

    name: str
    parameters: tuple[str, ...]
    body: Callable[[Scope], Outcome | None]
    node: ast.FunctionDef | ast.Lambda

    def __call__(self, *values: Any) -> Outcome:
        """Apply the function.

        Raises:
            Unsupported: it does something that is not read.
            Exception: whatever Python would raise.
        """
        scope = dict(zip(self.parameters, values, strict=True))
        return self.body(scope) or Outcome(None, None)


class FunctionReader:
    """Compiles functions; collects what it cannot read in `problems`."""

    def __init__(self, constants: Mapping[str, Any], problems: list[Problem]) -> None:
        self.constants = constants
        self.problems = problems
        self.local: set[str] = set()

    def read(self, node: ast.FunctionDef | ast.Lambda) -> Function:
        """Compile a `def` or a `lambda`."""
        arguments = node.args
        extra = (arguments.vararg, arguments.kwarg, *arguments.kwonlyargs)
        if any(extra) or arguments.defaults:
            self.problem(node, "parameters must be plain names without defaults")
        parameters = tuple(a.arg for a in (*arguments.posonlyargs, *arguments.args))
        # A name that is assigned anywhere in a function is local everywhere in it.
        self.local = {*parameters, *_assigned(node)}
        if isinstance(node, ast.Lambda):
            value = self.expression(node.body)
            holder = ast.copy_location(ast.Expr(node.body), node.body)
            return Function("lambda", parameters, _returning(value, holder), node)
        if node.decorator_list:
            self.problem(node, f"{node.name} has a decorator, which may change it")
        return Function(node.name, parameters, self.block(node.body), node)

    def problem(self, node: ast.AST, message: str) -> Expression:
        """Note what cannot be read; return a stand-in, so that reading goes on."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        self.problems.append(Problem(line, column + 1, message))
        return lambda scope: None

    def block(self, body: list[ast.stmt]) -> Callable[[Scope], Outcome | None]:
        """Compile statements, to be run in turn until one returns."""
        steps = [self.statement(statement) for statement in body]

        def run(scope: Scope) -> Outcome | None:
            for step in steps:
                outcome = step(scope)
                if outcome is not None:
                    return outcome
            return None

        return run

    def statement(self, node: ast.stmt) -> Callable[[Scope], Outcome | None]:
        """Compile one statement."""
        match node:
            case ast.Return():
                value = self.expression(node.value) if node.value else _none
                return _returning(value, node)
            case ast.If():
                return self.branch(node)
            case ast.Assign(targets=[ast.Name(id=name)]):
                value = self.expression(node.value)
                return lambda scope: scope.__setitem__(name, value(scope))
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return lambda scope: None
        self.problem(node, f"cannot read {describe(node)} inside a function")
        return lambda scope: None

    def branch(self, node: ast.If) -> Callable[[Scope], Outcome | None]:
        """Compile `if`, with its `elif` and `else`."""
        test = self.expression(node.test)
        then, otherwise = self.block(node.body), self.block(node.orelse)
        return lambda scope: then(scope) if test(scope) else otherwise(scope)

    def expression(self, node: ast.expr) -> Expression:
        """Compile an expression."""
        match node:
            case ast.Constant(value=str() | int() | None as fixed):
                return lambda scope: fixed
            case ast.Name(id=name):
                return self.name(node, name)
            case ast.Compare():
                return self.comparison(node)
            case ast.BoolOp():
                return self.junction(node)
            case ast.UnaryOp(op=ast.Not()):
                operand = self.expression(node.operand)
                return lambda scope: not operand(scope)
            case ast.UnaryOp(op=ast.USub()):
                operand = self.expression(node.operand)
                return lambda scope: -operand(scope)
            case ast.BinOp(op=op) if type(op) in ARITHMETIC:
                return self.arithmetic(node)
            case ast.IfExp():
                test, yes, no = map(
                    self.expression, (node.test, node.body, node.orelse)
                )
                return lambda scope: yes(scope) if test(scope) else no(scope)
            case ast.Tuple() | ast.List() | ast.Set():
                return self.collection(node)
            case ast.Dict(keys=keys) if all(key is not None for key in keys):
                pairs = [
                    (self.expression(key), self.expression(value))
                    for key, value in zip(keys, node.values, strict=True)
                    if key is not None
                ]
                return lambda scope: {key(scope): value(scope) for key, value in pairs}
            case ast.Subscript():
                value, at = self.expression(node.value), self.expression(node.slice)
                return lambda scope: value(scope)[at(scope)]
            case ast.Call(keywords=[]):
                return self.call(node)
        return self.problem(node, f"cannot read {describe(node)} inside a function")

    def name(self, node: ast.Name, name: str) -> Expression:
        """Compile a name: a parameter, a local name or a constant of the file."""
        if name in self.local:
            return lambda scope: scope[name]
        if name in self.constants:
            value = self.constants[name]
            return lambda scope: value
        return self.problem(node, f"{name!r} is neither a parameter nor a constant")

    def comparison(self, node: ast.Compare) -> Expression:
        """Compile `a < b <= c`."""
        terms = [self.expression(term) for term in (node.left, *node.comparators)]
        if any(type(op) not in COMPARE for op in node.ops):
            return self.problem(node, "compare values with ==, not with `is`")
        tests = [COMPARE[type(op)] for op in node.ops]

        def compare(scope: Scope) -> bool:
            left = terms[0](scope)
            for test, term in zip(tests, terms[1:], strict=True):
                right = term(scope)
                if not test(left, right):
                    return False
                left = right
            return True

        return compare

    def junction(self, node: ast.BoolOp) -> Expression:
        """Compile `and` and `or`."""
        terms = [self.expression(value) for value in node.values]
        stops = isinstance(node.op, ast.Or)

        def join(scope: Scope) -> Any:
            value = None
            for term in terms:
                value = term(scope)
                if bool(value) == stops:
                    break
            return value

        return join

    def arithmetic(self, node: ast.BinOp) -> Expression:
        """Compile integer arithmetic, within bounds."""
        left, right = self.expression(node.left), self.expression(node.right)
        apply = ARITHMETIC[type(node.op)]

        def compute(scope: Scope) -> int:
            a, b = left(scope), right(scope)
            if not isinstance(a, int) or not isinstance(b, int):
                raise Unsupported("arithmetic is read for integers only")
            if max(abs(a), abs(b)) > INTEGER_LIMIT:
                raise Unsupported("the integer is too large")
            return apply(a, b)

        return compute

    def collection(self, node: ast.Tuple | ast.List | ast.Set) -> Expression:
        """Compile a collection; one of constants is built once."""
        terms = [self.expression(item) for item in node.elts]
        build = {ast.Tuple: tuple, ast.List: list, ast.Set: frozenset}[type(node)]
        if all(isinstance(item, ast.Constant) for item in node.elts):
            fixed = build(term({}) for term in terms)
            return lambda scope: fixed
        return lambda scope: build(term(scope) for term in terms)

    def call(self, node: ast.Call) -> Expression:
        """Compile a call of a known builtin, `range`, or `.get` of a dictionary."""
        arguments = [self.expression(argument) for argument in node.args]
        match node.func:
            case ast.Name(id="range") if "range" not in self.local:
                return lambda scope: _range(*(a(scope) for a in arguments))
            case ast.Name(id=name) if name in BUILTINS and name not in self.local:
                function = BUILTINS[name]
                return lambda scope: function(*(a(scope) for a in arguments))
            case ast.Attribute(value=owner, attr="get"):
                table = self.expression(owner)
                return lambda scope: _get(table(scope), *(a(scope) for a in arguments))
        return self.problem(node, f"cannot read {describe(node)} inside a function")


def _returning(value: Expression, node: ast.stmt) -> Callable[[Scope], Outcome]:
    return lambda scope: Outcome(value(scope), node)


def _none(scope: Scope) -> None:
    return None


def _assigned(node: ast.FunctionDef | ast.Lambda) -> set[str]:
    names = (n for n in ast.walk(node) if isinstance(n, ast.Name))
    return {n.id for n in names if isinstance(n.ctx, ast.Store)}


def _range(*arguments: int) -> range:
    found = range(*arguments)
    if len(found) > RANGE_LIMIT:
        raise Unsupported("the range is too large")
    return found


def _get(table: Any, *arguments: Any) -> Any:
    if not isinstance(table, dict):
        raise Unsupported(".get is read for dictionaries only")
    return table.get(*arguments)


def describe(node: ast.AST) -> str:
    """Show a construct in a message: its source on one line, shortened."""
    try:
        text = " ".join(ast.unparse(node).split())
    except (ValueError, RecursionError):
        text = type(node).__name__
    return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}...`"
