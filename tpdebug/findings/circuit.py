"""A part of a program that is enough for an answer: the data of a circuit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tpdebug.findings.evidence import Evidence
from tpdebug.findings.steps import Contribution, Letter, Place, Step
from tpdebug.nodes import Node, NumericalHead, Rule

Reach: TypeAlias = Literal["data", "full"]
"""What a circuit follows back: the values alone, or also what made heads look there."""


def not_followed(node: Node | None, reach: Reach) -> tuple[str, ...]:
    """The roles of what a node reads that are named, but not followed back."""
    if reach == "full":
        return ()
    # The keys that a head counts are its data.
    return ("query",) if isinstance(node, NumericalHead) else ("query", "key")


@dataclass(frozen=True, slots=True)
class Circuit:
    """Values that are enough for one answer, and how they came about.

    Every input of the lengths looked at on which the read-out sees these values at this
    position gets this answer there.

    Attributes:
        letters: the input.
        chosen: the answer.
        kept: the values that are enough, what speaks most for the answer first. None of
            them can be left out.
        among: how many values the read-out sees.
        least: no fewer than so many values are enough.
        lengths: of the inputs looked at, the least and the greatest.
        alike: on how many of them these values are seen.
        evidence: which inputs were looked at.
        reach: what is followed back.
        steps: how each value that the circuit holds came about.
        certain: values that are enough by their scores, whatever the others are, so on
            every input of any length (pooled: of the same); none can be left out.
    """

    letters: tuple[str, ...]
    chosen: Letter
    kept: tuple[Contribution, ...]
    among: int
    least: int
    lengths: tuple[int, int]
    alike: int
    evidence: Evidence
    reach: Reach
    steps: tuple[Step, ...]
    certain: tuple[Contribution, ...]

    @property
    def length(self) -> str:
        """The lengths that were looked at, in words."""
        shortest, longest = self.lengths
        return f"{shortest}" if shortest == longest else f"{shortest} to {longest}"

    @property
    def smallest(self) -> bool:
        """Whether no smaller set of values is enough."""
        return len(self.kept) == self.least

    def step(self, place: Place) -> Step:
        """The step of a variable at a position."""
        return next(step for step in self.steps if step.place == place)


@dataclass(frozen=True, slots=True)
class Ablation:
    """An answer of the network if only a circuit's scores are as they are.

    Attributes:
        answer: the class.
        margin: how far it is ahead of the next; None if there is no other.
        evidence: on which inputs the scores of the other variables were averaged.
    """

    answer: str
    margin: float | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class StaticSlice:
    """What can influence whether an answer is given.

    Attributes:
        answer: the class; None for any.
        position: where it is given; None for anywhere.
        scored: the variables whose scores can make a difference, in evaluation order.
        nodes: the heads, tables and embeddings that can influence these.
        rules: the rules of all these that can be taken.
        among: how many scored variables, nodes and rules there are.
        evidence: on which inputs the values occur.
    """

    answer: str | None
    position: int | None
    scored: tuple[str, ...]
    nodes: tuple[str, ...]
    rules: tuple[Rule, ...]
    among: tuple[int, int, int]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Recurring:
    """A circuit that is behind many answers.

    Attributes:
        variables: whose values are enough, in evaluation order.
        nodes: heads, tables and embeddings that compute them, in evaluation order.
        tokens: behind how many answers, of those looked at.
        example: an input, and the position of such an answer (None: pooled).
    """

    variables: tuple[str, ...]
    nodes: tuple[str, ...]
    tokens: int
    example: tuple[tuple[str, ...], int | None]


@dataclass(frozen=True, slots=True)
class ClassCircuit:
    """What is behind one answer, wherever it is given.

    Attributes:
        answer: the class.
        tokens: how many answers of all inputs looked at are this one.
        looked: how many of these a circuit was found for; if not all, they were drawn.
        seed: what they were drawn with; None if all were looked at.
        circuits: those that recur, the most frequent first.
        nodes: in the circuits of how many answers each head and table is, the most
            frequent first; none that is in no circuit.
        rules: the same of each rule that decided a value.
        static: what can influence the answer at all.
        evidence: on which inputs the values of a circuit are enough.
    """

    answer: str
    tokens: int
    looked: int
    seed: int | None
    circuits: tuple[Recurring, ...]
    nodes: tuple[tuple[str, int], ...]
    rules: tuple[tuple[Rule, str | None, int], ...]
    static: StaticSlice
    evidence: Evidence
