"""What is right in each task of the paper (appendix B), said once. No torch.

Batches are letter indices `[inputs, letters]`; what comes back are label indices.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tpdebug.inputs import Letters

Labels: TypeAlias = NDArray[Any]
Stack: TypeAlias = tuple[str, ...] | None

CLOSES = {")": "(", "}": "{"}


def reverse(letters: Letters) -> Labels:
    """The letters in reverse order."""
    return letters[:, ::-1]


def sort(letters: Letters) -> Labels:
    """The letters in ascending order."""
    return np.sort(letters, axis=1)


def counts(letters: Letters) -> Labels:
    """How often the letter at each place occurs, `[inputs, letters]`."""
    found = np.zeros(letters.shape, np.int16)
    for place in range(letters.shape[1]):
        found += letters == letters[:, [place]]
    return found


def hist(letters: Letters) -> Labels:
    """How often each letter occurs; label i is the count i + 1."""
    return counts(letters) - 1


def double_hist(letters: Letters) -> Labels:
    """How many distinct letters occur as often as this one; label i is i + 1."""
    often = counts(letters)
    first = first_places(letters)
    found = np.zeros(letters.shape, np.int16)
    for place in range(letters.shape[1]):
        found += (often == often[:, [place]]) & first[:, [place]]
    return found - 1


def first_places(letters: Letters) -> NDArray[np.bool_]:
    """Whether a letter stands here for the first time."""
    found = np.ones(letters.shape, bool)
    for place in range(1, letters.shape[1]):
        before = letters[:, :place] == letters[:, [place]]
        found[:, place] = ~before.any(axis=1)
    return found


def most_freq(letters: Letters, fill: int) -> Labels:
    """The distinct letters by falling count, first occurrence breaking ties.

    Args:
        letters: `[inputs, letters]`.
        fill: the label at the places that are left over.
    """
    length = letters.shape[1]
    rank = counts(letters).astype(np.int64) * length - np.arange(length)
    rank[~first_places(letters)] = -length
    order = np.argsort(-rank, axis=1, kind="stable")
    distinct = first_places(letters).sum(axis=1, keepdims=True)
    found = np.take_along_axis(letters, order, axis=1).astype(np.int64)
    found[np.arange(length) >= distinct] = fill
    return found


def dyck(stack: Stack, bracket: str) -> tuple[Stack, str]:
    """Read a bracket: `T` balanced so far, `P` can become so, `F` cannot any more.

    The state is the brackets that are open; None once it has failed.
    """
    if stack is None:
        return None, "F"
    if bracket not in CLOSES:
        return (*stack, bracket), "P"
    if stack[-1:] != (CLOSES[bracket],):
        return None, "F"
    return stack[:-1], "P" if stack[:-1] else "T"


def induction(letters: Letters, keys: NDArray[Any], unknown: int) -> Labels:
    """At each key: the value that followed it before; values are not scored.

    Args:
        letters: keys and values take turns, `[inputs, letters]`.
        keys: for each letter the index of its label if it is a value, else -1.
        unknown: the label of a key that was not there before.
    """
    found = np.full(letters.shape, -1, np.int64)
    for place in range(0, letters.shape[1], 2):
        found[:, place] = unknown
        for before in range(0, place, 2):
            same = letters[:, before] == letters[:, place]
            value = keys[letters[:, before + 1]]
            found[:, place] = np.where(same, value, found[:, place])
    return found
