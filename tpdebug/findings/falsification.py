"""Failing inputs that were looked for: their kinds, and the smallest of each."""

from __future__ import annotations

from dataclasses import dataclass

from tpdebug.findings.evidence import Evidence
from tpdebug.findings.verification import Failure
from tpdebug.nodes import Rule


@dataclass(frozen=True, slots=True)
class FailureKind:
    """Failures that have the first wrong answer in common, and what speaks for it.

    Attributes:
        expected: the answer that is right.
        answer: the one that is given instead.
        rule: the score row that speaks most for it; None if none does, as where the
            program does not have the right class.
        count: how many failing inputs of this kind were found.
        smallest: the smallest of them: the shortest, then the first in the order of
            the alphabet.
        position: where its first wrong answer stands, as the program counts; None if
            pooled.
        proved: whether no smaller input fails in this way; else none was found.
    """

    expected: str
    answer: str
    rule: Rule | None
    count: int
    smallest: Failure
    position: int | None
    proved: bool


@dataclass(frozen=True, slots=True)
class Falsification:
    """Whether an input was found on which a program fails.

    Attributes:
        check: what the answers were held against.
        evidence: which inputs were looked at.
        inputs: how many there are in the domain.
        kinds: the kinds of failures, the one with the smallest input first.
        again: of inputs that failed in an earlier run, how many still do.
        mended: how many no longer do.
    """

    check: str
    evidence: Evidence
    inputs: int
    kinds: tuple[FailureKind, ...]
    again: int = 0
    mended: int = 0

    @property
    def clean(self) -> bool:
        """Whether no failing input was found."""
        return not self.kinds

    @property
    def failing(self) -> int:
        """How many failing inputs were found."""
        return sum(kind.count for kind in self.kinds)

    @property
    def complete(self) -> bool:
        """Whether every input of the domain was looked at."""
        return self.evidence.kind == "proved"
