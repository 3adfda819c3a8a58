"""Evidence: what a statement about a program rests on.

Only `proved` statements, checked on every input, may say that something is correct,
equal or dead; a sample is stated with its size, seed and interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tpdebug.errors import counted


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a statement rests on.

    Attributes:
        kind: `proved` on all `inputs` of the domain, `sampled` from it, looked at on
            inputs that someone `listed`, or `searched`: looked for where it was
            likeliest, so that no share of all inputs follows from it.
        inputs: how many inputs were looked at.
        seed: what the sample was drawn with, or the search.

    >>> Evidence("proved", 19530).sentence
    'proved on all 19,530 inputs'
    >>> Evidence("listed", 1).sentence
    'on 1 listed input'
    """

    kind: Literal["proved", "sampled", "listed", "searched"]
    inputs: int
    seed: int | None = None

    @property
    def sentence(self) -> str:
        """The evidence in words, to follow a statement."""
        inputs = counted(self.inputs, "input")
        if self.kind == "proved":
            only = self.inputs == 1
            return "proved on the only input" if only else f"proved on all {inputs}"
        if self.kind == "listed":
            return f"on {counted(self.inputs, 'listed input')}"
        if self.kind == "searched":
            return f"searched, {inputs} looked at, seed {self.seed}"
        return f"sampled, {inputs}, seed {self.seed}"


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often a program is right.

    Attributes:
        letters, letters_right: scored letters, and those answered right.
        inputs, inputs_right: inputs with a scored letter, and those answered right at
            every one of them.
        interval: for a sample, the 95 % Clopper-Pearson interval of the share of
            inputs that are right.
        evidence: what the counts rest on.
    """

    letters: int
    letters_right: int
    inputs: int
    inputs_right: int
    evidence: Evidence
    interval: tuple[float, float] | None = None

    @property
    def per_letter(self) -> float:
        """The share of letters answered right."""
        return self.letters_right / max(self.letters, 1)

    @property
    def perfect(self) -> bool:
        """Whether nothing was answered wrong."""
        return self.inputs_right == self.inputs

    @property
    def sentence(self) -> str:
        """The accuracy in words, with its evidence."""
        if self.perfect and self.evidence.kind == "proved":
            return f"Right on all {self.inputs:,} inputs of its domain (proved)."
        if self.perfect and self.evidence.kind == "listed":
            return f"Right on all {self.inputs:,} listed inputs."
        counts = f"{self.inputs_right:,} of {self.inputs:,} inputs"
        spread = ""
        if self.interval is not None:
            low, high = self.interval
            spread = f", 95 % interval {percent(low)} to {percent(high)}"
        if self.letters == self.inputs:  # one answer for each
            says = f"Right on {counts}, {percent(self.per_letter)}"
        else:
            says = f"Right on {percent(self.per_letter)} of letters and on {counts}"
        return f"{says} ({self.evidence.sentence}{spread})."


def percent(share: float) -> str:
    """Write a share without rounding it up to 100 or down to 0.

    >>> percent(0.99999), percent(0.5), percent(1.0)
    ('99.99 %', '50.00 %', '100 %')
    """
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    return f"{min(max(share * 100, 0.01), 99.99):.2f} %"
