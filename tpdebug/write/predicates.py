"""Predicates as Python: the shortest true form of "which keys does a query want".

First closed forms that relate key and query (`k == q - 1`), then sets of key values,
then a chain of cases on the query. A form is only used where it equals the predicate
on every value, and the result is checked once more when the file is read back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tpdebug.nodes import Predicate, Value
from tpdebug.write.conditions import Condition, Decision, condition, expression
from tpdebug.write.formulas import LARGEST
from tpdebug.write.keys import integer_forms
from tpdebug.write.layout import WIDTH
from tpdebug.write.literals import width

MOST_LAST = 24
MOST_CELLS = 1_000_000
"""Larger predicates over integers are not searched for the rarer forms."""


@dataclass(frozen=True, slots=True)
class Form:
    """An expression over query and key, and the query values for which it is true."""

    says: Condition
    covers: frozenset[Value]

    @property
    def rank(self) -> tuple[int, int, str]:
        """Sort key: wide coverage first, then brevity."""
        return (-len(self.covers), len(self.says.text), self.says.text)


def predicate_body(
    predicate: Predicate,
    query: str,
    queries: Sequence[Value],
    key: str,
    keys: Sequence[Value],
) -> list[Decision]:
    """Return the body of a predicate: decisions on the query, the first that applies.

    Args:
        predicate: what to write.
        query, key: the parameter names.
        queries, keys: every value that they can take.

    >>> shift = Predicate.where(range(4), range(4), lambda q, k: k == q - 1)
    >>> [d.text for d in predicate_body(shift, "q", range(4), "k", range(4))]
    ['k == q - 1']
    >>> odd = Predicate.of({0: [3], 2: [0]})
    >>> [d.text for d in predicate_body(odd, "q", range(5), "k", range(5))]
    ['if q == 0: k == 3', 'if q == 2: k == 0', 'False']
    """
    wanted = {q: frozenset(ks) for q, ks in predicate.cases}
    rows = {q: wanted.get(q, frozenset[Value]()) for q in queries}
    related = (
        form
        for form in _relations(rows, query, key, keys)
        if width(form.says.text) + len("        return ") <= WIDTH
    )
    forms = [*_set_forms(rows, key, keys), *related]
    widest = sorted(forms, key=lambda form: form.rank)[:MOST_LAST]
    chains = [
        (_as_one(_chain(rows, last, forms, query), query), last) for last in widest
    ]
    return min(chains, key=lambda found: _size(*found))[0]


def _as_one(chain: list[Decision], query: str) -> list[Decision]:
    """`a and b`, `a or b` or just `a` for `if a: ...` and a constant.

    Conditions that name the query twice are left apart: case first, then what holds.
    """
    if len(chain) != 2:
        return chain
    case, last = chain
    if [case.result.text, last.result.text] == ["True", "False"]:
        return [Decision((), case.when[0])]
    parts = {"True": (last.result, "or"), "False": (case.result, "and")}
    for result, constant in ((case.result, "True"), (last.result, "False")):
        other, junction = parts[constant]
        if result.text == constant and not re.search(rf"\b{query}\b", other.text):
            both = (case.when[0], other)
            texts = [f"({c.text})" if c.joined else c.text for c in both]
            text = f" {junction} ".join(texts)
            if width(text) + len("    return ") <= WIDTH:
                return [Decision((), expression(text))]
    return chain


def _size(chain: list[Decision], last: Form) -> tuple[int, int, int, str]:
    """Sort key: the shortest first, and of these exceptions before the rule."""
    texts = [decision.text for decision in chain]
    return len(texts), sum(map(len, texts)), -len(last.covers), texts[-1]


def _set_forms(
    rows: dict[Value, frozenset[Value]], key: str, keys: Sequence[Value]
) -> Iterator[Form]:
    """Forms that do not depend on the query: one for each set of keys."""
    for wanted in dict.fromkeys(rows.values()):
        covers = frozenset(q for q in rows if rows[q] == wanted)
        yield Form(condition(key, wanted, wanted, keys), covers)


def _relations(
    rows: dict[Value, frozenset[Value]], query: str, key: str, keys: Sequence[Value]
) -> Iterator[Form]:
    """Forms that relate key and query.

    One or two queries that find something are no pattern yet, unless they are all.
    """
    queries = list(rows)
    enough = max(2, min(3, sum(map(bool, rows.values()))))
    small = len(queries) * len(keys) <= MOST_CELLS
    amounts = (isinstance(v, int) and abs(v) <= LARGEST for v in (*queries, *keys))
    if small and all(amounts):
        wants = np.array([[k in rows[q] for k in keys] for q in queries])
        x, y = np.array(queries)[:, None], np.array(keys)[None]
        most = max(enough, 3 * int(wants.any(1).sum()) / 4)
        for text, holds, plain in integer_forms(query, key, x, y, wants):
            same = (holds == wants).all(1)
            if wants[same].any(1).sum() >= (enough if plain else most):
                covers = frozenset(queries[i] for i in np.flatnonzero(same).tolist())
                yield Form(expression(text), covers)
        return
    known = frozenset(keys)
    for sign, wanted in (("==", lambda q: {q} & known), ("!=", lambda q: known - {q})):
        covers = frozenset(q for q in queries if rows[q] == wanted(q))
        if sum(bool(rows[q]) for q in covers) >= enough:
            yield Form(expression(f"{key} {sign} {query}"), covers)


def _chain(
    rows: dict[Value, frozenset[Value]], last: Form, forms: list[Form], query: str
) -> list[Decision]:
    """Say everything that `last` does not cover in cases before it."""
    left = set(rows) - last.covers
    groups: list[tuple[Form, frozenset[Value]]] = []
    while left:
        best = min(
            (form for form in forms if form.covers & left),
            key=lambda form: (-len(form.covers & left), form.rank),
        )
        groups.append((best, frozenset(best.covers & left)))
        left -= best.covers
    place = {q: i for i, q in enumerate(rows)}
    groups.sort(key=lambda group: min(place[q] for q in group[1]))
    chain: list[Decision] = []
    decided: set[Value] = set()
    for form, group in groups:
        where = condition(query, group, form.covers | decided, list(rows))
        chain.append(Decision((where,), form.says))
        decided |= group
    return [*chain, Decision((), last.says)]
