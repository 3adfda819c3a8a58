"""Which position a head attends to: the closest match, for sure and in expectation.

`select_closest` takes the nearest matching key; of two equally near, the left one; the
query's own position only when nothing else matches; position 0 when nothing matches.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

_NEARLY_ONE = 1 - 1e-6  # a sure match: log(1 - s) stays finite


@lru_cache(maxsize=8)
def ranks(positions: int) -> Tensor:
    """How near each key is to each query: 0 is nearest, `[query, key]`."""
    at = torch.arange(positions)
    distance = (at.unsqueeze(0) - at.unsqueeze(1)).abs()
    distance.fill_diagonal_(positions)  # itself comes last
    return (distance * positions + at).argsort(1).argsort(1)


@lru_cache(maxsize=8)
def _closer(positions: int) -> Tensor:
    """1 where key `other` is closer to the query than `key`: `[query, key, other]`."""
    rank = ranks(positions)
    return (rank.unsqueeze(1) < rank.unsqueeze(2)).float()


def visible(real: Tensor, causal: bool) -> Tensor:
    """Which keys a query may attend to.

    Args:
        real: 1 where an input has a token, 0 in the padding, `[positions, batch]`.
        causal: whether keys after the query are hidden.

    Returns:
        `[query, key, batch]`; the query axis has length 1 where all queries see alike.
    """
    if not causal:
        return real.unsqueeze(0)
    positions = real.shape[0]
    earlier = torch.ones(positions, positions, dtype=real.dtype).tril()
    return earlier.unsqueeze(2) * real


def expected_closest(match: Tensor) -> Tensor:
    """The expected attention of `select_closest` when matches are uncertain.

    Taking matches as independent, a key is attended to when it matches and no closer
    key does. What is left, that nothing matches, goes to position 0. With certain
    matches this is `select_closest` itself. It needs no sampling, where the paper
    (section 3.2) draws Gumbel noise for every pair of positions in every example.

    Args:
        match: the probability that a key matches, `[R, heads, query, key, batch]`.

    Returns:
        The probability that a key is attended to, of the same size.
    """
    match = match.clamp(max=_NEARLY_ONE)
    misses = torch.log1p(-match)
    attention = match * torch.exp(_closer(match.shape[2]) @ misses)
    nothing = torch.exp(misses.sum(3, keepdim=True))
    first, others = attention[:, :, :, :1], attention[:, :, :, 1:]
    return torch.cat([first + nothing, others], 3)


def _product(a: Tensor, b: Tensor) -> Tensor:
    result = a.select(-2, 0).unsqueeze(-2) * b.select(-3, 0).unsqueeze(-3)
    for z in range(1, a.shape[-2]):
        result.addcmul_(a.select(-2, z).unsqueeze(-2), b.select(-3, z).unsqueeze(-3))
    return result


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
            _product(grad, b.transpose(-2, -3)),
            _product(a.transpose(-2, -3), grad),
        )


def batch_last_product(a: Tensor, b: Tensor) -> Tensor:
    """Multiply matrices that have the batch as their last axis.

    `[..., x, z, batch]` times `[..., z, y, batch]` gives `[..., x, y, batch]`. The
    matrices are tiny and many; `matmul` would take them one by one, eight times slower.
    """
    product: Tensor = _BatchLast.apply(a, b)  # type: ignore[no-untyped-call]
    return product
