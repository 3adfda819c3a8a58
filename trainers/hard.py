"""The hard network: every choice made, run on integer codes.

All restarts run at once, so that the loop can ask how good each of them is by now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trainers.attention import earlier, ranks
from trainers.config import Predicates
from trainers.data import PAD, Data
from trainers.discrete import (
    INPUTS,
    ONES,
    POSITIONS,
    TOKENS,
    Copy,
    Count,
    Discrete,
    Floats,
    Node,
    Prefer,
    Table,
)
from trainers.parameters import Mlps, NumericalMlps, Shape, unpack

_BLOCK = 2048  # examples at a time, to bound memory


@dataclass(frozen=True, slots=True)
class HardHeads:
    """The choices of the heads of one layer, the categorical ones first.

    Attributes:
        asks: query and key variable, `[R, 2, all heads]`.
        values: the variable that a categorical head copies, `[R, heads]`.
        sums: the variable that a numerical head sums, `[R, numerical heads]`.
        predicate: which key codes a query code asks for, bool `[R, heads, k, k]`: of
            all heads, or of numerical ones where the others have scores.
        scores: how good a key code is to a query code, `[R, heads or none, k, k]`.
    """

    asks: Tensor
    values: Tensor
    sums: Tensor
    predicate: Tensor
    scores: Tensor


@dataclass(frozen=True, slots=True)
class HardMlps:
    """The choices of the MLPs of one layer that read one kind of variable.

    Attributes:
        pairs: the two variables that an MLP reads, `[R, 2, mlps]`.
        table: its output code for codes (a, b), `[R, mlps, code, code]`.
    """

    pairs: Tensor
    table: Tensor


@dataclass(frozen=True, slots=True)
class HardLayer:
    """The choices of one layer."""

    heads: HardHeads
    mlps: HardMlps
    numerical_mlps: HardMlps


@dataclass(frozen=True, slots=True)
class Values:
    """All variables: codes `[R, variables, ...]` and numbers `[R, counts, ...]`."""

    codes: Tensor
    numbers: Tensor

    def at(self, places: Tensor) -> Values:
        """Only where a mask over the trailing axes is true."""
        return Values(self.codes[:, :, places], self.numbers[:, :, places])


@dataclass(frozen=True, slots=True)
class Readout:
    """Float64 weights.

    Attributes:
        codes: `[R, variables, k, classes]`.
        numbers: `[R, counts, classes]`.
    """

    codes: Tensor
    numbers: Tensor

    def scores(self, values: Values) -> Tensor:
        """Sum the score rows of all variables, `[R, ..., classes]`."""
        codes, numbers = values.codes, values.numbers
        restart = torch.arange(len(codes), device=codes.device).view(
            -1, *[1] * (codes.dim() - 2)
        )
        total = torch.einsum("rv...,rvc->r...c", numbers.double(), self.numbers)
        for variable in range(codes.shape[1]):
            total += self.codes[restart, variable, codes[:, variable]]
        return total


@dataclass(frozen=True, slots=True)
class Hard:
    """All restarts, with their choices made."""

    shape: Shape
    layers: tuple[HardLayer, ...]
    readout: Readout

    def values(self, tokens: Tensor) -> Values:
        """Every variable at each position.

        Args:
            tokens: `[examples, positions]`, `PAD` after the end.

        Returns:
            `[R, variables, examples, positions]`; what stands in the padding means
            nothing.
        """
        restarts = self.readout.codes.shape[0]
        seen = (tokens != PAD).unsqueeze(1)
        if self.shape.causal:
            seen = seen & (earlier(tokens.shape[1], tokens.device).squeeze(2) > 0)
        positions = torch.arange(tokens.shape[1], device=tokens.device)
        codes = torch.stack([tokens.clamp(min=0), positions.expand_as(tokens)])
        found = Values(
            codes.expand(restarts, -1, -1, -1),
            torch.ones_like(tokens).expand(restarts, 1, -1, -1),
        )
        for layer in self.layers:
            found = _attend(layer.heads, found, seen)
            written = _look_up(layer.mlps, found.codes)
            largest = self.shape.numbers - 1
            counted = _look_up(layer.numerical_mlps, found.numbers.clamp(max=largest))
            codes = torch.cat([found.codes, written, counted], 1)
            found = Values(codes, found.numbers)
        return found

    def scores(self, tokens: Tensor) -> Tensor:
        """The score of each class, float64 `[R, n, positions, classes]`.

        Pooled, they are summed over the positions that are no padding: `[R, n, 1,
        classes]`. To fit another read-out, begin with `values`, and sum likewise.
        """
        scores = self.readout.scores(self.values(tokens))
        if self.shape.pooled:
            real = (tokens != PAD).unsqueeze(2)
            return (scores * real).sum(2, keepdim=True)
        return scores

    def predictions(self, tokens: Tensor) -> Tensor:
        """The class with the largest score, the first of those that are equal.

        Returns:
            `[R, n, positions]`, or `[R, n, 1]` if pooled.
        """
        blocks = [
            self.scores(block).argmax(-1) for block in torch.split(tokens, _BLOCK)
        ]
        return torch.cat(blocks, 1)

    def accuracy(self, data: Data) -> Tensor:
        """The share of labels predicted, float64 `[R]`."""
        right = (self.predictions(data.tokens) == data.targets) & data.scored
        return right.sum((1, 2)).double() / data.scored.sum()

    def restart(self, index: int) -> Hard:
        """One restart, as a network of its own."""
        one = slice(index, index + 1)
        layers = tuple(_row(layer, one) for layer in self.layers)
        return Hard(self.shape, layers, _row(self.readout, one))

    def discrete(self) -> Discrete:
        """The only restart as plain data."""
        codes, numbers, nodes = [TOKENS, POSITIONS], [ONES], list[Node]()

        def add(found: Sequence[Node], variables: list[int]) -> None:
            variables += range(INPUTS + len(nodes), INPUTS + len(nodes) + len(found))
            nodes.extend(found)

        for number, layer in enumerate(self.layers):
            heads = layer.heads
            asks = [(codes[q], codes[k]) for q, k in heads.asks[0].T.tolist()]
            copied = [codes[v] for v in heads.values[0].tolist()]
            summed = [numbers[v] for v in heads.sums[0].tolist()]
            rows, count = heads.predicate[0].numpy(), len(copied)
            made: Sequence[Node]
            if len(heads.scores[0]):
                orders = map(_order, heads.scores[0].numpy())
                best = zip(asks, copied, orders, strict=False)
                made = [Prefer(number, *ask, value, row) for ask, value, row in best]
            else:
                copies = zip(asks, copied, rows, strict=False)
                made = [Copy(number, *ask, value, row) for ask, value, row in copies]
                rows = rows[count:]
            counts = zip(asks[count:], summed, rows, strict=True)
            sums = [Count(number, *ask, value, row) for ask, value, row in counts]
            add(made, codes)
            add(sums, numbers)
            tables = _named(number, layer.mlps, codes)
            counting = _named(number, layer.numerical_mlps, numbers)
            add([*tables, *counting], codes)
        scores: list[Floats] = [np.empty(0)] * (INPUTS + len(nodes))
        for variable, weights in zip(codes, self.readout.codes[0], strict=True):
            scores[variable] = weights.numpy()
        for variable, weights in zip(numbers, self.readout.numbers[0], strict=True):
            scores[variable] = weights.numpy()[None]
        shape = self.shape
        return Discrete(
            tuple(nodes), tuple(scores), shape.classes, shape.causal, shape.pooled
        )


def _order(scores: Floats) -> NDArray[np.int64]:
    """The scores of each query code as ranks, 0 for the lowest `[k, k]`."""
    return np.stack([np.unique(row, return_inverse=True)[1] for row in scores])


def _named(layer: int, mlps: HardMlps, variables: Sequence[int]) -> list[Table]:
    """The MLPs of one layer, with the variables that they read by number."""
    pairs = mlps.pairs[0].T.tolist()
    return [
        Table(layer, (variables[left], variables[right]), table.numpy())
        for (left, right), table in zip(pairs, mlps.table[0], strict=True)
    ]


@torch.no_grad()
def harden(flat: Tensor, shape: Shape) -> Hard:
    """Make every choice of the relaxed networks `[R, size]`: the likeliest."""
    parameters = unpack(flat.detach(), shape)
    layers = []
    for layer in parameters.layers:
        heads = layer.heads
        reads = heads.reads.argmax(-1)
        asking = heads.scores.shape[1] + heads.predicate.shape[1]
        made = HardHeads(
            torch.stack([reads[:, :asking], reads[:, asking : 2 * asking]], 1),
            reads[:, 2 * asking :],
            heads.sums.argmax(-1),
            _sets(heads.predicate, shape.predicates),
            heads.scores,
        )
        numerical = _numerical_tables(layer.numerical_mlps, shape.numbers)
        layers.append(HardLayer(made, _tables(layer.mlps), numerical))
    weights = parameters.readout.double().transpose(1, 2)
    split = shape.variables * shape.codes
    size = (-1, shape.variables, shape.codes, shape.classes)
    codes = weights[:, :split].reshape(size)
    readout = Readout(codes.contiguous(), weights[:, split:].contiguous())
    return Hard(shape, tuple(layers), readout)


def _row(part: Any, one: slice) -> Any:
    """The same dataclass of tensors (or of such), with only some restarts."""
    if isinstance(part, Tensor):
        return part[one]
    return type(part)(*(_row(getattr(part, f.name), one) for f in fields(part)))


def _sets(predicate: Tensor, kind: Predicates) -> Tensor:
    """Which key codes each query code asks for, bool `[R, heads, k, k]`."""
    if kind == "many":
        return predicate[..., 1] > predicate[..., 0]
    asked = predicate.argmax(-1, keepdim=True)
    return torch.zeros_like(predicate, dtype=torch.bool).scatter_(-1, asked, True)


def _tables(mlps: Mlps) -> HardMlps:
    codes = mlps.first.shape[3]
    table = mlps.table().argmax(-1)
    return HardMlps(mlps.gates.argmax(-1), table.view(*table.shape[:2], codes, codes))


def _numerical_tables(mlps: NumericalMlps, numbers: int) -> HardMlps:
    each = torch.arange(numbers, dtype=torch.float, device=mlps.bias.device)
    grid = torch.cartesian_prod(each, each).T
    left, right = (side.expand(*mlps.bias.shape[:2], -1) for side in grid)
    table = mlps.logits(left, right).argmax(2)
    pairs = mlps.gates.argmax(-1)
    return HardMlps(pairs, table.view(*table.shape[:2], numbers, numbers))


def _pick(variables: Tensor, which: Tensor) -> Tensor:
    """The variables `[R, V, n, N]` that `which` `[R, count]` names."""
    restart = torch.arange(len(which), device=which.device).unsqueeze(1)
    return variables[restart, which]


def _at_pairs(table: Tensor, query: Tensor, key: Tensor) -> Tensor:
    """The cells `[R, heads, code, code]` of all (query, key): `[R, heads, n, N, N]`."""
    restart = torch.arange(len(query), device=query.device).view(-1, 1, 1, 1, 1)
    head = torch.arange(query.shape[1], device=query.device).view(-1, 1, 1, 1)
    return table[restart, head, query.unsqueeze(4), key.unsqueeze(3)]


def _attend(heads: HardHeads, found: Values, seen: Tensor) -> Values:
    """Append what the heads write: the nearest match, or the sum over all matches."""
    query, key = (_pick(found.codes, which) for which in heads.asks.unbind(1))
    scored = heads.scores.shape[1]
    best = _at_pairs(heads.scores, query[:, :scored], key[:, :scored])
    best = best.where(seen, -torch.inf)
    asked = _at_pairs(heads.predicate, query[:, scored:], key[:, scored:])
    matches = torch.cat([best == best.amax(4, keepdim=True), asked], 1) & seen
    copying, positions = heads.values.shape[1], key.shape[3]
    near = ranks(positions).to(query.device)
    order = torch.where(matches[:, :copying], near, positions)
    nearest, at = order.min(4)
    at = at.where(nearest < positions, 0)
    copied = _pick(found.codes, heads.values).gather(3, at)
    summed = _pick(found.numbers, heads.sums).unsqueeze(3)
    sums = (matches[:, copying:] * summed).sum(4)
    codes = torch.cat([found.codes, copied], 1)
    return Values(codes, torch.cat([found.numbers, sums], 1))


def _look_up(mlps: HardMlps, variables: Tensor) -> Tensor:
    """What the tables write."""
    left, right = (_pick(variables, which) for which in mlps.pairs.unbind(1))
    size = mlps.table.shape[-1]
    row = left * size + right
    table = mlps.table.flatten(2)
    written: Tensor = table.gather(2, row.flatten(2)).view_as(row)
    return written
