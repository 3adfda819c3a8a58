"""Scores that are few and small: the smallest integers that give every answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tpdebug.columns import stack
from tpdebug.evaluate import Evaluator
from tpdebug.nodes import Classifier, ScoreRow, Value
from tpdebug.parts import Part
from tpdebug.program import Program
from tpdebug.tidy import few_variables, tidy

Ints = NDArray[np.int64]
MOST_CASES = 400_000
"""With more different cases the scores stay as they are."""


def small_scores(program: Program, parts: Sequence[Part]) -> Classifier:
    """The smallest scores that are found, for all inputs that are looked at.

    Args:
        program: a program with an answer for each letter.
        parts: the inputs.
    """
    classifier = program.classifier
    if classifier.pooled or not classifier.rows:
        return classifier
    names = program.scored
    cases = _cases(program, parts, names)
    if cases is None:
        return classifier
    keys, starts = _features(program, names)
    matrix = _matrix(program, names, cases, starts, len(keys))
    width = len(classifier.classes)
    given = {(r.variable, r.value): r.scores for r in classifier.rows}
    scores = np.array([given.get(key, (0,) * width) for key in keys], np.int64)
    wanted = np.asarray(matrix @ scores).argmax(1)
    groups = _groups(starts, keys)
    starting = [_coarse(scores, matrix, wanted)]
    few = few_variables(matrix, wanted, width, groups)
    starting += [] if few is None else [few]
    found = [tidy(some, matrix, wanted, groups) for some in starting]
    small = min([scores, *found], key=lambda some: _size(some, groups))
    if (np.asarray(matrix @ small).argmax(1) != wanted).any():
        return classifier
    rows = zip(keys, small.tolist(), strict=True)
    return replace(
        classifier,
        rows=tuple(ScoreRow(n, v, tuple(row)) for (n, v), row in rows if any(row)),
        scale=1,
    )


def _size(scores: Ints, groups: Sequence[slice]) -> tuple[int, int, int]:
    """How many variables and rows have scores, and their sum."""
    variables = sum(bool(scores[group].any()) for group in groups)
    return variables, int(scores.any(1).sum()), int(abs(scores).sum())


def _cases(
    program: Program, parts: Sequence[Part], names: Sequence[str]
) -> Ints | None:
    """The different values of some variables where an answer is given."""
    evaluator, found = Evaluator(program), np.zeros((0, len(names)), np.int64)
    for part in parts:
        done = evaluator.evaluate(part.columns())
        for place in range(len(done.values["tokens"]))[program.domain.letters]:
            columns = [done.values[name][place] for name in names]
            size = max(map(len, columns))
            some = np.unique(stack(columns, size).astype(np.int64), axis=0)
            found = np.unique(np.concatenate([found, some]), axis=0)
            if len(found) > MOST_CASES:
                return None
    return found


def _features(
    program: Program, names: Sequence[str]
) -> tuple[list[tuple[str, Value | None]], list[int]]:
    """The rows that there can be, and where those of each variable begin."""
    keys: list[tuple[str, Value | None]] = []
    starts = []
    for name in names:
        variable = program.variables[name]
        starts.append(len(keys))
        keys += (
            [(name, None)]
            if variable.numerical
            else [(name, value) for value in variable.values]
        )
    return keys, starts


def _groups(starts: Sequence[int], keys: Sequence[object]) -> list[slice]:
    ends = [*starts[1:], len(keys)]
    return [slice(start, end) for start, end in zip(starts, ends, strict=True)]


def _matrix(
    program: Program,
    names: Sequence[str],
    cases: Ints,
    starts: Sequence[int],
    width: int,
) -> Any:
    """The features of each case `[cases, features]`, sparse."""
    columns, data = [], []
    for number, (name, start) in enumerate(zip(names, starts, strict=True)):
        values = cases[:, number]
        if program.variables[name].numerical:
            columns.append(np.full(len(values), start))
            data.append(values)
        else:
            columns.append(start + values)
            data.append(np.ones(len(values), np.int64))
    ends = np.arange(len(cases) + 1) * len(names)
    flat = np.stack(columns, 1).reshape(-1), ends
    made = csr_array((np.stack(data, 1).reshape(-1), *flat), shape=(len(cases), width))
    made.eliminate_zeros()
    return made


def _coarse(scores: Ints, matrix: Any, wanted: Ints) -> Ints:
    """The scores at the coarsest scale that keeps every answer."""
    largest = int(abs(scores).max(initial=1))
    for scale in range(1, 200):
        if scale >= largest:
            break
        rounded = np.rint(scores * (scale / largest)).astype(np.int64)
        if (np.asarray(matrix @ rounded).argmax(1) == wanted).all():
            return np.asarray(rounded)
    return scores
