"""Predicates and tables in source, understood without running them.

A function may use `if`/`elif`/`else`, `return`, local names and the expressions of
`tpdebug.read.expressions`. It is compiled to closures of ours, which are applied to
every value that its parameters can take.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tpdebug.errors import Problem
from tpdebug.read.expressions import (
    CALL_LIMIT,
    Expression,
    ExpressionReader,
    Scope,
    Unsupported,
    describe,
)


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


class FunctionReader(ExpressionReader):
    """Compiles functions, each once."""

    def __init__(
        self,
        constants: Mapping[str, Any],
        functions: Mapping[str, ast.FunctionDef],
        problems: list[Problem],
    ) -> None:
        super().__init__(constants, functions, problems)
        self.compiled: dict[str, Function | None] = {}
        self.open: set[str] = set()
        self.calls = 0

    def named(self, name: str) -> Function | None:
        """A function of the file; None if it could not be read (which is noted)."""
        if name not in self.compiled:
            self.open.add(name)
            self.compiled[name] = self.read(self.functions[name])
            self.open.remove(name)
        return self.compiled[name]

    def read(self, node: ast.FunctionDef | ast.Lambda) -> Function | None:
        """Compile a `def` or a `lambda`; None if it could not be read."""
        outer = self.local, self.sound
        # A name that is assigned anywhere in a function is local everywhere in it.
        parameters = tuple(a.arg for a in (*node.args.posonlyargs, *node.args.args))
        self.local, self.sound = {*parameters, *_assigned(node)}, True
        function = self.function(node, parameters)
        found = function if self.sound else None
        self.local, self.sound = outer
        return found

    def own_call(
        self, node: ast.Call, name: str, arguments: list[Expression]
    ) -> Expression:
        """Compile a call of a function of the file."""
        if name in self.open:
            return self.problem(node, f"{name} calls itself")
        function = self.named(name)
        if function is None:
            self.sound = False
            return _none
        if len(function.parameters) != len(arguments):
            wanted = len(function.parameters)
            return self.problem(node, f"{name} takes {wanted} values here")

        def call(scope: Scope) -> Any:
            self.calls += 1
            if self.calls > CALL_LIMIT:
                raise Unsupported(f"{CALL_LIMIT:,} calls are too many to read")
            return function(*(a(scope) for a in arguments)).value

        return call

    def function(
        self, node: ast.FunctionDef | ast.Lambda, parameters: tuple[str, ...]
    ) -> Function:
        """Compile the body of a function."""
        arguments = node.args
        extra = (arguments.vararg, arguments.kwarg, *arguments.kwonlyargs)
        if any(extra) or arguments.defaults:
            self.problem(node, "parameters must be plain names without defaults")
        if isinstance(node, ast.Lambda):
            value = self.expression(node.body)
            holder = ast.copy_location(ast.Expr(node.body), node.body)
            return Function("lambda", parameters, _returning(value, holder), node)
        if node.decorator_list:
            self.problem(node, f"{node.name} has a decorator, which may change it")
        return Function(node.name, parameters, self.block(node.body), node)

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


def _returning(value: Expression, node: ast.stmt) -> Callable[[Scope], Outcome]:
    return lambda scope: Outcome(value(scope), node)


def _none(scope: Scope) -> None:
    return None


def _assigned(node: ast.FunctionDef | ast.Lambda) -> set[str]:
    names = (n for n in ast.walk(node) if isinstance(n, ast.Name))
    return {n.id for n in names if isinstance(n.ctx, ast.Store)}
