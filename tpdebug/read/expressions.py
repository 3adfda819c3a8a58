"""Expressions in predicates and tables, compiled to closures of ours.

Names resolve to parameters, local names and constants of the file only, and calls to
other functions of the file and a few builtins, so nothing of the file is executed.
"""

from __future__ import annotations

import ast
import operator
from abc import ABC, abstractmethod
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
INTEGER_LIMIT = 10**9
RANGE_LIMIT = 10_000
CALL_LIMIT = 500_000
"""How often functions of a file may call each other while it is read."""

DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an `Enum`: equal to itself only."""

    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.owner}.{self.name}"


@dataclass(frozen=True)
class Enumeration:
    """An `Enum` class; names of the same member are its aliases."""

    name: str
    members: Mapping[str, Member]


class Unsupported(Exception):  # noqa: N818 - says what we do not do, not an error
    """Python would go on here; we do not."""


def _range(*arguments: int) -> range:
    found = range(*arguments)
    if len(found) > RANGE_LIMIT:
        raise Unsupported("the range is too large")
    return found


BUILTINS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "bool": bool,
    "int": int,
    "len": len,
    "max": max,
    "min": min,
    "range": _range,
    "str": str,
}


class ExpressionReader(ABC):
    """Compiles expressions; collects what it cannot read in `problems`.

    Attributes:
        constants, functions: what stands at the top level of the file.
        local: the local names of the function that is being read.
        sound: whether all of that function could be read so far.
    """

    def __init__(
        self,
        constants: Mapping[str, Any],
        functions: Mapping[str, ast.FunctionDef],
        problems: list[Problem],
    ) -> None:
        self.constants = constants
        self.functions = functions
        self.problems = problems
        self.local: set[str] = set()
        self.sound = True

    @abstractmethod
    def own_call(
        self, node: ast.Call, name: str, arguments: list[Expression]
    ) -> Expression:
        """Compile a call of a function of the file."""

    def problem(self, node: ast.AST, message: str) -> Expression:
        """Note what cannot be read; return a stand-in, so that reading goes on."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        self.sound = False
        self.problems.append(Problem(line, column + 1, message))
        return lambda scope: None

    def expression(self, node: ast.expr) -> Expression:
        """Compile an expression."""
        match node:
            case ast.Constant(value=str() | int() | None as fixed):
                return lambda scope: fixed
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if (
                owner not in self.local
                and isinstance(self.constants.get(owner), Enumeration)
            ):
                return self.member(node, self.constants[owner], name)
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
                return lambda scope: shallow({k(scope): v(scope) for k, v in pairs})
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
        if all(map(self.fixed, node.elts)):
            fixed = build(term({}) for term in terms)
            return lambda scope: fixed
        return lambda scope: shallow(build(term(scope) for term in terms))

    def fixed(self, node: ast.expr) -> bool:
        """Whether an expression always has the same value."""
        match node:
            case ast.Constant():
                return True
            case ast.Tuple():
                return all(map(self.fixed, node.elts))
            case ast.Attribute(value=ast.Name(id=owner)):
                known = self.constants.get(owner)
                return owner not in self.local and isinstance(known, Enumeration)
        return False

    def member(self, node: ast.expr, owner: Enumeration, name: str) -> Expression:
        """Compile `Emb0.V07`."""
        if name not in owner.members:
            return self.problem(node, f"{owner.name} has no member {name}")
        member = owner.members[name]
        return lambda scope: member

    def call(self, node: ast.Call) -> Expression:
        """Compile a call of a builtin, a function of the file, or `.get`."""
        arguments = [self.expression(argument) for argument in node.args]
        match node.func:
            case ast.Name(id=name) if name in BUILTINS and name not in self.local:
                function = BUILTINS[name]
                return lambda scope: function(*(a(scope) for a in arguments))
            case ast.Name(id=name) if name in self.functions and name not in self.local:
                return self.own_call(node, name, arguments)
            case ast.Attribute(value=owner, attr="get"):
                table = self.expression(owner)
                return lambda scope: _get(table(scope), *(a(scope) for a in arguments))
        return self.problem(node, f"cannot read {describe(node)} inside a function")


def shallow(found: Any, deepest: int = DEEPEST) -> Any:
    """Return a collection unless it is nested deeply: to compare it could take ages."""
    if isinstance(found, tuple | list | frozenset | dict):
        if deepest == 0:
            raise Unsupported("collections are nested too deeply")
        for item in found.values() if isinstance(found, dict) else found:
            shallow(item, deepest - 1)
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
