"""Shorter functions: what never occurs is filled in so that what is written is short.

Cells that no input reaches are free ("don't cares", as in the minimisation of logic
circuits: Brayton et al. 1984). A predicate is first looked for among relations that can
be said in one line; a table may need fewer inputs than it has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from analyzers.lint.seen import Seen
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
from tpdebug.write.functions import function_lines

Bools = NDArray[np.bool_]
Relation = Callable[[Value, Value], bool]
Cost: TypeAlias = tuple[int, int, int]
"""How long a function is: inputs of a table, lines, characters."""
MOST_FILLED = 20_000
"""Larger tables are filled with one output only."""


def filled(program: Program, seen: Seen) -> list[Node]:
    """The nodes of a program, with what never occurs filled in."""
    return [
        node if isinstance(node, Embedding) else _shortest(program, seen, node)
        for node in program.nodes
    ]


def _shortest(program: Program, seen: Seen, node: Head | LookupTable) -> Node:
    """Of all that can be written in place of a node what is shortest."""
    if isinstance(node, LookupTable):
        ways: Iterator[Head | LookupTable] = _tables(program, seen, node)
    elif isinstance(node.predicate, Predicate):
        ways = _heads(program, seen, node)
    else:
        return node
    return min((node, *ways), key=lambda way: cost(program, way))


def cost(program: Program, node: Head | LookupTable) -> Cost:
    """How long the function of a node is."""
    lines = function_lines(program, node, "f")
    inputs = len(node.inputs) if isinstance(node, LookupTable) else 0
    return (inputs, len(lines), sum(map(len, lines)))


def _heads(program: Program, seen: Seen, head: Head) -> Iterator[Head]:
    """The head with other predicates that are the same where it matters."""
    queries = program.variables[head.query].values
    keys = program.variables[head.key].values
    cells, matched = seen.of_head(head), seen.matched(head)
    for relation in relations(queries, keys):
        other = np.array([[relation(q, k) for k in keys] for q in queries], bool)
        if (other == matched)[cells].all():
            yield replace(head, predicate=Predicate.where(queries, keys, relation))
    yield replace(head, predicate=_as(queries, keys, matched & cells))
    yield replace(head, predicate=_as(queries, keys, _merged(cells, matched)))


def _as(queries: Sequence[Value], keys: Sequence[Value], found: Bools) -> Predicate:
    rows = zip(queries, found, strict=True)
    return Predicate.of(
        {
            q: [k for k, is_one in zip(keys, row, strict=True) if is_one]
            for q, row in rows
        }
    )


def relations(queries: Sequence[Value], keys: Sequence[Value]) -> Iterator[Relation]:
    """What can be said in one line, the simplest first."""
    yield lambda q, k: True
    yield lambda q, k: False
    for key in keys:
        yield lambda q, k, key=key: k == key  # type: ignore[misc]
        yield lambda q, k, key=key: k != key  # type: ignore[misc]
    yield lambda q, k: k == q
    yield lambda q, k: k != q
    if not all(isinstance(value, int) for value in (*queries, *keys)):
        return
    whole = [int(value) for value in keys]
    for key in whole:
        yield lambda q, k, key=key: k <= key  # type: ignore[misc]
        yield lambda q, k, key=key: k >= key  # type: ignore[misc]
    for step in sorted(range(-max(whole), max(whole) + 1), key=abs):
        yield lambda q, k, step=step: k == q + step  # type: ignore[misc]
        yield lambda q, k, step=step: k <= q + step  # type: ignore[misc]
        yield lambda q, k, step=step: k >= q + step  # type: ignore[misc]
        yield lambda q, k, step=step: k != q + step  # type: ignore[misc]
        if step > 0:
            yield lambda q, k, step=step: k == step - q  # type: ignore[misc]


def _merged(cells: Bools, matched: Bools) -> Bools:
    """Rows that agree where both matter become the same; the fewest rows are left.

    Greedy, the rows that say most first.
    """
    found = matched & cells
    groups: list[tuple[Bools, Bools, list[int]]] = []
    for row in sorted(range(len(cells)), key=lambda r: -int(cells[r].sum())):
        matters, wants = cells[row], matched[row]
        for number, (known, wanted, rows) in enumerate(groups):
            if not (known & matters & (wanted != wants)).any():
                both = np.where(known, wanted, wants & matters)
                groups[number] = (known | matters, both, [*rows, row])
                break
        else:
            groups.append((matters, wants & matters, [row]))
    for _, wanted, rows in groups:
        found[rows] = wanted
    return found


def _tables(program: Program, seen: Seen, table: LookupTable) -> Iterator[LookupTable]:
    """The table with other outputs where they do not matter, and fewer inputs."""
    reached = dict(_reached(program, seen, table))
    if not reached:
        return
    names = table.inputs
    for size in range(1, len(names) + 1):
        some = [c for c in combinations(range(len(names)), size) if _tells(c, reached)]
        for axes in some:
            inputs = tuple(names[axis] for axis in axes)
            short = {tuple(k[a] for a in axes): out for k, out in reached.items()}
            yield from _fills(program, table.name, inputs, short)
        if some:
            return


def _reached(
    program: Program, seen: Seen, table: LookupTable
) -> Iterator[tuple[Key, Value]]:
    known = [program.variables[name].values for name in table.inputs]
    outputs = dict(table.entries)
    for place in np.argwhere(seen.cells[table.name]).tolist():
        key = tuple(values[i] for values, i in zip(known, place, strict=True))
        yield key, outputs.get(key, table.default)


def _tells(axes: tuple[int, ...], reached: dict[Key, Value]) -> bool:
    """Whether some inputs of a table say what it gives."""
    found: dict[Key, Value] = {}
    return all(
        found.setdefault(tuple(key[a] for a in axes), out) == out
        for key, out in reached.items()
    )


def _fills(
    program: Program, name: str, inputs: tuple[str, ...], reached: dict[Key, Value]
) -> Iterator[LookupTable]:
    """Ways to fill a table."""
    counts = Counter(reached.values())
    for output, _ in counts.most_common(3):
        yield LookupTable.of(name, inputs, reached, output)
    known = [program.variables[each].values for each in inputs]
    size = int(np.prod([len(values) for values in known]))
    if size > MOST_FILLED or len(reached) == size:
        return
    yield _nearest(name, inputs, known, reached)


def _nearest(
    name: str,
    inputs: tuple[str, ...],
    known: Sequence[Sequence[Value]],
    reached: dict[Key, Value],
) -> LookupTable:
    """Each free cell as the nearest one that occurs: regions stay in one piece."""
    place = [{value: i for i, value in enumerate(values)} for values in known]
    outputs = list(reached.values())
    points = [[p[v] for p, v in zip(place, key, strict=True)] for key in reached]
    every = list(product(*(range(len(values)) for values in known)))
    _, nearest = cKDTree(np.array(points)).query(np.array(every), p=1)
    entries = {
        tuple(values[i] for values, i in zip(known, at, strict=True)): outputs[int(n)]
        for at, n in zip(every, np.atleast_1d(nearest), strict=True)
    }
    return LookupTable.of(name, inputs, entries, outputs[0])
