"""Which of the values that the read-out sees are enough for its answer.

Values are enough if every input on which they are seen gets this answer. So a set of
places is enough exactly if it holds one of the places that differ, for each combination
that gets another answer: a hitting set. (The abductive explanations of Shih, Choi,
Darwiche, IJCAI 2018; smallest ones: Ignatiev, Narodytska, Marques-Silva, AAAI 2019.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[Any]

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Enough:
    """Places whose values are enough.

    Attributes:
        chosen: their numbers, ascending. No place of them can be left out.
        least: no set with fewer places is enough; as large as `chosen` if that is a
            smallest one.
    """

    chosen: tuple[int, ...]
    least: int

    @property
    def smallest(self) -> bool:
        """Whether no set with fewer places is enough."""
        return len(self.chosen) == self.least


def differences(seen: Ints, answers: Ints, values: Ints, answer: int) -> Bools:
    """Where each combination with another answer differs, `[sets, places]`.

    Only the smallest of these sets: who hits them hits those that hold them.

    Args:
        seen: combinations of values, `[rows, places]`.
        answers: what each gets, `[rows]`.
        values: the combination that they are compared with, `[places]`.
        answer: what that gets.
    """
    other = seen[answers != answer] != values
    words = _packed(other)
    one = words.shape[1] == 1  # a plain sort is ten times as fast
    words = np.unique(words)[:, None] if one else np.unique(words, axis=0)
    sizes = np.unpackbits(words.view(np.uint8), axis=1).sum(1)
    words = words[np.argsort(sizes, kind="stable")]
    kept: list[Ints] = []
    while len(words):
        first = words[0]
        kept.append(first)
        words = words[((words & first) != first).any(1)]  # those that do not hold it
    if not kept:
        return np.zeros((0, seen.shape[1]), bool)
    return _unpacked(np.stack(kept), seen.shape[1])


def _packed(sets: Bools) -> Ints:
    """Sets as bits, 64 to a word: `[sets, words]`."""
    wide = -(-max(sets.shape[1], 1) // 64) * 8
    found = np.zeros((len(sets), wide), np.uint8)
    bits = np.packbits(sets, axis=1)
    found[:, : bits.shape[1]] = bits
    return found.view(np.uint64)


def _unpacked(words: Ints, places: int) -> Bools:
    """Sets out of their bits, `[sets, places]`."""
    bits = np.unpackbits(words.view(np.uint8), axis=1, count=places)
    return bits.astype(bool).reshape(len(words), places)


def minimal(sets: Bools, order: Sequence[int]) -> Enough:
    """A set of places that hits all sets, and of which none can be left out.

    Args:
        sets: what has to be hit, `[sets, places]`.
        order: the places, those that should rather be left out first.
    """
    hits, kept = sets.sum(1), np.ones(sets.shape[1], bool)
    for place in order:
        held = sets[:, place]
        if (hits[held] > 1).all():
            hits, kept[place] = hits - held, False
    chosen = tuple(map(int, np.flatnonzero(kept)))
    return Enough(chosen, min(len(chosen), 1))


def ordered(sets: Bools, worth: Sequence[float]) -> list[int]:
    """The places, those that should rather be left out first.

    What hits most sets that are not hit yet is kept, as in the greedy cover of Chvatal
    (Math. Oper. Res. 1979); of places that hit as many, what is worth more.

    Args:
        sets: what has to be hit, `[sets, places]`.
        worth: of each place.
    """
    left, chosen = sets, list[int]()
    while len(left):
        hits = left.sum(0)
        best = max(range(len(hits)), key=lambda place: (hits[place], worth[place]))
        chosen.append(best)
        left = left[~left[:, best]]
    others = sorted(set(range(len(worth))) - set(chosen), key=lambda p: worth[p])
    return [*others, *reversed(chosen)]
