"""Terms: the variables that a program could have, as expressions over each other.

A term is made of other terms, down to the inputs; all nodes of a program are the terms
that its answers are made of. Each has a `kind`: what its codes mean decides which terms
can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Kind: TypeAlias = Literal["token", "number", "code"]
Bools: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Input:
    """One of the variables that are there at the start."""

    name: Literal["tokens", "positions", "ones"]


@dataclass(frozen=True, eq=False, slots=True)
class Copied:
    """A categorical head: copies `value` from the nearest key that the query wants.

    `predicate` is `[query codes, key codes]`.
    """

    query: Term
    key: Term
    value: Term
    predicate: Bools


@dataclass(frozen=True, eq=False, slots=True)
class Counted:
    """A numerical head: sums `value` over all keys that the query wants."""

    query: Term
    key: Term
    value: Term
    predicate: Bools


@dataclass(frozen=True, eq=False, slots=True)
class Mapped:
    """A table: one output code for each combination of codes (or numbers)."""

    inputs: tuple[Term, ...]
    output: NDArray[np.int64]


Made: TypeAlias = Input | Copied | Counted | Mapped


@dataclass(frozen=True, eq=False)
class Term:
    """A variable.

    Attributes:
        made: how it is computed.
        kind: what its codes mean: letters, numbers (positions, counts), or nothing
            but themselves.
        size: its codes, or numbers, are 0 to `size - 1`.
        numerical: whether it is a number that is summed, not a code.
        effort: how much a reader has to take in to understand it, in lines.
    """

    made: Made
    kind: Kind
    size: int
    numerical: bool = False
    effort: float = 0.0

    @property
    def reads(self) -> tuple[Term, ...]:
        """The terms that it is computed from."""
        match self.made:
            case Input():
                return ()
            case Mapped():
                return self.made.inputs
            case _:
                return self.made.query, self.made.key, self.made.value

    @cached_property
    def needs(self) -> tuple[Term, ...]:
        """All terms that it is made of, inputs left out, itself last."""
        if isinstance(self.made, Input):
            return ()
        below = dict.fromkeys(term for part in self.reads for term in part.needs)
        return (*below, self)

    @cached_property
    def layer(self) -> int:
        """The layer that it is computed in: heads, then tables; inputs are before."""
        if isinstance(self.made, Input):
            return -1
        if isinstance(self.made, Mapped):
            tables = (isinstance(t.made, Mapped) for t in self.reads)
            below = zip(self.reads, tables, strict=True)
            return max(0, *(t.layer + table for t, table in below))
        return max(term.layer for term in self.reads) + 1


def effort(terms: Iterable[Term], known: Iterable[Term] = ()) -> float:
    """The effort of some terms and all that they need, beyond what is known."""
    needed = dict.fromkeys(part for term in terms for part in term.needs)
    return sum(term.effort for term in needed if term not in set(known))
