"""Everything that happens while a program answers a block of inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tpdebug.evaluate.attention import Matcher
from tpdebug.evaluate.codes import value_of
from tpdebug.evaluate.preferences import Chooser
from tpdebug.nodes import (
    CategoricalHead,
    Head,
    LookupTable,
    NumericalHead,
    Predicate,
    Preference,
    Rule,
    Value,
)
from tpdebug.program import Program

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Trace:
    """What each variable was, where each head looked, and the scores.

    Attributes:
        program: the program that ran.
        variables: each variable at each position: value index (categorical) or
            count (numerical), `[inputs, positions]`.
        attended: the position that each categorical head read, `[inputs, positions]`.
        scores: `[inputs, positions, classes]`; pooled `[inputs, 1, classes]`.
    """

    program: Program
    variables: Mapping[str, Ints]
    attended: Mapping[str, Ints]
    scores: Ints

    @cached_property
    def answers(self) -> Ints:
        """The class index at each letter `[inputs, letters]`; pooled `[inputs, 1]`.

        Of classes with equal scores the first wins.
        """
        answers: Ints = self.scores.argmax(axis=-1)
        pooled = self.program.classifier.pooled
        return answers if pooled else answers[:, self.program.domain.letters]

    def one(self, row: int) -> Trace:
        """The same of one input alone."""
        some = slice(row, row + 1)
        return Trace(
            self.program,
            {name: values[some] for name, values in self.variables.items()},
            {name: places[some] for name, places in self.attended.items()},
            self.scores[some],
        )

    def matches(self, head: str) -> NDArray[np.bool_]:
        """Which keys match each query of a head: `[inputs, queries, keys]`.

        Of a head with a preference, those that are as good as any that it sees.
        """
        if head not in self._matches:
            self._matches[head] = self._find_matches(head)
        return self._matches[head]

    @cached_property
    def _matches(self) -> dict[str, NDArray[np.bool_]]:
        """What was found already: all answers of a block ask for the same."""
        return {}

    def _find_matches(self, head: str) -> NDArray[np.bool_]:
        node = self.program.writers[head]
        assert isinstance(node, CategoricalHead | NumericalHead)
        read, wanted = (self.program, node.query, node.key), node.predicate
        query, key = self.variables[node.query], self.variables[node.key]
        if isinstance(wanted, Preference):
            return Chooser(*read, wanted).matches(query, key)
        matcher = Matcher(*read, wanted)
        found: NDArray[np.bool_] = matcher.matches[query[:, :, None], key[:, None, :]]
        return found & np.tri(query.shape[1], dtype=bool) if matcher.causal else found

    def value(self, variable: str, row: int, position: int) -> Value:
        """The value of a variable for one input at one position."""
        found = int(self.variables[variable][row, position])
        return value_of(self.program.variables[variable], found)

    def case(self, head: Head, row: int, position: int) -> Rule:
        """The rule by which a head attends as it does for one input at one position."""
        query = self.value(head.query, row, position)
        if isinstance(head.predicate, Predicate):
            return Rule("case", head.name, (query,))
        attended = int(self.attended[head.name][row, position])
        return Rule("case", head.name, (query, self.value(head.key, row, attended)))

    def rules(self, row: int, position: int) -> Iterator[Rule]:
        """Yield the rules that decide the variables and scores at one position."""
        for node in self.program.nodes:
            if isinstance(node, CategoricalHead | NumericalHead):
                yield self.case(node, row, position)
            elif isinstance(node, LookupTable):
                key = tuple(self.value(name, row, position) for name in node.inputs)
                yield Rule("entry", node.name, key)
        for score in self.program.classifier.rows:
            if score.value is None:
                yield Rule("score", score.variable, ())
            elif score.value == self.value(score.variable, row, position):
                yield Rule("score", score.variable, (score.value,))
