"""The residual stream: variables written one after another, read many times.

Each head and MLP reads a mixture of all variables before it and adds some of its own.
To concatenate them would copy the whole stream at every layer, and autograd would add
up a gradient as large as the stream for every read. Here a variable is written once,
into a block of memory that has room for all, and the gradients of all reads add up in
one other block.

Autograd has to be told in which order that happened: each write turns one `turn` into
the next, and every read hangs on the turn it was made in. So all reads of a variable
have added to its gradient by the time that its write hands it on.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


class Stream:
    """All categorical variables so far, `[R, variables, k, N, B]`.

    Args:
        inputs: the variables that are given, `[variables, k, N, B]`; no gradient.
        restarts: R.
        room: how many variables there will be at the end.
    """

    def __init__(self, inputs: Tensor, restarts: int, room: int) -> None:
        self._count = inputs.shape[0]
        self._block = _Block(inputs, restarts, room)
        self._turn = inputs.new_zeros((), requires_grad=True)

    def read(self, weights: Tensor) -> Tensor:
        """Weighted sums of the variables, or of their codes.

        Args:
            weights: `[R, m, variables]`, or `[R, m, variables * k]` to mix codes.

        Returns:
            `[R, m, k, N, B]`, or `[R, m, N, B]`.
        """
        mixed: Tensor = _Read.apply(weights, self._turn, self._block, self._count)  # type: ignore[no-untyped-call]
        size = self._block.values.shape[2:]
        by_code = weights.shape[2] > self._count
        return mixed.view(*weights.shape[:2], *(size[1:] if by_code else size))

    def write(self, variables: Tensor) -> None:
        """Add variables `[R, m, k, N, B]`."""
        begin, self._count = self._count, self._count + variables.shape[1]
        place = slice(begin, self._count)
        self._turn = _Write.apply(self._turn, variables, self._block, place)  # type: ignore[no-untyped-call]


class _Block:
    """The values and their gradients; knows no turn, or nothing would ever be freed."""

    def __init__(self, inputs: Tensor, restarts: int, room: int) -> None:
        self.given = inputs.shape[0]
        self.values = inputs.new_empty(restarts, room, *inputs.shape[1:])
        self.values[:, : self.given] = inputs
        self._gradients: Tensor | None = None

    @property
    def gradients(self) -> Tensor:
        """Made at the first look, which is that of the last read."""
        if self._gradients is None:
            self._gradients = torch.zeros_like(self.values)
        return self._gradients


def _rows(block: Tensor, begin: int, end: int, each: int) -> Tensor:
    """Some variables of a block as a matrix, `each` rows a variable."""
    return block[:, begin:end].reshape(block.shape[0], (end - begin) * each, -1)


class _Read(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, weights: Tensor, turn: Tensor, block: _Block, count: int
    ) -> Tensor:
        ctx.set_materialize_grads(False)  # a turn has none
        ctx.save_for_backward(weights)
        ctx.block, ctx.count = block, count
        return weights @ _rows(block.values, 0, count, weights.shape[2] // count)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None, None]:
        (weights,), block, count = ctx.saved_tensors, ctx.block, ctx.count
        (grad,) = grads
        each, given = weights.shape[2] // count, block.given
        if count > given:
            rows = _rows(block.gradients, given, count, each)
            rows.baddbmm_(weights[:, :, given * each :].transpose(1, 2), grad)
        values = _rows(block.values, 0, count, each)
        return grad @ values.transpose(1, 2), None, None, None


class _Write(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, turn: Tensor, variables: Tensor, block: _Block, place: slice
    ) -> Tensor:
        ctx.set_materialize_grads(False)
        ctx.block, ctx.place = block, place
        block.values[:, place] = variables
        return torch.zeros_like(turn)

    @staticmethod
    def backward(ctx: Any, *grads: None) -> tuple[None, Tensor, None, None]:
        return None, ctx.block.gradients[:, ctx.place], None, None
