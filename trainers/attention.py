"""Which position a head attends to: for sure, and relaxed.

`select_closest` takes the nearest matching key; of two equally near, the left one; the
query's own position only when nothing else matches; position 0 when nothing matches.
`select_best` takes the key with the highest score, of equals the nearest by that rule.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
from torch import Tensor


@lru_cache(maxsize=8)
def ranks(positions: int) -> Tensor:
    """How near each key is to each query: 0 is nearest, `[query, key]`."""
    at = torch.arange(positions)
    distance = (at.unsqueeze(0) - at.unsqueeze(1)).abs()
    distance.fill_diagonal_(positions)  # itself comes last
    return (distance * positions + at).argsort(1).argsort(1)


@lru_cache(maxsize=8)
def earlier(positions: int, device: torch.device) -> Tensor:
    """1 where a causal query may see the key, `[query, key, 1]`."""
    return torch.ones(positions, positions, device=device).tril().unsqueeze(2)


@lru_cache(maxsize=8)
def _by_rank(positions: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Where each (rank, query) is among all (query, key), and the way back."""
    nearest = ranks(positions).argsort(1)
    queries = torch.arange(positions)
    there = (queries * positions + nearest.T).flatten()
    return there.to(device), there.argsort().to(device)


class _Closest(torch.autograd.Function):
    """Goes through the keys of all queries at once, the nearest first."""

    @staticmethod
    def forward(ctx: Any, match: Tensor, asking: Tensor) -> Tensor:
        positions, size = match.shape[2], match.shape
        there, back = _by_rank(positions, match.device)
        ranked = (*size[:2], positions, positions, size[4])
        near = match.flatten(2, 3).index_select(2, there).view(ranked)
        attention = torch.empty_like(near)
        # Before each rank and after the last: the chance that none matched so far.
        left = near.new_empty(*size[:2], positions + 1, positions, size[4])
        chances, now = left.unbind(2), attention.unbind(2)
        chances[0].copy_(asking)
        for rank, match_now in enumerate(near.unbind(2)):
            torch.mul(match_now, chances[rank], out=now[rank])
            torch.sub(chances[rank], now[rank], out=chances[rank + 1])
        ctx.save_for_backward(near, left)
        result = attention.flatten(2, 3).index_select(2, back).view(size)
        result[:, :, :, 0] += chances[-1]
        return result

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        near, left = ctx.saved_tensors
        (grad,) = grads
        there, back = _by_rank(grad.shape[2], grad.device)
        ranked = grad.flatten(2, 3).index_select(2, there).view_as(near)
        last = grad[:, :, :, 0].clone()
        ordered = zip(near.unbind(2), left.unbind(2), ranked.unbind(2), strict=False)
        for match, chance, slope in reversed(list(ordered)):
            slope.sub_(last)
            last.addcmul_(match, slope)
            slope.mul_(chance)
        return ranked.flatten(2, 3).index_select(2, back).view_as(grad), None


def expected_closest(match: Tensor, asking: Tensor) -> Tensor:
    """The expected attention of `select_closest` when matches are uncertain.

    Taking matches as independent, a key is attended to when it matches and no closer
    key does. What is left, that nothing matches, goes to position 0. With certain
    matches this is `select_closest` itself. It needs no sampling, where the paper
    (section 3.2) draws Gumbel noise for every pair of positions in every example.

    Args:
        match: the probability that a key matches, `[R, heads, query, key, batch]`.
        asking: 1 for a query that attends, 0 for one in the padding, `[query, batch]`.

    Returns:
        The probability that a key is attended to, of the same size.
    """
    attention: Tensor = _Closest.apply(match, asking)  # type: ignore[no-untyped-call]
    return attention


def expected_best(
    scores: Tensor, real: Tensor, causal: bool, temperature: Tensor
) -> Tensor:
    """The attention of `select_best` at a temperature: a softmax of the scores.

    Of keys with equal scores the nearest must get all attention as the temperature
    falls, yet never at the cost of a better key: so how many keys are nearer (of all
    positions, padding too) counts by the square root of the temperature.

    Args:
        scores: of each key for each query, `[R, heads, query, key, batch]`.
        real: 1 for a position that is there, 0 in the padding, `[position, batch]`.
        causal: whether a query sees only keys at or before it.
        temperature: a number.

    Returns:
        The attention of a key, of the same size; none in the padding.
    """
    positions = scores.shape[2]
    seen = real.unsqueeze(0) > 0
    if causal:
        seen = seen & (earlier(positions, real.device) > 0)
    far = ranks(positions).to(real.device).unsqueeze(2) / temperature.sqrt()
    logits = scores / temperature - far
    logits = logits.masked_fill(~seen, torch.finfo(logits.dtype).min)
    return torch.softmax(logits, 3) * real.unsqueeze(1)


def _product(a: Tensor, b: Tensor) -> Tensor:
    left, right = a.unsqueeze(-2).unbind(-3), b.unsqueeze(-4).unbind(-3)
    result = left[0] * right[0]
    for x, y in zip(left[1:], right[1:], strict=True):
        result.addcmul_(x, y)
    return result


def _product_like(a: Tensor, b: Tensor, other: Tensor) -> Tensor:
    """The product, laid out in memory as another matrix of its size is."""
    if other.stride(-3) < other.stride(-2):
        turned = _product(b.transpose(-2, -3), a.transpose(-2, -3))
        return turned.transpose(-2, -3)
    return _product(a, b)


class _BatchLast(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor) -> Tensor:
        ctx.save_for_backward(a, b)
        return _product(a, b)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor]:
        a, b = ctx.saved_tensors
        (grad,) = grads
        return (
            _product_like(grad, b.transpose(-2, -3), a),
            _product_like(a.transpose(-2, -3), grad, b),
        )


def batch_last_product(a: Tensor, b: Tensor) -> Tensor:
    """Multiply matrices that have the batch as their last axis.

    `[..., x, z, batch]` times `[..., z, y, batch]` gives `[..., x, y, batch]`. The
    matrices are tiny and many; `matmul` would take them one by one, eight times slower.
    """
    product: Tensor = _BatchLast.apply(a, b)  # type: ignore[no-untyped-call]
    return product
