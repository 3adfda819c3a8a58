"""What would mend a program: the rules to change, and what that leaves wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from tpdebug.findings.alteration import Alteration
from tpdebug.findings.evidence import Evidence
from tpdebug.findings.localization import Wrong
from tpdebug.nodes import Rule
from tpdebug.program import Program


@dataclass(frozen=True, slots=True)
class Collision:
    """Two answers that no scores make right: they see the same and need others.

    Every scored variable has the same value at both.

    Attributes:
        first, second: the answers, as the program gives them.
        unscored: the variables that differ there and are not scored. If there are none,
            everything that the program knows at the two places is the same.
    """

    first: Wrong
    second: Wrong
    unscored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opposed:
    """An answer whose right class has to lead before another one, so many times over.

    Attributes:
        answer: the answer.
        rival: the class that must not win there.
        times: how often the requirement is taken in a sum that contradicts itself.
    """

    answer: Wrong
    rival: str
    times: int


@dataclass(frozen=True, slots=True)
class Change:
    """A rule that is changed.

    Attributes:
        rule: the rule.
        where: `file:line`, if known.
        now, to: what it is, and what it shall be.
    """

    rule: Rule
    where: str | None
    now: Alteration
    to: Alteration


@dataclass(frozen=True)
class Repair:
    """The smallest change that was found, and what it does.

    Attributes:
        oracle: where the right answers come from.
        evidence: which inputs were looked at.
        answers: how many answers are scored there.
        wrong, failing: how many of them are wrong, and on how many inputs.
        changes: the rules to change; none if nothing helps or nothing is wrong.
        fixes, breaks: how many wrong answers become right, and right ones wrong.
        program: the program with these changes.
        least: so many answers are wrong whatever the scores of the program are, as
            answers collide or contradict each other; None if scores were not tried.
        collisions: some of the pairs that collide.
        contradiction: requirements of which no scores meet all, where no two collide.
        fewest: whether no fewer score rows do the same; None if none is changed, or if
            rules are changed too.
        tried: how many rules were tried, one at a time.
        inputs: failing inputs, the shortest first, as many as are kept.
        screened: where very many inputs fail: a sample; only changes of rules that were
            promising there were tried on all inputs.
        stepwise: whether scores were changed one after the other, as very many answers
            stay wrong: other scores may mend more, or as much with fewer rows.
    """

    oracle: str
    evidence: Evidence
    answers: int
    wrong: int
    failing: int
    changes: tuple[Change, ...]
    fixes: int
    breaks: int
    program: Program = field(repr=False)
    least: int | None = None
    collisions: tuple[Collision, ...] = ()
    contradiction: tuple[Opposed, ...] = ()
    fewest: bool | None = None
    tried: int = 0
    inputs: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    screened: Evidence | None = None
    stepwise: bool = False

    @property
    def left(self) -> int:
        """How many answers are wrong after the changes."""
        return self.wrong - self.fixes + self.breaks

    @property
    def rows(self) -> tuple[Change, ...]:
        """The score rows among the changes."""
        return tuple(c for c in self.changes if c.rule.kind == "score")
