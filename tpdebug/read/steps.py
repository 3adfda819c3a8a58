"""What `run` does, step by step: which variable is computed how."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tpdebug.nodes import Tie

Callee: TypeAlias = str | ast.Lambda
"""A function of the file by name, or a lambda."""


@dataclass(frozen=True, slots=True)
class Selection:
    """`select_closest(keys, queries, predicate)`, `select_best(...)`, `select(...)`.

    Of `select_best` the predicate is a function that gives a score.
    """

    operation: str
    key: str
    query: str
    predicate: Callee
    tie: Tie = "last"


@dataclass(frozen=True, slots=True)
class Attend:
    """A head: `name = aggregate(selection, value)`."""

    name: str
    selection: Selection
    value: str
    node: ast.stmt


@dataclass(frozen=True, slots=True)
class Look:
    """A table: `name = list(map(function, inputs...))`."""

    name: str
    function: Callee
    inputs: tuple[str, ...]
    node: ast.stmt


@dataclass(frozen=True, slots=True)
class Embed:
    """`names... = embed(EMBEDDING, tokens)`."""

    names: tuple[str, ...]
    node: ast.stmt


Step: TypeAlias = Attend | Look | Embed


@dataclass(frozen=True, slots=True)
class Answer:
    """`answer(CLASSES, SCORES, name=variable, ...)`, pooled or not.

    `scored` maps the names of score rows to variables.
    """

    scored: Mapping[str, str]
    pooled: bool
    node: ast.stmt


@dataclass
class Steps:
    """What `run` does, in order.

    `delimits` holds the options of `delimit`; None if it is not called. `names` maps
    local names to the variables that they stand for.
    """

    nodes: list[Step] = field(default_factory=list)
    answer: Answer | None = None
    delimits: set[str] | None = None
    names: dict[str, str] = field(default_factory=dict)


def reads_of(step: Step) -> tuple[str, ...]:
    """The variables that a step reads."""
    match step:
        case Attend():
            return (step.selection.key, step.selection.query, step.value)
        case Look():
            return step.inputs
        case Embed():
            return ("tokens",)
