"""Why not another answer: what would have to be different, as data."""

from __future__ import annotations

from dataclasses import dataclass

from tpdebug.findings.alteration import Alteration
from tpdebug.findings.evidence import Evidence
from tpdebug.findings.steps import Place
from tpdebug.nodes import Rule, Value


@dataclass(frozen=True, slots=True)
class Changed:
    """A value at a place that would have to be another."""

    place: Place
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Contrast:
    """What the read-out would have to see, to give another answer to an input.

    Attributes:
        letters: the input.
        position: where the answer is given; None: pooled.
        wanted: the answer to get.
        ways: sets of changes, each enough by itself: all that are single, the clearest
            first; where none is, one of the fewest changes; none if none was found.
        least: it takes so many changes at least; 0: no change of values is enough.
        evidence: on which inputs the values were seen that the changes may choose from.
    """

    letters: tuple[str, ...]
    position: int | None
    wanted: str
    ways: tuple[tuple[Changed, ...], ...]
    least: int
    evidence: Evidence

    @property
    def fewest(self) -> bool:
        """Whether it takes no fewer changes than in `ways`."""
        return bool(self.ways) and len(self.ways[0]) == self.least


@dataclass(frozen=True, slots=True)
class Nearest:
    """The inputs nearest to one that get another answer.

    Attributes:
        letters: the input.
        answer: what it gets.
        wanted: the answer that was looked for; None for any other.
        found: the inputs, each with what it gets. They differ in `changed` letters.
        changed: all inputs that differ in so many letters, or fewer, were looked at: if
            none was found, there is none as near as that.
    """

    letters: tuple[str, ...]
    answer: str
    wanted: str | None
    found: tuple[tuple[tuple[str, ...], str], ...]
    changed: int


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule whose change gives another answer.

    Attributes:
        rule: the rule.
        where: `file:line` of it, if known.
        now, to: what it is, and what it would be.
        others: how many other answers would be others than they are.
    """

    rule: Rule
    where: str | None
    now: Alteration
    to: Alteration
    others: int


@dataclass(frozen=True, slots=True)
class RuleContrast:
    """The rules whose change, of one alone, gives another answer to an input.

    Attributes:
        letters: the input.
        position: where the answer is given; None: pooled.
        wanted: the answer to get.
        changes: of each such rule that change, of the nearest that do it, which leaves
            most other answers as they are; those with the fewest others first.
        tried: how many rules the answer depends on, all of which were tried.
        answers: among how many answers the others were counted.
        evidence: on which inputs: those of the same length.
    """

    letters: tuple[str, ...]
    position: int | None
    wanted: str
    changes: tuple[RuleChange, ...]
    tried: int
    answers: int
    evidence: Evidence
