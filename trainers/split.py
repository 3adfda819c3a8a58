"""Inputs for training, for choosing among restarts, and for testing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tpdebug.domain import Domain
from trainers.tasks import Task

INPUTS = 20_000
"""How many inputs there are in all (paper, appendix B)."""


@dataclass(frozen=True, slots=True)
class Split:
    """Unique inputs for training, for choosing among restarts, and for testing."""

    train: tuple[tuple[str, ...], ...]
    valid: tuple[tuple[str, ...], ...]
    test: tuple[tuple[str, ...], ...]


def split(task: Task, seed: int, inputs: int = INPUTS) -> Split:
    """Draw unique inputs of a task: 80/10/10 %.

    A domain with fewer inputs is used whole; one with fewer than a hundred is too
    small to hold anything out, and every part is all of it. Paper, appendix B.
    """
    random, domain = Random(seed), task.domain
    chosen: dict[int, None] = {}
    if domain.count <= inputs:
        chosen = dict.fromkeys(range(domain.count))
    draw = _drawing(task, random)
    while len(chosen) < min(inputs, domain.count):
        chosen[draw()] = None
    indices = list(chosen)
    random.shuffle(indices)
    rows = tuple(domain.input(index) for index in indices)
    if len(rows) < 100:
        return Split(rows, rows, rows)
    cut, end = len(rows) * 8 // 10, len(rows) * 9 // 10
    return Split(rows[:cut], rows[cut:end], rows[end:])


def _drawing(task: Task, random: Random) -> Callable[[], int]:
    """What draws the index of an input."""
    if task.draw is None:
        return _uniform(task.domain, random)
    draw, index = task.draw, task.domain.index
    return lambda: index(draw(random))


def _uniform(domain: Domain, random: Random) -> Callable[[], int]:
    """Uniform in length, and then in letters."""
    lengths = range(domain.lengths[0], domain.lengths[1] + 1)
    starts, before = {}, 0
    for n in lengths:
        starts[n] = before
        before += domain.count_of_length(n)

    def draw() -> int:
        n = random.choice(lengths)
        return starts[n] + random.randrange(domain.count_of_length(n))

    return draw
