"""Why a program gave an answer: the data of an explanation."""

from __future__ import annotations

from dataclasses import dataclass

from tpdebug.findings.circuit import Circuit
from tpdebug.findings.steps import Contribution, Letter


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a program answers as it does at one position of one input.

    Attributes:
        letters: the answers at all letters.
        chosen: the one that is explained.
        rival: the class that the answer is compared with: the expected one if the
            answer is wrong, else the runner-up; None if there is only one class.
        contributions: every scored variable, what speaks most for the answer first.
        circuit: values that are enough for the answer, and how they came about.
    """

    letters: tuple[Letter, ...]
    chosen: Letter
    rival: str | None
    contributions: tuple[Contribution, ...]
    circuit: Circuit

    @property
    def margin(self) -> int:
        """The score of the answer less that of the rival."""
        return sum(c.difference for c in self.contributions)
