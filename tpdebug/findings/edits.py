"""Edits of a program that make it smaller: what a finding says could be done.

They are data; `analyzers.rewrites` applies them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tpdebug.nodes import CategoricalHead, Key, LookupTable, NumericalHead, Value


@dataclass(frozen=True, slots=True)
class Fixed:
    """A variable is not computed: it is the same everywhere."""

    variable: str
    value: Value


@dataclass(frozen=True, slots=True)
class Copied:
    """A variable is not computed: it is another one, of a node before it."""

    variable: str
    source: str


@dataclass(frozen=True, slots=True)
class Looks:
    """For some query values a head looks for every key, or for none."""

    head: str
    queries: tuple[Value, ...]
    every: bool


@dataclass(frozen=True, slots=True)
class Gives:
    """A table gives another output for some input values."""

    table: str
    keys: tuple[Key, ...]
    output: Value


@dataclass(frozen=True, slots=True)
class Unscored:
    """Score rows of a variable go: those of some values, or all of them (None)."""

    variable: str
    values: tuple[Value | None, ...] | None = None


@dataclass(frozen=True, slots=True)
class Replaced:
    """A head or table is another one, which reads and writes the same variables."""

    node: CategoricalHead | NumericalHead | LookupTable


Edit: TypeAlias = Fixed | Copied | Looks | Gives | Unscored | Replaced
