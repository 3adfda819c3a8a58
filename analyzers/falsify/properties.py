"""Properties that tie the answers of a program to its answers to other inputs.

No right answers are needed: where two answers do not fit together, one of them is
wrong (metamorphic testing: Chen, Cheung, Yiu, HKUST-CS98-01, 1998). A property says
what is right for an input by asking the program itself about a related one. Where it is
about *all* related inputs (all permutations, all new names), an input is compared with
one that stands for all of them, such as the sorted one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analyzers.falsify.checks import Check, Ints, Judged
from tpdebug.columns import Column
from tpdebug.errors import UserError
from tpdebug.evaluate import Evaluator
from tpdebug.inputs import Letters
from tpdebug.oracles import UNSCORED, BatchOracle
from tpdebug.parts import Part
from tpdebug.program import Program

NO_LETTER = "<a letter>"
"""What is right where an answer should be a letter of the alphabet, whichever."""


MOST_NAMES = 1 << 22
"""About how many names are held at a time: one for each letter and each input."""


@dataclass(frozen=True, slots=True)
class Property:
    """Something that has to hold between the answers of a program.

    Attributes:
        name: how the user calls it.
        says: what it is.
        tasks: the tasks of the paper that have it.
        related: for inputs, the ones whose answers are looked at (mostly the same),
            and the labels that are right for them.
        needs: why a program cannot have it; None if it can.
    """

    name: str
    says: str
    tasks: tuple[str, ...]
    related: Callable[[Asked, Letters], tuple[Letters, Ints]]
    needs: Callable[[Program], str | None]


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


class PropertyCheck(Check):
    """Holds a program against a property.

    Raises:
        UserError: there is no such property, or the program cannot have it.
    """

    def __init__(self, program: Program, name: str) -> None:
        if name not in PROPERTIES:
            known = ", ".join(PROPERTIES)
            raise UserError(f"there is no property {name!r}; they are {known}")
        self.property = PROPERTIES[name]
        reason = self.property.needs(program)
        if reason is not None:
            raise UserError(f"the property {name} is not for this program: {reason}")
        self.asking = Asked(program)
        labels = (*program.classifier.classes, NO_LETTER)

        def wanted(rows: Letters) -> Ints:
            return self.property.related(self.asking, rows)[1]

        oracle = BatchOracle(program.domain, labels, wanted)
        oracle.pooled = program.classifier.pooled
        oracle.part = max(MOST_NAMES // len(program.domain.alphabet), 256)
        super().__init__(program, oracle, f"property {name}")

    def judge(self, part: Part) -> Judged:
        """Ask about a part of the inputs and related ones, and compare."""
        block, step = part.block(), self.oracle.part
        starts = range(0, len(block), step)
        return Judged.joined([self._ask(block[i : i + step]) for i in starts])

    def _ask(self, rows: Letters) -> Judged:
        return self.compare(rows, *self.property.related(self.asking, rows))

    def failing(self, part: Part) -> Column:
        """Which inputs of a part do not have the property."""
        return self.judge(part).fails


def _permutation(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    return rows, asked.answers(np.sort(rows, axis=1))


def _positions(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    answers = asked.answers(np.sort(rows, axis=1))
    first = (rows[:, :, None] > rows[:, None, :]).sum(axis=2)
    return rows, np.take_along_axis(answers, first, 1)


def _twice(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    answers = asked.answers(rows)
    inputs, good = asked.as_inputs(answers, rows)
    return inputs, asked.unless(good, answers, asked.class_of[rows])


def _again(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    answers = asked.answers(rows)
    inputs, good = asked.as_inputs(answers, rows)
    return inputs, asked.unless(good, answers, answers)


def _prefix(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
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


def _renaming(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    names = _new_names(asked, rows)
    answers = asked.answers(np.take_along_axis(names, rows, 1))
    old = np.take_along_axis(names.argsort(axis=1), _letters(asked, answers), 1)
    named = asked.letter_of[answers] >= 0
    return rows, np.where(named, asked.class_of[old], answers)


def _names(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    names = _new_names(asked, rows)
    return rows, asked.answers(np.take_along_axis(names, rows, 1))


def _order(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
    there = _present(asked, rows)
    names = (~there).argsort(axis=1, kind="stable").argsort(axis=1).astype(np.int32)
    answers = asked.answers(np.take_along_axis(names, rows, 1))
    letters = _letters(asked, answers)
    old = np.take_along_axis(names.argsort(axis=1), letters, 1)
    named = asked.letter_of[answers] >= 0
    known = letters < there.sum(axis=1, keepdims=True)
    labels = np.where(known, asked.class_of[old], UNSCORED)
    return rows, np.where(named, labels, answers)


def _brackets(asked: Asked, rows: Letters) -> tuple[Letters, Ints]:
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


def _anything(program: Program) -> str | None:
    return None


def _any_letters(program: Program) -> str | None:
    if program.domain.keys is None:
        return None
    return "keys and values take turns in its inputs"


def _letterwise(program: Program) -> str | None:
    return "it gives one answer to an input" if program.classifier.pooled else None


def _free(program: Program) -> str | None:
    return _letterwise(program) or _any_letters(program)


def _paired(program: Program) -> str | None:
    if len(program.domain.alphabet) % 2:
        return "its letters are no pairs of brackets"
    return _any_letters(program)


_ALL = (
    Property(
        "permutation",
        "the letters in another order have the same answers",
        ("sort",),
        _permutation,
        _any_letters,
    ),
    Property(
        "positions",
        "letters that change places take their answers along",
        ("hist", "double_hist"),
        _positions,
        _free,
    ),
    Property(
        "twice",
        "asked for its answers, it answers the input",
        ("reverse",),
        _twice,
        _free,
    ),
    Property(
        "again",
        "asked for its answers, it answers the same again",
        ("sort",),
        _again,
        _free,
    ),
    Property(
        "order",
        "other letters in the same order: they are in the answers instead",
        ("sort",),
        _order,
        _any_letters,
    ),
    Property(
        "renaming",
        "letters with other names: these names are in the answers instead",
        ("reverse", "most_freq", "induction"),
        _renaming,
        _anything,
    ),
    Property(
        "names",
        "letters with other names have the same answers",
        ("hist", "double_hist"),
        _names,
        _anything,
    ),
    Property(
        "brackets",
        "kinds of brackets with other names have the same answers",
        ("dyck2",),
        _brackets,
        _paired,
    ),
    Property(
        "prefix",
        "what follows changes no answer (causal programs have this by construction)",
        ("dyck1", "dyck2", "induction"),
        _prefix,
        _letterwise,
    ),
)
PROPERTIES = {each.name: each for each in _ALL}
"""All properties, by name."""
