"""Search over discrete programs: grow one on the training inputs, then shrink it.

Gradient training has to find all parts of a program at once, through choices that are
blurred. This builds it step by step from parts that are discrete and short from the
start, and fits the read-out exactly after each. Where a search ends depends on which
inputs it looks at first, so several are made and the best is kept. No torch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trainers.discrete import Discrete
from trainers.search.apart import in_processes
from trainers.search.limits import Limits
from trainers.search.once import Found, Growing, Problem, find
from trainers.search.plain import Says
from trainers.search.sample import Sample

__all__ = ["Limits", "Problem", "Sample", "Says", "Step", "search"]

PRICE = 1e-5
"""The share of labels that a line of code is worth."""


@dataclass(frozen=True, slots=True)
class Step:
    """How the search stands.

    Attributes:
        searches: how many programs have been searched for.
        nodes: how many heads and tables the latest has, grown or shrunk.
        accuracy: the share of labels that it gets right.
        looked: how many candidates were looked at for it.
        best: the best program so far.
    """

    searches: int
    nodes: int
    accuracy: float
    looked: int
    best: Discrete | None


def search(
    problem: Problem, seed: int, searches: int = 1, jobs: int = 1
) -> Iterator[Step]:
    """Search for a program several times.

    Args:
        problem: what to search for.
        seed: which inputs are looked at first.
        searches: how many times.
        jobs: how many at a time, in processes of their own; it makes no difference to
            the result.

    Yields:
        A step after each round and each search. The last has the best program of all.
    """
    seeds = [seed * 1_000_000 + i for i in range(searches)]
    news: Iterator[Growing | Found] = (
        in_processes(problem, seeds, jobs)
        if min(jobs, searches) > 1
        else (latest for each in seeds for latest in find(problem, each))
    )
    found: list[Found] = []
    for latest in news:
        if isinstance(latest, Found):
            found.append(latest)
        yield _step(found, latest)


def _step(found: list[Found], latest: Found | Growing) -> Step:
    best = max(found, key=_worth, default=None)
    network = None if best is None else best.network
    return Step(len(found), latest.nodes, latest.accuracy, latest.looked, network)


def _worth(found: Found) -> tuple[float, int]:
    """What a program is worth; of two that are equal, the one of the first seed."""
    return found.accuracy - PRICE * found.effort, -found.seed
