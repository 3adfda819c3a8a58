"""How the values of a variable are held in arrays: as indices, or as counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from tpdebug.nodes import Value, Variable


def index_of(variable: Variable) -> dict[Value | None, int]:
    """The number that stands for each value; a count stands for itself."""
    if variable.numerical:
        return {count: int(count) for count in variable.values}
    return {value: i for i, value in enumerate(variable.values)}


def size_of(variable: Variable) -> int:
    """How many numbers there are from 0 to the largest."""
    most = int(variable.values[-1]) if variable.numerical else len(variable.values) - 1
    return most + 1


def kind_of(variable: Variable) -> np.dtype[Any]:
    """The narrowest type that holds them."""
    return np.dtype(np.min_scalar_type(size_of(variable) - 1))
