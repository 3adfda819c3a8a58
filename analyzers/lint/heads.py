"""Heads whose condition makes no difference: nothing that they see matches, or all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analyzers.lint.seen import Seen
from tpdebug.findings import Looks
from tpdebug.nodes import (
    CategoricalHead,
    Head,
    NumericalHead,
    Predicate,
    Rule,
    Value,
)
from tpdebug.sourcemap import SourceMap


@dataclass(frozen=True, slots=True)
class Pointless:
    """A head, or a line of its predicate, that matches never or always.

    Attributes:
        head: its name.
        rule: a rule that stands on that line; None: all of the head.
        edit: what it could look for instead.
    """

    head: str
    rule: Rule | None
    edit: Looks


def pointless(seen: Seen, where: SourceMap) -> Iterator[Pointless]:
    """Say which heads, or else which lines of them, match never or always."""
    for node in seen.program.nodes:
        if not isinstance(node, CategoricalHead | NumericalHead):
            continue
        if not isinstance(node.predicate, Predicate):
            continue
        queries = seen.program.variables[node.query].values
        cells, matched = seen.of_head(node), seen.matched(node)
        if not cells.any():
            continue
        if not (cells & matched).any():
            yield Pointless(node.name, None, Looks(node.name, tuple(queries), False))
        elif matched[cells].all():
            if not matched.all():
                yield Pointless(node.name, None, Looks(node.name, tuple(queries), True))
        else:
            yield from _lines(seen, node, where)


def _lines(seen: Seen, head: Head, where: SourceMap) -> Iterator[Pointless]:
    """Lines that look for something which none of their queries ever sees."""
    queries = seen.program.variables[head.query].values
    cells, matched = seen.of_head(head), seen.matched(head)
    lines: dict[int, list[int]] = {}
    for number in np.flatnonzero(cells.any(1)).tolist():
        rule = Rule("case", head.name, (queries[number],))
        if rule in where.rules:
            lines.setdefault(where.rules[rule].line, []).append(number)
    for numbers in lines.values():
        found = cells[numbers] & matched[numbers]
        if matched[numbers].any() and not found.any():
            some: tuple[Value, ...] = tuple(queries[number] for number in numbers)
            rule = Rule("case", head.name, (some[0],))
            yield Pointless(head.name, rule, Looks(head.name, some, False))
