"""The best linear read-out of some variables: multinomial logistic regression.

Once the variables are fixed this is a convex problem, so it is solved and not searched
for. Cases that look alike are added up first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array, hstack

Ints: TypeAlias = NDArray[Any]  # integers of whatever size
Floats: TypeAlias = NDArray[np.float64]
_L2 = 1e-8  # only keeps the weights finite where the classes can be told apart


@dataclass(frozen=True, eq=False, slots=True)
class Variable:
    """A variable at some cases.

    Attributes:
        values: codes or numbers, `[cases]`.
        size: how many codes there are; None: it is a number.
    """

    values: Ints
    size: int | None

    @property
    def rows(self) -> int:
        """How many rows of scores it has: a number has one."""
        return 1 if self.size is None else self.size


@dataclass(frozen=True, eq=False, slots=True)
class Readout:
    """Scores, and how well they do.

    Attributes:
        rows: for each variable `[rows, classes]`.
        loss: mean cross-entropy in nats.
        accuracy: the share of cases predicted.
        chances: the probability of each class, `[cases, classes]`.
        weights: the rows of all variables and the constant, to start from again.
    """

    rows: tuple[Floats, ...]
    loss: float
    accuracy: float
    chances: Floats
    weights: Floats

    def scores(self, variables: Sequence[Variable]) -> Floats:
        """The score of each class in other cases of the same variables."""
        total = np.zeros((len(variables[0].values), self.weights.shape[1]))
        total += self.weights[-1]
        for variable, rows in zip(variables, self.rows, strict=True):
            if variable.size is None:
                total += variable.values[:, None] * rows
            else:
                total += rows[variable.values]
        return total


def fit(
    variables: Sequence[Variable],
    cases: Ints,
    classes: int,
    *,
    start: Floats | None = None,
    iterations: int = 500,
    l2: float = _L2,
) -> Readout:
    """Find the scores that minimise the mean cross-entropy, by L-BFGS in float64.

    Args:
        variables: what the read-out sees.
        cases: the right class of each case.
        classes: how many there are.
        start: weights to start from, by default 0.
        iterations: how many to take at most.
        l2: weight decay.
    """
    features, counts, which = _distinct(variables, cases, classes)
    total, each = counts.sum(), counts.sum(1, keepdims=True)
    transposed = features.T.tocsr()
    size = features.shape[1], classes

    def objective(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(size)
        logs = _log_softmax(features @ weights)
        slope = transposed @ (each * np.exp(logs) - counts) / total
        loss = -(counts * logs).sum() / total + l2 * (weights**2).sum()
        return float(loss), (slope + 2 * l2 * weights).ravel()

    found: Any = minimize(
        objective,
        np.zeros(features.shape[1] * classes) if start is None else start.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": iterations, "maxcor": 20, "ftol": 1e-12, "gtol": 1e-8},
    )
    weights = found.x.reshape(size)
    logs = _log_softmax(features @ weights)
    right = counts[np.arange(len(logs)), logs.argmax(1)].sum()
    ends = np.cumsum([variable.rows for variable in variables])
    return Readout(
        rows=tuple(np.split(weights[:-1], ends[:-1])),
        loss=float(-(counts * logs).sum() / total),
        accuracy=float(right / total),
        chances=np.exp(logs)[which],
        weights=weights,
    )


def softmax(scores: Floats) -> Floats:
    """The probability of each class, `[cases, classes]`."""
    found: Floats = np.exp(_log_softmax(scores))
    return found


def _log_softmax(scores: Floats) -> Floats:
    shifted = scores - scores.max(1, keepdims=True)
    found: Floats = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    return found


def _distinct(
    variables: Sequence[Variable], cases: Ints, classes: int
) -> tuple[Any, Floats, Ints]:
    """The distinct cases as sparse rows, how often each class is right, and which."""
    key = np.zeros(len(cases), np.int64)
    for variable in variables:  # renumbered each time, so that it cannot overflow
        key = key * (int(variable.values.max(initial=0)) + 1) + variable.values
        key = np.unique(key, return_inverse=True)[1]
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    counts = np.zeros((len(first), classes))
    np.add.at(counts, (which, cases), 1)
    blocks = [_block(variable, first) for variable in variables]
    constant = csr_array(np.ones((len(first), 1)))
    return hstack([*blocks, constant]).tocsr(), counts, which


def _block(variable: Variable, chosen: Ints) -> Any:
    values, count = variable.values[chosen], len(chosen)
    if variable.size is None:
        return csr_array(values[:, None].astype(float))
    places = (np.arange(count), values.astype(np.int64))
    return csr_array((np.ones(count), places), shape=(count, variable.size))
