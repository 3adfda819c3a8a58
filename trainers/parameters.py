"""What a network learns: its shape, and one flat vector of numbers for each restart.

All parameters lie in one tensor `[restarts, size]`, the choices first. One draw of
noise and one optimiser step then cover everything, which matters where a step is many
small operations; and restarts, being rows, cannot touch each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod, sqrt

import torch
from torch import Tensor

INPUTS = 2  # the variables tokens and positions
READS = 3  # a head reads a query, a key and a value
_GATE_SCALE = 0.1


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a network (paper, section 3.1).

    Attributes:
        token_values: how many tokens there are, begin and end included.
        positions: the longest input, begin and end included.
        classes: how many classes the read-out tells apart.
        layers: blocks of heads, then MLPs.
        heads: categorical heads in a layer, side by side.
        mlps: categorical MLPs in a layer, side by side, after the heads.
        hidden: hidden units in an MLP.
        causal: whether a head sees only keys at or before its query.
    """

    token_values: int
    positions: int
    classes: int
    layers: int
    heads: int
    mlps: int
    hidden: int
    causal: bool

    @property
    def codes(self) -> int:
        """The cardinality of every variable, k in the paper."""
        return max(self.token_values, self.positions)

    @property
    def variables(self) -> int:
        """How many variables there are at the end: inputs, heads and MLPs."""
        return self.readable(self.layers)

    def readable(self, layer: int) -> int:
        """How many variables the heads of a layer can read."""
        return INPUTS + layer * (self.heads + self.mlps)


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of one layer.

    Attributes:
        gates: which variable is read, `[R, READS, heads, variables]`.
        predicate: the key that a query asks for, `[R, heads, query code, key code]`.
    """

    gates: Tensor
    predicate: Tensor


@dataclass(frozen=True, slots=True)
class Mlps:
    """The MLPs of one layer.

    Attributes:
        gates: which two variables are read, `[R, 2, mlps, variables]`.
        first: input to hidden weights, `[R, 2, mlps, k, hidden]`.
        bias: `[R, mlps, hidden]`.
        second: hidden to output weights, `[R, mlps, hidden, k]`.
    """

    gates: Tensor
    first: Tensor
    bias: Tensor
    second: Tensor

    def table(self) -> Tensor:
        """Run the MLPs on every pair of codes: logits `[R, mlps, k * k, k]`."""
        left, right = self.first.unbind(1)
        hidden = left.unsqueeze(3) + right.unsqueeze(2) + self.bias[:, :, None, None]
        return torch.relu(hidden.flatten(2, 3)) @ self.second


@dataclass(frozen=True, slots=True)
class Parameters:
    """The flat vector by name; `readout` is `[R, classes, variables * k]`."""

    heads: tuple[Heads, ...]
    mlps: tuple[Mlps, ...]
    readout: Tensor


@dataclass(frozen=True, slots=True)
class _Block:
    size: tuple[int, ...]
    scale: float


def _choices(shape: Shape) -> list[_Block]:
    """Logits of the choices, layer by layer; Gumbel noise is added to these."""
    blocks, k = [], shape.codes
    for layer in range(shape.layers):
        seen = shape.readable(layer)
        blocks.append(_Block((READS, shape.heads, seen), _GATE_SCALE))
        blocks.append(_Block((shape.heads, k, k), 1 / sqrt(k)))
        blocks.append(_Block((2, shape.mlps, seen + shape.heads), _GATE_SCALE))
    return blocks


def _weights(shape: Shape) -> list[_Block]:
    """Ordinary weights: the MLPs, layer by layer, and the read-out."""
    blocks, k = [], shape.codes
    for _ in range(shape.layers):
        blocks.append(_Block((2, shape.mlps, k, shape.hidden), 1 / sqrt(2)))
        blocks.append(_Block((shape.mlps, shape.hidden), 0.1))
        blocks.append(_Block((shape.mlps, shape.hidden, k), 1 / sqrt(shape.hidden)))
    features = shape.variables * k
    return [*blocks, _Block((shape.classes, features), 1 / sqrt(features))]


def count_choices(shape: Shape) -> int:
    """How many numbers at the head of the vector are logits of choices."""
    return sum(prod(block.size) for block in _choices(shape))


def initial(shape: Shape, restarts: int, generator: torch.Generator) -> Tensor:
    """Random starting points `[restarts, size]`.

    The gates start almost equal: a head that begins with a liking for one variable
    keeps it before the rest of the network can say what would be useful.
    """
    blocks = [*_choices(shape), *_weights(shape)]
    normal = (
        torch.randn(restarts, prod(b.size), generator=generator) * b.scale
        for b in blocks
    )
    return torch.cat(list(normal), 1)


def unpack(flat: Tensor, shape: Shape) -> Parameters:
    """Name the parts of the flat vector `[R, size]`, without copying them."""
    blocks = [*_choices(shape), *_weights(shape)]
    parts = torch.split(flat, [prod(block.size) for block in blocks], 1)
    named = [
        part.view(len(flat), *block.size)
        for part, block in zip(parts, blocks, strict=True)
    ]
    choices, weights = named[: 3 * shape.layers], named[3 * shape.layers : -1]
    gates, predicates, reads = choices[::3], choices[1::3], choices[2::3]
    first, bias, second = weights[::3], weights[1::3], weights[2::3]
    return Parameters(
        heads=tuple(map(Heads, gates, predicates)),
        mlps=tuple(map(Mlps, reads, first, bias, second)) if shape.mlps else (),
        readout=named[-1],
    )
