"""Scores that are few and small: the smallest integers that give every answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analyzers.sameness import Sameness
from tpdebug.columns import Column, distinct, stack
from tpdebug.evaluate import Evaluator
from tpdebug.nodes import Classifier, ScoreRow, Value
from tpdebug.program import Program
from tpdebug.tidy import tidy

Ints = NDArray[np.int64]
MOST_CASES = 400_000
"""With more different cases the scores only become coarser."""
MOST_CHECKS = 40
"""So often coarser scores are tried on all inputs."""


def small_scores(same: Sameness) -> Classifier:
    """The smallest scores that are found, for all inputs that are looked at.

    Args:
        same: says whether an answer changes.
    """
    program, classifier = same.program, same.program.classifier
    if classifier.pooled or not classifier.rows:
        return classifier
    scores = _Scores(program)
    parts = (part.columns() for part in same.parts)
    cases = scores.cases(parts, MOST_CASES)
    if cases is None:
        return _coarser(same, scores)
    matrix = scores.matrix(cases)
    wanted = np.asarray(matrix @ scores.given).argmax(1)
    start = next(_coarse(scores.given, matrix, wanted), scores.given)
    small = tidy(start, matrix, wanted, scores.groups, few_variables=True)
    if (np.asarray(matrix @ small).argmax(1) != wanted).any():
        return classifier
    return scores.classifier(small)


def _coarser(same: Sameness, scores: _Scores) -> Classifier:
    """The scores at a coarser scale, found on a few inputs and checked on all.

    What is answered differently joins the few.
    """
    for _ in range(MOST_CHECKS):
        cases = scores.cases(same.tried())
        assert cases is not None
        matrix = scores.matrix(cases)
        wanted = np.asarray(matrix @ scores.given).argmax(1)
        coarse = next(_coarse(scores.given, matrix, wanted), None)
        if coarse is None:
            break
        found = scores.classifier(coarse)
        if same.agrees(same.evaluator.with_scores(found)):
            return found
    return scores.program.classifier


class _Scores:
    """What the read-out of a program sees, and its scores.

    Attributes:
        program: the program.
        names: the variables that have scores.
        keys: the rows that there can be: a variable, and a value of it.
        groups: which rows are of each variable.
        given: the scores that the program has `[rows, classes]`.
    """

    def __init__(self, program: Program) -> None:
        self.program, self.names = program, program.scored
        self.keys: list[tuple[str, Value | None]] = []
        self.groups: list[slice] = []
        for name in self.names:
            variable, start = program.variables[name], len(self.keys)
            values = [None] if variable.numerical else variable.values
            self.keys += [(name, value) for value in values]
            self.groups.append(slice(start, len(self.keys)))
        nothing = (0,) * len(program.classifier.classes)
        known = {(r.variable, r.value): r.scores for r in program.classifier.rows}
        self.given = np.array([known.get(k, nothing) for k in self.keys], np.int64)

    def cases(
        self, blocks: Iterable[Sequence[Column]], most: int | None = None
    ) -> Ints | None:
        """The different values of the variables where an answer is given.

        Args:
            blocks: the inputs.
            most: if there are more, it is broken off, and None returned.
        """
        evaluator, known = Evaluator(self.program), list[NDArray[np.integer]]()
        for letters in blocks:
            done = evaluator.evaluate(letters)
            for place in range(len(done.values["tokens"]))[self.program.domain.letters]:
                columns = [done.values[name][place] for name in self.names]
                known.append(distinct(stack(columns, max(map(len, columns)))))
            known = [distinct(np.concatenate(known))]
            if most is not None and len(known[0]) > most:
                return None
        return known[0].astype(np.int64)

    def matrix(self, cases: Ints) -> Any:
        """How often each row is counted in each case `[cases, rows]`, sparse."""
        columns, data = [], []
        for name, group, values in zip(self.names, self.groups, cases.T, strict=True):
            numerical = self.program.variables[name].numerical
            place = np.full(len(values), 0) if numerical else values
            columns.append(group.start + place)
            data.append(values if numerical else np.ones(len(values), np.int64))
        ends = np.arange(len(cases) + 1) * len(self.names)
        flat = np.stack(columns, 1).reshape(-1), ends
        shape = len(cases), len(self.keys)
        made = csr_array((np.stack(data, 1).reshape(-1), *flat), shape=shape)
        made.eliminate_zeros()
        return made

    def classifier(self, scores: Ints) -> Classifier:
        """With other scores."""
        rows = zip(self.keys, scores.tolist(), strict=True)
        made = tuple(ScoreRow(n, v, tuple(row)) for (n, v), row in rows if any(row))
        return replace(self.program.classifier, rows=made, scale=1)


def _coarse(scores: Ints, matrix: Any, wanted: Ints) -> Iterator[Ints]:
    """The scores rounded at coarser scales that keep every answer, coarsest first."""
    largest = int(abs(scores).max(initial=1))
    scale = 1
    while scale < largest:
        rounded = np.rint(scores * (scale / largest)).astype(np.int64)
        if (np.asarray(matrix @ rounded).argmax(1) == wanted).all():
            yield rounded
        scale += max(1, scale // 8)
