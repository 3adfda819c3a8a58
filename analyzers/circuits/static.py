"""The static slice: what can influence an answer at all, by values that occur.

A backward slice (Weiser, ICSE 1981) over variables. Rows, tables and predicates that do
not differ for the values that occur on the inputs of the domain pass nothing on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from analyzers.circuits.readouts import MOST, SAMPLES
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Evidence, StaticSlice
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    LookupTable,
    Node,
    NumericalHead,
    Predicate,
    Preference,
    Value,
    Variable,
    inputs_of,
    outputs_of,
)
from tpdebug.parts import all_or_sample
from tpdebug.program import Program

Occurring = Mapping[str, frozenset[Value]]


def slice_static(
    program: Program,
    answer: str | None = None,
    *,
    most: int = MOST,
    samples: int = SAMPLES,
    seed: int = 0,
) -> StaticSlice:
    """Find what can influence an answer.

    Args:
        program: the program.
        answer: the class; None for any.
        most, samples, seed: a domain with more inputs than this is sampled, so.

    Raises:
        DomainError: there is no such class.
    """
    against = 0 if answer is None else program.classifier.index(answer)
    occurring, evidence = occurring_values(program, most, samples, seed)
    scored = tuple(
        name for name in program.scored if _matters(program, name, against, occurring)
    )
    nodes = computing(program, scored, occurring)
    among = len(program.scored), len(program.nodes)
    return StaticSlice(answer, scored, names_of(nodes), among, evidence)


def occurring_values(
    program: Program, most: int, samples: int, seed: int
) -> tuple[dict[str, frozenset[Value]], Evidence]:
    """The values that each variable takes on the inputs of the domain."""
    evaluator = Evaluator(program)
    found: dict[str, set[int]] = {name: set() for name in program.variables}
    parts, evidence = all_or_sample(
        program.domain, most=most, samples=samples, seed=seed
    )
    for part in parts:
        for name, columns in evaluator.evaluate(part.columns()).values.items():
            for column in columns:
                found[name].update(np.unique(column).tolist())
    values = {name: _values(program.variables[name], i) for name, i in found.items()}
    return values, evidence


def _values(variable: Variable, indices: Iterable[int]) -> frozenset[Value]:
    if variable.numerical:
        return frozenset(indices)
    return frozenset(variable.values[i] for i in indices)


def computing(
    program: Program, names: Iterable[str], occurring: Occurring | None = None
) -> tuple[Node, ...]:
    """The heads, tables and embeddings that compute some variables, in order.

    Args:
        program: the program.
        names: where to begin.
        occurring: the values that occur; what makes no difference for these is left
            out. None: nothing is.
    """
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            node = program.writers.get(name)
            if node is not None:
                waiting += (
                    inputs_of(node) if occurring is None else _read(node, occurring)
                )
    return tuple(n for n in program.nodes if found.intersection(outputs_of(n)))


def names_of(nodes: Iterable[Node]) -> tuple[str, ...]:
    """What nodes are called: an embedding by its first variable."""
    return tuple(outputs_of(node)[0] for node in nodes)


def _matters(program: Program, name: str, against: int, occurring: Occurring) -> bool:
    """Whether the scores of a variable can make a difference for a class."""
    rows = {
        row.value: row.scores for row in program.classifier.rows if row.variable == name
    }
    zeros = (0,) * len(program.classifier.classes)
    if program.variables[name].numerical:  # it counts: differences are multiplied
        seen = {rows.get(None, zeros), zeros} if len(occurring[name]) > 1 else {zeros}
    else:
        seen = {rows.get(value, zeros) for value in occurring[name]}
    # Only differences between classes count.
    return len({tuple(s - row[against] for s in row) for row in seen}) > 1


def _read(node: Node, occurring: Occurring) -> Iterator[str]:
    """What makes a difference for a node, by values that occur."""
    match node:
        case Embedding():
            yield "tokens"
        case LookupTable():
            yield from (
                name
                for place, name in enumerate(node.inputs)
                if _tells(node, place, occurring)
            )
        case CategoricalHead(predicate=Preference() as preference):
            yield node.value
            orders = {*_orders(node, preference, occurring)}
            if len(orders) > 1:
                yield node.query
            if any(len(groups) > 1 for groups in orders):
                yield node.key
        case CategoricalHead() | NumericalHead():
            yield node.value
            some = {*_seen(node, occurring)}
            if len(some) > 1:
                yield node.query
            if any(row and row != occurring[node.key] for row in some):
                yield node.key


def _seen(
    head: CategoricalHead | NumericalHead, occurring: Occurring
) -> Iterator[frozenset[Value]]:
    """What the queries that occur look for, of the keys that occur."""
    assert isinstance(head.predicate, Predicate)
    for query in occurring[head.query]:
        yield frozenset(head.predicate.keys_for(query)) & occurring[head.key]


def _orders(
    head: CategoricalHead, preference: Preference, occurring: Occurring
) -> Iterator[tuple[frozenset[Value], ...]]:
    """How the queries that occur order the keys that occur."""
    keys = occurring[head.key]
    for query in occurring[head.query]:
        groups = (keys.intersection(g) for g in preference.groups(query, keys))
        yield tuple(group for group in groups if group)


def _tells(table: LookupTable, place: int, occurring: Occurring) -> bool:
    """Whether an input of a table makes a difference, for values that occur."""
    entries = dict(table.entries)
    outputs: dict[tuple[Value, ...], Value] = {}
    keys: list[tuple[Value, ...]] = [()]
    for name in table.inputs:
        keys = [(*key, value) for key in keys for value in occurring[name]]
    for key in keys:
        rest = key[:place] + key[place + 1 :]
        output = entries.get(key, table.default)
        if outputs.setdefault(rest, output) != output:
            return True
    return False
