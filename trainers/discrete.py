"""What training settles on: a network with every choice made, as plain arrays.

Variables are numbered: 0 tokens, 1 positions, 2 ones, then what each node writes, in
the order in which they are computed. A categorical variable holds codes from 0 on, a
numerical one (ones, and what a `Count` writes) holds numbers. This stands between
training, by gradient or by search, and the `Program`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tpdebug.nodes import Tie, Value

Floats: TypeAlias = NDArray[np.float64]
TOKENS, POSITIONS, ONES = range(3)
INPUTS = 3


@dataclass(frozen=True, eq=False, slots=True)
class Copy:
    """A categorical head: it copies `value` from the nearest position that matches.

    Where the query variable has code q, it looks for the key codes where `predicate[q]`
    is true. `tie` says how near the query's own position is: see `CategoricalHead`.
    """

    layer: int
    query: int
    key: int
    value: int
    predicate: NDArray[np.bool_]
    tie: Tie = "last"


@dataclass(frozen=True, eq=False, slots=True)
class Prefer:
    """A categorical head: it copies `value` from the best key, the nearest of equals.

    Where the query variable has code q, a key code k is as good as `scores[q, k]` is
    high; only the order in a row matters.
    """

    layer: int
    query: int
    key: int
    value: int
    scores: NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Count:
    """A numerical head: it sums the numerical `value` over all positions that match."""

    layer: int
    query: int
    key: int
    value: int
    predicate: NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """An MLP: the values of its inputs give the code `output[a, b]`.

    The last entry of an axis stands for all larger numbers. If it gives `letters`, its
    codes are those of tokens; if it `means` something else, that says what each code
    stands for; else they are numbers.
    """

    layer: int
    inputs: tuple[int, ...]
    output: NDArray[np.int64]
    letters: bool = False
    means: tuple[Value, ...] = ()


Node: TypeAlias = Copy | Prefer | Count | Table


@dataclass(frozen=True, eq=False, slots=True)
class Discrete:
    """A whole network.

    Attributes:
        nodes: in the order in which they are computed: layer by layer, heads first.
        scores: what each variable adds to the score of each class: `[codes, classes]`,
            a numerical one `[1, classes]` for each that it counts; None: nothing.
        classes: how many classes there are.
        causal: whether a head sees only keys at or before its query.
        pooled: whether scores are summed over all positions to one answer.
    """

    nodes: tuple[Node, ...]
    scores: tuple[Floats | None, ...]
    classes: int
    causal: bool
    pooled: bool = False

    @property
    def numerical(self) -> tuple[bool, ...]:
        """Which variables are numerical."""
        return (False, False, True, *(isinstance(n, Count) for n in self.nodes))
