"""Drawing the inputs to train with, where uniform ones would teach too little."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeAlias

Draw: TypeAlias = Callable[[Random], tuple[str, ...]]


def brackets_of(pairs: Sequence[tuple[str, str]], length: int) -> Draw:
    """Draw brackets as in the paper (appendix B).

    Half of them begin with a balanced string of random length and depth, and end with
    any brackets; of uniform ones nearly all are wrong after a few letters.

    Args:
        pairs: opening and closing brackets.
        length: how many brackets to draw.

    >>> draw = brackets_of([("(", ")")], 8)
    >>> "".join(draw(Random(1)))
    '()()(((('
    """
    letters = [bracket for pair in pairs for bracket in pair]

    def draw(random: Random) -> tuple[str, ...]:
        start: list[str] = []
        if length > 1 and random.random() < 0.5:
            start = _balanced(random, pairs, 2 * random.randint(1, length // 2))
        return (*start, *random.choices(letters, k=length - len(start)))

    return draw


def _balanced(
    random: Random, pairs: Sequence[tuple[str, str]], length: int
) -> list[str]:
    """A balanced string of an even length: opened or closed as a coin falls."""
    found: list[str] = []
    closing: list[str] = []  # what is still to be closed, innermost last
    while len(found) < length:
        may_open = length - len(found) > len(closing)
        if may_open and (not closing or random.random() < 0.5):
            opening, other = random.choice(pairs)
            found.append(opening)
            closing.append(other)
        else:
            found.append(closing.pop())
    return found
