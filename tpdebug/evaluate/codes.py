"""How the values of a variable are held in arrays: as indices, or as counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tpdebug.nodes import Value, Variable


def index_of(variable: Variable) -> dict[Value | None, int]:
    """The number that stands for each value; a count stands for itself."""
    if variable.numerical:
        return {count: int(count) for count in variable.values}
    return {value: i for i, value in enumerate(variable.values)}


def value_of(variable: Variable, number: int) -> Value:
    """The value that a number stands for."""
    return int(number) if variable.numerical else variable.values[number]


def values_of(variable: Variable, numbers: Iterable[int]) -> frozenset[Value]:
    """The values that some numbers stand for."""
    return frozenset(value_of(variable, number) for number in numbers)


def size_of(variable: Variable) -> int:
    """How many numbers there are from 0 to the largest."""
    most = int(variable.values[-1]) if variable.numerical else len(variable.values) - 1
    return most + 1


def kind_of(variable: Variable) -> np.dtype[Any]:
    """The narrowest type that holds them."""
    return np.dtype(np.min_scalar_type(size_of(variable) - 1))
