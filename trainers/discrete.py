"""What training settles on: a network with every choice made, as plain arrays.

Categorical variables are numbered: 0 tokens, 1 positions, then in each layer its heads,
its MLPs and its numerical MLPs; all hold codes in [0, k). Numerical variables have
numbers of their own: 0 ones, then each layer's numerical heads. This stands between the
torch model and the `Program`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class DiscreteHead:
    """A head: a query code `q` looks for the key codes where `predicate[q]` is true.

    A categorical head copies the categorical variable `value`; one that `sums` adds up
    the numerical one.
    """

    layer: int
    query: int
    key: int
    value: int
    predicate: NDArray[np.bool_]
    sums: bool


@dataclass(frozen=True, slots=True)
class DiscreteTable:
    """An MLP: inputs (a, b) give the code `output[a, b]`.

    One that `counts` reads numerical variables; the last row and column stand for all
    numbers from there on.
    """

    layer: int
    inputs: tuple[int, int]
    output: NDArray[np.int64]
    counts: bool


@dataclass(frozen=True, slots=True)
class Discrete:
    """A whole network.

    Attributes:
        layers: how many.
        heads: in each layer the categorical ones, then the numerical ones.
        tables: in each layer the categorical ones, then the numerical ones.
        scores: of categorical variables, `[variables, k, classes]`.
        counts: of numerical variables, `[counts, classes]`.
    """

    layers: int
    heads: tuple[DiscreteHead, ...]
    tables: tuple[DiscreteTable, ...]
    scores: NDArray[np.float64]
    counts: NDArray[np.float64]
