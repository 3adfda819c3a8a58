"""Preferences as Python: a score for each key, of which only the order matters.

A formula (`-abs(k - q)`, `k % 3`) is right if it puts the keys of every query in the
right order. Otherwise the groups are numbered, 0 for the worst unless other numbers are
said in fewer words, and the numbers are written as a table is: as decisions, or as a
grid where there would be too many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tpdebug.nodes import Key, LookupTable, Preference, Value, order
from tpdebug.write.conditions import Decision, expression
from tpdebug.write.cores import NAME, Columns, Formula, Ints, cores
from tpdebug.write.forms import OPERATION, amount
from tpdebug.write.layout import WIDTH
from tpdebug.write.tables import table_body

MOST_CELLS = 100_000
"""Larger preferences are not searched for formulas."""

MOST_ALIGNED = 4096
"""Larger ones are numbered in the plainest ways only."""

Groups: TypeAlias = tuple[Key, ...]
_Fit: TypeAlias = tuple[int, int, tuple[int, ...]]
"""How many keys have their usual score, how small all scores are, and the scores."""


def preference_body(
    preference: Preference, names: Sequence[str], values: Sequence[Sequence[Value]]
) -> tuple[LookupTable, list[Decision] | None]:
    """Return the scores as a table, and a body for it unless a grid says it better.

    Args:
        preference: what to write.
        names: the parameters, query and key.
        values: every value that query and key can take.

    >>> near = Preference.by(range(9), range(9), lambda q, k: -abs(k - q + 1))
    >>> _, body = preference_body(near, ("q", "k"), [range(9), range(9)])
    >>> [decision.text for decision in body]
    ['-abs(k - q + 1)']
    >>> same = Preference.of(dict.fromkeys("ab", [["c"], ["b"]]))
    >>> _, body = preference_body(same, ("q", "k"), ["ab", "abc"])
    >>> [decision.text for decision in body]
    ['if k == "b": 1', 'if k == "c": 2', '0']
    """
    table, *others = dict.fromkeys(_tables(preference, names, values))
    formula = _formula(table, names, values)
    bodies = [(t, table_body(t, names, values)) for t in (table, *others)]
    short = [(t, body) for t, body in bodies if body is not None]
    if formula is not None:
        short.append((table, [formula[0]]))
    if not short:
        return table, None

    def cost(found: tuple[LookupTable, list[Decision]]) -> tuple[int, int]:
        body = found[1]
        extra = formula[1] if formula is not None and body[0] is formula[0] else 0
        return len(body), extra + sum(len(decision.text) for decision in body)

    return min(short, key=cost)


def _tables(
    preference: Preference, names: Sequence[str], values: Sequence[Sequence[Value]]
) -> Iterator[LookupTable]:
    """Several ways to number the groups: from the worst, from the best, and as usual.

    That is, so that queries differ as little as can be from the commonest order.
    """
    queries, keys = values
    rows = {query: preference.groups(query, keys) for query in queries}
    orders = list(rows.values())
    most = max(map(len, orders))
    yield _numbered(rows, names, lambda groups: range(len(groups))[::-1])
    yield _numbered(rows, names, lambda groups: range(most)[::-1])
    if len(queries) * len(keys) <= MOST_ALIGNED:
        usual = max(dict.fromkeys(orders), key=orders.count)
        level = {key: i for i, group in enumerate(usual[::-1]) for key in group}
        found = {groups: _aligned(groups, level) for groups in dict.fromkeys(orders)}
        yield _numbered(rows, names, lambda groups: found[groups])


def _numbered(
    rows: Mapping[Value, Groups],
    names: Sequence[str],
    number: Callable[[Groups], Sequence[int]],
) -> LookupTable:
    """The table of scores that numbers the groups of each query, the best first."""
    entries: dict[Key, Value] = {}
    for query, groups in rows.items():
        for score, group in zip(number(groups), groups, strict=False):
            entries.update(dict.fromkeys(product([query], group), score))
    scores = list(entries.values())
    often = max(sorted(set(scores), key=order), key=scores.count)
    return LookupTable.of("", names, entries, often)


def _aligned(groups: Groups, usual: Mapping[Value, int]) -> Sequence[int]:
    """Falling scores for groups that are the usual ones for as many keys as can be."""
    best: dict[int, _Fit] = {}
    for number, group in enumerate(reversed(groups)):
        alike = Counter(usual[key] for key in group)
        below: _Fit | None = None if number else (0, 0, ())
        now: dict[int, _Fit] = {}
        for score in range(-len(groups), len(usual) + len(groups)):
            if below is not None:
                count, size, scores = below
                now[score] = count + alike[score], size - abs(score), (score, *scores)
            if score in best:
                below = best[score] if below is None else max(below, best[score])
        best = now
    return max(best.values())[2]


def _formula(
    table: LookupTable, names: Sequence[str], values: Sequence[Sequence[Value]]
) -> tuple[Decision, int] | None:
    """A formula that orders the keys of every query as a table does, and its cost."""
    amounts = [amount(axis) for axis in values]
    queries, keys = values
    if not amounts[1] or len(queries) * len(keys) > MOST_CELLS:
        return None
    size = len(queries), len(keys)
    places = np.indices(size)
    columns = [
        np.array(axis if computes else range(len(axis)), np.int64)[place].reshape(-1)
        for axis, computes, place in zip(values, amounts, places, strict=True)
    ]
    entries, usual = dict(table.entries), table.default
    wanted = np.array([[entries.get((q, k), usual) for k in keys] for q in queries])
    rising = wanted.argsort(axis=1, kind="stable")
    steps = _steps(wanted, rising)
    found = [*cores(names, amounts, columns), *_distances(names, amounts, keys)]
    for core in sorted(found, key=lambda core: core.rank):
        scores = core.at(columns).reshape(size)
        for sign, text in ((1, core.text), (-1, f"-{core.inside(NAME)}")):
            right = np.array_equal(_steps(sign * scores, rising), steps)
            if right and len(text) + len("    return ") <= WIDTH:
                return Decision((), expression(text)), OPERATION * core.operations
    return None


def _distances(
    names: Sequence[str], amounts: Sequence[bool], keys: Sequence[Value]
) -> Iterator[Formula]:
    """How far a key is from a place, or from one next to the query."""
    query, key = names
    for place in keys:
        at = _distance(0, int(place))
        yield Formula(f"abs({key} - {place})", NAME, 2, at)
    for shift in (-3, -2, -1, 1, 2, 3) if amounts[0] else ():
        sign = "-" if shift > 0 else "+"
        text = f"abs({key} - {query} {sign} {abs(shift)})"
        yield Formula(text, NAME, 3, _distance(1, shift))


def _distance(times: int, shift: int) -> Callable[[Columns], Ints]:
    return lambda columns: abs(columns[1] - times * columns[0] - shift)


def _steps(scores: NDArray[np.int64], rising: NDArray[np.intp]) -> NDArray[np.int64]:
    """Whether scores rise, stay or fall from each key to the next in a given order."""
    return np.sign(np.diff(np.take_along_axis(scores, rising, 1), axis=1))
