"""A set of edits that can all be done, and to which none can be added.

Greedy: one candidate after another is taken if, with all before it, no answer changes
on the inputs that are tried; then all inputs are looked at. What changes an answer
there is tried from then on, and what it excludes is left out. In the end each candidate
that is not in the set is excluded by an input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import TypeAlias

from analyzers.sameness import Sameness
from tpdebug.findings import Edit

Candidate: TypeAlias = Sequence[tuple[Edit, ...]]
"""Ways to do one thing; the first that changes no answer is taken."""


def maximal(
    same: Sameness,
    candidates: Sequence[Candidate],
    start: Iterable[Edit] = (),
    progress: Callable[[int, int], None] | None = None,
) -> list[tuple[Edit, ...]]:
    """Find such a set.

    Args:
        same: says whether edits change an answer.
        candidates: what could be done, the most wanted first.
        start: edits that are done already, and change nothing.
        progress: is told how many candidates are done, and how many there are.

    Returns:
        For each candidate that is in the set its edits.
    """
    before = tuple(start)
    taken: dict[int, tuple[Edit, ...]] = {}
    while True:
        more = _taken(same, candidates, before, taken, progress)
        if more == taken and same.all_the_same([*before, *_flat(taken)]):
            return [taken[number] for number in sorted(taken)]
        taken = more
        while not same.all_the_same([*before, *_flat(taken)]):
            ways = {number: [taken[number]] for number in sorted(taken)}
            some = _taken(same, list(ways.values()), before, {}, None)
            numbers = list(ways)
            taken = {numbers[place]: edits for place, edits in some.items()}


def _taken(
    same: Sameness,
    candidates: Sequence[Candidate],
    before: tuple[Edit, ...],
    taken: dict[int, tuple[Edit, ...]],
    progress: Callable[[int, int], None] | None,
) -> dict[int, tuple[Edit, ...]]:
    """What is taken, and all else that changes nothing where it is tried."""
    found = dict(taken)
    upon = (*before, *_flat(found))
    for number, ways in enumerate(candidates):
        if progress is not None:
            progress(number, len(candidates))
        if number in found:
            continue
        for way in ways:
            if same.likely(way, upon):
                found[number] = way
                upon = (*before, *_flat(found))
                break
    return found


def _flat(taken: dict[int, tuple[Edit, ...]]) -> list[Edit]:
    return list(chain.from_iterable(taken[number] for number in sorted(taken)))
