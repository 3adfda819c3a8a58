"""A program that was made shorter, and what was done to it."""

from __future__ import annotations

from dataclasses import dataclass

from tpdebug.errors import counted
from tpdebug.findings.edits import Edit
from tpdebug.findings.evidence import Evidence
from tpdebug.findings.verification import Difference
from tpdebug.program import Program


@dataclass(frozen=True, slots=True)
class Size:
    """How large a program is.

    Attributes:
        nodes: heads and tables.
        cells: query values with key values that heads can see, and combinations of the
            inputs of tables, of all values that variables can take.
        rows: score rows.
        lines: lines of the file, if it is written with a docstring of one line and
            all words in it, its score table left out.
    """

    nodes: int
    cells: int
    rows: int
    lines: int


@dataclass(frozen=True, slots=True)
class SimplifyStep:
    """Something that was done, and checked.

    Attributes:
        says: what.
        removed: the variables that are gone.
        edits: what was done to variables and scores.
        size: what is left.
    """

    says: str
    removed: tuple[str, ...]
    edits: tuple[Edit, ...]
    size: Size


@dataclass(frozen=True, slots=True)
class Simplification:
    """A shorter program.

    Attributes:
        program: the program.
        before: how large it was.
        steps: what was done, in order.
        compared: both programs compared on the inputs that were looked at.
        budget: so many of these inputs may be answered differently.
    """

    program: Program
    before: Size
    steps: tuple[SimplifyStep, ...]
    compared: Difference
    budget: int = 0

    @property
    def evidence(self) -> Evidence:
        """Which inputs were looked at."""
        return self.compared.evidence

    @property
    def changed(self) -> int:
        """How many of them are answered differently."""
        return len(self.compared.witnesses)

    @property
    def after(self) -> Size:
        """How large it is."""
        return self.steps[-1].size if self.steps else self.before

    @property
    def sentence(self) -> str:
        """What was compared, and how many inputs are answered differently."""
        proved, many = self.evidence.kind == "proved", self.evidence.inputs
        basis = "(proved)" if proved else "(a sample: not proved)"
        if not self.changed:
            where = counted(many, "drawn input")
            if proved:
                some = f"all {many:,} inputs" if many > 1 else "the only input"
                where = f"{some} of the domain"
            return f"The same answers on {where} {basis}."
        which = counted(many, "input" if proved else "drawn input")
        verb = "is" if self.changed == 1 else "are"
        allowed = "was" if self.budget == 1 else "were"
        return (
            f"{self.changed:,} of {which} {verb} answered differently {basis}; "
            f"{self.budget:,} {allowed} allowed."
        )
