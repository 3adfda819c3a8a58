"""Variables that are constant, equal to another, or needed by no answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzers.lint.seen import Seen
from analyzers.sameness import Sameness
from tpdebug.findings import Copied, Edit, Fixed, Unscored
from tpdebug.nodes import Embedding, Value, order

UNNEEDED = "TP107"
MOST_VALUES = 12
"""So many values are tried in place of a variable."""


@dataclass(frozen=True, slots=True)
class Needless:
    """What is true of a variable.

    Attributes:
        variable: its name.
        code: which kind of finding.
        edits: what can be done.
    """

    variable: str
    code: str
    edits: tuple[Edit, ...]


def needless(same: Sameness, seen: Seen) -> Iterator[Needless]:
    """Say for each variable that is computed the strongest thing that is true of it.

    That it is needed by no answer, that it is constant, or that it equals another one.
    """
    for name in computed(seen):
        ways = without(seen, name)
        removed = next((way for way in ways if same.holds(way)), None)
        if removed is not None:
            yield Needless(name, UNNEEDED, removed)
            continue
        for code, edit in _replaced(seen, name):
            if same.holds([edit]):
                yield Needless(name, code, (edit,))
                break


def computed(seen: Seen) -> list[str]:
    """The variables of heads and tables, in evaluation order."""
    writers = seen.program.writers
    return [name for name in writers if not isinstance(writers[name], Embedding)]


def without(seen: Seen, name: str) -> list[tuple[Edit, ...]]:
    """Ways to do without a variable: any one value instead, and no scores."""
    return [(Fixed(name, v), Unscored(name)) for v in constants(seen, name)]


def constants(seen: Seen, name: str) -> Sequence[Value]:
    """The values that could stand in place of a variable, those of letters first."""
    if seen.program.variables[name].numerical:
        return (0, 1)
    first = sorted(seen.letters[name], key=order)
    others = sorted(seen.values[name] - seen.letters[name], key=order)
    return [*first, *others][:MOST_VALUES]


def _replaced(seen: Seen, name: str) -> Iterator[tuple[str, Edit]]:
    for values in (seen.letters[name], seen.values[name]):
        if len(values) == 1:
            (value,) = values
            yield "TP105", Fixed(name, value)
    if name in seen.equal:
        yield "TP106", Copied(name, seen.equal[name])
