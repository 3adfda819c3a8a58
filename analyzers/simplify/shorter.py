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
from analyzers.simplify.fill import cost, relations
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
MOST_TRIED = 1_200
"""So many ways are tried, the longest functions first."""


def shorter(same: Sameness, progress: Progress | None = None) -> list[Edit]:
    """What heads and tables can be instead, all at once.

    Args:
        same: says whether an answer changes.
        progress: is told how many heads and tables are done, and how many there are.
    """
    for _ in range(MOST_TRIES):
        found = _found(same, progress)
        if same.all_the_same(found):
            return found
    return []


def _found(same: Sameness, progress: Progress | None) -> list[Edit]:
    program = same.program
    nodes = [node for node in program.nodes if not isinstance(node, Embedding)]
    costs: dict[Node, tuple[int, int, int]] = {}

    def price(node: Head | LookupTable) -> tuple[int, int, int]:
        if node not in costs:
            costs[node] = cost(program, node)
        return costs[node]

    nodes.sort(key=price, reverse=True)
    found: list[Edit] = []
    tried = 0
    for number, node in enumerate(nodes):
        if progress is not None:
            progress(number, len(nodes))
        best: Head | LookupTable | None = None
        better: Head | LookupTable | None = node
        while better is not None and tried < MOST_TRIED:
            best, better = better, None
            least = price(best)
            ways = [way for way in _ways(program, best) if price(way) < least]
            for way in sorted(ways, key=price):
                tried += 1
                if same.likely([*found, Replaced(way)]):
                    better = way
                    break
        best = better or best or node
        found += [Replaced(best)] if best != node else []
    return found


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
