"""What training settles on: a network with every choice made, as plain arrays.

Variables are numbered: 0 tokens, 1 positions, then each layer's heads and tables. All
hold codes in [0, k). This stands between the torch model and the `Program`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class DiscreteHead:
    """A categorical head: a query code `q` looks for the key code `predicate[q]`."""

    layer: int
    query: int
    key: int
    value: int
    predicate: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DiscreteTable:
    """A categorical MLP: input codes (a, b) give the code `output[a, b]`."""

    layer: int
    inputs: tuple[int, int]
    output: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Discrete:
    """A whole network; `scores` is `[variables, k, classes]`."""

    layers: int
    heads: tuple[DiscreteHead, ...]
    tables: tuple[DiscreteTable, ...]
    scores: NDArray[np.float64]
