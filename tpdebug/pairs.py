"""Inputs in which keys and values take turns, and a key keeps its value.

These are the inputs of in-context learning (paper, section 4.1): which value a key has
is new in each input. How many inputs there are is counted over how many keys have a
value already, so that an input has a rank, and a rank its input, at any size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Pairs:
    """The keys and the values that may follow them.

    >>> Pairs(("a", "b"), ("0", "1")).completions(4, bound=0)
    12
    """

    keys: tuple[str, ...]
    values: tuple[str, ...]

    def completions(self, remaining: int, bound: int) -> int:
        """How many ways there are to go on for `remaining` letters.

        The next letter is a key, and `bound` keys have their value already.
        """
        return _completions(len(self.keys), len(self.values), remaining, bound)

    def weights(self, remaining: int, bound: int) -> tuple[int, int]:
        """The completions that begin with one bound, and with one unbound key."""
        if remaining == 1:
            return 1, 1
        again = self.completions(remaining - 2, bound)
        if bound == len(self.keys):
            return again, 0
        return again, len(self.values) * self.completions(remaining - 2, bound + 1)

    def why_not(self, letters: Sequence[str]) -> str | None:
        """Say which letter breaks the pattern; None if none does."""
        bound: dict[str, str] = {}
        for place, letter in enumerate(letters, start=1):
            role, names = ("key", self.keys) if place % 2 else ("value", self.values)
            if letter not in names:
                return (
                    f"letter {place} is {letter!r}, but keys and values take turns: "
                    f"it must be a {role} ({' '.join(names)})"
                )
            if role == "value":
                key = letters[place - 2]
                if bound.setdefault(key, letter) != letter:
                    return f"key {key!r} has both {bound[key]!r} and {letter!r}"
        return None

    def rank(self, letters: Sequence[str]) -> int:
        """The place of an input among those of its length."""
        rank, bound = 0, set[str]()
        for place in range(0, len(letters), 2):
            remaining = len(letters) - place
            again, fresh = self.weights(remaining, len(bound))
            key = letters[place]
            before = self.keys[: self.keys.index(key)]
            rank += sum(again if k in bound else fresh for k in before)
            if remaining > 1 and key not in bound:
                each = self.completions(remaining - 2, len(bound) + 1)
                rank += self.values.index(letters[place + 1]) * each
            bound.add(key)
        return rank

    def unrank(self, length: int, rank: int) -> tuple[str, ...]:
        """The input at a place among those of its length."""
        letters: list[str] = []
        bound: dict[str, str] = {}
        for remaining in range(length, 0, -2):
            again, fresh = self.weights(remaining, len(bound))
            for key in self.keys:
                weight = again if key in bound else fresh
                if rank < weight:
                    break
                rank -= weight
            letters.append(key)
            if remaining > 1:
                if key not in bound:
                    each = self.completions(remaining - 2, len(bound) + 1)
                    digit, rank = divmod(rank, each)
                    bound[key] = self.values[digit]
                letters.append(bound[key])
        return tuple(letters)


@lru_cache(maxsize=4096)
def _completions(keys: int, values: int, remaining: int, bound: int) -> int:
    if remaining <= 0:
        return 1
    if remaining == 1:
        return keys
    again = bound * _completions(keys, values, remaining - 2, bound)
    if bound == keys:
        return again
    fresh = values * _completions(keys, values, remaining - 2, bound + 1)
    return again + (keys - bound) * fresh
