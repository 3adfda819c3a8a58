"""What a network learns: its shape, and one flat vector of numbers for each restart.

All parameters lie in one tensor `[restarts, size]`, the choices first. One draw of
noise and one optimiser step then cover everything, which matters where a step is many
small operations; and restarts, being rows, cannot touch each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod, sqrt

import torch
from torch import Tensor

from trainers.config import Attention, Predicates

INPUTS = 2  # the categorical variables tokens and positions; ones is the numerical one
_GATE_SCALE = 0.1
_BLOCKS, _OF_CODES = 6, (2, 3)  # of choices in a layer: predicates and scores


@dataclass(frozen=True)
class Shape:
    """The size of a network (paper, section 3).

    Attributes:
        token_values: how many tokens there are, begin and end included.
        positions: the longest input, begin and end included.
        classes: how many classes the read-out tells apart.
        layers: blocks of heads, then MLPs.
        heads: categorical heads in a layer, side by side.
        numerical_heads: numerical heads in a layer.
        mlps: categorical MLPs in a layer, side by side, after the heads.
        numerical_mlps: numerical MLPs in a layer.
        hidden: hidden units in an MLP.
        predicates: whether a query value asks for one key value or for any set.
        causal: whether a head sees only keys at or before its query.
        pooled: whether there is one answer for an input, by the scores summed over all
            its positions (section 4.3), and not one for each position.
        attention: whether categorical heads look by predicates or by scores.
    """

    token_values: int
    positions: int
    classes: int
    layers: int
    heads: int
    numerical_heads: int
    mlps: int
    numerical_mlps: int
    hidden: int
    predicates: Predicates
    causal: bool
    pooled: bool = False
    attention: Attention = "predicate"

    @property
    def codes(self) -> int:
        """The cardinality of every categorical variable, k in the paper."""
        return max(self.token_values, self.positions)

    @property
    def numbers(self) -> int:
        """How many numbers an MLP tells apart: none to all positions; more is all."""
        return self.positions + 1

    @property
    def variables(self) -> int:
        """How many categorical variables there are at the end."""
        return self.readable(self.layers)

    @property
    def counts(self) -> int:
        """How many numerical variables there are at the end, ones included."""
        return self.countable(self.layers)

    @property
    def features(self) -> int:
        """How many numbers the read-out sees at a position."""
        return self.variables * self.codes + self.counts

    def readable(self, layer: int) -> int:
        """How many categorical variables the heads of a layer can read."""
        return INPUTS + layer * (self.heads + self.mlps + self.numerical_mlps)

    def countable(self, layer: int) -> int:
        """How many numerical variables the heads of a layer can read."""
        return 1 + layer * self.numerical_heads

    @cached_property
    def choices(self) -> tuple[tuple[int, ...], ...]:
        """The sizes of the logits of choices, some blocks a layer."""
        return tuple(_choices(self))

    @cached_property
    def weights(self) -> tuple[tuple[tuple[int, ...], float], ...]:
        """The sizes of ordinary weights, and how they are scaled at the start."""
        return tuple(_weights(self))


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of one layer, the categorical ones first.

    Attributes:
        reads: which categorical variables are read, `[R, reads, variables]`: the
            queries of all heads, then their keys, then what categorical heads copy.
        sums: what a numerical head sums, `[R, numerical heads, numerical variables]`.
        predicate: `[R, heads, query code, key code]`, the key code that a query code
            asks for; if it may ask for many, `[..., key code, 2]`: no or yes. Of all
            heads, or only of numerical ones where the others have scores.
        scores: `[R, categorical heads or none, query code, key code]`, high is good.
    """

    reads: Tensor
    sums: Tensor
    predicate: Tensor
    scores: Tensor


@dataclass(frozen=True, slots=True)
class Mlps:
    """The categorical MLPs of one layer.

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
        """Run the MLPs on every pair of codes: logits `[R, mlps, pairs, k]`."""
        left, right = self.first.unbind(1)
        hidden = left.unsqueeze(3) + right.unsqueeze(2) + self.bias[:, :, None, None]
        return torch.relu(hidden.flatten(2, 3)) @ self.second


@dataclass(frozen=True, slots=True)
class NumericalMlps:
    """The MLPs of one layer that read numerical variables.

    Attributes:
        gates: which two variables are read, `[R, 2, mlps, numerical variables]`.
        first: input to hidden weights, `[R, 2, mlps, hidden]`.
        bias: `[R, mlps, hidden]`.
        second: hidden to output weights, `[R, mlps, hidden, k]`.
    """

    gates: Tensor
    first: Tensor
    bias: Tensor
    second: Tensor

    def logits(self, left: Tensor, right: Tensor) -> Tensor:
        """Run the MLPs on pairs of numbers.

        Args:
            left, right: `[R, mlps, places]`.

        Returns:
            Logits of the output code, `[R, mlps, k, places]`.
        """
        inputs = torch.stack([left, right, torch.ones_like(left)], 2)
        first, second = self.first.unbind(1)
        weights = torch.stack([first, second, self.bias], 3)
        return self.second.transpose(2, 3) @ (weights @ inputs).relu_()


@dataclass(frozen=True, slots=True)
class Layer:
    """Heads, then MLPs over categorical variables, then MLPs over numbers."""

    heads: Heads
    mlps: Mlps
    numerical_mlps: NumericalMlps


@dataclass(frozen=True, slots=True)
class Parameters:
    """The flat vector by name; `readout` is `[R, classes, features]`."""

    layers: tuple[Layer, ...]
    readout: Tensor


def _choices(shape: Shape) -> Iterator[tuple[int, ...]]:
    k, heads, sums = shape.codes, shape.heads, shape.numerical_heads
    scored = heads if shape.attention == "score" else 0
    yes_or_no = (2,) if shape.predicates == "many" else ()
    for layer in range(shape.layers):
        seen, counted = shape.readable(layer), shape.countable(layer)
        yield (2 * (heads + sums) + heads, seen)
        yield (sums, counted)
        yield (heads + sums - scored, k, k, *yes_or_no)
        yield (scored, k, k)
        yield (2, shape.mlps, seen + heads)
        yield (2, shape.numerical_mlps, counted + sums)


def _weights(shape: Shape) -> Iterator[tuple[tuple[int, ...], float]]:
    k, hidden = shape.codes, shape.hidden
    for _ in range(shape.layers):
        yield (2, shape.mlps, k, hidden), 1 / sqrt(2)
        yield (shape.mlps, hidden), 0.1
        yield (shape.mlps, hidden, k), 1 / sqrt(hidden)
        yield (2, shape.numerical_mlps, hidden), 1 / sqrt(2)
        yield (shape.numerical_mlps, hidden), shape.positions / 4
        yield (shape.numerical_mlps, hidden, k), 1 / sqrt(hidden)
    yield (shape.classes, shape.features), 1 / sqrt(shape.features)


def count_choices(shape: Shape) -> int:
    """How many numbers at the head of the vector are logits of choices."""
    return sum(map(prod, shape.choices))


def count_noise(shape: Shape) -> int:
    """How many random numbers a step takes: for each choice, then each table cell."""
    cells = shape.mlps * shape.codes**3
    return count_choices(shape) + shape.layers * cells


def initial(shape: Shape, generator: torch.Generator) -> Tensor:
    """A random starting point `[size]`.

    The gates start almost equal: a head that begins with a liking for one variable
    keeps it before the rest of the network can say what would be useful.
    """
    code = 1 / sqrt(shape.codes)
    scales = [
        (size, code if i % _BLOCKS in _OF_CODES else _GATE_SCALE)
        for i, size in enumerate(shape.choices)
    ]
    normal = (
        torch.randn(prod(size), generator=generator) * scale
        for size, scale in (*scales, *shape.weights)
    )
    return torch.cat(list(normal))


def unpack(flat: Tensor, shape: Shape) -> Parameters:
    """Name the parts of the flat vector `[R, size]`, without copying them."""
    sizes = [*shape.choices, *(size for size, _ in shape.weights)]
    parts = torch.split(flat, list(map(prod, sizes)), 1)
    named = iter(
        part.view(len(flat), *size) for part, size in zip(parts, sizes, strict=True)
    )
    chosen = [[next(named) for _ in range(_BLOCKS)] for _ in range(shape.layers)]
    layers = []
    for reads, sums, predicate, scores, pairs, counts in chosen:
        mlps = Mlps(pairs, next(named), next(named), next(named))
        numerical = NumericalMlps(counts, next(named), next(named), next(named))
        layers.append(Layer(Heads(reads, sums, predicate, scores), mlps, numerical))
    return Parameters(tuple(layers), next(named))
