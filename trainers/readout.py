"""Fitting the read-out anew once all choices are made.

On the codes of the hard network the best linear read-out is a convex problem
(multinomial logistic regression), so it is solved and not searched for.
"""

from __future__ import annotations

import warnings
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional

from trainers.data import Data
from trainers.hard import Hard, Readout, Values

_L2 = 1e-8  # only keeps the weights finite where the classes can be told apart
_ITERATIONS = 100


def refit(hard: Hard, data: Data) -> Hard:
    """The same choices of one restart with the read-out that fits them best.

    Args:
        hard: one restart.
        data: the examples to fit, by all their labelled positions.
    """
    values = hard.values(data.tokens).at(data.scored)
    weights = hard.readout.codes[0].flatten(0, 1), hard.readout.numbers[0]
    start, split = torch.cat(weights), len(weights[0])
    fitted = _solve(_rows(values, hard.shape.codes), data.targets[data.scored], start)
    codes = fitted[:split].view_as(hard.readout.codes)
    numbers = fitted[split:].view_as(hard.readout.numbers)
    return replace(hard, readout=Readout(codes, numbers))


def _rows(values: Values, k: int) -> Tensor:
    """What the read-out sees at each label: ones at the codes, then the numbers."""
    codes, numbers = values.codes[0], values.numbers[0]
    columns = codes.T + k * torch.arange(len(codes))
    rows = torch.zeros(codes.shape[1], len(codes) * k, dtype=torch.float64)
    return torch.cat([rows.scatter_(1, columns, 1.0), numbers.T.double()], 1)


def _sparse(rows: Tensor) -> Tensor:
    """The same matrix by its few entries; products with it are ten times faster."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sparse", UserWarning)
        return rows.to_sparse_csr()


def _solve(rows: Tensor, classes: Tensor, start: Tensor) -> Tensor:
    """Minimise the mean cross-entropy over weights `[features, classes]` by L-BFGS."""
    weights = start.clone().requires_grad_()
    features, transposed = _sparse(rows), _sparse(rows.T.contiguous())
    wanted = functional.one_hot(classes, start.shape[1]).T.double()
    optimizer = torch.optim.LBFGS(
        [weights],
        max_iter=_ITERATIONS,
        history_size=20,
        line_search_fn="strong_wolfe",
        tolerance_grad=1e-9,
        tolerance_change=1e-12,
    )

    @torch.no_grad()
    def closure() -> Tensor:
        # The gradient by hand: autograd would go through the slow sparse transpose.
        logs = torch.log_softmax((features @ weights).T, 0)
        miss = (logs.exp() - wanted).T / len(classes)
        weights.grad = transposed @ miss + 2 * _L2 * weights
        fit = -(logs * wanted).sum() / len(classes)
        return fit + _L2 * weights.square().sum()

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return weights.detach()
