"""Which rules are taken: on a whole input, and by what an answer depends on.

A rule spectrum is what line coverage is for ordinary programs: the rules (cases, table
entries, score rows) that were taken on the way to one answer (spectrum-based fault
localisation: Abreu, Zoeteweij, van Gemund, TAICPART 2007). It is read off a `Trace`,
for a block of inputs at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tpdebug.evaluate import Trace
from tpdebug.evaluate.codes import index_of
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    Head,
    LookupTable,
    Node,
    NumericalHead,
    Preference,
    Rule,
)
from tpdebug.program import Program

Bools = NDArray[np.bool_]
Ints = NDArray[Any]


class Spectra:
    """Numbers the rules of a program, and says which are taken.

    Attributes:
        program: the program.
        rules: all of its rules; the columns of everything below.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.rules: tuple[Rule, ...] = tuple(program.rules())
        self._first: dict[str, int] = {}
        self._rows: dict[str, Ints] = {}
        for number, rule in enumerate(self.rules):
            if rule.kind == "score":
                self._add_row(rule, number)
            else:
                self._first.setdefault(rule.node, number)

    def executed(self, trace: Trace) -> Bools:
        """Which rules are taken anywhere in an input: `[inputs, rules]`.

        Args:
            trace: of any inputs of one length.
        """
        taken, everywhere = self._nothing(trace), np.ones(trace_shape(trace), bool)
        for node in self.program.nodes:
            if not isinstance(node, Embedding):
                inputs, rules = self._decided(trace, node, everywhere)
                taken[inputs, rules] = True
        answered = np.zeros(everywhere.shape, bool)
        answered[:, self._answered(trace, None)] = True
        for inputs, rules in self._scores(trace, answered):
            taken[inputs, rules] = True
        return taken

    def behind(self, trace: Trace, place: int | None = None) -> Bools:
        """Which rules an answer depends on: `[inputs, rules]`.

        A head depends on what it read and on what decided where it looked: its query,
        and the keys of all positions that it sees.

        Args:
            trace: of any inputs of one length.
            place: which answer, counted from the first letter; None: all answers.
                A pooled program has one, which is place 0.
        """
        taken = self._nothing(trace)
        for inputs, rules in self.pairs(trace, place):
            taken[inputs, rules] = True
        return taken

    def pairs(
        self, trace: Trace, place: int | None = None
    ) -> Iterator[tuple[Ints, Ints]]:
        """The same as `behind`, as pairs of an input and a rule, where there are many.

        Yields:
            For each node and each variable that is scored: inputs, in ascending order,
            and a rule for each. A pair may come several times.
        """
        shape = trace_shape(trace)
        needed = {name: np.zeros(shape, bool) for name in self.program.variables}
        answered = np.zeros(shape, bool)
        answered[:, self._answered(trace, place)] = True
        yield from self._scores(trace, answered)
        for name in self.program.scored:
            needed[name] |= answered
        for node in reversed(self.program.nodes):
            if isinstance(node, Embedding):
                continue
            at = needed[node.name]
            if at.any():
                yield self._decided(trace, node, at)
                self._follow(needed, trace, node, at)

    def numbers(self, trace: Trace) -> dict[str, Ints]:
        """The rule that each head and table takes at each position.

        Returns:
            Head or table -> places in `rules`, `[inputs, positions]`.
        """
        return {
            node.name: self._first[node.name] + self._number(trace, node)
            for node in self.program.nodes
            if not isinstance(node, Embedding)
        }

    def score_numbers(self, trace: Trace) -> dict[str, Ints]:
        """The score row of each variable that counts at each position of an answer.

        Returns:
            Variable -> places in `rules`, or -1 for none, `[inputs, positions]`.
        """
        found = {}
        answered = np.zeros(trace_shape(trace)[1], bool)
        answered[self._answered(trace, None)] = True
        for name, rows in self._rows.items():
            values = trace.variables[name]
            numerical = self.program.variables[name].numerical
            row = np.where(values != 0, rows, -1) if numerical else rows[values]
            found[name] = np.where(answered, row, -1)
        return found

    def _add_row(self, rule: Rule, number: int) -> None:
        """Remember the score row of a value of a variable."""
        variable = self.program.variables[rule.node]
        if variable.numerical:
            self._rows[rule.node] = np.array(number)
            return
        rows = self._rows.setdefault(
            rule.node, np.full(len(variable.values), -1, np.int64)
        )
        rows[index_of(variable)[rule.key[0]]] = number

    def _nothing(self, trace: Trace) -> Bools:
        return np.zeros((trace_shape(trace)[0], len(self.rules)), bool)

    def _answered(self, trace: Trace, place: int | None) -> slice:
        """The positions whose scores an answer is made of."""
        if self.program.classifier.pooled:
            return slice(None)
        letters = self.program.domain.letters
        if place is None:
            return letters
        at = range(trace_shape(trace)[1])[letters][place]
        return slice(at, at + 1)

    def _decided(self, trace: Trace, node: Node, at: Bools) -> tuple[Ints, Ints]:
        """The rules of a head or table that are taken at some positions."""
        inputs, positions = np.nonzero(at)
        assert not isinstance(node, Embedding)
        number = self._number(trace, node)[inputs, positions]
        return inputs, self._first[node.name] + number

    def _number(self, trace: Trace, node: Head | LookupTable) -> Ints:
        """The rule taken at every position, counted from the first of its node."""
        known = self.program.variables
        if isinstance(node, LookupTable):
            number: Ints = np.zeros(trace_shape(trace), np.int64)
            for name in node.inputs:
                number = number * len(known[name].values) + _places(trace, name)
            return number
        query = _places(trace, node.query)
        if isinstance(node.predicate, Preference):
            key = _places(trace, node.key)
            read: Ints = np.take_along_axis(key, trace.attended[node.name], 1)
            return query * len(known[node.key].values) + read
        return query

    def _scores(self, trace: Trace, at: Bools) -> Iterator[tuple[Ints, Ints]]:
        """The score rows that count at some positions, for each variable."""
        inputs, positions = np.nonzero(at)
        for name, rows in self._rows.items():
            values = trace.variables[name][inputs, positions]
            numerical = self.program.variables[name].numerical
            row = np.where(values != 0, rows, -1) if numerical else rows[values]
            counted = row >= 0
            yield inputs[counted], row[counted]

    def _follow(
        self, needed: dict[str, Bools], trace: Trace, node: Node, at: Bools
    ) -> None:
        """Mark what a node read as needed, where it is needed itself."""
        for name, read in self._reads(trace, node, at):
            needed[name] |= read

    def _reads(
        self, trace: Trace, node: Node, at: Bools
    ) -> Iterator[tuple[str, Bools]]:
        if isinstance(node, LookupTable):
            yield from ((name, at) for name in node.inputs)
            return
        assert isinstance(node, CategoricalHead | NumericalHead)
        yield node.query, at
        yield node.key, self._seen(at)
        if isinstance(node, NumericalHead):
            matched: Bools = trace.matches(node.name) & at[:, :, None]
            yield node.value, np.logical_or.reduce(matched, axis=1)
            return
        read = np.zeros_like(at)
        inputs, positions = np.nonzero(at)
        read[inputs, trace.attended[node.name][inputs, positions]] = True
        yield node.value, read

    def _seen(self, at: Bools) -> Bools:
        """The positions that some queries of each input see."""
        if not self.program.domain.causal:
            return np.broadcast_to(at.any(axis=1, keepdims=True), at.shape)
        return np.logical_or.accumulate(at[:, ::-1], axis=1)[:, ::-1]


def _places(trace: Trace, name: str) -> Ints:
    """Where the value of a variable stands among all that it can take."""
    known, found = trace.program.variables[name], trace.variables[name]
    if not known.numerical:
        return found
    assert isinstance(known.values, range)
    return (found - known.values.start) // known.values.step


def trace_shape(trace: Trace) -> tuple[int, int]:
    """How many inputs, and how many positions each has."""
    inputs, positions = trace.variables["tokens"].shape
    return inputs, positions
