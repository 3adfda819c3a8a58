"""What the inputs of one test, or group of inputs, exercised: rules by number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Exercised:
    """What the inputs of a context exercised.

    Attributes:
        inputs: how many there were.
        rules: the numbers of the rules, sorted.
        hits: how many of the inputs exercised each.
        pairs: the numbers of the rule pairs, sorted; empty if they are not recorded.
    """

    inputs: int
    rules: Ints
    hits: Ints
    pairs: Ints

    def __add__(self, other: Exercised) -> Exercised:
        """What two sets of inputs exercised, counted as if they had none in common."""
        rules, at = np.unique(
            np.concatenate([self.rules, other.rules]), return_inverse=True
        )
        hits = np.bincount(at, np.concatenate([self.hits, other.hits]), len(rules))
        return Exercised(
            self.inputs + other.inputs,
            rules,
            hits.astype(np.int64),
            np.union1d(self.pairs, other.pairs),
        )


_NONE = np.zeros(0, np.int64)
NOTHING = Exercised(0, _NONE, _NONE, _NONE)
