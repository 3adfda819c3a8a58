"""The best read-out of a hard network that was trained by gradient."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from trainers.data import PAD, Data
from trainers.discrete import POSITIONS
from trainers.hard import Hard, Readout
from trainers.readout import Variable, fit

_BLOCK = 2048  # examples at a time, to bound memory
_ITERATIONS = 200
_POOLED_L2 = 1e-6  # few examples, many words


def refit(hard: Hard, data: Data) -> Hard:
    """The same choices of one restart with the read-out that fits them best.

    Args:
        hard: one restart.
        data: the examples to fit, by all their labels.
    """
    pooled, k = hard.shape.pooled, hard.shape.codes
    rows = torch.arange(len(data))
    blocks = [_seen(hard, data[at]) for at in torch.split(rows, _BLOCK)]
    seen_codes, seen_numbers = (
        torch.cat(parts, 1).numpy() for parts in zip(*blocks, strict=True)
    )
    variables = [Variable(values, k) for values in seen_codes]
    variables += [Variable(values, None) for values in seen_numbers]
    codes, numbers = hard.readout.codes[0], hard.readout.numbers[0]
    constant = torch.zeros(1, codes.shape[2], dtype=torch.float64)
    found = fit(
        variables,
        data.targets[data.scored].numpy(),
        codes.shape[2],
        start=torch.cat([codes.flatten(0, 1), numbers, constant]).numpy(),
        iterations=_ITERATIONS,
        **({"l2": _POOLED_L2} if pooled else {}),
    ).weights
    split = len(codes) * k
    fitted = found[:split].reshape(codes.shape)
    # The constant goes to a position that is there once: pooled only the first.
    fitted[POSITIONS, : 1 if pooled else k] += found[-1]
    new = torch.from_numpy(fitted)[None], torch.from_numpy(found[split:-1])[None]
    return replace(hard, readout=Readout(*map(torch.clone, new)))


def _seen(hard: Hard, data: Data) -> tuple[Tensor, Tensor]:
    """What the read-out sees: codes and numbers, each `[variables, labels]`.

    Pooled, `[variables, labels, positions]`, -1 where an input is at its end.
    """
    values = hard.values(data.tokens)
    if not hard.shape.pooled:
        found = values.at(data.scored)
        return found.codes[0], found.numbers[0]
    labelled = data.scored[:, 0]
    ended = data.tokens[labelled] == PAD
    codes, numbers = values.codes[0][:, labelled], values.numbers[0][:, labelled]
    return codes.masked_fill(ended, -1), numbers.masked_fill(ended, -1)
