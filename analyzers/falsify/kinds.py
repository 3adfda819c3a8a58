"""What kind of failure an input is: which answer is wrong, and what speaks for it.

The kind is that of the *first* wrong answer, as later ones may only follow from it. Two
failures are of one kind if the same label is right there, the same class is answered
instead, and the same score row speaks for it: the one that gives the wrong class most
over the right one. Telling failures apart by every rule that they take would make a
kind of almost each of them; so does taking as many score rows as outweigh the others
(the nine failing inputs of the paper's sort program were nine kinds, now seven).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzers.falsify.checks import Check, Judged
from tpdebug.evaluate import Trace
from tpdebug.evaluate.codes import index_of

Ints = NDArray[Any]


class Kinds:
    """Tells failures of a check apart; a kind is a number that can be read."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.rows = check.program.classifier.rows
        self.classes = len(check.program.classifier.classes)
        self.scores = np.array([row.scores for row in self.rows], np.int64)
        variables = check.program.variables
        self.codes = [
            0 if row.value is None else index_of(variables[row.variable])[row.value]
            for row in self.rows
        ]

    def of(self, failing: Judged) -> Ints:
        """The kind of each of some inputs, all of which fail `[inputs]`."""
        place = failing.first
        at = np.arange(len(place)), place
        labels, answers = failing.labels[at], failing.answers[at]
        row = self._strongest(failing.asked, place, answers, self.check.codes()[labels])
        found: Ints = (labels * self.classes + answers) * (len(self.rows) + 1) + row + 1
        return found

    def read(self, kind: int) -> tuple[int, int, int | None]:
        """The right label, the class that is answered, and the score row, if any."""
        pair, row = divmod(kind, len(self.rows) + 1)
        label, answer = divmod(pair, self.classes)
        return label, answer, row - 1 if row else None

    def _strongest(self, asked: Ints, place: Ints, answers: Ints, right: Ints) -> Ints:
        """The score row that speaks most for each wrong answer; -1 if none does."""
        if not self.rows:
            return np.full(len(asked), -1)
        counts = self._counts(self.check.evaluator.trace(asked), place)
        rival = np.maximum(right, 0)
        gains = counts * (self.scores[:, answers] - self.scores[:, rival]).T
        best = gains.argmax(axis=1)
        speaks = (gains.max(axis=1) > 0) & (right >= 0)
        return np.where(speaks, best, -1)

    def _counts(self, trace: Trace, place: Ints) -> Ints:
        """How often each score row counts for the answer at a place `[inputs, rows]`.

        For a numerical variable, its value.
        """
        program = self.check.program
        pooled = program.classifier.pooled
        at = np.arange(len(place)), place + program.domain.offset
        columns = []
        for row, code in zip(self.rows, self.codes, strict=True):
            values = trace.variables[row.variable]
            found = values if row.value is None else values == code
            columns.append(found.sum(axis=1) if pooled else found[at])
        return np.stack(columns, axis=1).astype(np.int64)
