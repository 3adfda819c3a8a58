"""Cases for training, for choosing among restarts, and for testing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from tpdebug.cases import Case, Input
from tpdebug.columns import stack
from tpdebug.domain import Domain
from tpdebug.inputs import columns_of, encode
from tpdebug.oracles import Oracle

if TYPE_CHECKING:
    from trainers.tasks import Task

INPUTS = 20_000
"""How many inputs there are in all (paper, appendix B)."""


@dataclass(frozen=True, slots=True)
class Split:
    """Inputs with their right answers: to train on, to choose by, and to test on."""

    train: tuple[Case, ...]
    valid: tuple[Case, ...]
    test: tuple[Case, ...]


def split(task: Task, seed: int, inputs: int = INPUTS) -> Split:
    """The cases that a task lists, or unique inputs of its domain: 80/10/10 %.

    A domain with fewer inputs is used whole; one with fewer than a hundred is too
    small to hold anything out, and every part is all of it. Paper, appendix B.
    """
    return task.listed or _drawn(task, seed, inputs)


@lru_cache(maxsize=2)  # the right answers may be those of a slow function
def _drawn(task: Task, seed: int, inputs: int) -> Split:
    random, domain = Random(seed), task.domain
    chosen: dict[int, None] = {}
    if domain.count <= inputs:
        chosen = dict.fromkeys(range(domain.count))
    draw = _drawing(task, random)
    while len(chosen) < min(inputs, domain.count):
        chosen[draw()] = None
    indices = list(chosen)
    random.shuffle(indices)
    rows = answered(task.oracle, [domain.input(index) for index in indices])
    if len(rows) < 100:
        return Split(rows, rows, rows)
    cut, end = len(rows) * 8 // 10, len(rows) * 9 // 10
    return Split(rows[:cut], rows[cut:end], rows[end:])


def answered(oracle: Oracle, inputs: Sequence[Input]) -> tuple[Case, ...]:
    """Inputs with their right answers, in order; asked in blocks of one length."""
    by_length: dict[int, list[int]] = {}
    for place, letters in enumerate(inputs):
        by_length.setdefault(len(letters), []).append(place)
    found: dict[int, Case] = {}
    for places in by_length.values():
        rows = [inputs[place] for place in places]
        columns = oracle.wanted(columns_of(encode(oracle.domain, rows)))
        labels = (*oracle.labels, None)  # -1, the last, is not scored
        codes = stack(columns, len(rows)).tolist()
        for place, letters, row in zip(places, rows, codes, strict=True):
            found[place] = letters, tuple(labels[i] for i in row)
    return tuple(found[place] for place in range(len(inputs)))


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
