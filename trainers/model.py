"""The relaxed network: every choice is a probability, so that gradients can pass.

Sizes: R restarts, k codes of a variable, N positions, B examples. A categorical
variable is a distribution over its k codes at each position, `[k, N, B]`; a numerical
one is its expected number, `[N, B]`. The batch is the last axis, so that each of the
many small operations runs along contiguous memory. In the padding every variable is 0,
so that nothing there matches, is read or is counted.

Noise enters only where the network itself has a choice to make (gates, predicate rows,
scores, table rows): one sample a step. How the choices act on an input is computed as
an exact expectation, variables taken as independent; only attention by scores is a
softmax. When all choices are certain, and the temperature is far below the differences
of scores, the relaxed network is the hard one.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from trainers.attention import (
    batch_last_product,
    earlier,
    expected_best,
    expected_closest,
)
from trainers.data import PAD, UNSCORED
from trainers.parameters import (
    Heads,
    Mlps,
    NumericalMlps,
    Shape,
    count_choices,
    unpack,
)
from trainers.stream import Stream


@dataclass(frozen=True, slots=True)
class Soften:
    """Makes distributions of logits, one-hot as the temperature falls."""

    temperature: Tensor

    def __call__(self, logits: Tensor, axis: int = -1) -> Tensor:
        """A distribution along an axis."""
        return torch.softmax(logits / self.temperature, axis)


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
    stream = Stream(_inputs(tokens, real, k), restarts, shape.variables)
    numbers = real.expand(restarts, 1, -1, -1)
    for number, layer in enumerate(parameters.layers):
        numbers = _attend(layer.heads, stream, numbers, real, shape.causal, soften)
        if shape.mlps:
            stream.write(_look_up(layer.mlps, stream, cells[:, number], soften))
        if shape.numerical_mlps:
            held = numbers.clamp(max=shape.numbers - 1)
            stream.write(_compute(layer.numerical_mlps, held, soften) * real)
    split = shape.variables * k
    scores = stream.read(parameters.readout[:, :, :split])
    counted = parameters.readout[:, :, split:] @ numbers.flatten(2)
    scores = scores + counted.view_as(scores)
    if shape.pooled:
        scores = scores.sum(2, keepdim=True)
    return scores


def losses(scores: Tensor, targets: Tensor) -> Tensor:
    """The cross-entropy of all labels, summed up for each restart.

    Args:
        scores: `[R, classes, N, B]`, or 1 in place of N.
        targets: `[B, N]`, or 1 in place of N.
    """
    labels = targets.T.expand(scores.shape[0], -1, -1)
    each = functional.cross_entropy(
        scores, labels, ignore_index=UNSCORED, reduction="none"
    )
    return each.sum((1, 2))


def _inputs(tokens: Tensor, real: Tensor, k: int) -> Tensor:
    """Tokens and positions as one-hot variables `[2, k, N, B]`."""
    codes = torch.arange(k, device=tokens.device).view(k, 1, 1)
    places = codes[: len(real), 0]
    return torch.stack([(codes == tokens.T).float(), (places == codes) * real])


def _mix(gates: Tensor, numbers: Tensor, soften: Soften) -> Tensor:
    """Mix numerical variables by gates `[R, ..., variables]`: `[R, ..., N, B]`."""
    mixed = soften(gates).flatten(1, -2) @ numbers.flatten(2)
    return mixed.view(*gates.shape[:-1], *numbers.shape[2:])


def _attend(
    heads: Heads,
    stream: Stream,
    numbers: Tensor,
    real: Tensor,
    causal: bool,
    soften: Soften,
) -> Tensor:
    """Write what the categorical heads copy; append what the numerical ones sum up."""
    scored, counting = heads.scores.shape[1], heads.sums.shape[1]
    asking = scored + heads.predicate.shape[1]
    copying = asking - counting
    read = stream.read(soften(heads.reads))
    query, key, where, value = torch.split(
        read, [asking, copying, counting, copying], 1
    )
    predicate = soften(heads.predicate)
    if predicate.dim() == 5:  # yes or no for each key code
        predicate = predicate[..., 1]
    table = torch.cat([heads.scores, predicate], 1) if scored else predicate
    wanted = (table.transpose(2, 3) @ query.flatten(3)).view_as(query)
    wanted, sought = torch.split(wanted, [copying, counting], 1)
    if counting:
        # How much of each code there is to be summed; then as much as is sought.
        each = where * _mix(heads.sums, numbers, soften).unsqueeze(2)
        there = each.cumsum(3) if causal else each.sum(3, keepdim=True)
        numbers = torch.cat([numbers, (sought * there).sum(2)], 1)
    if copying:
        match = batch_last_product(wanted.transpose(2, 3), key)
        if scored:
            attention = expected_best(match, real, causal, soften.temperature)
        else:
            if causal:
                match = match * earlier(len(real), real.device)
            attention = expected_closest(match, real)
        stream.write(batch_last_product(value, attention.transpose(2, 3)))
    return numbers


def _look_up(mlps: Mlps, stream: Stream, noise: Tensor, soften: Soften) -> Tensor:
    """What the categorical MLPs of one layer write, `[R, mlps, k, N, B]`.

    Such an MLP sees one of k * k pairs of codes, so it is run on those and not on the
    positions: its output there is a row of a table.
    """
    count = mlps.gates.shape[2]
    read = stream.read(soften(mlps.gates).flatten(1, 2))
    left, right = torch.split(read.flatten(3), count, 1)
    pairs = batch_last_product(left.unsqueeze(3), right.unsqueeze(2)).flatten(2, 3)
    table = soften(mlps.table() + noise)
    return (table.transpose(2, 3) @ pairs).view_as(read[:, :count])


def _compute(mlps: NumericalMlps, numbers: Tensor, soften: Soften) -> Tensor:
    """What the numerical MLPs of one layer write, `[R, mlps, k, N, B]`."""
    left, right = _mix(mlps.gates, numbers, soften).flatten(3).unbind(1)
    written = soften(mlps.logits(left, right), 2)
    return written.view(*written.shape[:3], *numbers.shape[2:])
