"""Exchange the rules of one node after the other, as long as that lowers the loss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trainers.data import Data
from trainers.discrete import Discrete, Floats
from trainers.discrete import Node as Made
from trainers.tuning.exact import Exact
from trainers.tuning.proposals import proposals
from trainers.tuning.scores import rescored

FINALISTS = 12
"""How many of the proposals for a node are computed exactly, after a guess."""

TRIES = 4
"""How many of the proposals for a node are tried with scores that are fitted anew."""

ITERATIONS = 20
FEWEST_NATS = 2.0
"""What an exchange must save, so that it is not chance."""


@dataclass(frozen=True, eq=False, slots=True)
class Climbed:
    """How far it is.

    Attributes:
        step: how many nodes were looked at.
        network: the network by now.
        loss: its cross-entropy by label, in nats.
        exchanged: how many exchanges there were.
    """

    step: int
    network: Discrete
    loss: float
    exchanged: int


def climb(
    network: Discrete,
    data: Data,
    free: Sequence[int],
    *,
    fitting: bool,
    steps: int,
    seed: int,
) -> Iterator[Climbed]:
    """Look at one node after the other, in an order that is drawn anew each round.

    Args:
        network: where to begin.
        data: the examples to learn from; all labels are classes.
        free: the places of the nodes whose rules may be exchanged.
        fitting: whether the scores may change.
        steps: how many nodes to look at.
        seed: what everything random is drawn with.

    Yields:
        One for each node that was looked at. It ends early after a round without any
        exchange, or when the loss can hardly be lower.
    """
    draw = np.random.default_rng(seed)
    labels = max(int(data.scored.sum()), 1)
    exact = Exact(network, data, fitting=fitting)
    weights: Floats | None = None
    if fitting:
        found = rescored(network, exact.values, data)
        weights = found.weights
        exact.restore(found.network, exact.values)
    step = exchanged = 0
    while free:
        before = exchanged
        for place in draw.permutation(free).tolist():
            if step == steps:
                return
            better = _better(exact, place, weights, fitting, draw)
            if better is not None:
                weights = better
                exchanged += 1
            step += 1
            yield Climbed(step, exact.network, exact.loss / labels, exchanged)
        if exchanged == before or exact.loss < FEWEST_NATS:
            return


def _better(
    exact: Exact,
    place: int,
    weights: Floats | None,
    fitting: bool,
    draw: np.random.Generator,
) -> Floats | None:
    """Exchange a node for a better one if there is one: the weights of its scores."""
    node = exact.network.nodes[place]
    missing = exact.missing(place)
    tried = list(proposals(node, missing, draw))
    guesses = [exact.guess(place, other, missing) for other in tried]
    tried = [tried[i] for i in np.argsort(guesses, kind="stable")[:FINALISTS]]
    costs = [exact.outcome(place, other) for other in tried]
    wanted = exact.loss - FEWEST_NATS
    for number in np.argsort(costs, kind="stable")[:TRIES].tolist():
        network, values = exact.exchanged(place, tried[number])
        before = exact.network, exact.values
        found = weights if weights is not None else np.empty(0)
        if fitting:
            scored = rescored(
                network, values, exact.data, start=weights, iterations=ITERATIONS
            )
            network, found = scored.network, scored.weights
        exact.restore(network, values)
        if exact.loss < wanted:
            return found
        exact.restore(*before)
    return None
