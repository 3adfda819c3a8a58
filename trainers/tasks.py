"""The tasks of the paper (appendix B): inputs, classes and the right answers. No torch.

V and N count the special tokens, as in the paper: sort with V = N = 8 has five letters
(`<pad>`, `<s>` and `</s>` are in V) and one to six of them in an input.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.measure import Target
from trainers.config import Run

BEGIN, END = "<s>", "</s>"


@dataclass(frozen=True, slots=True)
class Task:
    """What a program is trained for.

    Attributes:
        name: how the user calls it.
        says: what it asks for, in a few words.
        domain: the inputs.
        classes: the possible answers at a letter.
        target: the right answers of an input.
    """

    name: str
    says: str
    domain: Domain
    classes: tuple[str, ...]
    target: Target


def task(name: str, vocabulary: int = 8, length: int = 8) -> Task:
    """Return a task at a size.

    Args:
        name: one of `TASKS`.
        vocabulary: V, the number of tokens, `<pad>`, `<s>` and `</s>` included.
        length: N, the number of positions, `<s>` and `</s>` included.

    Raises:
        UserError: there is no such task, or it does not exist at this size.

    >>> task("sort").target(["3", "1", "2"])
    ['1', '2', '3']
    """
    if name not in TASKS:
        raise UserError(f"there is no task {name!r}; the tasks are {', '.join(TASKS)}")
    return TASKS[name](vocabulary, length)


def task_of(run: Run) -> Task:
    """The task of a training run, at its size."""
    return task(run.task, run.vocabulary, run.length)


def _sort(vocabulary: int, length: int) -> Task:
    letters = vocabulary - 3
    if letters < 1 or length < 3:
        raise UserError("sort needs V of at least 4 and N of at least 3")
    alphabet = tuple(str(i) for i in range(letters))
    place = {letter: i for i, letter in enumerate(alphabet)}

    def target(inputs: Sequence[str]) -> Sequence[str]:
        return sorted(inputs, key=place.__getitem__)

    domain = Domain(alphabet, (1, length - 2), BEGIN, END)
    return Task("sort", "the letters in ascending order", domain, alphabet, target)


TASKS: dict[str, Callable[[int, int], Task]] = {"sort": _sort}


@dataclass(frozen=True, slots=True)
class Split:
    """Unique inputs for training, for choosing among restarts, and for testing."""

    train: tuple[tuple[str, ...], ...]
    valid: tuple[tuple[str, ...], ...]
    test: tuple[tuple[str, ...], ...]


def split(domain: Domain, seed: int, inputs: int = 20_000) -> Split:
    """Draw unique inputs, uniform in length and then in letters: 80/10/10 %.

    A domain with fewer inputs is used whole; one with fewer than a hundred is too
    small to hold anything out, and every part is all of it. Paper, appendix B.
    """
    shuffle = random.Random(seed)
    lengths = range(domain.lengths[0], domain.lengths[1] + 1)
    starts = {}
    before = 0
    for n in lengths:
        starts[n] = before
        before += domain.count_of_length(n)
    chosen: dict[int, None] = {}
    if domain.count <= inputs:
        chosen = dict.fromkeys(range(domain.count))
    while len(chosen) < min(inputs, domain.count):
        n = shuffle.choice(lengths)
        chosen[starts[n] + shuffle.randrange(domain.count_of_length(n))] = None
    indices = list(chosen)
    shuffle.shuffle(indices)
    rows = tuple(domain.input(index) for index in indices)
    if len(rows) < 100:
        return Split(rows, rows, rows)
    cut, end = len(rows) * 8 // 10, len(rows) * 9 // 10
    return Split(rows[:cut], rows[cut:end], rows[end:])
