"""The work of a step in pieces: some restarts and some examples each, side by side.

The operations are many and small, so that threads inside of one cost more than they
save; but restarts are independent, and gradients of examples add up. A piece is as
large as fits into the cache of a core; one of short examples has less padding. What
the pieces are depends on the sizes alone and not on the cores there are, and they are
added up in one order: so the result is the same bit for bit on any number of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from trainers.data import PAD, Data
from trainers.model import losses, relaxed_scores
from trainers.parameters import Shape

_PIECE, _EXAMPLES = 512, 256  # the most restarts times examples; the most examples
_CPU = torch.device("cpu")


def device() -> torch.device:
    """Where to train: on a GPU if there is one."""
    return torch.device("cuda") if torch.cuda.is_available() else _CPU


def cores() -> int:
    """How many threads may work: `OMP_NUM_THREADS`, or else as many as have a core."""
    said = os.environ.get("OMP_NUM_THREADS", "")
    if said.isdecimal() and int(said):
        return int(said)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _prepare() -> None:
    """Set up a thread that works on pieces.

    Where the temperature is low, most probabilities are next to nothing, and numbers
    too small to be written with all digits take a processor many times as long.
    """
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)


class Workers:
    """Computes losses and gradients, with threads where there are cores for them.

    Args:
        shape: the network.
        device: where tensors live; on a GPU all work is one piece.
    """

    def __init__(self, shape: Shape, device: torch.device) -> None:
        self._shape = shape
        self._whole = device != _CPU
        self._pool = ThreadPoolExecutor(cores(), initializer=_prepare)

    def gradients(
        self, parameters: Tensor, batch: Data, noise: Tensor, temperature: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The loss of each restart and its gradient.

        Args:
            parameters: `[R, size]`.
            batch: the examples of this step, the same ones for all.
            noise: standard Gumbel noise, `[R, count_noise(shape)]`.
            temperature: a number.

        Returns:
            Losses `[R]` and gradients `[R, size]`.
        """
        labels = batch.scored.sum().clamp(min=1)
        pieces = list(self._pieces(len(parameters), len(batch)))
        lengths = (batch.tokens != PAD).sum(1)
        several = pieces[0][1].stop < len(batch)
        if several:
            lengths, order = lengths.sort(stable=True)
            batch = batch[order]

        def work(piece: tuple[slice, slice]) -> tuple[Tensor, Tensor]:
            rows, examples = piece
            flat = parameters[rows].detach().requires_grad_()
            longest = int(lengths[examples][-1]) if several else None
            tokens = batch.tokens[examples, :longest]
            targets = batch.targets[examples, :longest]  # one of each input if pooled
            scores = relaxed_scores(flat, self._shape, tokens, noise[rows], temperature)
            loss = losses(scores, targets) / labels
            (gradient,) = torch.autograd.grad(loss.sum(), flat)
            return loss.detach(), gradient

        found = self._pool.map(work, pieces)
        loss = parameters.new_zeros(len(parameters))
        gradient = torch.zeros_like(parameters)
        for (rows, _), (part, slope) in zip(pieces, found, strict=True):
            loss[rows] += part
            gradient[rows] += slope
        return loss, gradient

    def _pieces(self, restarts: int, examples: int) -> Iterator[tuple[slice, slice]]:
        count = examples if self._whole else min(examples, _EXAMPLES)
        rows = restarts if self._whole else max(1, _PIECE // count)
        for row in range(0, restarts, rows):
            for example in range(0, examples, count):
                yield slice(row, row + rows), slice(example, example + count)
