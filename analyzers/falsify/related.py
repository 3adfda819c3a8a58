"""Related inputs: whose answers say what is right for an input, property by property.

Each function returns, for inputs, those whose answers are looked at (mostly the same),
and the labels that are right for them.
"""

from __future__ import annotations

import numpy as np

from analyzers.falsify.checks import Ints
from tpdebug.evaluate import Evaluator
from tpdebug.inputs import Letters
from tpdebug.oracles import UNSCORED
from tpdebug.program import Program

NO_LETTER = "<a letter>"
"""What is right where an answer should be a letter of the alphabet, whichever."""


class Asked:
    """A program that is asked about related inputs.

    Attributes:
        letter_of: the letter of each class, and of `NO_LETTER`; -1 if it is none.
        class_of: the class of each letter; `NO_LETTER` if it is none.
    """

    def __init__(self, program: Program) -> None:
        self.domain = program.domain
        self.answers = Evaluator(program).answers
        classes = program.classifier.classes
        self.none = len(classes)
        index = program.domain.letter_index
        self.letter_of = np.array([*(index.get(name, -1) for name in classes), -1])
        places = {name: i for i, name in enumerate(classes)}
        alphabet = program.domain.alphabet
        self.class_of = np.array([places.get(a, self.none) for a in alphabet])

    def as_inputs(self, answers: Ints, instead: Letters) -> tuple[Letters, Ints]:
        """Answers taken as inputs; others where they are none, and which these are."""
        letters = self.letter_of[answers]
        good = np.logical_and.reduce(letters >= 0, axis=1, keepdims=True)
        return np.where(good, letters, instead).astype(np.int32), good

    def unless(self, good: Ints, answers: Ints, labels: Ints) -> Ints:
        """Labels; where the answers are no input, that they should be letters."""
        foreign = np.where(self.letter_of[answers] < 0, self.none, UNSCORED)
        return np.where(good, labels, foreign)


def permutation(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    """The answers to the sorted letters are right for these letters in any order."""
    return rows, asked.answers(np.sort(rows, axis=1))


def positions(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    """Each letter has the answer of an equal letter in the sorted input."""
    answers = asked.answers(np.sort(rows, axis=1))
    first = (rows[:, :, None] > rows[:, None, :]).sum(axis=2)
    return rows, np.take_along_axis(answers, first, 1)


def twice(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    """The answers as an input: the input is right for it."""
    answers = asked.answers(rows)
    inputs, good = asked.as_inputs(answers, rows)
    return inputs, asked.unless(good, answers, asked.class_of[rows])


def again(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    """The answers as an input: they are right for it, too."""
    answers = asked.answers(rows)
    inputs, good = asked.as_inputs(answers, rows)
    return inputs, asked.unless(good, answers, answers)


def prefix(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    """What is answered to the letters up to each is right for that one."""
    labels = asked.answers(rows)
    least, keys = asked.domain.lengths[0], asked.domain.keys
    for size in range(1, rows.shape[1]):
        begins = rows[:, :size].copy()
        if size < least:
            if keys is not None:  # what may follow depends on what has been
                labels[:, size - 1] = UNSCORED
                continue
            begins = np.pad(begins, ((0, 0), (0, least - size)))
        labels[:, size - 1] = asked.answers(begins)[:, size - 1]
    return rows, labels


def renaming(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    """With the letters named anew: the answers, with their old names again."""
    names = _new_names(asked, rows)
    answers = asked.answers(np.take_along_axis(names, rows, 1))
    old = np.take_along_axis(names.argsort(axis=1), _letters(asked, answers), 1)
    named = asked.letter_of[answers] >= 0
    return rows, np.where(named, asked.class_of[old], answers)


def names(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    """The answers to the input with its letters named anew."""
    names = _new_names(asked, rows)
    return rows, asked.answers(np.take_along_axis(names, rows, 1))


def order(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    """With the lowest letters in the same order: the answers, with their old names."""
    there = _present(asked, rows)
    names = (~there).argsort(axis=1, kind="stable").argsort(axis=1).astype(np.int32)
    answers = asked.answers(np.take_along_axis(names, rows, 1))
    letters = _letters(asked, answers)
    old = np.take_along_axis(names.argsort(axis=1), letters, 1)
    named = asked.letter_of[answers] >= 0
    known = letters < there.sum(axis=1, keepdims=True)
    labels = np.where(known, asked.class_of[old], UNSCORED)
    return rows, np.where(named, labels, answers)


def brackets(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    """The answers to the input with its kinds of brackets named anew."""
    kinds = len(asked.domain.alphabet) // 2
    names = _by_appearance(rows // 2, np.arange(kinds), kinds)
    pairs = np.take_along_axis(names, rows // 2, 1)
    return rows, asked.answers((2 * pairs + rows % 2).astype(np.int32))


def _letters(asked: Asked, answers: Ints) -> Ints:
    letters: Ints = np.maximum(asked.letter_of[answers], 0)
    return letters


def _present(asked: Asked, rows: Letters) -> Ints:
    """Which letters stand in each input: bool `[inputs, letters]`."""
    there = np.zeros((len(rows), len(asked.domain.alphabet)), bool)
    np.put_along_axis(there, rows, True, 1)
    return there


def _new_names(asked: Asked, rows: Letters) -> Ints:
    """Names by first appearance: the new letter of each letter `[inputs, letters]`.

    Keys become keys, and the letter for unknown words keeps its name.
    """
    domain = asked.domain
    many = len(domain.alphabet)
    names = np.tile(np.arange(many, dtype=np.int32), (len(rows), 1))
    keys = set(domain.keys or ())
    for keyed in (True, False):
        group = [
            i
            for i, letter in enumerate(domain.alphabet)
            if (letter in keys) is keyed and letter != domain.unknown
        ]
        if group:
            names[:, group] = _by_appearance(rows, np.array(group), many)
    return names


def _by_appearance(rows: Letters, group: Ints, many: int) -> Ints:
    """The letters of a group, in the order in which they stand in an input first."""
    length = rows.shape[1]
    first = np.full((len(rows), many), length)
    for place in reversed(range(length)):
        np.put_along_axis(first, rows[:, [place]], place, 1)
    order = first[:, group].argsort(axis=1, kind="stable")
    return group[order.argsort(axis=1)].astype(np.int32)
