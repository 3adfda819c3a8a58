"""Rule pairs: what one rule wrote, and the rule that another one takes because of it.

A learned program is a straight line of definitions and uses, so the data-flow
criterion "all uses" (Rapps and Weyuker, IEEE TSE 1985) fits it as it is: a pair is a
rule that writes a value at a position, and a rule of a later node (or a score row) that
reads this very value. There is an edge for each way in which a node reads another:

- `query`: of a head, at its own position;
- `key` and `value`: of a head, at the positions that it reads: the one it attends to,
  or all that match if it sums;
- `input`: of a table, at its own position;
- `score`: of the read-out, at the positions that answers are made of.

Inputs (tokens, positions, ones) and embeddings have no rules, and so no pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzers.spectra import Spectra
from tpdebug.evaluate import Trace
from tpdebug.findings import Role
from tpdebug.nodes import Embedding, LookupTable, NumericalHead, Rule

Ints = NDArray[Any]

MOST_PAIRS = 5_000_000
"""More pairs than this are not looked at: an array of them would not be small."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One way in which one node, or the read-out, reads what another wrote.

    Attributes:
        producer: the variable that is read.
        consumer: the head or table that reads it; for a score row, the variable again.
        role: as what it is read.
        first: the number of its first pair.
        produced, consumed: the numbers of the first rule, and how many there are.
    """

    producer: str
    consumer: str
    role: Role
    first: int
    produced: tuple[int, int]
    consumed: tuple[int, int]

    @property
    def size(self) -> int:
        """How many pairs there are."""
        return self.produced[1] * self.consumed[1]


class Pairs:
    """Numbers the rule pairs of a program, and says which are taken.

    Attributes:
        spectra: the rules of the program.
        edges: who reads whom.
        count: how many pairs there are, taken or not, possible or not.
    """

    def __init__(self, spectra: Spectra) -> None:
        self.spectra = spectra
        self.edges: list[Edge] = []
        self.count = 0
        spans: dict[tuple[bool, str], tuple[int, int]] = {}
        for number, rule in enumerate(spectra.rules):
            key = (rule.kind == "score", rule.node)
            first, size = spans.get(key, (number, 0))
            spans[key] = (first, size + 1)
        for producer, consumer, role in _reads(spectra):
            produced = spans.get((False, producer))
            if produced is not None:
                consumed = spans[role == "score", consumer]
                edge = Edge(producer, consumer, role, self.count, produced, consumed)
                self.edges.append(edge)
                self.count += edge.size

    def taken(self, trace: Trace) -> Iterator[tuple[Ints, Ints]]:
        """The pairs that are taken, as inputs and numbers of pairs, with repetitions.

        Args:
            trace: of any inputs of one length.
        """
        numbers = self.spectra.numbers(trace)
        scores = self.spectra.score_numbers(trace)
        read: dict[str, tuple[Ints, Ints, Ints]] = {}
        for edge in self.edges:
            made = numbers[edge.producer]
            if edge.role == "score":
                used = scores[edge.consumer]
                inputs, at = np.nonzero(used >= 0)
                before, after = made[inputs, at], used[inputs, at]
            else:
                used = numbers[edge.consumer]
                if edge.role in ("query", "input"):
                    inputs, at = (i.ravel() for i in np.indices(used.shape))
                    before, after = made.ravel(), used.ravel()
                else:
                    if edge.consumer not in read:
                        read[edge.consumer] = _places_read(trace, edge.consumer)
                    inputs, at, source = read[edge.consumer]
                    before, after = made[inputs, source], used[inputs, at]
            pair = (before - edge.produced[0]) * edge.consumed[1]
            yield inputs, edge.first + pair + after - edge.consumed[0]

    def pair(self, number: int) -> tuple[Rule, Rule, Role]:
        """The rule that writes, the rule that reads, and as what."""
        firsts = [edge.first for edge in self.edges]
        edge = self.edges[int(np.searchsorted(firsts, number, "right")) - 1]
        before, after = divmod(number - edge.first, edge.consumed[1])
        rules = self.spectra.rules
        made, used = rules[edge.produced[0] + before], rules[edge.consumed[0] + after]
        return made, used, edge.role


def _reads(spectra: Spectra) -> Iterator[tuple[str, str, Role]]:
    """Who reads what, in evaluation order; score rows last."""
    program = spectra.program
    for node in program.nodes:
        if isinstance(node, LookupTable):
            for name in node.inputs:
                yield name, node.name, "input"
        elif not isinstance(node, Embedding):
            yield node.query, node.name, "query"
            yield node.key, node.name, "key"
            yield node.value, node.name, "value"
    for name in program.scored:
        yield name, name, "score"


def _places_read(trace: Trace, head: str) -> tuple[Ints, Ints, Ints]:
    """Where a head reads: inputs, query positions, and the positions read."""
    node = trace.program.writers[head]
    if isinstance(node, NumericalHead):
        inputs, queries, keys = np.nonzero(trace.matches(head))
        return inputs, queries, keys
    attended = trace.attended[head]
    inputs, queries = (index.ravel() for index in np.indices(attended.shape))
    return inputs, queries, attended.ravel()
