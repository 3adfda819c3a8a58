"""A circuit as boxes and arrows: what every picture of it shows.

Texts are printable and short, titles complete; how they are written down is for those
who draw (`circuit_svg`, `circuit_dot`, `circuit_mermaid`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

NodeKind: TypeAlias = Literal[
    "unread", "input", "embedding", "head", "count", "table", "answer"
]
EdgeKind: TypeAlias = Literal["attention", "key", "query", "input", "score"]

EDGE_KINDS: dict[EdgeKind, str] = {
    "attention": "read by attention",
    "key": "key of what was read",
    "query": "query",
    "input": "input of a table",
    "score": "for the answer (points before the runner-up)",
}
"""What edges say, in the order of a legend."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node: a variable at a position, all inputs of a position, or the answer.

    Attributes:
        kind: what it is.
        rank: which row it stands in, from 0, the inputs.
        lines: its label; the first line is the name and the value.
        title: the same in full, and the rule.
    """

    kind: NodeKind
    rank: int
    lines: tuple[str, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """An edge from what was read to what read it; both are indices of boxes.

    Attributes:
        label: of the edges of a head one has its rule, others none.
        title: the full rule, or who reads what.
    """

    source: int
    target: int
    kind: EdgeKind
    label: tuple[str, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Graph:
    """A circuit as boxes and arrows; the arrows go from lower ranks to higher ones.

    Attributes:
        title: what is shown.
        boxes: the inputs first, in order of position; the answer last.
        arrows: no two of the same kind between the same boxes.
        ranks: what stands at each rank, from the inputs to the answer.
    """

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    ranks: tuple[str, ...]
