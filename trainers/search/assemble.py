"""From terms to a network, whose nodes are in the order in which they are computed.

And back: the variables of a network as terms, for a search that begins with it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trainers.discrete import (
    INPUTS,
    Copy,
    Count,
    Discrete,
    Floats,
    Node,
    Prefer,
    Table,
)
from trainers.readout import Readout
from trainers.search.terms import Copied, Counted, Input, Kind, Mapped, Term

_NUMBER = {"tokens": 0, "positions": 1, "ones": 2}


def assemble(
    read: Sequence[Term], readout: Readout, classes: int, causal: bool
) -> Discrete:
    """Make a network of the terms that a read-out sees, and all that they need.

    Args:
        read: the terms that add to the scores.
        readout: their scores.
        classes: how many there are.
        causal: whether a head sees only keys at or before its query.
    """
    needed = list(dict.fromkeys(part for term in read for part in term.needs))
    needed.sort(key=lambda t: (t.layer, isinstance(t.made, Mapped)))  # else as found
    number = {term: INPUTS + i for i, term in enumerate(needed)}

    def of(term: Term) -> int:
        made = term.made
        return _NUMBER[made.name] if isinstance(made, Input) else number[term]

    nodes = tuple(_node(term, [of(part) for part in term.reads]) for term in needed)
    scores: list[Floats | None] = [None] * (INPUTS + len(nodes))
    for term, rows in zip(read, readout.rows, strict=True):
        scores[of(term)] = rows
    constant = readout.weights[-1:]
    ones = scores[_NUMBER["ones"]]
    scores[_NUMBER["ones"]] = constant if ones is None else ones + constant
    return Discrete(nodes, tuple(scores), classes, causal)


def _node(term: Term, reads: list[int]) -> Node:
    made = term.made
    match made:
        case Copied():
            return Copy(term.layer, *_head(reads), np.array(made.predicate))
        case Counted():
            return Count(term.layer, *_head(reads), np.array(made.predicate))
        case Mapped():
            return Table(term.layer, tuple(reads), made.output, term.kind == "token")
        case Input():
            raise TypeError("an input is no node")


def _head(reads: list[int]) -> tuple[int, int, int]:
    query, key, value = reads
    return query, key, value


def terms_of(network: Discrete, inputs: Sequence[Term], ones: Term) -> list[Term]:
    """The variables of a network as terms.

    Args:
        network: the network.
        inputs: the terms of tokens and positions.
        ones: the term of the number 1.
    """
    terms = [*inputs, ones]
    for node in network.nodes:
        terms.append(_term(node, terms))
    return terms[INPUTS:]


def _term(node: Node, terms: Sequence[Term]) -> Term:
    if isinstance(node, Table):
        read = tuple(dict.fromkeys(terms[v] for v in node.inputs))
        output = node.output
        if len(read) < len(node.inputs):
            output = output[np.diag_indices(len(output))]
        output = output[tuple(slice(term.size) for term in read)]
        size = int(node.output.max()) + 1
        kind: Kind = "token" if node.letters else "code"
        return Term(Mapped(read, output), kind, size, effort=5.0 + output.size / 4)
    if isinstance(node, Prefer):
        raise TypeError("a search has no heads with scores")
    query, key, value = (terms[v] for v in (node.query, node.key, node.value))
    wants = node.predicate[: query.size, : key.size]
    lines = 4.0 + len(np.unique(wants, axis=0)) - 1
    if isinstance(node, Count):
        size = (value.size - 1) * terms[1].size + 1
        return Term(Counted(query, key, value, wants), "number", size, True, lines)
    return Term(Copied(query, key, value, wants), value.kind, value.size, effort=lines)
