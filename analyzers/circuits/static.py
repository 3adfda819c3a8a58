"""The static slice: what can influence an answer at all, by values that occur.

A backward slice (Weiser, ICSE 1981) over variables at positions. What is the same on
every input of the domain has no influence; rows, tables and predicates that do not
differ for the values that occur pass nothing on; and nothing is read where no key that
occurs is looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from analyzers.circuits.occurring import Occurring, occurring
from analyzers.circuits.readouts import MOST, SAMPLES
from analyzers.circuits.wiring import names_of
from tpdebug.errors import DomainError
from tpdebug.findings import Place, StaticSlice
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    Head,
    LookupTable,
    Node,
    Predicate,
    Preference,
    Rule,
    Value,
    outputs_of,
)
from tpdebug.program import Program


def slice_static(
    program: Program,
    answer: str | None = None,
    position: int | None = None,
    *,
    most: int = MOST,
    samples: int = SAMPLES,
    seed: int = 0,
    seen: Occurring | None = None,
) -> StaticSlice:
    """Find what can influence an answer.

    Args:
        program: the program.
        answer: the class; None for any.
        position: where it is given, as the program counts; None for anywhere.
        most, samples, seed: a domain with more inputs than this is sampled, so.
        seen: what occurs on the inputs, if they were looked at before.

    Raises:
        DomainError: there is no such class, or no answer at that position.
    """
    against = 0 if answer is None else program.classifier.index(answer)
    starts = _starts(program, position)
    back = _Back(program, seen or occurring(program, most, samples, seed))
    scored = [
        Place(name, at)
        for name in program.scored
        if back.matters(name, against, starts)
        for at in starts
    ]
    places = back.follow(scored)
    reached = {place.variable for place in places}
    nodes = [n for n in program.nodes if reached.intersection(outputs_of(n))]
    names = {place.variable for place in scored}
    return StaticSlice(
        answer,
        position,
        tuple(name for name in program.scored if name in names),
        names_of(nodes),
        tuple(back.rules(scored, places)),
        (len(program.scored), len(program.nodes), sum(1 for _ in program.rules())),
        back.seen.evidence,
    )


def _starts(program: Program, position: int | None) -> list[int]:
    """The positions whose scores count."""
    domain = program.domain
    every = range(domain.positions)
    if program.classifier.pooled:
        if position is not None:
            raise DomainError("this program gives one answer for the whole input")
        return list(every)
    first, last = domain.offset, domain.offset + domain.lengths[1] - 1
    if position is None:
        return list(range(first, last + 1))
    if not first <= position <= last:
        raise DomainError(f"position {position} has no letter; use {first} to {last}")
    return [position]


class _Back:
    """Follows influences back, by the values that occur."""

    def __init__(self, program: Program, seen: Occurring) -> None:
        self.program = program
        self.seen = seen

    def matters(self, name: str, against: int, positions: Iterable[int]) -> bool:
        """Whether the scores of a variable can make a difference for a class."""
        rows = {
            row.value: row.scores
            for row in self.program.classifier.rows
            if row.variable == name
        }
        zeros = (0,) * len(self.program.classifier.classes)
        values = self.seen.at(name, positions)
        if self.program.variables[name].numerical:  # it counts: that is multiplied
            told = {rows.get(None, zeros), zeros} if len(values) > 1 else {zeros}
        else:
            told = {rows.get(value, zeros) for value in values}
        # Only differences between classes count.
        return len({tuple(s - row[against] for s in row) for row in told}) > 1

    def follow(self, places: Iterable[Place]) -> set[Place]:
        """All places that can influence some places, with these."""
        found: set[Place] = set()
        waiting = list(places)
        while waiting:
            place = waiting.pop()
            # What is the same on every input has no influence.
            if place not in found and len(self.seen.values.get(place, ())) > 1:
                found.add(place)
                node = self.program.writers.get(place.variable)
                waiting += () if node is None else self.read(node, place.position)
        return found

    def rules(self, scored: Iterable[Place], places: Iterable[Place]) -> list[Rule]:
        """The rules that decide values at some places, and the rows of scored ones."""
        found: set[Rule] = set()
        for place in places:
            node = self.program.writers.get(place.variable)
            if node is not None and not isinstance(node, Embedding):
                found.update(self.taken(node, place.position))
        for place in scored:
            numerical = self.program.variables[place.variable].numerical
            values = self.seen.values.get(place, ())
            keys = [()] if numerical else [(value,) for value in values]
            found.update(Rule("score", place.variable, key) for key in keys)
        return [rule for rule in self.program.rules() if rule in found]

    def taken(self, node: Head | LookupTable, position: int) -> Iterator[Rule]:
        """The rules of a node that can be taken at a position."""
        if isinstance(node, LookupTable):
            for key in self.seen.keys.get(Place(node.name, position), ()):
                yield Rule("entry", node.name, key)
            return
        for query in self.seen.at(node.query, [position]):
            if isinstance(node.predicate, Predicate):
                yield Rule("case", node.name, (query,))
                continue
            for value in self.seen.at(node.key, self.visible(position)):
                yield Rule("case", node.name, (query, value))

    def visible(self, position: int) -> range:
        """The positions that a query sees."""
        whole = self.program.domain.positions
        return range(position + 1 if self.program.domain.causal else whole)

    def read(self, node: Node, position: int) -> Iterator[Place]:
        """What makes a difference for a node at a position."""
        match node:
            case Embedding():
                yield Place("tokens", position)
            case LookupTable():
                for number, name in enumerate(node.inputs):
                    if self.tells(node, number, position):
                        yield Place(name, position)
            case _:
                looks = {*self.looks(node, position)}
                if len(looks) > 1:
                    yield Place(node.query, position)
                visible = self.visible(position)
                if any(len(groups) > 1 for groups in looks):
                    yield from (Place(node.key, at) for at in visible)
                wanted = frozenset[Value]().union(*(g[0] for g in looks if g))
                for at in visible:
                    there = self.seen.at(node.key, [at])
                    copies = isinstance(node, CategoricalHead)
                    if there & wanted or (copies and at == 0):
                        yield Place(node.value, at)

    def looks(
        self, head: Head, position: int
    ) -> Iterator[tuple[frozenset[Value], ...]]:
        """How the queries that occur order the keys that occur, the best first."""
        keys = self.seen.at(head.key, self.visible(position))
        for query in self.seen.at(head.query, [position]):
            if isinstance(head.predicate, Preference):
                found = head.predicate.groups(query, keys)
                groups = [keys.intersection(group) for group in found]
                if len(groups) > 1:  # any may be the best that there is
                    yield (keys, *groups)
                    continue
            else:
                wanted = keys.intersection(head.predicate.keys_for(query))
                groups = [wanted, keys - wanted] if wanted else [wanted]
            yield tuple(group for group in groups if group or group is groups[0])

    def tells(self, table: LookupTable, number: int, position: int) -> bool:
        """Whether an input of a table makes a difference, for values that occur."""
        entries, outputs = dict(table.entries), dict[tuple[Value, ...], Value]()
        values = [self.seen.at(name, [position]) for name in table.inputs]
        for key in product(*values):
            rest = key[:number] + key[number + 1 :]
            output = entries.get(key, table.default)
            if outputs.setdefault(rest, output) != output:
                return True
        return False
