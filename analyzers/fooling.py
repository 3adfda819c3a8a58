"""How many patterns a set of inputs needs at the least: a fooling set.

If no two of some failing inputs fit into one pattern, there must be a pattern for each.
Two fit if every mixture of their letters fails as well.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CANDIDATES = 300


def fewest_possible(failing: NDArray[np.bool_]) -> int:
    """A number of patterns that no exact cover of these inputs can do without.

    Args:
        failing: whether the input with letters i, j, ... fails, at `[i, j, ...]`.

    >>> failing = np.eye(3, dtype=bool)  # no two of 00, 11 and 22 fit together
    >>> fewest_possible(failing)
    3
    """
    inputs = np.argwhere(failing)
    some = np.random.default_rng(0).permutation(len(inputs))[:CANDIDATES]
    chosen: list[NDArray[np.intp]] = []
    for candidate in inputs[some]:
        if not any(_fit(failing, candidate, other) for other in chosen):
            chosen.append(candidate)
    return len(chosen)


def _fit(
    failing: NDArray[np.bool_], first: NDArray[np.intp], second: NDArray[np.intp]
) -> bool:
    """Whether every mixture of two inputs fails."""
    same = first == second
    line = failing[
        tuple(a if s else slice(None) for a, s in zip(first, same, strict=True))
    ]
    for axis, (a, b) in enumerate(zip(first[~same], second[~same], strict=True)):
        line = line.take([a, b], axis)
    return bool(line.all())
