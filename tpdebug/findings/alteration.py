"""Alterations: one rule of a program with other contents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tpdebug.nodes import Key, Rule, Value


@dataclass(frozen=True, slots=True)
class Keys:
    """A case of a predicate: the key values that its query value looks for, sorted."""

    rule: Rule
    keys: Key


@dataclass(frozen=True, slots=True)
class Groups:
    """A case of a preference: all keys, in groups, the best first.

    The rule is about one of the keys; what changes is where that one stands.
    """

    rule: Rule
    groups: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """An entry of a table: what it gives."""

    rule: Rule
    output: Value


@dataclass(frozen=True, slots=True)
class Scores:
    """A score row: what it adds to each class."""

    rule: Rule
    scores: tuple[int, ...]


Alteration: TypeAlias = Keys | Groups | Output | Scores


@dataclass(frozen=True, slots=True)
class Effect:
    """What an alteration does to the answers that were looked at.

    Attributes:
        fixes: how many that were wrong become right.
        breaks: how many that were right become wrong.
    """

    fixes: int
    breaks: int

    @property
    def net(self) -> int:
        """How many more are right than before."""
        return self.fixes - self.breaks
