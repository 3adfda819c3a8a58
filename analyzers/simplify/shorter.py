"""Shorter predicates and tables that differ where it happens, but not in any answer.

More than filling in what never occurs: a relation that can be said in one line, one
case as another, one output as another, an input less. Each is tried on a few inputs,
and all of them together on all inputs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from analyzers.sameness import Sameness
from analyzers.simplify.fill import Cost, cost, relations
from analyzers.survey import Progress
from tpdebug.findings import Edit, Replaced
from tpdebug.nodes import (
    Embedding,
    Head,
    Key,
    LookupTable,
    Node,
    Predicate,
    Value,
)
from tpdebug.program import Program

MOST_CELLS = 4_000
MOST_TRIES = 6
MOST_TRIED = 3_000
"""So many ways are tried, the longest functions first."""


def shorter(
    same: Sameness, costs: dict[Node, Cost], progress: Progress | None = None
) -> list[Edit]:
    """What heads and tables can be instead, all at once.

    Args:
        same: says whether an answer changes.
        costs: how long functions are, as far as it is known; what is found is added.
        progress: is told how many heads and tables are done, and how many there are.
    """
    for _ in range(MOST_TRIES):
        found = _Search(same, costs).all(progress)
        if same.all_the_same(found):
            return found
    return []


class _Search:
    """Goes through the nodes, the longest functions first."""

    def __init__(self, same: Sameness, costs: dict[Node, Cost]) -> None:
        self.same, self.costs = same, costs
        self.program = same.program
        self.found: tuple[Edit, ...] = ()
        self.tried = 0

    def all(self, progress: Progress | None) -> list[Edit]:
        """What each node can be, with all before it."""
        nodes = [node for node in self.program.nodes if not isinstance(node, Embedding)]
        nodes.sort(key=self.price, reverse=True)
        for number, node in enumerate(nodes):
            if progress is not None:
                progress(number, len(nodes))
            best = node
            while (other := self.better(best)) is not None:
                best = other
            if best != node:
                self.found = (*self.found, Replaced(best))
        return list(self.found)

    def better(self, node: Head | LookupTable) -> Head | LookupTable | None:
        """A shorter way that fits; of a head the price is had sooner than that."""
        least, ways = self.price(node), list(_ways(self.program, node))
        if isinstance(node, LookupTable):
            fitting = (way for way in ways if self.fits(way))
            shorter = (way for way in fitting if self.price(way) < least)
            return min(shorter, key=self.price, default=None)
        ways = sorted((w for w in ways if self.price(w) < least), key=self.price)
        return next((way for way in ways if self.fits(way)), None)

    def fits(self, way: Head | LookupTable) -> bool:
        """Whether no answer is seen to change; not after `MOST_TRIED` ways."""
        self.tried += 1
        if self.tried > MOST_TRIED:
            return False
        return self.same.likely([Replaced(way)], self.found)

    def price(self, node: Head | LookupTable) -> Cost:
        """How long the function of a node is."""
        if node not in self.costs:
            self.costs[node] = cost(self.program, node)
        return self.costs[node]


def _ways(program: Program, node: Head | LookupTable) -> Iterator[Head | LookupTable]:
    if isinstance(node, LookupTable):
        yield from _tables(program, node)
    elif isinstance(node.predicate, Predicate):
        yield from _heads(program, node, node.predicate)


def _heads(program: Program, head: Head, predicate: Predicate) -> Iterator[Head]:
    """Relations, and each case as each other one."""
    queries = program.variables[head.query].values
    keys = program.variables[head.key].values
    made = (Predicate.where(queries, keys, r) for r in relations(queries, keys))
    for other in dict.fromkeys(made):
        yield replace(head, predicate=other)
    cases = dict(predicate.cases)
    groups: dict[tuple[Value, ...], list[Value]] = {}
    for query in queries:
        groups.setdefault(cases.get(query, ()), []).append(query)
    for some, other_keys in product(groups.values(), groups):
        for asked in [some, *([query] for query in some if len(some) > 1)]:
            merged = cases | dict.fromkeys(asked, other_keys)
            yield replace(head, predicate=Predicate.of(merged))


def _tables(program: Program, table: LookupTable) -> Iterator[LookupTable]:
    """Each output as each other one, and the usual output without an input."""
    known = [program.variables[name].values for name in table.inputs]
    keys = list(product(*known)) if _size(program, table) <= MOST_CELLS else []
    entries = dict.fromkeys(keys, table.default) | dict(table.entries)
    outputs = list(dict.fromkeys([table.default, *(o for _, o in table.entries)]))
    for old, new in product(outputs, outputs):
        if old != new and keys:
            merged = {key: new if o == old else o for key, o in entries.items()}
            yield LookupTable.of(table.name, table.inputs, merged, new)
    for axis in range(len(table.inputs) if len(table.inputs) > 1 and keys else 0):
        counts: dict[Key, Counter[Value]] = {}
        for key, output in entries.items():
            counts.setdefault(key[:axis] + key[axis + 1 :], Counter())[output] += 1
        usual = {key: count.most_common(1)[0][0] for key, count in counts.items()}
        flat = {key: usual[key[:axis] + key[axis + 1 :]] for key in entries}
        yield LookupTable.of(table.name, table.inputs, flat, table.default)


def _size(program: Program, table: LookupTable) -> int:
    size = 1
    for name in table.inputs:
        size *= len(program.variables[name].values)
    return size
