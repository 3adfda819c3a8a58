"""Closed forms of predicates over integers: how the keys move with the query.

`k == q - 1`, `k <= q + 2`, `q - 1 <= k <= q`, `k + q >= 7`, `abs(k - q) == 1`: a
quantity of key and query is compared with a constant, which is read off the predicate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import product

import numpy as np

from tpdebug.write.boxes import Cells
from tpdebug.write.relations import Ints, Says, difference, distance, moved, total

MOST_CONSTANTS = 3
COMPARE: dict[str, Callable[[Ints, int], Cells]] = {
    "==": lambda found, constant: found == constant,
    "!=": lambda found, constant: found != constant,
    "<=": lambda found, constant: found <= constant,
    ">=": lambda found, constant: found >= constant,
}


def integer_forms(
    q: str, k: str, queries: Ints, keys: Ints, wants: Cells
) -> Iterator[tuple[str, Cells, bool]]:
    """Expressions over key and query, where they hold, and whether they are plain.

    What is not plain (`abs(k - q) == 4`) is a pattern only where it holds widely.

    Args:
        q, k: the parameter names.
        queries, keys: their values, `[queries, 1]` and `[1, keys]`.
        wants: the predicate, `[queries, keys]`.
    """
    quantities: list[tuple[Ints, Says]] = [
        (keys - queries, difference(k, q)),
        (keys + queries, _mirror(k, q)),
        (abs(keys - queries), distance(k, q)),
    ]
    for c in (2, 3):
        quantities.append((keys - queries // c, _equal(k, f"{q} // {c}")))
        quantities.append((keys - queries % c, _equal(k, f"{q} % {c}")))
        alike = _equal(f"{k} % {c}", f"{q} % {c}")
        quantities.append(((keys - queries) % c, alike))
        quantities.append((keys - queries * c, _equal(k, f"{c} * {q}")))
    for number, (found, says) in enumerate(quantities):
        for sign, constant in _constants(found, wants):
            text = says(sign, constant)
            if text:
                plain = number == 0 or (number == 1 and sign == "==")
                yield text, COMPARE[sign](found, constant), plain
    for text, holds in _windows(q, k, queries, keys, wants):
        yield text, holds, False


def _constants(found: Ints, wants: Cells) -> Iterator[tuple[str, int]]:
    """What the quantity may be compared with, as most queries have it."""
    rows = [(row[w], row[~w]) for row, w in zip(found, wants, strict=True)]
    yield from _common("==", (r[0] for r, _ in rows if len(r) == 1), len(rows))
    yield from _common("!=", (r[0] for _, r in rows if len(r) == 1), MOST_CONSTANTS)
    yield from _common("<=", (r.max() for r, _ in rows if len(r)), MOST_CONSTANTS)
    yield from _common(">=", (r.min() for r, _ in rows if len(r)), MOST_CONSTANTS)
    inner = [len(np.unique(r)) == 1 for r, _ in rows]
    same = (r[0] for (r, _), one in zip(rows, inner, strict=True) if one and len(r) > 1)
    yield from _common("==", same, MOST_CONSTANTS)


def _common(
    sign: str, constants: Iterable[np.int64], most: int
) -> Iterator[tuple[str, int]]:
    for constant, _ in Counter(map(int, constants)).most_common(most):
        yield sign, constant


def _windows(
    q: str, k: str, queries: Ints, keys: Ints, wants: Cells
) -> Iterator[tuple[str, Cells]]:
    """Keys between two ends, one of which moves with the query; or only the ends."""
    rows = [
        (int(x), keys[0][wanted])
        for x, wanted in zip(queries[:, 0], wants, strict=True)
        if wanted.sum() > 1
    ]
    if len(rows) < 3:
        return
    lows: list[tuple[str, Ints]] = []
    highs: list[tuple[str, Ints]] = []
    for ends, found in ((lows, "min"), (highs, "max")):
        at = [(x, int(getattr(row, found)())) for x, row in rows]
        shift = Counter(end - x for x, end in at).most_common(1)[0][0]
        fixed = Counter(end for _, end in at).most_common(1)[0][0]
        ends.append((moved(q, shift), queries + shift))
        ends.append((str(fixed), np.full_like(queries, fixed)))
    for (low, first), (high, last) in product(lows, highs):
        if q in low or q in high:
            yield f"{low} <= {k} <= {high}", (first <= keys) & (keys <= last)
            yield f"{k} in {{{low}, {high}}}", (keys == first) | (keys == last)


def _mirror(k: str, q: str) -> Says:
    plain = total(k, q)

    def says(sign: str, value: int) -> str:
        return f"{k} == {value} - {q}" if sign == "==" else plain(sign, value)

    return says


def _equal(k: str, other: str) -> Says:
    def says(sign: str, value: int) -> str:
        return f"{k} {sign} {other}" if value == 0 and sign in ("==", "!=") else ""

    return says
