"""Places for the boxes of a layered graph: few crossings, short edges, no overlap.

After Sugiyama, Tagawa and Toda (1981): edges over several ranks are cut with a point at
each rank between, ranks are ordered by the barycentres of their neighbours, and places
in a rank are the closest to the neighbours' (least squares) that keep order and
distance. Nothing is drawn by chance: the same graph gets the same places.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

ORDER_SWEEPS, PLACE_SWEEPS, LAST_SWEEPS = 16, 24, 81
"""How often to go through all ranks; the last time upwards, so tops are centred."""
POINT_WEIGHT, STRAIGHT = 4.0, 8
"""How much more it matters that a long edge is straight than that a box is near."""


@dataclass(frozen=True, slots=True)
class Layered:
    """A layered graph without long edges.

    Attributes:
        ranks: of every box, then of every point.
        ways: for each edge the boxes and points that it passes, its ends included.
    """

    ranks: tuple[int, ...]
    ways: tuple[tuple[int, ...], ...]

    def links(self) -> list[tuple[int, int]]:
        """The pieces of edges, each from one rank to the next, each once."""
        pieces = ((a, b) for way in self.ways for a, b in pairwise(way))
        return sorted(set(pieces))


def cut(ranks: Sequence[int], edges: Sequence[tuple[int, int, str]]) -> Layered:
    """Cut long edges; those of the same kind from one box share their points.

    Args:
        ranks: the rank of each box.
        edges: (source, target, kind), from lower ranks to higher ones.
    """
    every = list(ranks)
    points: dict[tuple[int, str, int], int] = {}
    ways = []
    for source, target, kind in edges:
        way = [source]
        for rank in range(ranks[source] + 1, ranks[target]):
            if (source, kind, rank) not in points:
                points[source, kind, rank] = len(every)
                every.append(rank)
            way.append(points[source, kind, rank])
        ways.append((*way, target))
    return Layered(tuple(every), tuple(ways))


def ordered(layered: Layered) -> list[list[int]]:
    """The boxes and points of each rank from left to right; rank 0 stays as it is."""
    below, above = _neighbours(layered)
    rows: list[list[int]] = [[] for _ in range(max(layered.ranks) + 1)]
    for node, rank in enumerate(layered.ranks):
        rows[rank].append(node)
    best, fewest = [list(row) for row in rows], _crossings(rows, above)
    for sweep in range(ORDER_SWEEPS):
        upwards = sweep % 2 == 0
        near = below if upwards else above
        numbers = range(1, len(rows))
        for number in numbers if upwards else reversed(numbers):
            spot = _spots(rows)
            rows[number].sort(key=lambda n: _mean([spot[m] for m in near[n]], spot[n]))
        found = _crossings(rows, above)
        if found < fewest:
            best, fewest = [list(row) for row in rows], found
    return best


def placed(
    layered: Layered, rows: Sequence[Sequence[int]], widths: Sequence[float], gap: float
) -> list[float]:
    """The middle of each box and point, from 0; none are nearer than the gap.

    Args:
        layered: the graph.
        rows: its ranks, in order.
        widths: of each box; points have none.
        gap: between neighbours in a rank.
    """
    below, above = _neighbours(layered)
    boxes = len(widths)
    width = [*widths, *[0.0] * (len(layered.ranks) - boxes)]
    at = [0.0] * len(width)
    for row in rows:
        offsets = _offsets(row, width, gap)
        for node, offset in zip(row, offsets, strict=True):
            at[node] = offset - offsets[-1] / 2
    for sweep in range(PLACE_SWEEPS + LAST_SWEEPS):
        upwards, last = sweep % 2 == 0, sweep >= PLACE_SWEEPS
        for row in rows if upwards else reversed(rows):
            offsets = _offsets(row, width, gap)
            wishes: list[float | None] = []
            for node in row:
                near = below[node] if upwards else above[node]
                near = below[node] + above[node] if last or not near else near
                if (
                    last and node >= boxes
                ):  # a line that goes on straight is easy to see
                    near = [
                        n for m in near for n in [m] * (STRAIGHT if m >= boxes else 1)
                    ]
                wishes.append(_mean([at[n] for n in near], None))
            weights = [POINT_WEIGHT if node >= boxes else 1.0 for node in row]
            for i, wish in enumerate(wishes):
                if wish is None:
                    weights[i] = 0.01
            found = nearest(_with_neighbours(wishes, offsets), weights, offsets)
            for node, x in zip(row, found, strict=True):
                at[node] = x
    left = min(x - w / 2 for x, w in zip(at, width, strict=True))
    return [round(x - left, 1) for x in at]


def nearest(
    wishes: Sequence[float], weights: Sequence[float], offsets: Sequence[float]
) -> list[float]:
    """Places next to wishes whose distances are those of the offsets, or greater.

    The weighted sum of squared differences is least (isotonic regression).

    >>> nearest([0, 0, 9], [1, 1, 1], [0, 4, 8])
    [-2.0, 2.0, 9.0]
    """
    pools: list[tuple[float, float, int]] = []  # (mean, weight, members)
    for wish, weight, offset in zip(wishes, weights, offsets, strict=True):
        pool = (float(wish - offset), weight, 1)
        while pools and pools[-1][0] > pool[0]:
            mean, heavy, many = pools.pop()
            total = heavy + pool[1]
            mean = (mean * heavy + pool[0] * pool[1]) / total
            pool = (mean, total, many + pool[2])
        pools.append(pool)
    means = [mean for mean, _, many in pools for _ in range(many)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _offsets(row: Sequence[int], width: Sequence[float], gap: float) -> list[float]:
    """The least distances from the first of a rank."""
    found = [0.0]
    for left, right in pairwise(row):
        found.append(found[-1] + (width[left] + width[right]) / 2 + gap)
    return found[: len(row)]


def _neighbours(layered: Layered) -> tuple[list[list[int]], list[list[int]]]:
    """What is linked to each box and point, one rank below and one above."""
    below: list[list[int]] = [[] for _ in layered.ranks]
    above: list[list[int]] = [[] for _ in layered.ranks]
    for low, high in layered.links():
        below[high].append(low)
        above[low].append(high)
    return below, above


def _spots(rows: Sequence[Sequence[int]]) -> dict[int, float]:
    """How far right each is, as a share: ranks have different lengths."""
    return {n: (i + 0.5) / len(row) for row in rows for i, n in enumerate(row)}


def _with_neighbours(
    wishes: Sequence[float | None], offsets: Sequence[float]
) -> list[float]:
    """Wishes in which what is linked to nothing wants to be next to what is."""
    linked = [i for i, wish in enumerate(wishes) if wish is not None]
    found = []
    for i, offset in enumerate(offsets):
        near = min(linked, key=lambda j: abs(i - j), default=None)
        wish = 0.0 if near is None else wishes[near]
        assert wish is not None
        found.append(wish + offset - (offsets[near] if near is not None else 0.0))
    return found


Otherwise = TypeVar("Otherwise", float, None)


def _mean(values: Sequence[float], otherwise: Otherwise) -> float | Otherwise:
    return sum(values) / len(values) if values else otherwise


def _crossings(rows: Sequence[Sequence[int]], above: Sequence[Sequence[int]]) -> int:
    """How many pieces of edges cross."""
    spot = {node: i for row in rows for i, node in enumerate(row)}
    total = 0
    for row in rows:
        seen: list[int] = []
        for node in row:
            ends = sorted(spot[n] for n in above[node])
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total
