"""How suspicious each rule is, by how often failing and passing answers depend on it.

Spectrum-based fault localisation: four formulas over the same four counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Formula = Callable[[Ints, Ints, int, int], Floats]
"""(failing answers with it, passing ones with it, failing, passing in all) -> score."""


def ochiai(failed: Ints, passed: Ints, failing: int, passing: int) -> Floats:
    """The cosine between failing and taking the rule.

    Source: Abreu, Zoeteweij, van Gemund, TAICPART 2007.

    >>> ochiai(np.array([3, 0]), np.array([1, 0]), 4, 5).round(3).tolist()
    [0.75, 0.0]
    """
    return _ratio(failed, np.sqrt(float(failing) * (failed + passed)))


def tarantula(failed: Ints, passed: Ints, failing: int, passing: int) -> Floats:
    """The share of failing answers with it, against that of passing ones.

    Source: Jones, Harrold, ASE 2005.

    >>> tarantula(np.array([4, 0]), np.array([1, 0]), 4, 4).tolist()
    [0.8, 0.0]
    """
    bad = _ratio(failed, np.full(len(failed), failing))
    return _ratio(bad, bad + _ratio(passed, np.full(len(passed), passing)))


def dstar(failed: Ints, passed: Ints, failing: int, passing: int) -> Floats:
    """Failing answers with it, squared, for each answer that speaks against it.

    Infinite if nothing does. Source: Wong, Debroy, Gao, Li, IEEE Trans. Reliability
    2014, with the exponent 2.

    >>> dstar(np.array([3, 4, 0]), np.array([1, 0, 0]), 4, 5).tolist()
    [4.5, inf, 0.0]
    """
    against = passed + (failing - failed)
    found = _ratio(failed**2, against)
    return np.where((against == 0) & (failed > 0), np.inf, found)


def op2(failed: Ints, passed: Ints, failing: int, passing: int) -> Floats:
    """Failing answers with it first, then few passing ones: best for a single fault.

    Source: Naish, Lee, Ramamohanarao, ACM TOSEM 2011.

    >>> op2(np.array([3, 0]), np.array([2, 1]), 4, 3).tolist()
    [2.5, -0.25]
    """
    return failed - passed / (passing + 1)


FORMULAS: Mapping[str, Formula] = {
    "ochiai": ochiai,
    "tarantula": tarantula,
    "dstar": dstar,
    "op2": op2,
}


def _ratio(part: NDArray[np.number], whole: NDArray[np.number]) -> Floats:
    """Part by whole; 0 where the whole is 0."""
    found: Floats = np.zeros(len(part))
    np.divide(part, whole, out=found, where=whole != 0)
    return found
