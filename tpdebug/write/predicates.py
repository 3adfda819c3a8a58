"""Predicates as Python: the shortest true form of "which keys does a query want".

First closed forms that relate key and query (`k == q - 1`), then sets of key values,
then a chain of cases on the query. A form is only used where it equals the predicate
on every value, and the result is checked once more when the file is read back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tpdebug.nodes import Predicate, Value
from tpdebug.write.conditions import Condition, Decision, condition, expression


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
    forms = [*_set_forms(rows, key, keys), *_relations(rows, query, key, keys)]
    chains = (_chain(rows, last, forms, query) for last in forms)
    return min(chains, key=_size)


def _size(chain: list[Decision]) -> tuple[int, int, str]:
    texts = [decision.text for decision in chain]
    return len(texts), sum(map(len, texts)), texts[-1]


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
    enough = max(2, min(3, sum(map(bool, rows.values()))))
    kinds = {type(value) for value in (*rows, *keys)}
    for text, test in _relation_tests(query, key, rows, keys, kinds == {int}):
        if len(kinds) > 1 and any(sign in text for sign in "<>"):
            continue  # integers and strings do not compare
        covers = frozenset(
            q for q, wanted in rows.items() if wanted == {k for k in keys if test(q, k)}
        )
        if sum(bool(rows[q]) for q in covers) >= enough:
            yield Form(expression(text), covers)


def _relation_tests(
    q: str,
    k: str,
    rows: dict[Value, frozenset[Value]],
    keys: Sequence[Value],
    integers: bool,
) -> Iterator[tuple[str, Callable[[Any, Any], bool]]]:
    yield f"{k} == {q}", lambda x, y: bool(y == x)
    yield f"{k} != {q}", lambda x, y: bool(y != x)
    yield f"{k} < {q}", lambda x, y: bool(y < x)
    yield f"{k} <= {q}", lambda x, y: bool(y <= x)
    yield f"{k} > {q}", lambda x, y: bool(y > x)
    yield f"{k} >= {q}", lambda x, y: bool(y >= x)
    if not integers:
        return
    single = [(q, *wanted) for q, wanted in rows.items() if len(wanted) == 1]
    for c in sorted({int(y) - int(x) for x, y in single} - {0}):
        sign = f"+ {c}" if c > 0 else f"- {-c}"
        yield f"{k} == {q} {sign}", _shifted(c)
    for c in sorted({int(x) + int(y) for x, y in single}):
        yield f"{k} == {c} - {q}", _mirrored(c)


def _shifted(c: int) -> Callable[[Any, Any], bool]:
    return lambda x, y: bool(y == x + c)


def _mirrored(c: int) -> Callable[[Any, Any], bool]:
    return lambda x, y: bool(y == c - x)


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
