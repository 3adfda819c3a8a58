"""The failure atlas: few readable patterns that cover the failing inputs, no others.

A pattern, a `Cube`, gives a set of letters for each place. To find the fewest is
two-level minimisation of a multi-valued function (Rudell, Sangiovanni-Vincentelli
1987): grow maximal cubes, the primes, and solve the covering problem that they pose,
exactly as far as reductions go, by weighting local search (Gao et al. 2015) beyond.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

Places = tuple[tuple[int, ...], ...]
Inputs = NDArray[np.bool_]
Sets = NDArray[np.float32]

WORK, STEP = 40_000_000, 2_000  # inputs to look at for primes; what a step counts
SEEDS = 32  # inputs that get a prime each when all that is done
CLOSED = 64  # sets of letters to try at a place
PAIRS, SIDE = 1 << 24, 2_500  # the greatest covering problem; the greatest to reduce
SEARCH, MOVE = 400_000_000, 20_000  # entries of it to look at; what a move counts


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

    >>> failing = np.zeros((3, 3), bool)
    >>> failing[0, :] = failing[:, 2] = True
    >>> [cube.places for cube in cover(failing).cubes]
    [((0,), (0, 1, 2)), ((0, 1, 2), (2,))]
    """
    primes = _Primes(failing)
    greedy, left = _greedy(primes, 2 * most)
    chosen = greedy if left else _fewest(failing, greedy, primes.found)
    if len(chosen) > most:
        chosen = greedy[:most]
    missing = failing.copy()
    cubes = []
    for places in _plain(failing, chosen):
        missing[np.ix_(*places)] = False
        cubes.append(Cube(places, _size(places)))
    cubes.sort(key=lambda cube: (-cube.inputs, cube.places))
    return Cover(tuple(cubes), int(missing.sum()))


def _size(places: Places) -> int:
    return prod(map(len, places))


def _effort(places: Places, shape: tuple[int, ...]) -> int:
    """What it takes to read a cube: sets more than letters, any letter nothing."""
    lengths = map(len, places)
    return sum(2 + (n > 1) for n, all_ in zip(lengths, shape, strict=True) if n < all_)


class _Primes:
    """Maximal cubes of failing inputs: all of them, where `WORK` allows."""

    def __init__(self, failing: Inputs) -> None:
        self.failing = failing
        self.found: dict[Places, None] = {}
        self.work = WORK
        self.random = np.random.default_rng(0)

    def grow(self, missing: Inputs) -> list[Places]:
        """Find new primes through missing inputs, at least one."""
        known = len(self.found)
        missing = missing.copy()
        seeds = self.random.permutation(np.argwhere(missing))
        for i, seed in enumerate(seeds):
            if self.work <= 0 and i >= SEEDS:
                break
            if missing[tuple(seed)]:
                until = self.work - max(0, 4 * self.work // (len(seeds) - i))
                primes = list(self._through(seed, until))
                self.found.update(dict.fromkeys(primes))
                if len(primes) == 1 and self.work > until:  # there is no other
                    missing[np.ix_(*primes[0])] = False
        return list(self.found)[known:]

    def _through(self, seed: NDArray[np.intp], until: int) -> Iterator[Places]:
        """The primes through an input, with the places in a random order."""
        order = self.random.permutation(len(seed))
        turned = self.failing.transpose(order)
        for prime in self._expand(turned, seed[order].tolist()):
            yield tuple(prime[p] for p in np.argsort(order))
            if self.work <= until:
                break

    def _expand(self, failing: Inputs, cell: Sequence[int]) -> Iterator[Places]:
        """The primes through a cell, those with most letters at early places first."""
        lines = [
            failing[(*cell[:p], slice(None), *cell[p + 1 :])].nonzero()[0]
            for p in range(len(cell))
        ]
        free = [p for p, line in enumerate(lines) if len(line) > 1]
        fixed = tuple(slice(None) if p in free else c for p, c in enumerate(cell))
        box = failing[fixed][np.ix_(*(lines[p] for p in free))]
        self.work -= box.size + STEP
        if box.all():
            yield tuple(tuple(line.tolist()) for line in lines)
            return
        here, *rest = (int(lines[p].searchsorted(cell[p])) for p in free)
        for letters in _closed(box.reshape(len(box), -1), here):
            for others in self._expand(box[letters].all(axis=0), rest):
                slab = box[(slice(None), *np.ix_(*others))].reshape(len(box), -1)
                if slab.all(axis=1).sum() == len(letters):  # no letter can be added
                    picks = dict(zip(free, (letters, *others), strict=True))
                    yield tuple(
                        tuple(line[list(picks.get(p, (0,)))].tolist())
                        for p, line in enumerate(lines)
                    )


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
    left = int(missing.sum())
    heap: list[tuple[int, int, Places]] = []  # gains as last seen: they only fall
    chosen: list[Places] = []
    while left and len(chosen) < most:
        for places in () if heap else primes.grow(missing):
            entry = (-_size(places), _effort(places, missing.shape), places)
            heapq.heappush(heap, entry)
        _, effort, places = heapq.heappop(heap)
        gain = int(missing[np.ix_(*places)].sum())
        if gain and heap and (-gain, effort, places) > heap[0]:
            heapq.heappush(heap, (-gain, effort, places))
        elif gain:
            chosen.append(places)
            missing[np.ix_(*places)] = False
            left -= gain
    return chosen, left


def _fewest(
    failing: Inputs, greedy: list[Places], found: Iterable[Places]
) -> list[Places]:
    """The fewest primes that cover all, as far as can be told, and plain ones."""
    count = int(failing.sum())
    largest = sorted(found, key=lambda places: (-_size(places), places))
    pool = list({*greedy, *largest[: PAIRS // max(1, count)]})
    pool.sort(key=lambda places: (_effort(places, failing.shape), places))
    index = np.zeros(failing.shape, int)
    index[failing] = range(count)
    hits = np.zeros((len(pool), count), bool)
    for row, places in zip(hits, pool, strict=True):
        row[index[np.ix_(*places)]] = True
    packed = np.unique(np.packbits(hits, axis=0), axis=1)
    sets = np.unpackbits(packed, axis=0, count=len(pool)).astype(np.float32)
    picked = _hitting(sets)
    depth = sets[picked].sum(axis=0)
    for i, pick in enumerate(picked):
        alone = sets[:, (depth == 1) & (sets[pick] > 0)]
        picked[i] = int(alone.all(axis=1).argmax())  # the plainest that has them
        depth += sets[picked[i]] - sets[pick]
    return min([pool[i] for i in picked], greedy, key=len)


def _hitting(sets: Sets) -> list[int]:
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
    return sure + names[_exchange(sets)].tolist()


def _inside(sets: Sets) -> Inputs:
    """Whether set i lies in set j, at [i, j]; of equal sets, the later in the first."""
    shared = sets @ sets.T
    inside: Inputs = shared == shared.diagonal()[:, None]
    return inside & (~inside.T | np.tri(len(sets), k=-1, dtype=bool))


def _exchange(sets: Sets) -> Inputs:
    """Which sets to take: time and again drop that of least loss, add of most gain."""
    random = np.random.default_rng(0)
    chosen, best = np.zeros(len(sets), bool), np.ones(len(sets), bool)
    moved, looked = np.zeros(len(sets), int), 0
    depth, weight = np.repeat(np.float32([[0], [1]]), sets.shape[1], axis=1)
    for step in range(1, 50 * len(sets)):
        missing = np.flatnonzero(depth == 0)
        if not len(missing):
            best = chosen.copy()
        if drop := chosen.sum() >= best.sum() - 1:
            among = np.flatnonzero(chosen & (moved < step - 1))
            loss = sets[among] @ (weight * (depth == 1))
        else:
            having = sets[:, random.choice(missing)] > 0
            among = np.flatnonzero(having & (moved < step - 1))
            loss = -sets[np.ix_(among, missing)] @ weight[missing]
        for i in among[np.lexsort((moved[among], loss))[:1]]:
            chosen[i], moved[i] = not drop, step
            depth += -sets[i] if drop else sets[i]
            weight += (depth == 0) & (not drop)
        looked += len(among) * len(depth if drop else missing) + MOVE
        if looked > SEARCH:
            break
    return best


def _plain(failing: Inputs, cubes: Iterable[Places]) -> Iterator[Places]:
    """Cubes, small ones first, with one letter where what they alone cover has one."""
    depth = np.zeros(failing.shape, int)
    for places in cubes:
        depth[np.ix_(*places)] += 1
    for places in sorted(cubes, key=_size):
        alone = np.argwhere(depth[np.ix_(*places)] == 1)
        depth[np.ix_(*places)] -= 1
        if len(alone):
            plain = tuple(
                place[column[0] :][:1]
                if len(place) < count and not np.ptp(column)
                else place
                for place, column, count in zip(
                    places, alone.T, failing.shape, strict=True
                )
            )
            depth[np.ix_(*plain)] += 1
            yield plain
