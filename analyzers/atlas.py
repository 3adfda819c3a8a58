"""The failure atlas: few readable patterns that cover the failing inputs, no others.

A pattern, a `Cube`, has a set of letters for each place. The fewest are found as in
two-level minimisation (Rudell, Sangiovanni-Vincentelli 1987): the maximal cubes, then a
choice of them, by reductions first and by local search (Gao et al. 2015) from there on.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

Places = tuple[tuple[int, ...], ...]
Inputs = NDArray[np.bool_]

WORK, STEP = 40_000_000, 2_000  # inputs to look at for primes; what a step counts
SEEDS, CLOSED = 32, 64  # primes to find after that; letter sets to try at a place
PAIRS, SIDE = 1 << 24, 2_500  # size of a covering problem; side of one to be reduced
MANY = 500  # from so many failing inputs on, less is tried
SEARCH, SAMPLE = 7_500_000, 100  # inputs to exchange primes for; missing ones to weigh


@dataclass(frozen=True, slots=True)
class Cube:
    """All the inputs that have one of some letters at each place."""

    places: Places  # letter indices at each place, ascending
    inputs: int  # how many inputs these are; all of them fail


@dataclass(frozen=True, slots=True)
class Cover:
    """Cubes that cover failing inputs and no others; they may overlap."""

    cubes: tuple[Cube, ...]  # those of most inputs first
    left: int  # failing inputs that no cube covers; 0 if the cover is complete


def cover(failing: Inputs, most: int = 100) -> Cover:
    """Cover the failing inputs of one length with few cubes.

    Args:
        failing: at [i, j, ...], whether the input of letters i, j, ... fails.
        most: how many cubes to stop at: those that cover most, if it takes more.

    >>> failing = np.array([[1, 1, 1], [0, 0, 1], [0, 0, 1]], bool)
    >>> [cube.places for cube in cover(failing).cubes]
    [((0,), (0, 1, 2)), ((0, 1, 2), (2,))]
    """
    primes = _Primes(failing)
    greedy, left = _greedy(primes, 2 * most)
    fewest = greedy if left else _fewest(primes, greedy)
    chosen = fewest if len(fewest) <= most else greedy[:most]
    cubes = [Cube(places, _size(places)) for places in _plain(failing, chosen)]
    cubes.sort(key=lambda cube: (-cube.inputs, cube.places))
    missing = failing.copy()
    for cube in cubes:
        missing[np.ix_(*cube.places)] = False
    return Cover(tuple(cubes), int(missing.sum()))


def _size(places: Places) -> int:
    return prod(map(len, places))


def _slab(inputs: Inputs, places: Sequence[Sequence[int] | NDArray[np.intp]]) -> Inputs:
    """The inputs of a cube, over those places that have several letters."""
    slab = inputs[tuple(slice(None) if len(p) > 1 else p[0] for p in places)]
    for axis, place in enumerate(p for p in places if len(p) > 1):
        if len(place) < slab.shape[axis]:
            slab = slab[(slice(None),) * axis + (place,)]
    return slab


def _effort(places: Places, shape: tuple[int, ...]) -> int:
    """What it takes to read a cube: sets more than letters, any letter nothing."""
    return sum(
        2 + (len(p) > 1) for p, n in zip(places, shape, strict=True) if len(p) < n
    )


class _Primes:
    """Maximal cubes of failing inputs: all of them, where `WORK` allows.

    Of very many failing inputs no short cover is to be hoped for, so less is tried.
    """

    def __init__(self, failing: Inputs) -> None:
        self.failing = failing
        self.found: dict[Places, None] = {}
        count = max(1, int(failing.sum()))
        self.share = min(1.0, MANY / count)
        self.work = int(WORK * self.share)
        self.random = np.random.default_rng(0)

    def grow(self, missing: Inputs) -> list[Places]:
        """Find new primes through missing inputs, at least one."""
        known, missing = len(self.found), missing.copy()
        seeds = self.random.permutation(np.argwhere(missing))
        for i, seed in enumerate(seeds):
            if self.work <= 0 and i >= SEEDS:
                break
            if missing[tuple(seed)]:
                until = self.work - max(0, 4 * self.work // (len(seeds) - i))
                primes = list(self._through(seed, until))
                self.found.update(dict.fromkeys(primes))
                if len(primes) == 1:  # there is no other
                    missing[np.ix_(*primes[0])] = False
        return list(self.found)[known:]

    def _through(self, seed: NDArray[np.intp], until: int) -> Iterator[Places]:
        """The primes through an input, with the places in a random order."""
        order = self.random.permutation(len(seed))
        turned = self.failing.transpose(order)
        for i, prime in enumerate(self._expand(turned, seed[order].tolist())):
            yield tuple(prime[p] for p in np.argsort(order))
            if i and self.work <= until:
                break

    def _expand(self, failing: Inputs, cell: Sequence[int]) -> Iterator[Places]:
        """The primes through a cell, those with most letters at early places first."""
        at: list[int | slice] = [*cell]
        lines = []
        for p, letter in enumerate(cell):
            at[p] = slice(None)
            lines.append(failing[tuple(at)].nonzero()[0])
            at[p] = letter
        free = [p for p, line in enumerate(lines) if len(line) > 1]
        box = _slab(failing, lines)
        self.work -= box.size + STEP
        if box.all():
            yield tuple(tuple(line.tolist()) for line in lines)
            return
        here, *rest = (int(lines[p].searchsorted(cell[p])) for p in free)
        for letters in _closed(box.reshape(len(box), -1), here):
            for others in self._expand(np.logical_and.reduce(box[letters]), rest):
                slab = _slab(box, (range(len(box)), *others)).reshape(len(box), -1)
                if slab.all(axis=1).sum() == len(letters):  # no letter can be added
                    places = [tuple(line.tolist()) for line in lines]
                    for p, chosen in zip(free, (letters, *others), strict=True):
                        places[p] = tuple(lines[p][list(chosen)].tolist())
                    yield tuple(places)


def _closed(table: Inputs, here: int) -> list[list[int]]:
    """Sets of rows, `here` among them, that are all the rows of some set of columns."""
    count = len(table)
    bits = np.array([1 << i for i in range(count)], np.int64 if count < 63 else object)
    closed = {(1 << count) - 1}
    for column in np.unique(bits @ table).tolist():
        if column >> here & 1 and len(closed) < CLOSED:
            closed |= {column & other for other in closed}
    largest = sorted(closed, key=lambda rows: (-rows.bit_count(), rows))
    return [[i for i in range(count) if rows >> i & 1] for rows in largest]


def _greedy(primes: _Primes, most: int) -> tuple[list[Places], int]:
    """Prime after prime, each that of most missing inputs; and how many stay so."""
    missing = primes.failing.copy()
    heap: list[tuple[int, int, Places]] = []  # gains as last seen: they only fall
    chosen: list[Places] = []
    while len(chosen) < most and missing.any():
        if not heap:
            new = primes.grow(missing)
            heap = sorted((-_size(p), _effort(p, missing.shape), p) for p in new)
        _, effort, places = heapq.heappop(heap)
        gain = int(_slab(missing, places).sum())
        if gain and heap and (-gain, effort, places) > heap[0]:
            heapq.heappush(heap, (-gain, effort, places))
        elif gain:
            chosen.append(places)
            missing[np.ix_(*places)] = False
    return chosen, int(missing.sum())


def _fewest(primes: _Primes, greedy: list[Places]) -> list[Places]:
    """The fewest primes that cover all, as far as can be told; rather plain ones."""
    failing, count = primes.failing, int(primes.failing.sum())
    largest = sorted(primes.found, key=lambda places: (-_size(places), places))
    pool = list({*greedy, *largest[: PAIRS // max(1, count)]})
    pool.sort(key=lambda places: (_effort(places, failing.shape), places))
    index = failing.cumsum().reshape(failing.shape) - 1
    hits = np.zeros((len(pool), count), bool)
    for row, places in zip(hits, pool, strict=True):
        row[index[np.ix_(*places)]] = True
    packed = np.unique(np.packbits(hits, axis=0), axis=1)
    sets = np.unpackbits(packed, axis=0, count=len(pool)).astype(np.float32)
    found = _hitting(sets, int(SEARCH * primes.share))
    return min([pool[i] for i in found], greedy, key=len)


@np.errstate(invalid="ignore")  # a vectorised product may look beyond its arrays
def _hitting(sets: NDArray[np.float32], search: int) -> list[int]:
    """Few sets (rows) that have all elements (columns) between them."""
    names, sure, shape = np.arange(len(sets)), list[int](), (0, 0)
    while sets.shape != shape:
        shape = sets.shape
        needed = sets[:, sets.sum(axis=0) == 1].any(axis=1)
        sure += names[needed].tolist()
        names, sets = names[~needed], sets[~needed][:, ~sets[needed].any(axis=0)]
        if max(sets.shape) <= SIDE:
            kept = ~_inside(sets).any(axis=1)
            names, sets = names[kept], sets[kept]
            sets = sets[:, ~_inside(sets.T).any(axis=0)]
    return [*sure, *names[_exchange(sets, search)].tolist()]


def _inside(sets: NDArray[np.float32]) -> Inputs:
    """Whether set i lies in set j, at [i, j]; of equal sets, the later in the first."""
    shared = sets @ sets.T
    inside: Inputs = shared == shared.diagonal()[:, None]
    return inside & (~inside.T | np.tri(len(sets), k=-1, dtype=np.bool_))


def _exchange(sets: NDArray[np.float32], search: int) -> Inputs:
    """Which sets to take: time and again drop that of least loss, add of most gain."""
    random = np.random.default_rng(0)
    chosen, best = np.zeros(len(sets), bool), np.ones(len(sets), bool)
    moved, weight = np.zeros(len(sets), int), np.ones(sets.shape[1], np.float32)
    depth = np.zeros_like(weight)
    for step in range(1, min(50 * len(sets), search // (250 + len(weight)))):
        missing = random.permutation(np.flatnonzero(depth == 0))[:SAMPLE]
        if not len(missing):
            best = chosen.copy()
        if drop := bool(chosen.sum() >= best.sum() - 1):
            among = np.flatnonzero(chosen & (moved < step - 1))
            loss = sets[among] @ (weight * (depth == 1))
        else:
            among = np.flatnonzero((sets[:, missing[0]] > 0) & (moved < step - 1))
            loss = -sets[np.ix_(among, missing)] @ weight[missing]
        for i in among[np.lexsort((moved[among], loss))[:1]]:
            chosen[i], moved[i] = not drop, step
            depth += -sets[i] if drop else sets[i]
            weight += (depth == 0) & (not drop)
    return best


def _plain(failing: Inputs, cubes: Sequence[Places]) -> Iterator[Places]:
    """Cubes, small ones first, with one letter where what they alone cover has one."""
    depth = np.zeros(failing.shape, int)
    for places in cubes:
        depth[np.ix_(*places)] += 1
    for places in sorted(cubes, key=_size):
        alone = np.argwhere(depth[np.ix_(*places)] == 1)
        depth[np.ix_(*places)] -= 1
        if len(alone):
            plain = list(places)
            for p, column in enumerate(alone.T):
                if len(places[p]) < failing.shape[p] and not np.ptp(column):
                    plain[p] = (places[p][column[0]],)
            depth[np.ix_(*plain)] += 1
            yield tuple(plain)
