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
from analyzers.simplify.sizes import cells_of
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
FEWER = 4
"""For fewer characters than this nothing else is said."""
MOST_TRIED = 3_000
"""So many ways are tried, the longest functions first."""


def shorter(same: Sameness, progress: Progress | None = None) -> list[Edit]:
    """What heads and tables can be instead, all at once.

    Args:
        same: says whether an answer changes.
        progress: is told how many heads and tables are done, and how many there are.
    """
    search = _Search(same)
    for _ in range(MOST_TRIES):
        before = search.edits
        search.all(progress)
        if search.edits == before:  # these stood on all inputs
            break
        while not same.all_the_same(search.edits):
            search.again()
    return search.edits


class _Search:
    """Goes through the nodes, the longest functions first."""

    def __init__(self, same: Sameness) -> None:
        self.same, self.program = same, same.program
        self.costs: dict[Node, Cost] = {}
        self.found: dict[str, Replaced] = {}
        self.tried: set[Node] = set()
        self.refused: set[Node] = set()

    @property
    def edits(self) -> list[Edit]:
        """What was found."""
        return list(self.found.values())

    def all(self, progress: Progress | None) -> None:
        """What each node can be, with all that was found before."""
        nodes = [node for node in self.program.nodes if not isinstance(node, Embedding)]
        nodes.sort(key=self.price, reverse=True)
        for number, node in enumerate(nodes):
            if progress is not None:
                progress(number, len(nodes))
            known = self.found.get(node.name)
            best = node if known is None else known.node
            while (other := self.better(best)) is not None:
                best = other
                self.found[node.name] = Replaced(best)

    def again(self) -> None:
        """What of it still changes no answer, one after the other."""
        found, self.found = self.found, {}
        for name, edit in found.items():
            if self.same.likely([edit], self.edits):
                self.found[name] = edit

    def better(self, node: Head | LookupTable) -> Head | LookupTable | None:
        """A shorter way that fits; of a head the price is had sooner than that."""
        inputs, lines, characters = self.price(node)
        least = inputs, lines, characters - FEWER
        ways = list(ways_to_say(self.program, node))
        if isinstance(node, LookupTable):
            fitting = (way for way in ways if self.fits(way))
            shorter = (way for way in fitting if self.price(way) <= least)
            return min(shorter, key=self.price, default=None)
        ways = sorted((w for w in ways if self.price(w) <= least), key=self.price)
        return next((way for way in ways if self.fits(way)), None)

    def fits(self, way: Head | LookupTable) -> bool:
        """Whether no answer is seen to change; not after so many ways.

        What changed one is not tried again. What changed none is: it may be the way to
        something shorter that did not stand on all inputs.
        """
        known = way in self.tried
        if way in self.refused or (not known and len(self.tried) >= MOST_TRIED):
            return False
        self.tried.add(way)
        others = [edit for name, edit in self.found.items() if name != way.name]
        if self.same.likely([Replaced(way)], others):
            return True
        self.refused.add(way)
        return False

    def price(self, node: Head | LookupTable) -> Cost:
        """How long the function of a node is."""
        if node not in self.costs:
            self.costs[node] = cost(self.program, node)
        return self.costs[node]


def ways_to_say(
    program: Program, node: Head | LookupTable
) -> Iterator[Head | LookupTable]:
    """What could stand in place of a node; it reads and writes the same variables."""
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
    keys = list(product(*known)) if cells_of(program, table) <= MOST_CELLS else []
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
