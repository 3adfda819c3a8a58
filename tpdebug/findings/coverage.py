"""What a set of inputs exercises of a program: rules, pairs of rules, lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tpdebug.findings.evidence import Evidence
from tpdebug.nodes import Rule

Role: TypeAlias = Literal["query", "key", "value", "input", "score"]
"""As what a node reads what another wrote."""

Status: TypeAlias = Literal["exercised", "missing", "unreachable"]


@dataclass(frozen=True, slots=True)
class RuleUse:
    """A rule, and whether some input exercises it.

    Attributes:
        rule: the rule.
        line: where it stands in the file, if known.
        where: the same as `file:line`.
        hits: how many of the inputs exercise it.
        contexts: the names of the tests, or groups of inputs, that do.
        status: whether it was exercised; `unreachable` is proved: no input of the
            domain does.
        witness: for a missing one, an input that would, if one is known; the first of
            the domain if the domain was enumerated.
    """

    rule: Rule
    line: int | None
    where: str | None
    hits: int
    contexts: tuple[str, ...]
    status: Status
    witness: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some rules, or pairs of rules, were exercised.

    Attributes:
        total: how many there are.
        unreachable: those that no input exercises (proved).
        exercised: those that were.
    """

    total: int
    unreachable: int
    exercised: int

    @property
    def reachable(self) -> int:
        """How many can be exercised, or may be, as far as is known."""
        return self.total - self.unreachable

    @property
    def missing(self) -> int:
        """How many can be, or may be, and were not."""
        return self.reachable - self.exercised

    @property
    def share(self) -> float:
        """The part of the reachable that was exercised; 1 if there are none."""
        return self.exercised / self.reachable if self.reachable else 1.0

    def __add__(self, other: Share) -> Share:
        """Both together."""
        return Share(
            self.total + other.total,
            self.unreachable + other.unreachable,
            self.exercised + other.exercised,
        )


@dataclass(frozen=True, slots=True)
class NodeUse:
    """What was exercised of a head, of a table, or of the score rows of a variable."""

    name: str
    kind: Literal["head", "table", "scores"]
    count: Share
    rules: tuple[RuleUse, ...]


@dataclass(frozen=True, slots=True)
class EdgeUse:
    """What was exercised of the pairs of one node and another that reads it.

    Attributes:
        producer, consumer: the variables that they write; for score rows the same.
        role: as what it is read.
        count: how many pairs.
        example: a pair that is missing, and an input that would exercise it.
    """

    producer: str
    consumer: str
    role: Role
    count: Share
    example: tuple[Rule, Rule, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class ContextUse:
    """What a test, or a group of inputs, exercised.

    Attributes:
        name: its name.
        inputs: how many inputs it has.
        rules: how many rules it exercised.
        only: how many of these no other context exercised.
    """

    name: str
    inputs: int
    rules: int
    only: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An input that would raise the coverage.

    Attributes:
        input: its letters.
        rules, pairs: how many it exercises that neither the inputs looked at nor the
            suggestions before it do.
        exercised: how many rules are exercised then.
    """

    input: tuple[str, ...]
    rules: int
    pairs: int
    exercised: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a set of inputs exercises of a program.

    Attributes:
        inputs: how many inputs were looked at.
        contexts: the tests, or groups of inputs, by name.
        nodes: heads, tables and score rows, in evaluation order.
        edges: pairs of rules; None if there are too many to be looked at.
        reach: what is known of the inputs that could be: `proved` if the whole domain
            was enumerated; then what it does not exercise is unreachable.
        suggestions: inputs that would raise the coverage, the best first.
    """

    inputs: int
    contexts: tuple[ContextUse, ...]
    nodes: tuple[NodeUse, ...]
    edges: tuple[EdgeUse, ...] | None
    reach: Evidence
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def rules(self) -> Share:
        """How many rules were exercised."""
        return sum((node.count for node in self.nodes), Share(0, 0, 0))

    @property
    def pairs(self) -> Share | None:
        """How many pairs of rules were exercised, if they were looked at."""
        if self.edges is None:
            return None
        return sum((edge.count for edge in self.edges), Share(0, 0, 0))

    @property
    def uses(self) -> Iterator[RuleUse]:
        """All rules, in order."""
        return (use for node in self.nodes for use in node.rules)

    def with_status(self, status: Status) -> Sequence[RuleUse]:
        """All rules with a status, in order."""
        return [use for use in self.uses if use.status == status]
