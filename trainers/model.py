"""The relaxed network: every choice is a probability, so that gradients can pass.

Sizes: R restarts, k codes of a variable, N positions, B examples. A variable is a
distribution over its k codes at each position, `[k, N, B]`. The batch is the last axis,
so that each of the many small operations runs along contiguous memory.

Noise enters only where the network itself has a choice to make (gates, predicate rows,
table rows): one sample a step. How the choices act on an input is computed as an exact
expectation, variables taken as independent. When all choices are certain the relaxed
network is the hard one.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from trainers.attention import batch_last_product, expected_closest, visible
from trainers.data import PAD, UNSCORED, Data
from trainers.parameters import (
    Heads,
    Mlps,
    Shape,
    count_choices,
    unpack,
)


@dataclass(frozen=True, slots=True)
class Chance:
    """How choices are drawn: Gumbel noise, sharpened by a temperature."""

    temperature: float
    generator: torch.Generator

    def noise(self, *size: int) -> Tensor:
        """Standard Gumbel noise."""
        return -torch.empty(size).exponential_(generator=self.generator).log()

    def soften(self, logits: Tensor) -> Tensor:
        """A distribution along the last axis, one-hot as the temperature falls."""
        return torch.softmax(logits / self.temperature, -1)


def relaxed_scores(flat: Tensor, shape: Shape, batch: Data, chance: Chance) -> Tensor:
    """Run all restarts on one batch (paper, section 3.2).

    Args:
        flat: the parameters of every restart, `[R, size]`.
        shape: the size of the network.
        batch: the examples.
        chance: the noise and the temperature.

    Returns:
        The score of each class, `[R, classes, N, B]`.
    """
    restarts, choices = flat.shape[0], count_choices(shape)
    logits = flat[:, :choices] + chance.noise(restarts, choices)
    parameters = unpack(torch.cat([logits, flat[:, choices:]], 1), shape)
    keys = visible((batch.tokens.T != PAD).float(), shape.causal)
    variables = _inputs(batch.tokens, shape).expand(restarts, -1, -1, -1, -1)
    for layer in range(shape.layers):
        variables = _attend(parameters.heads[layer], variables, keys, chance)
        if parameters.mlps:
            variables = _look_up(parameters.mlps[layer], variables, chance)
    scores = parameters.readout @ variables.flatten(1, 2).flatten(2)
    return scores.view(*scores.shape[:2], *variables.shape[3:])


def losses(scores: Tensor, targets: Tensor) -> Tensor:
    """Mean cross-entropy over the labelled positions, for each restart.

    Args:
        scores: `[R, classes, N, B]`.
        targets: `[B, N]`.
    """
    labels = targets.T.expand(scores.shape[0], -1, -1)
    each = functional.cross_entropy(
        scores, labels, ignore_index=UNSCORED, reduction="none"
    )
    return each.sum((1, 2)) / (targets != UNSCORED).sum().clamp(min=1)


def _inputs(tokens: Tensor, shape: Shape) -> Tensor:
    """Tokens and positions as one-hot variables `[2, k, N, B]`; padding is all 0."""
    k, length = shape.codes, tokens.shape[1]
    one_hot = functional.one_hot(tokens.T + 1, k + 1)[..., 1:]  # drops PAD
    words = one_hot.permute(2, 0, 1).float()
    positions = torch.eye(k, length).unsqueeze(2).expand_as(words)
    return torch.stack([words, positions])


def _read(gates: Tensor, variables: Tensor, chance: Chance) -> Tensor:
    """Mix variables by gates `[R, reads, count, V]`: `[R, reads, count, k, N, B]`."""
    mixed = chance.soften(gates).flatten(1, 2) @ variables.flatten(2)
    return mixed.view(*gates.shape[:3], *variables.shape[2:])


def _attend(heads: Heads, variables: Tensor, keys: Tensor, chance: Chance) -> Tensor:
    """Append what the heads of one layer write to the variables `[R, V, k, N, B]`."""
    query, key, value = _read(heads.gates, variables, chance).unbind(1)
    predicate = chance.soften(heads.predicate).transpose(2, 3)
    wanted = (predicate @ query.flatten(3)).view_as(query)
    match = batch_last_product(wanted.transpose(2, 3), key) * keys
    attention = expected_closest(match)
    written = batch_last_product(value, attention.transpose(2, 3))
    return torch.cat([variables, written], 1)


def _look_up(mlps: Mlps, variables: Tensor, chance: Chance) -> Tensor:
    """Append what the MLPs of one layer write to the variables `[R, V, k, N, B]`.

    A categorical MLP sees one of k * k pairs of codes, so it is run on those and not on
    the positions: its output there is a row of a table.
    """
    left, right = _read(mlps.gates, variables, chance).unbind(1)
    pairs = (left.unsqueeze(3) * right.unsqueeze(2)).flatten(2, 3)
    logits = mlps.table()
    table = chance.soften(logits + chance.noise(*logits.shape))
    written = (table.transpose(2, 3) @ pairs.flatten(3)).view_as(left)
    return torch.cat([variables, written], 1)
