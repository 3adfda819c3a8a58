"""Conditions on one value, as short as they can be said truly.

A condition may be free on some values (they were decided before, or never matter):
it must hold on `must`, must not hold outside `may`, and the shortest text wins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from tpdebug.nodes import Value, order
from tpdebug.write.literals import literal

_DIVISORS = (2, 3)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as Python, and the values for which it holds.

    `items` are the members of the set that ends the text, where one does; a line that
    is too long is broken there.
    """

    start: str
    holds: frozenset[Value]
    items: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The condition on one line."""
        return self.start + (f"{{{', '.join(self.items)}}}" if self.items else "")

    @property
    def always(self) -> bool:
        """Whether it holds for every value."""
        return self.start == "True"

    @property
    def joined(self) -> bool:
        """Whether it has two parts, so that it needs parentheses beside others."""
        return not self.items and " or " in self.start

    @property
    def cost(self) -> int:
        """Length, with one comparison preferred to two."""
        return len(self.text) + 4 * self.joined


def expression(text: str) -> Condition:
    """Something to return that is not about one value."""
    return Condition(text, frozenset())


@dataclass(frozen=True, slots=True)
class Decision:
    """`if` all conditions hold, `return` the result; without conditions always."""

    when: tuple[Condition, ...]
    result: Condition

    @property
    def text(self) -> str:
        """The decision on one line."""
        where = " and ".join(found.text for found in self.when)
        return f"if {where}: {self.result.text}" if where else self.result.text


def condition(
    name: str, must: Collection[Value], may: Collection[Value], known: Sequence[Value]
) -> Condition:
    """Return a condition on `name` that is true on `must` and false outside `may`.

    Args:
        name: the parameter that the condition is about.
        must: values on which it holds.
        may: values on which it may hold; a superset of `must`.
        known: every value that the parameter can take, in order.

    >>> condition("x", {1, 2, 3}, {1, 2, 3}, range(8)).text
    '1 <= x <= 3'
    >>> condition("x", {2, 5}, {0, 2, 5}, range(8)).text
    'x in {2, 5}'
    >>> condition("t", {"a", "b"}, {"a", "b"}, ["a", "b", "c"]).text
    't != "c"'
    """
    if all(value in may for value in known):
        return Condition("True", frozenset(known))
    if not must:
        return Condition("False", frozenset())
    candidates = _candidates(name, frozenset(must), frozenset(may), known)
    return min(candidates, key=lambda found: found.cost)  # the first of equals


def _candidates(
    name: str, must: frozenset[Value], may: frozenset[Value], known: Sequence[Value]
) -> Iterator[Condition]:
    held = sorted(must, key=order)
    never = [value for value in known if value not in may]
    rest = frozenset(known).difference(never)
    if len(held) == 1:
        yield Condition(f"{name} == {literal(held[0])}", must)
    yield Condition(f"{name} in ", must, tuple(map(literal, held)))
    if rest == must:  # a negation must not lean on what is free: it would mislead
        if len(never) == 1:
            yield Condition(f"{name} != {literal(never[0])}", rest)
        yield Condition(f"{name} not in ", rest, tuple(map(literal, never)))
    if all(isinstance(value, int) for value in known):
        yield from _ranges(name, held, may, sorted(known, key=order))
        yield from _remainders(name, must, known)


def _remainders(
    name: str, must: frozenset[Value], known: Sequence[Value]
) -> Iterator[Condition]:
    """Every second or third integer, if there are at least four."""
    for c in _DIVISORS:
        left = {value % c for value in must if isinstance(value, int)}
        if len(must) > 3 and len(left) == 1:
            (rest,) = left
            if must == {v for v in known if isinstance(v, int) and v % c == rest}:
                yield Condition(f"{name} % {c} == {rest}", must)


def _ranges(
    name: str, held: list[Value], may: frozenset[Value], known: list[Value]
) -> Iterator[Condition]:
    """At most two runs of neighbouring integers, stretched over free values."""
    place = {value: i for i, value in enumerate(known)}
    runs: list[list[int]] = []
    for at in (place[value] for value in held):
        if runs and all(v in may for v in known[runs[-1][1] : at]):
            runs[-1][1] = at
        else:
            runs.append([at, at])
    if len(runs) > 2:
        return
    texts, holds = [], set[Value]()
    for first, last in runs:
        if all(value in may for value in known[:first]):
            texts.append(f"{name} <= {known[last]}")
            holds.update(known[: last + 1])
        elif all(value in may for value in known[last:]):
            texts.append(f"{name} >= {known[first]}")
            holds.update(known[first:])
        else:
            low, high = known[first], known[last]
            same = f"{name} == {low}"
            texts.append(same if low == high else f"{low} <= {name} <= {high}")
            holds.update(known[first : last + 1])
    yield Condition(" or ".join(texts), frozenset(holds))
