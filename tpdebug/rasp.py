"""The operations that learned programs are written in; standard library only.

A program file imports what it needs from here (or carries a copy: `--standalone`).
Variables are lists with one value per position. The language is modelled on RASP
(Weiss, Goldberg, Yahav 2021) as restricted by Friedman et al. 2023, section 3.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any


def delimit(
    tokens: Sequence[str],
    alphabet: Sequence[str],
    lengths: tuple[int, int],
    begin: str | None = None,
    end: str | None = None,
    unknown: str | None = None,
) -> list[str]:
    """Check an input and put the begin and end tokens around it.

    Raises:
        ValueError: the input is too short, too long, or has an unknown token.

    >>> delimit(["b", "a"], ("a", "b"), (1, 3), begin="<s>")
    ['<s>', 'b', 'a']
    """
    shortest, longest = lengths
    if not shortest <= len(tokens) <= longest:
        raise ValueError(
            f"an input has {shortest} to {longest} tokens, not {len(tokens)}"
        )
    known = set(alphabet)
    if unknown is not None:
        tokens = [token if token in known else unknown for token in tokens]
    for token in tokens:
        if token not in known:
            raise ValueError(f"unknown token {token!r}; allowed: {' '.join(alphabet)}")
    left = [] if begin is None else [begin]
    right = [] if end is None else [end]
    return [*left, *tokens, *right]


def select_closest(
    keys: Sequence[Any],
    queries: Sequence[Any],
    predicate: Callable[[Any, Any], Any],
    causal: bool = False,
    tie: str = "last",
) -> list[int]:
    """Return for each query the position of the nearest matching key.

    Of two equally near the left one; the query's own position only when nothing else
    matches; position 0 when nothing matches. Causal: keys up to the query only.
    With tie="matches" the own position is as far away as there are matches.

    >>> select_closest("abcab", "aaaaa", lambda q, k: q == k)
    [3, 0, 3, 0, 3]
    """
    attended = []
    for i, query in enumerate(queries):
        seen = range(i + 1 if causal else len(keys))
        matches = [j for j in seen if predicate(query, keys[j])]
        own = len(matches) if tie == "matches" else len(keys)
        near = [(own if j == i else abs(i - j), j) for j in matches]
        attended.append(min(near)[1] if near else 0)
    return attended


def select_best(
    keys: Sequence[Any],
    queries: Sequence[Any],
    scores: Callable[[Any, Any], int],
    causal: bool = False,
) -> list[int]:
    """Return for each query the position of the key with the highest score.

    Of equally good ones the nearest; of two equally near the left one; the query's own
    position only when no other is as good. Causal: keys up to the query only.

    >>> select_best("abcab", "aaaab", lambda q, k: 2 * (k == q) + (k == "b"))
    [3, 0, 3, 0, 1]
    """
    attended = []
    for i, query in enumerate(queries):
        seen = range(i + 1 if causal else len(keys))
        far = [(-scores(query, keys[j]), j == i, abs(i - j), j) for j in seen]
        attended.append(min(far)[-1])
    return attended


def select(
    keys: Sequence[Any],
    queries: Sequence[Any],
    predicate: Callable[[Any, Any], Any],
    causal: bool = False,
) -> list[list[int]]:
    """Return for each query the positions of all matching keys, its own included.

    >>> select("aba", "ab", lambda q, k: q == k)
    [[0, 2], [1]]
    """
    selected = []
    for i, query in enumerate(queries):
        seen = range(i + 1 if causal else len(keys))
        selected.append([j for j in seen if predicate(query, keys[j])])
    return selected


def aggregate(attended: Sequence[int], values: Sequence[Any]) -> list[Any]:
    """Copy the value at the attended position.

    >>> aggregate([2, 2, 0], "abc")
    ['c', 'c', 'a']
    """
    return [values[j] for j in attended]


def aggregate_sum(
    selected: Sequence[Sequence[int]], values: Sequence[int]
) -> list[int]:
    """Sum the values at the selected positions.

    >>> aggregate_sum([[0, 2], []], [1, 1, 1])
    [2, 0]
    """
    return [sum(values[j] for j in positions) for positions in selected]


def embed(
    embedding: Mapping[str, Sequence[int]], tokens: Sequence[str]
) -> list[list[int]]:
    """Return one variable for each code that the embedding gives a token.

    >>> embed({"a": (1, 7), "b": (0, 8)}, ["b", "a"])
    [[0, 1], [8, 7]]
    """
    return [list(codes) for codes in zip(*(embedding[t] for t in tokens), strict=True)]


def load_embedding(program: str, name: str) -> dict[str, tuple[int, ...]]:
    """Read the embedding in the CSV file `name` in the folder of a program file."""
    path = Path(program).resolve().parent / name
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {token: tuple(int(code) for code in codes) for token, *codes in rows}


def score(
    classes: Sequence[str],
    scores: Mapping[str, Any],
    variables: Mapping[str, Sequence[Any]],
) -> list[list[int]]:
    """Sum the score rows of all variables: one row at each position.

    A categorical variable has a row for each value (none means zeros), a numerical
    one has a single row, which counts as often as the variable says.

    >>> score("xy", {"n": (1, 2), "t": {"a": (5, 0)}}, {"n": [0, 3], "t": "ab"})
    [[5, 0], [3, 6]]
    """
    totals = [[0] * len(classes) for _ in next(iter(variables.values()), ())]
    for name, values in variables.items():
        rows = scores.get(name, {})
        for total, value in zip(totals, values, strict=True):
            if isinstance(rows, dict):
                row = rows.get(value, ())
            else:
                row = [value * points for points in rows]
            for i, points in enumerate(row):
                total[i] += points
    return totals


def answer(
    classes: Sequence[str],
    scores: Mapping[str, Any],
    /,
    **variables: Sequence[Any],
) -> list[str]:
    """Return at each position the class with the largest score, the first on a tie.

    >>> answer("xy", {"tokens": {"a": (1, 0), "b": (0, 1)}}, tokens="abc")
    ['x', 'y', 'x']
    """
    rows = score(classes, scores, variables)
    return [classes[row.index(max(row))] for row in rows]


def answer_pooled(
    classes: Sequence[str],
    scores: Mapping[str, Any],
    /,
    **variables: Sequence[Any],
) -> str:
    """Return the class with the largest score summed over all positions.

    >>> answer_pooled("xy", {"tokens": {"a": (2, 0), "b": (0, 1)}}, tokens="abb")
    'x'
    """
    totals = [sum(row) for row in zip(*score(classes, scores, variables), strict=True)]
    return classes[totals.index(max(totals))]
