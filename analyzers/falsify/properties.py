"""Properties that tie the answers of a program to its answers to other inputs.

No right answers are needed: where two answers do not fit together, one of them is
wrong (metamorphic testing: Chen, Cheung, Yiu, HKUST-CS98-01, 1998). A property says
what is right for an input by asking the program itself about a related one. Where it is
about *all* related inputs (all permutations, all new names), an input is compared with
one that stands for all of them, such as the sorted one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analyzers.falsify import related
from analyzers.falsify.checks import Check, Ints, Judged
from analyzers.falsify.related import NO_LETTER, Asked
from tpdebug.columns import Column
from tpdebug.errors import UserError
from tpdebug.inputs import Letters
from tpdebug.oracles import BatchOracle
from tpdebug.parts import Part
from tpdebug.program import Program

MOST_NAMES = 1 << 22
"""About how many names are held at a time: one for each letter and each input."""


@dataclass(frozen=True, slots=True)
class Property:
    """Something that has to hold between the answers of a program.

    Attributes:
        name: how the user calls it.
        says: what it is.
        tasks: the tasks of the paper that have it.
        related: for inputs, the ones whose answers are looked at (mostly the same),
            and the labels that are right for them.
        needs: why a program cannot have it; None if it can.
    """

    name: str
    says: str
    tasks: tuple[str, ...]
    related: Callable[[Asked, Letters], tuple[Letters, Ints]]
    needs: Callable[[Program], str | None]


class PropertyCheck(Check):
    """Holds a program against a property.

    Raises:
        UserError: there is no such property, or the program cannot have it.
    """

    def __init__(self, program: Program, name: str) -> None:
        if name not in PROPERTIES:
            known = ", ".join(PROPERTIES)
            raise UserError(f"there is no property {name!r}; they are {known}")
        self.property = PROPERTIES[name]
        reason = self.property.needs(program)
        if reason is not None:
            raise UserError(f"the property {name} is not for this program: {reason}")
        self.asking = Asked(program)
        labels = (*program.classifier.classes, NO_LETTER)

        def wanted(rows: Letters) -> Ints:
            return self.property.related(self.asking, rows)[1]

        oracle = BatchOracle(program.domain, labels, wanted)
        oracle.pooled = program.classifier.pooled
        oracle.part = max(MOST_NAMES // len(program.domain.alphabet), 256)
        super().__init__(program, oracle, f"property {name}")

    def judge(self, part: Part) -> Judged:
        """Ask about a part of the inputs and related ones, and compare."""
        block, step = part.block(), self.oracle.part
        starts = range(0, len(block), step)
        return Judged.joined([self._ask(block[i : i + step]) for i in starts])

    def _ask(self, rows: Letters) -> Judged:
        return self.compare(rows, *self.property.related(self.asking, rows))

    def failing(self, part: Part) -> Column:
        """Which inputs of a part do not have the property."""
        return self.judge(part).fails


def _anything(program: Program) -> str | None:
    return None


def _any_letters(program: Program) -> str | None:
    if program.domain.keys is None:
        return None
    return "keys and values take turns in its inputs"


def _letterwise(program: Program) -> str | None:
    return "it gives one answer to an input" if program.classifier.pooled else None


def _free(program: Program) -> str | None:
    return _letterwise(program) or _any_letters(program)


def _paired(program: Program) -> str | None:
    if len(program.domain.alphabet) % 2:
        return "its letters are no pairs of brackets"
    return _any_letters(program)


_ALL = (
    Property(
        "permutation",
        "the letters in another order have the same answers",
        ("sort",),
        related.permutation,
        _any_letters,
    ),
    Property(
        "positions",
        "letters that change places take their answers along",
        ("hist", "double_hist"),
        related.positions,
        _free,
    ),
    Property(
        "twice",
        "asked for its answers, it answers the input",
        ("reverse",),
        related.twice,
        _free,
    ),
    Property(
        "again",
        "asked for its answers, it answers the same again",
        ("sort",),
        related.again,
        _free,
    ),
    Property(
        "order",
        "other letters in the same order: they are in the answers instead",
        ("sort",),
        related.order,
        _any_letters,
    ),
    Property(
        "renaming",
        "letters with other names: these names are in the answers instead",
        ("reverse", "most_freq", "induction"),
        related.renaming,
        _anything,
    ),
    Property(
        "names",
        "letters with other names have the same answers",
        ("hist", "double_hist"),
        related.names,
        _anything,
    ),
    Property(
        "brackets",
        "kinds of brackets with other names have the same answers",
        ("dyck2",),
        related.brackets,
        _paired,
    ),
    Property(
        "prefix",
        "what follows changes no answer (causal programs have this by construction)",
        ("dyck1", "dyck2", "induction"),
        related.prefix,
        _letterwise,
    ),
)
PROPERTIES = {each.name: each for each in _ALL}
"""All properties, by name."""
