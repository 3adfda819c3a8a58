"""Where everything in a picture of a circuit stands: boxes, labels, curves, in pixels.

A head has its rule below it: what it read comes in through the rule, its query beside
it. What a value adds to the answer stands where its edge leaves, above its box. All
this is part of the place that a box takes up in its rank, so no text can be covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rich.cells import cell_len

from tpdebug.render.graph import Arrow, Graph
from tpdebug.render.placing import cut, ordered, placed

LARGE, SMALL = 12, 10
CELL = 0.62
"""Width of a character in a monospace font as a share of its size, or a bit more."""

LINE, PAD, GAP = 13, 8, 22
STUB, QUERY = 9, 18
CAPTION, MARGIN = 76, 16
MOST_IN_ROW = 12
NEAREST_ROWS, STEEPEST, FARTHEST_ROWS = 34.0, 0.09, 130.0


def width_of(lines: Sequence[str], size: int = SMALL) -> float:
    """How wide some lines are."""
    return max((cell_len(line) for line in lines), default=0) * size * CELL


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a box stands: its corner and size, and where edges come and go.

    Attributes:
        x, y, width, height: of the box.
        middle: where edges leave it.
        trunk: where what it read comes in.
        query: where its query comes in.
        rule: what stands below it.
        adds: what stands above it.
    """

    x: float
    y: float
    width: float
    height: float
    middle: float
    trunk: float
    query: float
    rule: tuple[str, ...]
    adds: tuple[str, ...]

    @property
    def bottom(self) -> float:
        """The lower edge of the box."""
        return self.y + self.height

    @property
    def below(self) -> float:
        """Where what is read comes in: below the rule, if there is one."""
        return self.bottom + (STUB + LINE * len(self.rule) + 4 if self.rule else 0)


class Geometry:
    """The measures of a graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.rules = self._labels("attention", of_target=True)
        self.adds = self._labels("score", of_target=False)
        self.asks = {a.target for a in graph.arrows if a.kind == "query"}
        self.rows, self.captions = _rows(graph)
        self.layered = cut(
            self.rows,
            [(a.source, a.target, a.kind) for a in graph.arrows],
        )
        order = ordered(self.layered)
        self.sizes = [self._size(i) for i in range(len(graph.boxes))]
        room = [
            max(width, 2 * (width_of(self.adds.get(i, ())) + 6))
            for i, (width, _) in enumerate(self.sizes)
        ]
        self.middles = [
            x + MARGIN + CAPTION for x in placed(self.layered, order, room, GAP)
        ]
        self.right = max(
            x + (room[i] / 2 if i < len(room) else 0)
            for i, x in enumerate(self.middles)
        )

    def _labels(self, kind: str, *, of_target: bool) -> dict[int, tuple[str, ...]]:
        return {
            arrow.target if of_target else arrow.source: arrow.label
            for arrow in self.graph.arrows
            if arrow.kind == kind and arrow.label
        }

    def _size(self, number: int) -> tuple[float, float]:
        """Width and height of a box; its rule is not wider than it is."""
        first, *others = self.graph.boxes[number].lines
        ask = 2 * QUERY if number in self.asks else 0
        widths = [width_of([first], LARGE) + 2 * PAD, width_of(others) + 2 * PAD]
        widths.append(width_of(self.rules.get(number, ())) + ask + 4)
        return max(widths), LINE * (1 + len(others)) + PAD + 3

    @cached_property
    def bands(self) -> list[tuple[float, float, float]]:
        """Of each row: its upper edge, the upper edge of its boxes, its lower edge."""
        found: list[tuple[float, float, float]] = []
        y = float(MARGIN)
        for row in reversed(range(len(self.captions))):
            here = [i for i, other in enumerate(self.rows) if other == row]
            adds = max(len(self.adds.get(i, ())) for i in here)
            rule = max(len(self.rules.get(i, ())) for i in here)
            boxes = y + (LINE * adds + 5 if adds else 0)
            lower = boxes + max(self.sizes[i][1] for i in here)
            lower += STUB + LINE * rule + 4 if rule else 0
            found.append((y, boxes, lower))
            y = lower + self._distance(row)
        return found[::-1]

    def _distance(self, row: int) -> float:
        """How far a row is above the next: more where edges go far aside."""
        aside = [
            abs(self.middles[low] - self.middles[high])
            for low, high in self.layered.links()
            if self.layered.ranks[high] == row
        ]
        wanted = NEAREST_ROWS + STEEPEST * max(aside, default=0)
        return min(wanted, FARTHEST_ROWS) if row else 0.0

    @cached_property
    def spots(self) -> list[Spot]:
        """Where each box stands."""
        found = []
        for i, (width, height) in enumerate(self.sizes):
            middle, y = self.middles[i], self.bands[self.rows[i]][1]
            x = middle - width / 2
            spot = Spot(
                *(x, y, width, height, middle, middle, x + QUERY / 2),
                self.rules.get(i, ()),
                self.adds.get(i, ()),
            )
            found.append(spot)
        return found

    @property
    def lower(self) -> float:
        """The lower edge of everything."""
        return self.bands[0][2]

    def path(self, number: int) -> str:
        """The curve of an arrow, from what was read up to what read it."""
        arrow, way = self.graph.arrows[number], self.layered.ways[number]
        start = self.spots[arrow.source]
        steps = [f"M{start.middle:.1f} {start.y:.1f}"]
        x, y = start.middle, start.y
        for node in way[1:]:
            row = self.layered.ranks[node]
            above = self.bands[row - 1][0]
            if above != y:
                steps.append(f"V{above:.1f}")
            lower = self.bands[row][2]
            end = self.middles[node] if node != arrow.target else self.port(arrow)[0]
            half = (above + lower) / 2
            steps.append(
                f"C{x:.1f} {half:.1f} {end:.1f} {half:.1f} {end:.1f} {lower:.1f}"
            )
            x, y = end, lower
        return " ".join([*steps, f"V{self.port(arrow)[1]:.1f}"])

    def port(self, arrow: Arrow) -> tuple[float, float]:
        """Where an arrow ends."""
        spot = self.spots[arrow.target]
        if arrow.kind == "query":
            return spot.query, spot.bottom
        return spot.trunk, spot.below


def _rows(graph: Graph) -> tuple[list[int], list[str]]:
    """The row of each box, and what to say of each row: long ranks take up several.

    Neighbours take turns, so that what is at a position stays near to it.
    """
    rows, captions = [0] * len(graph.boxes), list[str]()
    for rank, caption in enumerate(graph.ranks):
        here = [i for i, box in enumerate(graph.boxes) if box.rank == rank]
        many = -(-len(here) // MOST_IN_ROW) if rank else 1
        for turn, i in enumerate(here):
            rows[i] = len(captions) + turn % many
        captions += [*[""] * (many - 1), caption]
    return rows, captions
