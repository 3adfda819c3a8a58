"""The failures found so far: how many of each kind, and the smallest of it.

Smaller is shorter, then earlier in the order of the alphabet, as a domain has it
(shortlex order). What is found does not depend on the order in which it is added.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from analyzers.falsify.checks import Check, Judged
from analyzers.falsify.kinds import Kinds
from tpdebug.errors import UserError
from tpdebug.inputs import Letters
from tpdebug.parts import Part

CHUNK = 4096
"""How many failing inputs are traced at a time."""


class Instance(NamedTuple):
    """A failing input; instances stand in shortlex order.

    Attributes:
        length, letters: its letters, as indices.
        labels, answers: what is right and what is answered, as indices.
        place: the first wrong answer.
    """

    length: int
    letters: tuple[int, ...]
    labels: tuple[int, ...]
    answers: tuple[int, ...]
    place: int


@dataclass
class Group:
    """The failures of one kind: the smallest, and how many there are."""

    smallest: Instance
    count: int = 0


@dataclass
class Found:
    """Failures, by kind.

    Attributes:
        check: what fails.
        groups: by kind.
        seen: the failing inputs, where these may come up again, and their kinds.
        looked: how many inputs were looked at, with repetitions.
        swept: the first input, by its length and letters, that was not looked at in a
            sweep of all inputs in order; those before it are counted.
    """

    check: Check
    groups: dict[int, Group] = field(default_factory=dict)
    seen: dict[tuple[int, ...], int] = field(default_factory=dict)
    looked: int = 0
    swept: tuple[int, tuple[int, ...]] = (0, ())

    def __post_init__(self) -> None:
        self.kinds = Kinds(self.check)

    @property
    def failing(self) -> int:
        """How many failing inputs there are."""
        return sum(group.count for group in self.groups.values())

    def look(self, letters: Letters) -> Judged:
        """Judge inputs of one length, and add those that fail and are new."""
        judged = self.check.look(letters)
        self.looked += len(letters)
        self.add_new(judged)
        return judged

    def add_new(self, judged: Judged) -> None:
        """Add those of some inputs that fail and have not been seen."""
        rows = np.flatnonzero(judged.fails)
        listed = zip(rows.tolist(), judged.letters[rows].tolist(), strict=True)
        new = [row for row, letters in listed if self._new(tuple(letters))]
        if new:
            failing = judged.only(np.array(new))
            for kind, instance in zip(
                self.kinds.of(failing).tolist(), instances(failing), strict=True
            ):
                if instance.letters not in self.seen:
                    self.seen[instance.letters] = kind
                    self.add(kind, Group(instance, 1))

    def _new(self, letters: tuple[int, ...]) -> bool:
        """Whether a failing input has not been counted."""
        return letters not in self.seen and (len(letters), letters) >= self.swept

    def add(self, kind: int, more: Group) -> None:
        """Add failures of one kind that were not counted before."""
        group = self.groups.setdefault(kind, Group(more.smallest))
        group.smallest = min(group.smallest, more.smallest)
        group.count += more.count


def instances(failing: Judged) -> Iterator[Instance]:
    """Failing inputs, one by one."""
    length = failing.letters.shape[1]
    columns = (failing.letters, failing.labels, failing.answers, failing.first)
    for letters, labels, answers, place in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        yield Instance(length, tuple(letters), tuple(labels), tuple(answers), place)


def failures_in(check: Check, kinds: Kinds, part: Part) -> dict[int, Group]:
    """The failures in a part of a survey, by kind.

    Raises:
        UserError: an oracle fails, or does not say the same twice.
    """
    rows = np.flatnonzero(check.failing(part))
    found: dict[int, Group] = {}
    for start in range(0, len(rows), CHUNK):
        failing = check.judge(part.some(rows[start : start + CHUNK]))
        if not failing.fails.all():
            raise UserError(f"{check.name} does not say the same when asked again")
        codes, first, counts = np.unique(
            kinds.of(failing), return_index=True, return_counts=True
        )
        for kind, instance, count in zip(
            codes.tolist(),
            instances(failing.only(first)),
            counts.tolist(),
            strict=True,
        ):
            group = found.setdefault(kind, Group(instance))
            group.count += count
    return found
