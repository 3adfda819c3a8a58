"""Shrinking a program: leave out what it does as well without.

A round of growing takes what helps most at that time; what is found later often makes
earlier steps needless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from trainers.search.terms import Input, Term, effort

Worth = Callable[[Sequence[Term]], float]
"""How good a read-out of some terms is: the share of labels that it gets right."""


def shrink(
    read: Sequence[Term], worth: Worth, price: float, *, many: bool = False
) -> tuple[Term, ...]:
    """Leave out terms, one at a time, as long as the program is worth no less.

    Args:
        read: what the read-out sees.
        worth: tells how good a choice of terms is.
        price: the accuracy that a line of code may cost.
        many: whether to try first to leave out half of them, a quarter, and so on, as
            delta debugging does (Zeller, Hildebrandt, TSE 2002).
    """
    left, best = list(read), worth(read)
    size = len(left) // 2 if many else 0
    while size > 1:
        for start in range(0, len(left), size):
            without = [*left[:start], *left[start + size :]]
            if without and (found := worth(without)) >= best:
                left, best = without, found
                break
        else:
            size //= 2
    while True:
        for without, saved in _shorter(left):
            found = worth(without)
            if found >= best - price * saved:
                left, best = without, found
                break
        else:
            return tuple(left)


def _shorter(read: list[Term]) -> Iterator[tuple[list[Term], float]]:
    """The read-outs with a term less, or a term instead of one made of it.

    The one that saves most comes first; inputs save nothing, but a score table.
    """
    choices: list[tuple[float, int, list[Term]]] = []
    whole = effort(read)
    for i, term in enumerate(read):
        rest = [*read[:i], *read[i + 1 :]]
        if rest:
            choices.append((whole - effort(rest), len(choices), rest))
        for part in dict.fromkeys((*term.needs[:-1], *term.reads)):
            if part not in read and not isinstance(part.made, Input):
                fewer = [*rest, part]
                choices.append((whole - effort(fewer), len(choices), fewer))
    choices.sort(key=lambda choice: (-choice[0], choice[1]))
    for saved, _, fewer in choices:
        yield fewer, max(saved, 0.0)
