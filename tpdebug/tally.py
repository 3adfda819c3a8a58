"""Counting right answers: over one part of the inputs, and added up."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tpdebug.columns import Column, align, expand
from tpdebug.evaluate import Evaluator
from tpdebug.oracles import Oracle
from tpdebug.parts import Part

Counts = NDArray[np.int64]
MISSING = -2
"""The class of a label that the program does not have: never right."""


@dataclass(frozen=True, slots=True, order=True)
class Least:
    """The least lead of an answer before the runner-up, and where it is.

    Attributes:
        lead: in units of the program's scores; 0 is a tie.
        length, rank: the input: its length, and its rank in the part.
        place: the letter, counted from 0.
    """

    lead: int
    length: int
    part: int
    rank: int
    place: int


@dataclass
class Tally:
    """How often a program is right.

    Attributes:
        lengths: length -> inputs, inputs right, letters, letters right; of those that
            are scored.
        confusion: how often a label was answered with a class `[labels, classes]`.
        least: the least certain answer.
        most: the largest count of each numerical variable.
    """

    lengths: dict[int, Counts] = field(default_factory=dict)
    confusion: Counts = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    least: Least | None = None
    most: dict[str, int] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Add what was counted elsewhere; the order makes no difference."""
        for length, counts in other.lengths.items():
            before = self.lengths.get(length)
            self.lengths[length] = counts if before is None else before + counts
        shape = np.maximum(self.confusion.shape, other.confusion.shape)
        both = np.zeros(shape, np.int64)
        for part in (self.confusion, other.confusion):
            both[: part.shape[0], : part.shape[1]] += part
        self.confusion = both
        for name, most in other.most.items():
            self.most[name] = max(most, self.most.get(name, 0))
        found = [least for least in (self.least, other.least) if least is not None]
        self.least = min(found, default=None)

    @property
    def totals(self) -> tuple[int, int, int, int]:
        """Inputs, inputs right, letters, letters right."""
        zero = np.zeros(4, np.int64)
        inputs, right, letters, letters_right = sum(self.lengths.values(), zero)
        return int(inputs), int(right), int(letters), int(letters_right)


def tally(
    evaluator: Evaluator, oracle: Oracle, part: Part, number: int = 0
) -> tuple[Tally, Column]:
    """Evaluate a part of the inputs and compare with the right answers.

    Args:
        evaluator: the program.
        oracle: the right answers.
        part: the inputs.
        number: which part it is.

    Returns:
        The counts, and which inputs fail: bool `[inputs]`.
    """
    columns = part.columns()
    evaluation = evaluator.evaluate(columns)
    answered = evaluator.winners(evaluation)
    wanted = oracle.right(part, columns)
    found = Tally()
    for name in evaluator.counting:
        columns_of_name = evaluation.values[name]
        found.most[name] = max(int(column.max()) for column in columns_of_name)
    labels = oracle.labels
    classes = evaluator.program.classifier.classes
    as_class = np.array([*(_index(classes, label) for label in labels), -1])
    confusion = np.zeros(len(labels) * len(classes), np.int64)
    fails: Column = np.zeros(1, bool)
    counts: Column = np.zeros(1, bool)  # whether something in an input is scored
    letters = right = 0
    for place, ((answer, lead), label) in enumerate(zip(answered, wanted, strict=True)):
        answer, label, lead = align(answer, label, lead)
        weight = part.size // len(answer)
        scored = label >= 0
        wrong = (answer != as_class[label]) & scored
        if scored.all():
            pairs = label * len(classes) + answer
            counts = np.ones(1, bool)
        else:
            counts = np.logical_or(*align(counts, scored))
            pairs = (label * len(classes) + answer)[scored]
            lead = np.where(scored, lead, np.iinfo(np.int64).max)
        confusion += np.bincount(pairs, minlength=len(confusion)) * weight
        letters += len(pairs) * weight
        right += (len(pairs) - int(np.count_nonzero(wrong))) * weight
        fails = np.logical_or(*align(fails, wrong))
        if len(classes) > 1 and len(pairs):
            _note_least(found, part, number, place, lead, weight)
    failing = expand(fails, part.size)
    inputs = int(np.count_nonzero(counts)) * (part.size // len(counts))
    inputs_right = inputs - int(np.count_nonzero(failing))
    totals = np.array([inputs, inputs_right, letters, right], np.int64)
    found.lengths[part.length] = totals
    found.confusion = confusion.reshape(len(labels), len(classes))
    return found, failing


def _index(classes: tuple[str, ...], label: str) -> int:
    return classes.index(label) if label in classes else MISSING


def _note_least(
    found: Tally,
    part: Part,
    number: int,
    place: int,
    lead: Column,
    weight: int,
) -> None:
    """Remember the least lead of a column."""
    entry = int(lead.argmin())
    least = Least(int(lead[entry]), part.length, number, entry * weight, place)
    found.least = least if found.least is None else min(found.least, least)
