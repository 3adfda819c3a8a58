"""The way back of a value: which rule gave it, and what that rule read.

What `explain` and `slice` have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tpdebug.evaluate import Trace
from tpdebug.findings import Contribution, Place, Reach, Step, not_followed
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    Head,
    LookupTable,
    NumericalHead,
    Preference,
    Rule,
    Value,
)
from tpdebug.program import Program
from tpdebug.sourcemap import SourceMap


class WaysBack:
    """Follows values back through the trace of one input."""

    def __init__(
        self, program: Program, trace: Trace, source: SourceMap | None
    ) -> None:
        self.program = program
        self.trace = trace
        self.source = source

    def where(self, rule: Rule) -> str | None:
        """`file:line` of a rule, if known."""
        return None if self.source is None else self.source.where(rule)

    def contributions(
        self, answer: str, rival: str | None, places: Iterable[Place]
    ) -> Iterator[Contribution]:
        """What each of some scored variables adds to both classes."""
        classes = self.program.classifier.classes
        first = classes.index(answer)
        second = None if rival is None else classes.index(rival)
        rows = {
            (row.variable, row.value): row.scores
            for row in self.program.classifier.rows
        }
        zeros = (0,) * len(classes)
        for place in places:
            value = self.trace.value(place.variable, 0, place.position)
            numerical = self.program.variables[place.variable].numerical
            scores = rows.get((place.variable, None if numerical else value), zeros)
            times = int(value) if numerical else 1
            rule = Rule("score", place.variable, () if numerical else (value,))
            yield Contribution(
                place,
                value,
                times * scores[first],
                0 if second is None else times * scores[second],
                self.where(rule) if scores is not zeros else None,
            )

    def steps(self, places: Iterable[Place], reach: Reach = "full") -> list[Step]:
        """The steps that the given places depend on, each once, results first.

        Args:
            places: where to begin.
            reach: "data": of a head only the values that it read, or the keys that it
                counted, are followed; what made it look there is named.
        """
        found: dict[Place, Step] = {}
        waiting, named = list(places), list[Place]()
        while waiting:
            place = waiting.pop(0)
            if place not in found:
                found[place] = self.step(place)
                left = not_followed(self.program.writers.get(place.variable), reach)
                for role, read in found[place].reads:
                    (named if role in left else waiting).append(read)
        for place in named:
            found.setdefault(place, self.step(place))
        return list(found.values())

    def step(self, place: Place) -> Step:
        """How one place got its value."""
        value = self.trace.value(place.variable, 0, place.position)
        node = self.program.writers.get(place.variable)
        match node:
            case None:
                return Step(place, value)
            case Embedding():
                token = Place("tokens", place.position)
                return Step(place, value, reads=(("token", token),))
            case LookupTable():
                reads = [(name, Place(name, place.position)) for name in node.inputs]
                key = tuple(
                    self.trace.value(name, 0, place.position) for name in node.inputs
                )
                rule = Rule("entry", node.name, key)
                return Step(place, value, rule, self.where(rule), reads=tuple(reads))
            case _:
                return self.head_step(node, place, value)

    def head_step(self, head: Head, place: Place, value: Value) -> Step:
        """How a head got its value: what it looked for, found and copied."""
        query = self.trace.value(head.query, 0, place.position)
        rule = self.trace.case(head, 0, place.position)
        row = self.trace.matches(head.name)[0, place.position]
        matches = tuple(int(j) for j in row.nonzero()[0])
        if isinstance(head, NumericalHead):
            attended, read = None, matches
        else:
            assert isinstance(head, CategoricalHead)
            attended = int(self.trace.attended[head.name][0, place.position])
            read = (attended,)
        reads = [("query", Place(head.query, place.position))]
        reads += [("key", Place(head.key, j)) for j in read if matches]
        reads += [("value", Place(head.value, j)) for j in read]
        if isinstance(head.predicate, Preference):
            looked_for = self.group(head, head.predicate, rule)
        else:
            looked_for = head.predicate.keys_for(query)
        return Step(
            place,
            value,
            rule,
            self.where(rule),
            attended,
            matches,
            looked_for,
            tuple(reads),
        )

    def group(
        self, head: Head, preference: Preference, rule: Rule
    ) -> tuple[Value, ...]:
        """The keys that are as good to a query as the one that was read."""
        query, key = rule.key
        keys = self.program.variables[head.key].values
        groups = preference.groups(query, keys)
        return next(group for group in groups if key in group)
