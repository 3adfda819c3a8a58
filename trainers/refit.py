"""The best read-out of a hard network that was trained by gradient."""

from __future__ import annotations

from dataclasses import replace

import torch

from trainers.data import Data
from trainers.hard import Hard, Readout
from trainers.readout import Variable, fit

_ITERATIONS = 200


def refit(hard: Hard, data: Data) -> Hard:
    """The same choices of one restart with the read-out that fits them best.

    Args:
        hard: one restart, not pooled.
        data: the examples to fit, by all their labelled positions.
    """
    values = hard.values(data.tokens).at(data.scored)
    codes, numbers = hard.readout.codes[0], hard.readout.numbers[0]
    k = hard.shape.codes
    variables = [Variable(v, k) for v in values.codes[0].numpy()]
    variables += [Variable(v, None) for v in values.numbers[0].numpy()]
    constant = torch.zeros(1, codes.shape[2], dtype=torch.float64)
    start = torch.cat([codes.flatten(0, 1), numbers, constant]).numpy()
    labels = data.targets[data.scored].numpy()
    found = fit(
        variables, labels, codes.shape[2], start=start, iterations=_ITERATIONS
    ).weights
    split = len(codes) * k
    rows = found[:split].reshape(codes.shape)
    rows[0] += found[-1]  # the constant, to every token
    new = torch.from_numpy(rows)[None], torch.from_numpy(found[split:-1])[None]
    return replace(hard, readout=Readout(*map(torch.clone, new)))
