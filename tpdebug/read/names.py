"""The local names of `run`, and what each of them stands for."""

from __future__ import annotations

import ast
from typing import TypeAlias

from tpdebug.read.expressions import describe
from tpdebug.read.module import Contents
from tpdebug.read.steps import Callee, Selection


class Unreadable:
    """What a name stands for that was given something unreadable: no new problem."""


class Answers:
    """What a name stands for that holds the answers."""


Meaning: TypeAlias = str | Selection | Unreadable | Answers


class Names:
    """Local names, each given once, that hide nothing the body relies on.

    Attributes:
        parameter: the parameter of `run`.
        names: what each local name stands for; a string is a variable.
        called: everything that the body calls.
    """

    parameter: str

    def __init__(self, contents: Contents, called: set[str]) -> None:
        self.contents = contents
        self.problem = contents.problem
        self.called = called
        self.names: dict[str, Meaning] = {}

    def check_free(self, name: str, node: ast.AST) -> None:
        """A local name must not hide what the body relies on."""
        if name in self.contents.names or name in self.called:
            self.problem(node, f"{name} hides something that run relies on")

    def bind(self, name: str, meaning: Meaning, node: ast.stmt) -> None:
        """Give a local name its only meaning."""
        self.check_free(name, node)
        delimited = name == self.parameter and meaning == "tokens"
        before = self.names.get(name)
        again = isinstance(before, Selection) and isinstance(meaning, Selection)
        if (before and not again) or (name == self.parameter and not delimited):
            self.problem(node, f"{name} is given twice")
        self.names[name] = meaning

    def known(self, node: ast.expr) -> str | None:
        """The variable that an expression names; None and a problem if none."""
        meaning = self.names.get(node.id) if isinstance(node, ast.Name) else None
        if isinstance(meaning, str):
            return meaning
        if not isinstance(meaning, Unreadable):
            says = f"{describe(node)} is not a variable that run has computed"
            self.problem(node, says)
        return None

    def callee(self, node: ast.expr) -> Callee | None:
        """A lambda, or the name of a function of the file."""
        if isinstance(node, ast.Lambda):
            return node
        if isinstance(node, ast.Name) and node.id in self.contents.functions:
            return node.id
        self.problem(node, f"{describe(node)} is not a function of this file")
        return None

    def operation(self, call: ast.Call, positional: int) -> bool:
        """Check that an operation is there and is called with so many arguments."""
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name not in self.contents.operations:
            self.problem(call, f"{name} is not imported from tpdebug.rasp")
            return False
        starred = any(isinstance(argument, ast.Starred) for argument in call.args)
        spread = any(keyword.arg is None for keyword in call.keywords)
        if len(call.args) != positional or starred or spread:
            self.problem(call, f"{name} takes {positional} plain arguments here")
            return False
        return True
