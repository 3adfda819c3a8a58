"""What an answer is held against, and by how much it is right or wrong.

A check judges a part of the inputs at a time. The margin of an answer is how far the
score of the right class is before the best other one; below 0 the answer is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tpdebug.columns import Column, align, columns_any, expand, stack
from tpdebug.evaluate import Evaluator
from tpdebug.inputs import Letters, columns_of
from tpdebug.oracles import UNSCORED, Function, Oracle, oracle_for
from tpdebug.parts import Listed, Part
from tpdebug.program import Program
from tpdebug.tally import MISSING

Ints = NDArray[Any]

FAR = np.iinfo(np.int64).max // 4
"""The margin where nothing is scored; below 0, that of a label that is no class."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Inputs of one length, with their answers and how right these are.

    Attributes:
        letters: the inputs, as letter indices `[inputs, letters]`.
        asked: the inputs that the answers are of: the same, or what a property asks.
        answers: the classes that are answered `[inputs, answers]`.
        labels: the labels that are right `[inputs, answers]`; -1: not scored.
        margins: by how much `[inputs, answers]`.
    """

    letters: Letters
    asked: Letters
    answers: Ints
    labels: Ints
    margins: Ints

    @property
    def least(self) -> Ints:
        """The least margin of each input."""
        least: Ints = self.margins.min(axis=1)
        return least

    @property
    def fails(self) -> NDArray[np.bool_]:
        """Which inputs have a wrong answer."""
        return np.asarray(self.least < 0)

    @property
    def first(self) -> Ints:
        """The place of the first wrong answer of each input, all of which fail."""
        first: Ints = (self.margins < 0).argmax(axis=1)
        return first

    def only(self, rows: Ints) -> Judged:
        """Some of the inputs."""
        return Judged(*(getattr(self, item.name)[rows] for item in fields(self)))

    @staticmethod
    def joined(several: Sequence[Judged]) -> Judged:
        """Inputs that were judged apart."""
        if len(several) == 1:
            return several[0]
        columns = ([getattr(j, f.name) for j in several] for f in fields(Judged))
        return Judged(*map(np.concatenate, columns))


class Check:
    """Holds a program against right answers.

    Attributes:
        program: the program; its domain holds the inputs in question.
        oracle: what is right; it may ask the program itself about another input.
        name: what the right answers are called.
    """

    def __init__(
        self, program: Program, oracle: Oracle | Function, name: str = "the oracle"
    ) -> None:
        self.program = program
        self.name = name
        self.evaluator = Evaluator(program)
        pooled = program.classifier.pooled
        self.oracle = oracle_for(oracle, program.domain, pooled, name)

    def judge(self, part: Part) -> Judged:
        """Answer a part of the inputs, and compare."""
        columns = part.columns()
        labels = stack(self.oracle.right(part, columns), part.size)
        block = part.block()
        return self.compare(block, block, labels)

    def look(self, letters: Letters) -> Judged:
        """The same for inputs of one length, as letter indices."""
        size, length = letters.shape
        return self.judge(Listed(self.program.domain, length, size, letters))

    def failing(self, part: Part) -> Column:
        """Which inputs of a part fail: bool `[inputs]`; inputs share what they can."""
        columns = part.columns()
        right = self.oracle.right(part, columns)
        codes = self.codes()
        wrong = []
        for (answer, _), label in zip(
            self.evaluator.answer(columns), right, strict=True
        ):
            answer, label = align(answer, label)
            wrong.append((codes[label] != answer) & (label != UNSCORED))
        return expand(columns_any(wrong), part.size)

    def codes(self) -> Ints:
        """The class of each label; the last entry is for what is not scored."""
        classes = {name: i for i, name in enumerate(self.program.classifier.classes)}
        known = (classes.get(label, MISSING) for label in self.oracle.labels)
        return np.array([*known, UNSCORED])

    def compare(self, letters: Letters, asked: Letters, labels: Ints) -> Judged:
        """Hold the answers to some inputs against labels.

        Args:
            letters: the inputs that are judged.
            asked: the inputs that the program is asked for them.
            labels: what is right `[inputs, answers]`.
        """
        evaluation = self.evaluator.evaluate(columns_of(asked))
        domain, scores = self.program.domain, evaluation.scores
        if not self.program.classifier.pooled:
            scores = scores[domain.letters]
        known = np.stack([stack(totals, len(asked)) for totals in scores], axis=1)
        answers = known.argmax(axis=-1)
        margins = lead(known, answers, self.codes()[labels])
        return Judged(letters, asked, answers, labels, margins)


def lead(scores: Ints, answers: Ints, right: Ints) -> Ints:
    """How far the right class is before the best other one `[inputs, answers]`.

    A tie that the right class loses, as it comes later in class order, counts as -1.

    Args:
        scores: of each class `[inputs, answers, classes]`.
        answers: the class that wins.
        right: the class that is right, or `MISSING`, or `UNSCORED`.
    """
    at = np.maximum(right, 0)[..., None]
    own = np.take_along_axis(scores, at, -1)[..., 0]
    others = np.where(np.arange(scores.shape[-1]) == at, np.iinfo(np.int64).min, scores)
    best = others.max(axis=-1)
    alone = scores.shape[-1] == 1
    margin = np.full(own.shape, FAR) if alone else own - best
    margin = np.where(answers == right, margin, np.minimum(margin, -1))
    margin = np.where(right == MISSING, -FAR, margin)
    found: Ints = np.where(right == UNSCORED, FAR, margin)
    return found
