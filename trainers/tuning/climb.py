"""Exchange the rules of one node after the other, as long as that lowers the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trainers.data import Data
from trainers.discrete import Discrete, Floats, Table
from trainers.discrete import Node as Made
from trainers.network import Network
from trainers.tuning.exact import Exact
from trainers.tuning.pairs import Exchange, pairs
from trainers.tuning.proposals import proposals
from trainers.tuning.scores import rescored

FINALISTS = 12
"""How many of the proposals for a node are computed exactly, after a guess."""

TRIES = 4
"""How many of the proposals are tried with scores that are fitted anew."""

ITERATIONS = 20
FEWEST_NATS = 2.0
"""What an exchange must save, so that it is not chance."""


@dataclass(frozen=True, eq=False, slots=True)
class Climbed:
    """How far it is.

    Attributes:
        step: how many nodes were looked at.
        network: the network by now.
        exchanged: how many exchanges there were.
        weights: of its scores, to fit them again from; None: they are fixed.
        rest: whether a round of all nodes is over.
    """

    step: int
    network: Discrete
    exchanged: int
    weights: Floats | None
    rest: bool


def climb(
    network: Discrete,
    examples: Callable[[int], Data],
    free: Sequence[int],
    first: Sequence[Made],
    *,
    fitting: bool,
    steps: int,
    seed: int,
) -> Iterator[Climbed]:
    """Look at one node after the other, in an order that is drawn anew each round.

    Args:
        network: where to begin.
        examples: gives those to judge by in each round, so that what is chosen is not
            chosen for the sake of a few; all labels are classes.
        free: the places of the nodes whose rules may be exchanged.
        first: the nodes as they were at first.
        fitting: whether the scores may change.
        steps: how many nodes to look at.
        seed: what everything random is drawn with.

    Yields:
        The network to begin with, with fitted scores; then one for each node that was
        looked at, and each round; at the end one in which what is not needed is as it
        was at first. It ends early after a round without any exchange, or when nothing
        is wrong.
    """
    draw = np.random.default_rng(seed)
    weights: Floats | None = None
    if fitting:
        data = examples(0)
        values = Network(network).values(data.tokens)
        found = rescored(network, values, data)
        network, weights = found.network, found.weights
    number = 0
    exact = Exact(network, examples(0), fitting=fitting)
    step = exchanged = 0

    def climbed(*, rest: bool = False) -> Climbed:
        return Climbed(step, exact.network, exchanged, weights, rest)

    yield climbed(rest=True)
    while free and not exact.done:
        before = exchanged
        for place in draw.permutation(free).tolist():
            if step == steps or exact.done:
                break
            better = _better(exact, place, free, weights, draw)
            if better is not None:
                weights = better.weights
                exchanged += 1
            step += 1
            yield climbed()
        if exchanged == before or step == steps:
            break
        yield climbed(rest=True)
        number += 1
        exact = Exact(exact.network, examples(number), fitting=fitting)
    yield climbed(rest=True)
    for place in free:
        undone = _undone(exact, place, first[place], weights)
        if undone is not None:
            weights = undone.weights
    yield climbed(rest=True)


@dataclass(frozen=True, eq=False, slots=True)
class _Better:
    weights: Floats | None


def _undone(
    exact: Exact, place: int, node: Made, weights: Floats | None
) -> _Better | None:
    """Go back to a node as it was at first, if what came of it is not needed now."""
    if exact.network.nodes[place] is node:
        return None
    return _tried(exact, {place: node}, weights, exact.loss + FEWEST_NATS)


def _better(
    exact: Exact,
    place: int,
    free: Sequence[int],
    weights: Floats | None,
    draw: np.random.Generator,
) -> _Better | None:
    """Exchange a node, a head maybe with a table that reads it, if that is better."""
    node = exact.network.nodes[place]
    missing = exact.missing(place)
    tried = every = list(proposals(node, missing, draw))
    guesses = [exact.guess(place, other, missing) for other in tried]
    tried = [tried[i] for i in np.argsort(guesses, kind="stable")[:FINALISTS]]
    found: list[Exchange] = [
        (exact.outcome(place, other), {place: other}) for other in tried
    ]
    if not isinstance(node, Table):
        found += pairs(exact, place, every, free, draw)
    wanted = exact.loss - FEWEST_NATS
    for _, nodes in sorted(found, key=lambda each: each[0])[:TRIES]:
        better = _tried(exact, nodes, weights, wanted)
        if better is not None:
            return better
    return None


def _tried(
    exact: Exact, nodes: Mapping[int, Made], weights: Floats | None, wanted: float
) -> _Better | None:
    """Exchange nodes, and fit the scores; go back if the loss is not below this."""
    before = exact.network, exact.values
    for place, node in nodes.items():
        exact.restore(*exact.exchanged(place, node))
    network, values = exact.network, exact.values
    fitted = None
    if weights is not None:
        scored = rescored(
            network, values, exact.data, start=weights, iterations=ITERATIONS
        )
        network, fitted = scored.network, scored.weights
    exact.restore(network, values)
    if exact.loss < wanted:
        return _Better(fitted)
    exact.restore(*before)
    return None
