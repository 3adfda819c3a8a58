"""Dead code in a learned program: codes, findings with evidence, counts of cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tpdebug.findings.edits import Edit
from tpdebug.findings.evidence import Evidence

Severity: TypeAlias = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding.

    Attributes:
        code: stable, as in `TP105`.
        symbol: the same in words, as stable.
        severity: how serious it is.
        short, full: a sentence, and what it means and what to do.
    """

    code: str
    symbol: str
    severity: Severity
    short: str
    full: str


_LISTED = (
    Code(
        "TP101",
        "unreached-line",
        "warning",
        "A line of a predicate or table is never reached.",
        "No input leads to this line: no position has the values that it is for, or an "
        "earlier condition takes them. It can be deleted.",
    ),
    Code(
        "TP102",
        "unreached-value",
        "warning",
        "A condition lists values that never occur.",
        "No input has these values there. They can be left out of the condition.",
    ),
    Code(
        "TP103",
        "never-matches",
        "warning",
        "What a head looks for is never there.",
        "No position that the head sees ever has a key that it looks for, so it reads "
        "the first position (or counts 0) always.",
    ),
    Code(
        "TP104",
        "always-matches",
        "note",
        "A head looks for keys, and every key that it sees is one of them.",
        "The condition makes no difference: the predicate can return True.",
    ),
    Code(
        "TP105",
        "constant-variable",
        "warning",
        "A variable is the same wherever an answer depends on it.",
        "The value can be written in its place.",
    ),
    Code(
        "TP106",
        "equal-variables",
        "warning",
        "A variable always equals one before it, wherever an answer depends on it.",
        "The earlier one can be read in its place.",
    ),
    Code(
        "TP107",
        "unneeded-variable",
        "warning",
        "A head or table can go without any answer changing.",
        "With any one value in its place, and without its scores, every answer stays.",
    ),
    Code(
        "TP108",
        "unneeded-scores",
        "warning",
        "The scores of a variable never decide an answer.",
        "Without all of them every answer stays.",
    ),
    Code(
        "TP109",
        "unneeded-rows",
        "note",
        "Some score rows of a variable never decide an answer.",
        "Without these rows every answer stays.",
    ),
    Code(
        "TP110",
        "removable-together",
        "note",
        "Parts that can all go together, without any answer changing.",
        "Single findings do not add up: what makes one part unneeded may be another. "
        "This is one set of parts that can go at once, to which no other part can be "
        "added.",
    ),
)
CODES: Mapping[str, Code] = {code.code: code for code in _LISTED}
"""Every kind of finding about what a program does, by its code."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that can go, or is wrong.

    Attributes:
        code, symbol, severity: what kind it is; codes that begin with TP are ours,
            others those of pylint.
        says: the message, a sentence.
        path, line: where it stands, if known.
        variable: what it is about, if it is one variable.
        evidence: what it rests on; None: on the text alone.
        edits: what could be done, all at once, without any answer changing.
        data: more, for scripts.
    """

    code: str
    symbol: str
    severity: Severity
    says: str
    path: str | None
    line: int | None
    variable: str | None = None
    evidence: Evidence | None = None
    edits: tuple[Edit, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def proved(self) -> bool:
        """Whether it was checked on all inputs."""
        return self.evidence is not None and self.evidence.kind == "proved"


@dataclass(frozen=True, slots=True)
class CellCount:
    """How many cells of a head or table there are, and never occur.

    A cell of a head is a query value with a key value that it can see; one of a table
    a combination of input values.

    Attributes:
        node: the head or table.
        cells, unreached: all, and those that never occur.
        listed, listed_unreached: the same of the query values of a head, and the
            combinations of a table, that conditions of the file list one by one.
    """

    node: str
    cells: int
    unreached: int
    listed: int
    listed_unreached: int


@dataclass(frozen=True, slots=True)
class Lint:
    """What was found in a file.

    Attributes:
        findings: by line.
        cells: of each head and table, in evaluation order.
        evidence: which inputs were looked at.
        ignored: how many findings a comment in the file or an option silenced.
        parts: how many heads and tables, and score rows, there are.
    """

    findings: tuple[Finding, ...]
    cells: tuple[CellCount, ...]
    evidence: Evidence
    ignored: int
    parts: tuple[int, int]
