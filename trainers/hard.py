"""The hard network: every choice made, run on integer codes.

All restarts run at once, so that the loop can ask how good each of them is by now.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from trainers.attention import ranks, visible
from trainers.data import PAD, Data
from trainers.discrete import Discrete, DiscreteHead, DiscreteTable
from trainers.parameters import Shape, unpack

_BLOCK = 2048  # examples at a time, to bound memory


@dataclass(frozen=True, slots=True)
class HardLayer:
    """The choices of one layer.

    Attributes:
        reads: query, key and value variable, `[R, 3, heads]`.
        predicate: the key code that a query code asks for, `[R, heads, k]`.
        pairs: the two variables that an MLP reads, `[R, 2, mlps]`.
        table: its output code for codes (a, b) at `a * k + b`, `[R, mlps, k * k]`.
    """

    reads: Tensor
    predicate: Tensor
    pairs: Tensor
    table: Tensor


@dataclass(frozen=True, slots=True)
class Hard:
    """All restarts, with their choices made.

    Attributes:
        shape: the size of the network.
        layers: the choices.
        readout: float64 weights `[R, variables, k, classes]`.
    """

    shape: Shape
    layers: tuple[HardLayer, ...]
    readout: Tensor

    def codes(self, tokens: Tensor) -> Tensor:
        """The code of each variable at each position.

        Args:
            tokens: `[examples, positions]`, `PAD` after the end.

        Returns:
            Codes `[R, variables, examples, positions]`; what stands in the padding
            means nothing.
        """
        keys = visible((tokens.T != PAD).float(), self.shape.causal)
        seen = keys.permute(2, 0, 1) > 0
        variables = _inputs(tokens).expand(self.readout.shape[0], -1, -1, -1)
        for layer in self.layers:
            variables = _attend(layer, variables, seen)
            if self.shape.mlps:
                variables = _look_up(layer, variables, self.shape.codes)
        return variables

    def predictions(self, tokens: Tensor) -> Tensor:
        """The class with the largest score, the first if equal, `[R, n, positions]`."""
        blocks = [
            total_scores(self.readout, self.codes(block)).argmax(-1)
            for block in torch.split(tokens, _BLOCK)
        ]
        return torch.cat(blocks, 1)

    def accuracy(self, data: Data) -> Tensor:
        """The share of labels predicted, float64 `[R]`."""
        right = (self.predictions(data.tokens) == data.targets) & data.scored
        return right.sum((1, 2)).double() / data.scored.sum()

    def restart(self, index: int) -> Hard:
        """One restart, as a network of its own."""
        one = slice(index, index + 1)
        layers = tuple(
            HardLayer(
                layer.reads[one],
                layer.predicate[one],
                layer.pairs[one],
                layer.table[one],
            )
            for layer in self.layers
        )
        return Hard(self.shape, layers, self.readout[one])

    def discrete(self) -> Discrete:
        """The only restart as plain data."""
        heads: list[DiscreteHead] = []
        tables: list[DiscreteTable] = []
        for number, layer in enumerate(self.layers):
            reads = zip(*layer.reads[0].tolist(), strict=True)
            for (query, key, value), row in zip(
                reads, layer.predicate[0].tolist(), strict=True
            ):
                heads.append(DiscreteHead(number, query, key, value, tuple(row)))
            pairs = zip(*layer.pairs[0].tolist(), strict=True)
            for (left, right), table in zip(pairs, layer.table[0], strict=True):
                square = table.view(self.shape.codes, self.shape.codes)
                tables.append(DiscreteTable(number, (left, right), square.numpy()))
        scores = self.readout[0].numpy()
        return Discrete(self.shape.layers, tuple(heads), tuple(tables), scores)


@torch.no_grad()
def harden(flat: Tensor, shape: Shape) -> Hard:
    """Make every choice of the relaxed networks `[R, size]`: the likeliest."""
    parameters = unpack(flat.detach(), shape)
    none = flat.new_zeros(flat.shape[0], 2, 0, dtype=torch.long)
    layers = []
    for layer, heads in enumerate(parameters.heads):
        pairs, table = none, none[:, 0, :, None]
        if parameters.mlps:
            mlps = parameters.mlps[layer]
            pairs, table = mlps.gates.argmax(-1), mlps.table().argmax(-1)
        reads, predicate = heads.gates.argmax(-1), heads.predicate.argmax(-1)
        layers.append(HardLayer(reads, predicate, pairs, table))
    size = (-1, shape.classes, shape.variables, shape.codes)
    readout = parameters.readout.view(size).permute(0, 2, 3, 1)
    return Hard(shape, tuple(layers), readout.double().contiguous())


def total_scores(readout: Tensor, codes: Tensor) -> Tensor:
    """Sum the score rows of all variables.

    Args:
        readout: `[R, variables, k, classes]`.
        codes: `[R, variables, ...]`.

    Returns:
        `[R, ..., classes]`.
    """
    restart = torch.arange(len(codes)).view(-1, *[1] * (codes.dim() - 2))
    rows = (
        readout[restart, variable, codes[:, variable]]
        for variable in range(codes.shape[1])
    )
    return torch.stack(list(rows)).sum(0)


def _inputs(tokens: Tensor) -> Tensor:
    positions = torch.arange(tokens.shape[1]).expand_as(tokens)
    return torch.stack([tokens.clamp(min=0), positions])


def _pick(variables: Tensor, which: Tensor) -> Tensor:
    """The variables `[R, V, n, N]` that `which` `[R, count]` names."""
    return variables[torch.arange(len(which)).unsqueeze(1), which]


def _attend(layer: HardLayer, variables: Tensor, seen: Tensor) -> Tensor:
    """Append what the heads write, by `select_closest`."""
    query, key, value = (_pick(variables, which) for which in layer.reads.unbind(1))
    wanted = layer.predicate.gather(2, query.flatten(2)).view_as(query)
    matches = (wanted.unsqueeze(4) == key.unsqueeze(3)) & seen
    positions = key.shape[3]
    order = torch.where(matches, ranks(positions), positions)
    nearest, at = order.min(4)
    at = at.where(nearest < positions, 0)
    return torch.cat([variables, value.gather(3, at)], 1)


def _look_up(layer: HardLayer, variables: Tensor, k: int) -> Tensor:
    """Append what the tables write."""
    left, right = (_pick(variables, which) for which in layer.pairs.unbind(1))
    row = left * k + right
    written = layer.table.gather(2, row.flatten(2)).view_as(row)
    return torch.cat([variables, written], 1)
