"""How values came about and what they add: what explanations and circuits hold."""

from __future__ import annotations

from dataclasses import dataclass

from tpdebug.nodes import Rule, Value


@dataclass(frozen=True, slots=True)
class Place:
    """A variable at a position."""

    variable: str
    position: int


@dataclass(frozen=True, slots=True)
class Step:
    """How one variable got its value at one position.

    Attributes:
        place, value: what got which value.
        rule: the rule that decided it (inputs and embeddings have none).
        where: `file:line` of the rule, if known.
        attended: for a categorical head, the position it read.
        matches: for a head, every position whose key is one of `looked_for`.
        looked_for: for a head, the key values that its rule looks for; where keys have
            scores, those with the highest score of all that the query sees.
        reads: what it was computed from: (role, place), the role being query, key,
            value, or the name of an input of a table.
    """

    place: Place
    value: Value
    rule: Rule | None = None
    where: str | None = None
    attended: int | None = None
    matches: tuple[int, ...] = ()
    looked_for: tuple[Value, ...] = ()
    reads: tuple[tuple[str, Place], ...] = ()


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one variable adds to the score of the answer and of its rival."""

    place: Place
    value: Value
    answer_score: int
    rival_score: int
    where: str | None

    @property
    def difference(self) -> int:
        """How much it speaks for the answer (negative: for the rival)."""
        return self.answer_score - self.rival_score


@dataclass(frozen=True, slots=True)
class Letter:
    """The answer at one letter (pooled programs: the only answer, position None)."""

    position: int | None
    letter: str
    answer: str
    runner_up: str | None
    margin: int | None
    expected: str | None

    @property
    def wrong(self) -> bool:
        """Whether another answer was expected."""
        return self.expected is not None and self.expected != self.answer
