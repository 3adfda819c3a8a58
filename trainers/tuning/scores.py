"""The best scores of a network whose rules are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from trainers.data import PAD, Data
from trainers.discrete import POSITIONS, Discrete, Floats
from trainers.readout import Variable, fit

_POOLED_L2 = 1e-6  # few examples, many words
_L2 = 1e-7


@dataclass(frozen=True, eq=False, slots=True)
class Scored:
    """A network with new scores, and the weights to fit them again from."""

    network: Discrete
    weights: Floats


def rescored(
    network: Discrete,
    values: Sequence[Tensor],
    data: Data,
    *,
    start: Floats | None = None,
    iterations: int = 200,
) -> Scored:
    """Fit the scores of the variables that have some: multinomial logistic regression.

    Args:
        network: the network; what its scores read stays.
        values: its variables on the examples, `[examples, positions]` each.
        data: the examples.
        start: weights of the same variables to start from.
        iterations: how many to take at most.
    """
    read = [i for i, rows in enumerate(network.scores) if rows is not None]
    seen = [_seen(network, number, values[number], data) for number in read]
    found = fit(
        seen,
        data.targets[data.scored].numpy(),
        network.classes,
        start=start,
        iterations=iterations,
        l2=_POOLED_L2 if network.pooled else _L2,
    )
    scores = list(network.scores)
    for number, rows in zip(read, found.rows, strict=True):
        scores[number] = rows.copy()
    _add_constant(network, scores, found.weights[-1])
    return Scored(replace(network, scores=tuple(scores)), found.weights)


def _add_constant(
    network: Discrete, scores: list[Floats | None], constant: Floats
) -> None:
    """Put a constant where it is counted once, if there is such a place."""
    for number, rows in enumerate(scores):
        if rows is None or network.numerical[number]:
            continue
        if not network.pooled:
            rows += constant
            return
        if number == POSITIONS:
            rows[0] += constant
            return


def _seen(network: Discrete, number: int, value: Tensor, data: Data) -> Variable:
    """A variable at the labels; pooled, at all places of an input with a label."""
    rows = network.scores[number]
    assert rows is not None
    size = None if network.numerical[number] else len(rows)
    if not network.pooled:
        return Variable(value[data.scored].numpy(), size)
    labelled = data.scored[:, 0]
    ended = data.tokens[labelled] == PAD
    return Variable(value[labelled].masked_fill(ended, -1).numpy(), size)
