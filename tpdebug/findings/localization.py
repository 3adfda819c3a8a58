"""Which rules are to blame for wrong answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tpdebug.findings.alteration import Alteration, Effect
from tpdebug.findings.evidence import Evidence
from tpdebug.nodes import Rule


@dataclass(frozen=True, slots=True)
class Counts:
    """How many answers depend on a rule, of those that are scored.

    Attributes:
        failed, passed: wrong and right answers that depend on it.
        failed_without, passed_without: the others.
    """

    failed: int
    passed: int
    failed_without: int
    passed_without: int


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong answer.

    Attributes:
        input: the letters.
        place: which answer, counted from the first letter; pooled: 0.
        expected, answer: what is right, and what the program says.
    """

    input: tuple[str, ...]
    place: int
    expected: str
    answer: str


@dataclass(frozen=True, slots=True)
class Suspect:
    """A rule that a wrong answer depends on.

    Attributes:
        rule: the rule.
        where: `file:line`, if known.
        first, last: its rank, from 1; equally suspicious rules share a range.
        counts: how many answers depend on it.
        scores: how suspicious that is, by each formula.
        now: what the rule is.
        best: the best alternative; `now` if none helps, None if it was not altered.
        effect: what that changes.
        example: a wrong answer that depends on it, on a shortest input.
    """

    rule: Rule
    where: str | None
    first: int
    last: int
    counts: Counts
    scores: Mapping[str, float]
    now: Alteration
    best: Alteration | None
    effect: Effect | None
    example: Wrong

    @property
    def helps(self) -> bool:
        """Whether altering the rule leaves fewer wrong answers."""
        return self.effect is not None and self.effect.net > 0

    @property
    def middle(self) -> float:
        """The mean rank of the rules that are as suspicious."""
        return (self.first + self.last) / 2


@dataclass(frozen=True, slots=True)
class Localization:
    """The rules that wrong answers depend on, the most suspicious first.

    Attributes:
        oracle: where the right answers come from.
        evidence: which inputs were looked at.
        answers, wrong: scored answers, and how many of them are wrong.
        failing: how many inputs have a wrong answer.
        formula: what the rules are ranked by.
        rules: how many rules the program has.
        suspects: those that a wrong answer depends on.
        screened: where very many answers are wrong: a sample of inputs that cases and
            entries were tried on; only those that helped most there were altered.
    """

    oracle: str
    evidence: Evidence
    answers: int
    wrong: int
    failing: int
    formula: str
    rules: int
    suspects: tuple[Suspect, ...]
    screened: Evidence | None = None
