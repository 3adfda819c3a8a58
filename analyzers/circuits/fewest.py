"""The fewest changes that make up for what is lacking, by integer programming.

A solver computes with floating-point numbers, to which a point is nothing beside a
thousand million. So it is given digits, with carries between them, and what it finds is
checked in whole numbers. (Solver: HiGHS, Huangfu and Hall 2018.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack, kron, vstack

Ints = NDArray[Any]

MOST_PAIRED = 3_000
"""Of so many possible changes all pairs are tried, before a solver is asked."""

ACCURATE = 100_000
"""In a sum of this a solver, which is accurate to a millionth, sees a point."""


@dataclass(frozen=True, slots=True)
class Fewest:
    """Sets of changes that are enough, by their numbers.

    Attributes:
        ways: all single changes if one is enough, the clearest first; else one of the
            smallest sets, or none. Each was checked in whole numbers.
        least: it takes so many changes at least; 0: no changes are enough.
    """

    ways: tuple[tuple[int, ...], ...]
    least: int


def fewest(place: Ints, gain: Ints, lack: Ints, seconds: float) -> Fewest:
    """Find the smallest sets of changes that make up for what is lacking.

    Args:
        place: where each change is; of those at one place only one can be made
            `[changes]`.
        gain: what each gives, in whole numbers `[changes, classes]`.
        lack: what they have to give together `[classes]`.
        seconds: how long to look, where two are not enough.

    >>> place, gain = np.array([0, 0, 1, 2]), np.array([[3], [1], [1], [1]])
    >>> fewest(place, gain, np.array([3]), 1).ways
    ((0,),)
    >>> fewest(place[1:], gain[1:], np.array([3]), seconds=10)
    Fewest(ways=((0, 1, 2),), least=3)
    """
    alone = np.flatnonzero((gain >= lack).all(1))
    if len(alone):
        best = alone[np.argsort(-(gain[alone] - lack).min(1), kind="stable")]
        return Fewest(tuple((int(number),) for number in best), 1)
    if (_most(place, gain) < lack).any():
        return Fewest((), 0)
    least = 2
    if len(place) <= MOST_PAIRED:
        pair = _pair(place, gain, lack)
        if pair is not None:
            return Fewest((pair,), 2)
        least = 3
    return _solved(place, gain, lack, least, seconds)


def _most(place: Ints, gain: Ints) -> Ints:
    """The most that changes can give, to each class by itself."""
    total = np.zeros(gain.shape[1], np.int64)
    for one in np.unique(place):
        total += np.maximum(gain[place == one].max(0), 0)
    return total


def _pair(place: Ints, gain: Ints, lack: Ints) -> tuple[int, int] | None:
    """Two changes at different places that are enough together."""
    for number in range(len(place) - 1):
        together = (gain[number] + gain[number + 1 :] >= lack).all(axis=1)
        others = np.flatnonzero(together & (place[number + 1 :] != place[number]))
        if len(others):
            return number, number + 1 + int(others[0])
    return None


def _solved(place: Ints, gain: Ints, lack: Ints, known: int, seconds: float) -> Fewest:
    """One of the smallest sets, by a solver; it takes `known` changes at least."""
    found = _ask(place, gain, lack, seconds)
    if found.status == 2:
        return Fewest((), 0)
    bound = getattr(found, "mip_dual_bound", None)
    least = known if bound is None else max(known, int(np.ceil(bound - 1e-6)))
    if found.x is None:
        return Fewest((), least)
    best = np.flatnonzero(np.rint(found.x[: len(place)]))
    alone = len(np.unique(place[best])) == len(best)
    if not alone or (gain[best].sum(0) < lack).any():
        return Fewest((), known)  # it was not accurate enough after all
    return Fewest((tuple(map(int, best)),), min(least, len(best)))


def _digits(numbers: Ints, base: int) -> Ints:
    """Numbers as digits, the lowest first; only the last is ever negative.

    >>> _digits(np.array([10203, -1]), 100).tolist()
    [[3, 99], [2, 99], [1, -1]]
    """
    found = list[Ints]()
    while abs(numbers).max(initial=0) >= base:
        found.append(numbers % base)
        numbers = numbers // base
    return np.stack([*found, numbers])


def _ask(place: Ints, gain: Ints, lack: Ints, seconds: float) -> Any:
    """Ask a solver for the fewest.

    A sum of large numbers is too much for its accuracy, so each digit has a sum of its
    own, and what is carried to the next is a number to be found, too: with a base b,
    `b h + s >= b k + l` just if there is a whole q with `s >= b q + l` and
    `h + q >= k`.
    """
    base = max(ACCURATE // len(place), 2)
    digits = _digits(np.concatenate([gain, lack[None]]), base)
    digits, lacks = digits[:, :-1], digits[:, -1]
    depth, count, classes = digits.shape
    carries = (depth - 1) * classes
    once = csr_array(place[None, :] == np.unique(place)[:, None], dtype=float)
    to, fro = eye_array(depth, depth - 1), eye_array(depth, depth - 1, k=-1)
    each = eye_array(classes)
    carried = kron(fro, each) - base * kron(to, each)
    sums = csr_array(digits.transpose(0, 2, 1).reshape(depth * classes, count))
    rows = vstack(
        [
            hstack([sums, carried]),
            hstack([once, csr_array((once.shape[0], carries))]),
        ]
    )
    wide = np.full(carries, np.inf)
    return milp(
        np.repeat([1, 0], [count, carries]),
        integrality=np.ones(count + carries, np.int64),
        bounds=Bounds(
            np.concatenate([np.zeros(count), -wide]),
            np.concatenate([np.ones(count), wide]),
        ),
        constraints=LinearConstraint(
            rows,
            np.concatenate([lacks.reshape(-1), np.full(once.shape[0], -np.inf)]),
            np.concatenate([np.full(depth * classes, np.inf), np.ones(once.shape[0])]),
        ),
        options={"time_limit": seconds},
    )
