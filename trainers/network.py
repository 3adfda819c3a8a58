"""The trained Transformer itself, with every choice made, in torch.

What a program is lifted from, and compared with on every input of its domain. It is
written in terms of attention matrices and one-hot choices, apart from the numpy
evaluation of programs, so that one vouches for the other.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from trainers.attention import ranks
from trainers.data import PAD, Data
from trainers.discrete import Count, Discrete, Node, Prefer, Table

_BLOCK = 2048  # examples at a time, to bound memory


class Network(nn.Module):
    """A hard Transformer (paper, section 3).

    Args:
        discrete: its choices.
    """

    def __init__(self, discrete: Discrete) -> None:
        super().__init__()
        self.discrete = discrete

    @torch.no_grad()
    def forward(self, tokens: Tensor) -> Tensor:
        """Score the classes.

        Args:
            tokens: codes `[examples, positions]`, `PAD` after the end.

        Returns:
            float64 `[examples, positions, classes]`; pooled: `[examples, 1, classes]`.
        """
        return self.scores(self._values(tokens), tokens)

    def scores(self, values: list[Tensor], tokens: Tensor) -> Tensor:
        """Score the classes, given every variable at each position of `tokens`."""
        scores = self._scores(values)
        if self.discrete.pooled:
            real = tokens != PAD
            return (scores * real.unsqueeze(2)).sum(1, keepdim=True)
        return scores

    def values(self, tokens: Tensor) -> list[Tensor]:
        """Every variable at each position, `[examples, positions]`."""
        blocks = [self._values(block) for block in torch.split(tokens, _BLOCK)]
        return [torch.cat(parts) for parts in zip(*blocks, strict=True)]

    def predictions(self, tokens: Tensor) -> Tensor:
        """The class with the largest score, the first if equal.

        Returns:
            `[examples, positions]`; pooled: `[examples, 1]`.
        """
        blocks = torch.split(tokens, _BLOCK)
        return torch.cat([self(block).argmax(-1) for block in blocks])

    def accuracy(self, data: Data) -> float:
        """The share of labels predicted."""
        right = (self.predictions(data.tokens) == data.targets) & data.scored
        return int(right.sum()) / int(data.scored.sum())

    def _values(self, tokens: Tensor) -> list[Tensor]:
        keys = keys_of(tokens, self.discrete.causal)
        values = [
            tokens.clamp(min=0),
            torch.arange(tokens.shape[1]).expand_as(tokens),
            torch.ones_like(tokens),
        ]
        for node in self.discrete.nodes:
            values.append(apply(node, values, keys))
        return values

    @torch.no_grad()
    def contributions(self, tokens: Tensor) -> Tensor:
        """What each variable adds to the score of each class.

        Returns:
            float64 `[examples, positions, variables, classes]`.
        """
        values = self._values(tokens)
        added = [self.added(number, value) for number, value in enumerate(values)]
        size = (*tokens.shape, self.discrete.classes)
        zero = torch.zeros(size, dtype=torch.float64)
        return torch.stack([zero if part is None else part for part in added], 2)

    def _scores(self, values: list[Tensor]) -> Tensor:
        size = (*values[0].shape, self.discrete.classes)
        total = torch.zeros(size, dtype=torch.float64)
        for number, value in enumerate(values):
            added = self.added(number, value)
            total += 0 if added is None else added
        return total

    def added(self, number: int, value: Tensor) -> Tensor | None:
        """What one variable adds to the scores; None: nothing."""
        rows = self.discrete.scores[number]
        if rows is None:
            return None
        weights = torch.tensor(rows)
        if self.discrete.numerical[number]:
            return value.unsqueeze(-1) * weights
        return weights[value]


def keys_of(tokens: Tensor, causal: bool) -> Tensor:
    """Which keys a query may see, `[examples, query or 1, key]`."""
    keys = (tokens != PAD).unsqueeze(1)
    if causal:
        positions = tokens.shape[1]
        keys = keys & torch.ones(positions, positions, dtype=torch.bool).tril()
    return keys


def reads(node: Node) -> tuple[int, ...]:
    """The variables that a node reads."""
    if isinstance(node, Table):
        return node.inputs
    return node.query, node.key, node.value


def apply(node: Node, values: list[Tensor], keys: Tensor) -> Tensor:
    """What a node writes, `[examples, positions]`.

    Args:
        node: the node.
        values: every variable that it reads, `[examples, positions]`.
        keys: which keys a query may see, `[examples, query or 1, key]`.
    """
    if isinstance(node, Table):
        output = torch.tensor(node.output)
        places = [
            values[v].clamp(max=size - 1)
            for v, size in zip(node.inputs, output.shape, strict=True)
        ]
        return output[tuple(places)]
    query, key = values[node.query].unsqueeze(2), values[node.key].unsqueeze(1)
    positions = keys.shape[2]
    if isinstance(node, Prefer):
        good = torch.tensor(node.scores)[query, key] * positions - ranks(positions)
        attended = good.where(keys, good.min() - 1).argmax(2)
    else:
        matches = torch.tensor(node.predicate)[query, key] & keys
        if isinstance(node, Count):
            return (matches * values[node.value].unsqueeze(1)).sum(2)
        near = ranks(positions)
        if node.tie == "matches":
            near = _with_matches(matches)
        far = int(near.max()) + 1
        nearest, at = torch.where(matches, near, far).min(2)
        attended = at.where(nearest < far, 0)
    attention = functional.one_hot(attended, positions)
    return (attention * values[node.value].unsqueeze(1)).sum(2)


def _with_matches(matches: Tensor) -> Tensor:
    """How near each key is if the query's own position is as far away as there are
    matches, `[examples, query, key]`; of two equally near the left one is nearer.
    """
    positions = matches.shape[2]
    at = torch.arange(positions)
    away = (at.unsqueeze(0) - at.unsqueeze(1)).abs()
    itself = torch.eye(positions, dtype=torch.bool)
    return torch.where(itself, matches.sum(2, keepdim=True), away) * positions + at
