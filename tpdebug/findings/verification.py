"""What comparing a program with the right answers, or with another program, shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tpdebug.findings.evidence import Accuracy, Evidence
from tpdebug.findings.patterns import Atlas


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that is not answered right.

    Attributes:
        input: its letters.
        expected: the right answers; None is not scored.
        answers: those of the program.
    """

    input: tuple[str, ...]
    expected: tuple[str | None, ...]
    answers: tuple[str, ...]

    @property
    def wrong(self) -> tuple[int, ...]:
        """The places of wrong answers, counted from 0."""
        pairs = zip(self.expected, self.answers, strict=True)
        return tuple(i for i, (e, a) in enumerate(pairs) if e not in (None, a))


@dataclass(frozen=True, slots=True)
class LengthCount:
    """How many inputs and letters of one length are right, of those that are scored."""

    length: int
    inputs: int
    inputs_right: int
    letters: int
    letters_right: int


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How often a label is answered right, and what is answered instead.

    Attributes:
        label: the right answer.
        letters: how many letters have it.
        right: how many of them are answered so.
        instead: class and how often, the most frequent first.
    """

    label: str
    letters: int
    right: int
    instead: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class LeastMargin:
    """The least certain answer.

    Attributes:
        input: where it is.
        position: the position of its letter, as the program counts; None if pooled.
        answer, runner_up: the winning class and the second.
        margin: how far the second is behind, in units of 1 / scale.
        scale: the scale of the scores.
    """

    input: tuple[str, ...]
    position: int | None
    answer: str
    runner_up: str
    margin: int
    scale: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that the program is not prepared for.

    Attributes:
        kind: the task needs a `label`, a `letter` or a `length` that the program does
            not have; or a token, position or count has no `case` or no `score` row,
            which may be right.
        what: the label, letter, length or values.
        says: the finding, in a sentence.
    """

    kind: Literal["label", "letter", "length", "case", "score"]
    what: str
    says: str

    @property
    def fails(self) -> bool:
        """Whether the task cannot be done because of it."""
        return self.kind in ("label", "letter", "length")


@dataclass(frozen=True)
class Verification:
    """A program compared with the right answers.

    Attributes:
        oracle: where the right answers come from.
        accuracy: how often it is right, and what that rests on.
        lengths, classes: the same by length, and by right answer.
        failures: every input that was looked at and is not answered right, shortest
            first; made when they are asked for.
        atlas: patterns of the failing inputs; None if not every input was looked at.
        least: the least certain answer.
        gaps: what the program is not prepared for.
        pooled: whether there is one answer for each input, and not for each letter.
    """

    oracle: str
    accuracy: Accuracy
    lengths: tuple[LengthCount, ...]
    classes: tuple[ClassCount, ...]
    failures: Sequence[Failure]
    atlas: Atlas | None
    least: LeastMargin | None
    gaps: tuple[Gap, ...]
    pooled: bool = False

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return self.accuracy.perfect and not any(gap.fails for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class Witness:
    """An input that two programs answer differently.

    Attributes:
        input: its letters.
        first, second: the answers of each.
        expected: the right answers, if they are known.
    """

    input: tuple[str, ...]
    first: tuple[str, ...]
    second: tuple[str, ...]
    expected: tuple[str | None, ...] | None = None


@dataclass(frozen=True)
class Difference:
    """Two programs compared.

    Attributes:
        evidence: which inputs were looked at.
        inputs: how many they are.
        witnesses: every one that is answered differently, shortest first.
        atlas: patterns of these inputs; None if not every input was looked at.
        first_right, second_right, both_wrong: of these inputs, how many only the first
            program answers right, only the second, and none; None without an oracle.
        notes: which inputs were not compared, as only one of them takes them, or as
            the task does not have them.
    """

    evidence: Evidence
    inputs: int
    witnesses: Sequence[Witness]
    atlas: Atlas | None
    first_right: int | None = None
    second_right: int | None = None
    both_wrong: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether no input that was looked at is answered differently."""
        return len(self.witnesses) == 0
