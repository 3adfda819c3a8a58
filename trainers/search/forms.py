"""Predicates that can be said in a few words: `k == q`, `k == q - 1`, `k <= 2`.

The search tries these before anything else, because they are what a person would
write, and what holds for inputs that were not seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from trainers.search.terms import Bools, Term

SUBSETS_UP_TO = 6  # of so many letters, every set is tried
FAR = 3  # k == q + c for small c only


@dataclass(frozen=True, eq=False, slots=True)
class Form:
    """A predicate `[query codes, key codes]` and how hard it is to take in.

    Attributes:
        wants: the predicate; `[1, key codes]` where the query makes no difference.
        only: the key code that each query code wants, if it is one each; -1 for none.
        effort: in lines.
    """

    wants: Bools
    only: tuple[int, ...] | None
    effort: float


def fixed_forms(key: Term, many: bool) -> Iterator[Form]:
    """Predicates on the key alone: one code, or (many) a range or a set."""
    codes = np.arange(key.size)
    for code in range(key.size):
        yield _form((codes == code)[None], 4.0)
    if not many:
        return
    if key.kind == "token" and key.size <= SUBSETS_UP_TO:
        for count in range(2, key.size):
            for chosen in combinations(range(key.size), count):
                yield _form(np.isin(codes, chosen)[None], 4.3)
    elif key.kind != "code":
        for code in range(1, key.size):
            yield _form((codes >= code)[None], 4.2)
            yield _form((codes < code)[None], 4.2)


def relations(query: Term, key: Term, many: bool, mirrored: bool) -> Iterator[Form]:
    """Predicates that relate two terms of the same kind.

    Args:
        query, key: the terms.
        many: whether a query may want several key codes.
        mirrored: whether to try `k == c - q` as well.
    """
    if query.kind != key.kind:
        return
    q, k = np.arange(query.size)[:, None], np.arange(key.size)[None, :]
    yield _form(k == q, 4.0)
    if query.kind == "code":
        return
    if query.kind == "number":
        for far in range(1, FAR + 1):
            yield _form(k == q - far, 4.0 + 0.1 * far)
            yield _form(k == q + far, 4.0 + 0.1 * far)
        for total in range(2, (key.size + query.size - 2) * mirrored):
            yield _form(k == total - q, 4.6)
    if many:
        yield _form(k != q, 4.1)
        if query.kind == "number":
            yield from (_form(wants, 4.1) for wants in (k < q, k <= q, k > q, k >= q))


def _form(wants: Bools, effort: float) -> Form:
    count = wants.sum(1)
    only = np.where(count > 0, wants.argmax(1), -1) if (count <= 1).all() else None
    return Form(wants, None if only is None else tuple(only.tolist()), effort)
