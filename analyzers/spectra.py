"""Which rules are taken: on a whole input, and by what an answer depends on.

A rule spectrum is what line coverage is for ordinary programs: the rules (cases, table
entries, score rows) that were taken on the way to one answer (spectrum-based fault
localisation: Abreu, Zoeteweij, van Gemund, TAICPART 2007). It is read off a `Trace`,
for a block of inputs at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tpdebug.evaluate import Trace
from tpdebug.evaluate.codes import index_of
from tpdebug.nodes import (
    Embedding,
    Head,
    LookupTable,
    NumericalHead,
    Preference,
    Rule,
)
from tpdebug.program import Program

Bools = NDArray[np.bool_]
Ints = NDArray[Any]
Marks: TypeAlias = tuple[Ints, Ints]


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
        taken, everywhere = self._nothing(trace), np.ones(trace_shape(trace), np.uint8)
        for node in self.program.nodes:
            if not isinstance(node, Embedding):
                _mark(taken, self._decided(trace, node), everywhere)
        answered = np.zeros_like(everywhere)
        answered[:, self._answered(trace, None)] = 1
        for marked in self._scores(trace, answered):
            _mark(taken, *marked)
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
        bits = np.zeros(trace_shape(trace)[1], np.uint8)
        bits[self._answered(trace, place)] = 1
        for marked in self._marked(trace, bits):
            _mark(taken, *marked)
        return taken

    def depending(self, trace: Trace, places: Sequence[int]) -> Iterator[Marks]:
        """Which of several answers depend on each rule that was taken.

        Args:
            trace: of any inputs of one length.
            places: which answers, 64 at most: see `behind`. Answer number i is the bit
                of value 2**i.

        Yields:
            For each node and each variable that is scored: the rule taken at each
            position, and the answers that depend on that `[inputs, positions]`.
        """
        bits = np.zeros(trace_shape(trace)[1], np.min_scalar_type(2 ** len(places) - 1))
        for number, place in enumerate(places):
            bits[self._answered(trace, place)] |= bits.dtype.type(1 << number)
        yield from self._marked(trace, bits)

    def _marked(self, trace: Trace, bits: Ints) -> Iterator[Marks]:
        """What the scores at each position are asked for `[positions]`, followed back.

        Yields:
            Rules and bits `[inputs, positions]`; where no bit is set, any rule of it.
        """
        shape = trace_shape(trace)
        needed = {name: np.zeros(shape, bits.dtype) for name in self.program.variables}
        answered = np.broadcast_to(bits, shape)
        yield from self._scores(trace, answered)
        for name in self.program.scored:
            needed[name] |= answered
        for node in reversed(self.program.nodes):
            if isinstance(node, Embedding):
                continue
            at = needed[node.name]
            if at.any():
                yield self._decided(trace, node), at
                for name, read in self._reads(trace, node, at):
                    needed[name] |= read

    def numbers(self, trace: Trace) -> dict[str, Ints]:
        """The rule that each head and table takes at each position.

        Returns:
            Head or table -> places in `rules`, `[inputs, positions]`.
        """
        return {
            node.name: self._decided(trace, node)
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
            found[name] = np.where(answered, self._row(trace, name, rows), -1)
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

    def _decided(self, trace: Trace, node: Head | LookupTable) -> Ints:
        """The rule of a head or table that is taken at each position."""
        return self._first[node.name] + self._number(trace, node)

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

    def _scores(self, trace: Trace, at: Ints) -> Iterator[Marks]:
        """The score rows that count at some positions, for each variable."""
        for name, rows in self._rows.items():
            row = self._row(trace, name, rows)
            taken = row >= 0
            yield np.where(taken, row, rows.max()), at * taken

    def _row(self, trace: Trace, name: str, rows: Ints) -> Ints:
        """The score row of a variable that counts at each position, or -1."""
        values = trace.variables[name]
        numerical = self.program.variables[name].numerical
        found: Ints = np.where(values != 0, rows, -1) if numerical else rows[values]
        return found

    def _reads(
        self, trace: Trace, node: Head | LookupTable, at: Ints
    ) -> Iterator[tuple[str, Ints]]:
        """What a node read, and where, for what its values are needed."""
        if isinstance(node, LookupTable):
            yield from ((name, at) for name in node.inputs)
            return
        yield node.query, at
        yield node.key, self._seen(at)
        read, inputs = np.zeros_like(at), np.arange(len(at))
        if isinstance(node, NumericalHead):
            matched = trace.matches(node.name)
            for query in range(at.shape[1]):
                read |= matched[:, query] * at[:, query, None]
        else:
            for query, key in enumerate(trace.attended[node.name].T):
                read[inputs, key] |= at[:, query]
        yield node.value, read

    def _seen(self, at: Ints) -> Ints:
        """What is needed at some queries, at the positions that they see."""
        if not self.program.domain.causal:
            some = np.bitwise_or.reduce(at, axis=1)
            return np.broadcast_to(some[:, None], at.shape)
        return np.bitwise_or.accumulate(at[:, ::-1], axis=1)[:, ::-1]


def _mark(taken: Bools, rules: Ints, bits: Ints) -> None:
    """Mark the rules of positions that have a bit `[inputs, positions]`."""
    inputs, positions = np.nonzero(bits)
    taken[inputs, rules[inputs, positions]] = True


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
