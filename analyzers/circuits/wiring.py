"""Which heads, tables and embeddings compute some variables, whatever their values."""

from __future__ import annotations

from collections.abc import Iterable

from tpdebug.nodes import Node, inputs_of, outputs_of
from tpdebug.program import Program


def computing(program: Program, names: Iterable[str]) -> tuple[Node, ...]:
    """The heads, tables and embeddings that compute some variables, in order."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            node = program.writers.get(name)
            waiting += () if node is None else inputs_of(node)
    return tuple(n for n in program.nodes if found.intersection(outputs_of(n)))


def names_of(nodes: Iterable[Node]) -> tuple[str, ...]:
    """What nodes are called: an embedding by its first variable."""
    return tuple(outputs_of(node)[0] for node in nodes)
