"""The relaxed network: every choice is a probability, so that gradients can pass.

Sizes: R restarts, k codes of a variable, N positions, B examples. A categorical
variable is a distribution over its k codes at each position, `[k, N, B]`; a numerical
one is its expected number, `[N, B]`. The batch is the last axis, so that each of the
many small operations runs along contiguous memory.

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
from trainers.data import PAD, UNSCORED
from trainers.parameters import (
    Heads,
    Mlps,
    NumericalMlps,
    Shape,
    count_choices,
    unpack,
)


@dataclass(frozen=True, slots=True)
class Soften:
    """Makes distributions of logits, one-hot as the temperature falls."""

    temperature: Tensor

    def __call__(self, logits: Tensor, axis: int = -1) -> Tensor:
        """A distribution along an axis."""
        return torch.softmax(logits / self.temperature, axis)


@dataclass(frozen=True, slots=True)
class Stream:
    """All variables so far: categorical `[R, V, k, N, B]`, numerical `[R, V, N, B]`."""

    categorical: Tensor
    numbers: Tensor

    def with_codes(self, written: Tensor) -> Stream:
        """Append categorical variables."""
        return Stream(torch.cat([self.categorical, written], 1), self.numbers)

    def features(self) -> Tensor:
        """What the read-out sees, `[R, features, N, B]`."""
        return torch.cat([self.categorical.flatten(1, 2), self.numbers], 1)


def relaxed_scores(
    flat: Tensor, shape: Shape, tokens: Tensor, noise: Tensor, temperature: Tensor
) -> Tensor:
    """Run all restarts on one batch (paper, section 3.2).

    Args:
        flat: the parameters of every restart, `[R, size]`.
        shape: the size of the network.
        tokens: the examples, `[B, N]`.
        noise: standard Gumbel noise, `[R, count_noise(shape)]`.
        temperature: a number; as it falls to 0, choices become one-hot.

    Returns:
        The score of each class, `[R, classes, N, B]`; pooled, `[R, classes, 1, B]`.
    """
    restarts, choices, k = flat.shape[0], count_choices(shape), shape.codes
    logits = flat[:, :choices] + noise[:, :choices]
    parameters = unpack(torch.cat([logits, flat[:, choices:]], 1), shape)
    cells = noise[:, choices:].view(restarts, shape.layers, shape.mlps, k * k, k)
    soften = Soften(temperature)
    real = (tokens.T != PAD).float()
    keys = visible(real, shape.causal)
    stream = Stream(
        _inputs(tokens, shape).expand(restarts, -1, -1, -1, -1),
        real.expand(restarts, 1, -1, -1),
    )
    for number, layer in enumerate(parameters.layers):
        stream = _attend(layer.heads, stream, keys, soften)
        codes, numbers = stream.categorical, stream.numbers
        if shape.mlps:
            written = _look_up(layer.mlps, codes, cells[:, number], soften)
            stream = stream.with_codes(written)
        if shape.numerical_mlps:
            held = numbers.clamp(max=shape.numbers - 1)
            stream = stream.with_codes(_compute(layer.numerical_mlps, held, soften))
    features = stream.features()
    if shape.pooled:  # scores are linear: their sum is the score of the sums
        features = (features * real).sum(2, keepdim=True)
    scores = parameters.readout @ features.flatten(2)
    return scores.view(*scores.shape[:2], *features.shape[2:])


def losses(scores: Tensor, targets: Tensor) -> Tensor:
    """Mean cross-entropy over the labels, for each restart.

    Args:
        scores: `[R, classes, N, B]`, or 1 in place of N.
        targets: `[B, N]`, or 1 in place of N.
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


def _read(gates: Tensor, variables: Tensor, soften: Soften) -> Tensor:
    """Mix variables by gates `[R, ..., V]`: `[R, ..., (k,) N, B]`."""
    mixed = soften(gates).flatten(1, -2) @ variables.flatten(2)
    return mixed.view(*gates.shape[:-1], *variables.shape[2:])


def _attend(heads: Heads, stream: Stream, keys: Tensor, soften: Soften) -> Stream:
    """Append what the heads of one layer write."""
    codes, numbers = stream.categorical, stream.numbers
    asking = heads.predicate.shape[1]
    read = _read(heads.reads, codes, soften)
    query, key = read[:, :asking], read[:, asking : 2 * asking]
    value = read[:, 2 * asking :]
    copying = value.shape[1]
    predicate = soften(heads.predicate)
    if predicate.dim() == 5:  # yes or no for each key code
        predicate = predicate[..., 1]
    wanted = (predicate.transpose(2, 3) @ query.flatten(3)).view_as(query)
    match = batch_last_product(wanted.transpose(2, 3), key) * keys
    if copying:
        attention = expected_closest(match[:, :copying])
        written = batch_last_product(value, attention.transpose(2, 3))
        codes = torch.cat([codes, written], 1)
    if heads.sums.shape[1]:
        summed = _read(heads.sums, numbers, soften).unsqueeze(2)
        sums = (match[:, copying:] * summed).sum(3)
        numbers = torch.cat([numbers, sums], 1)
    return Stream(codes, numbers)


def _look_up(mlps: Mlps, variables: Tensor, noise: Tensor, soften: Soften) -> Tensor:
    """What the categorical MLPs of one layer write, `[R, mlps, k, N, B]`.

    Such an MLP sees one of k * k pairs of codes, so it is run on those and not on the
    positions: its output there is a row of a table.
    """
    read = _read(mlps.gates, variables, soften)
    left, right = read.flatten(4).unbind(1)
    pairs = batch_last_product(left.unsqueeze(3), right.unsqueeze(2)).flatten(2, 3)
    table = soften(mlps.table() + noise)
    return (table.transpose(2, 3) @ pairs).view_as(read[:, 0])


def _compute(mlps: NumericalMlps, numbers: Tensor, soften: Soften) -> Tensor:
    """What the numerical MLPs of one layer write, `[R, mlps, k, N, B]`."""
    left, right = _read(mlps.gates, numbers, soften).flatten(3).unbind(1)
    written = soften(mlps.logits(left, right), 2)
    return written.view(*written.shape[:3], *numbers.shape[2:])
