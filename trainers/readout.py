"""Fitting the read-out anew once all choices are made.

On the codes of the hard network the best linear read-out is a convex problem
(multinomial logistic regression), so it is solved and not searched for.
"""

from __future__ import annotations

import warnings

import torch
from torch import Tensor
from torch.nn import functional

from trainers.data import Data
from trainers.hard import Hard

_L2 = 1e-8  # only keeps the weights finite where the classes can be told apart
_ITERATIONS = 100


def refit(hard: Hard, data: Data) -> Hard:
    """The same choices of one restart with the read-out that fits them best.

    Args:
        hard: one restart.
        data: the examples to fit, by all their labelled positions.
    """
    codes = hard.codes(data.tokens)[0][:, data.scored]
    start = hard.readout[0].flatten(0, 1)
    fitted = _solve(_one_hot(codes, hard.shape.codes), data.targets[data.scored], start)
    return Hard(hard.shape, hard.layers, fitted.view_as(hard.readout))


def _one_hot(codes: Tensor, k: int) -> Tensor:
    """Codes `[variables, labels]` as rows of 0 and 1, `[labels, variables * k]`."""
    columns = codes.T + k * torch.arange(len(codes))
    rows = torch.zeros(codes.shape[1], len(codes) * k, dtype=torch.float64)
    return rows.scatter_(1, columns, 1.0)


def _sparse(rows: Tensor) -> Tensor:
    """The same matrix by its few ones; products with it are ten times faster."""
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
