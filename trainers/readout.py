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

from tpdebug.columns import numbered

Ints: TypeAlias = NDArray[Any]  # integers of whatever size
Floats: TypeAlias = NDArray[np.float64]
ALL = slice(None)
_L2 = 1e-8  # only keeps the weights finite where the classes can be told apart


@dataclass(frozen=True, eq=False, slots=True)
class Variable:
    """A variable at some cases.

    Attributes:
        values: codes or numbers, `[cases]`; pooled, where scores are summed over all
            places of a case, `[cases, places]`, negative where there is no place.
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
        found: Floats = features(variables) @ self.weights[:-1] + self.weights[-1]
        return found


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
    first, which = _distinct(variables, len(cases))
    constant = csr_array(np.ones((len(first), 1)))
    seen = hstack([features(variables, first), constant]).tocsr()
    counts = np.zeros((len(first), classes))
    np.add.at(counts, (which, cases), 1)
    total, each = counts.sum(), counts.sum(1, keepdims=True)
    transposed = seen.T.tocsr()
    size = seen.shape[1], classes

    def objective(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(size)
        logs = _log_softmax(seen @ weights)
        slope = transposed @ (each * np.exp(logs) - counts) / total
        loss = -(counts * logs).sum() / total + l2 * (weights**2).sum()
        return float(loss), (slope + 2 * l2 * weights).ravel()

    found: Any = minimize(
        objective,
        np.zeros(seen.shape[1] * classes) if start is None else start.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": iterations, "maxcor": 20, "ftol": 1e-12, "gtol": 1e-8},
    )
    weights = found.x.reshape(size)
    logs = _log_softmax(seen @ weights)
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


def features(variables: Sequence[Variable], chosen: Ints | slice = ALL) -> Any:
    """What a read-out sees: how often each code is there, and sums of numbers.

    Args:
        variables: the variables.
        chosen: at which cases.

    Returns:
        A sparse matrix, `[cases, rows of all variables]`.
    """
    return hstack([_block(variable, chosen) for variable in variables]).tocsr()


def _block(variable: Variable, chosen: Ints | slice) -> Any:
    values = variable.values[chosen]
    values = values.reshape(len(values), -1)
    if variable.size is None:
        total = np.maximum(values, 0).sum(1, keepdims=True)
        return csr_array(total.astype(float))
    cases, places = np.nonzero(values >= 0)
    at = cases, values[cases, places].astype(np.int64)
    return csr_array((np.ones(len(cases)), at), shape=(len(values), variable.size))


def _distinct(variables: Sequence[Variable], cases: int) -> tuple[Ints, Ints]:
    """Where cases that look alike are for the first time, and which ones each is."""
    key = np.zeros(cases, np.int64)
    for variable in variables:  # renumbered each time, so that it cannot overflow
        values = variable.values
        if values.ndim > 1:
            values = numbered(np.sort(values, 1))[1]
        key = key * (int(values.max(initial=0)) + 1) + values
        key = np.unique(key, return_inverse=True)[1]
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    return first, which
