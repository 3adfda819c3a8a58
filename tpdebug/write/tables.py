"""Lookup tables as Python: a list of decisions, the largest first, and a default.

Each decision is a box: a set of values for each input (`position <= 2 and token ==
"3"`), written as conditions; what earlier decisions took is free for later ones.
Boxes are grown greedily, by how many entries they settle for their length.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from tpdebug.nodes import LookupTable, Value, order
from tpdebug.write.conditions import Condition, Decision, condition, expression
from tpdebug.write.literals import literal

Box = tuple[NDArray[np.bool_], ...]
MAX_SEEDS = 256
MAX_DECISIONS = 40


def table_body(
    table: LookupTable, names: Sequence[str], values: Sequence[Sequence[Value]]
) -> list[Decision] | None:
    """Return the body of a table: decisions on the inputs, the first that applies.

    A table of several inputs that would take very many has no short form: None.

    Args:
        table: what to write, in normal form.
        names: the parameter of each input.
        values: every value that each input can take.

    >>> table = LookupTable.of("t", ["a", "b"], {(0, 0): 1, (0, 1): 1, (0, 2): 1}, 0)
    >>> [d.text for d in table_body(table, ["x", "y"], [range(3), range(3)])]
    ['if x == 0: 1', '0']
    """
    outputs = sorted({table.default, *(v for _, v in table.entries)}, key=order)
    grid = _grid(table, values, outputs)
    default = outputs.index(table.default)
    free = np.zeros(grid.shape, dtype=bool)
    body: list[Decision] = []
    while ((grid != default) & ~free).any():
        if len(body) == MAX_DECISIONS and grid.ndim > 1:
            return None
        settled = -1.0
        for code, box in _choices(grid, free, default, len(outputs)):
            when = _conditions(box, (grid == code) | free, names, values)
            decision = Decision(when, expression(literal(outputs[code])))
            gain = int((_cells(box) & ~free).sum()) / (12 + len(decision.text))
            if gain > settled:
                best, winner, settled = decision, box, gain
        body.append(best)
        free |= _cells(winner)
    return [*body, Decision((), expression(literal(table.default)))]


def _choices(
    grid: NDArray[np.int32], free: NDArray[np.bool_], default: int, outputs: int
) -> Iterator[tuple[int, Box]]:
    """Boxes of one output each, for every output but the default."""
    most = MAX_SEEDS // outputs + 1
    for code in range(outputs):
        if code != default:
            yield from ((code, box) for box in _boxes(grid, free, code, most))


def _grid(
    table: LookupTable, values: Sequence[Sequence[Value]], outputs: Sequence[Value]
) -> NDArray[np.int32]:
    """The table as an array of output codes, one axis for each input."""
    places = [{value: i for i, value in enumerate(axis)} for axis in values]
    code = {value: i for i, value in enumerate(outputs)}
    shape = tuple(len(axis) for axis in values)
    grid = np.full(shape, code[table.default], dtype=np.int32)
    for key, output in table.entries:
        grid[tuple(p[v] for p, v in zip(places, key, strict=True))] = code[output]
    return grid


def _cells(box: Box) -> NDArray[np.bool_]:
    """The cells of the grid that lie in a box."""
    inside = box[0]
    for axis in box[1:]:
        inside = inside[..., None] & axis
    return inside


def _boxes(
    grid: NDArray[np.int32], free: NDArray[np.bool_], code: int, most: int
) -> list[Box]:
    """Grow maximal boxes that hold only `code` or free cells, from `most` seeds."""
    allowed = (grid == code) | free
    wanted = (grid == code) & ~free
    found: dict[bytes, Box] = {}
    seeds = np.argwhere(wanted)
    stride = -(-len(seeds) // most) or 1
    for seed, axes in product(seeds[::stride], permutations(range(grid.ndim))):
        box = _grow(allowed, wanted, tuple(seed), axes)
        found.setdefault(_cells(box).tobytes(), box)
        if len(found) > 2 * most:
            break
    return list(found.values())


def _grow(
    allowed: NDArray[np.bool_],
    wanted: NDArray[np.bool_],
    seed: tuple[int, ...],
    axes: tuple[int, ...],
) -> Box:
    """Extend a seed cell along each axis in turn, as far as all cells are allowed."""
    box = [np.arange(size) == at for size, at in zip(allowed.shape, seed, strict=True)]
    for axis in axes:
        others = _slices(box, axis)
        fits = _over(allowed, others, axis).all(axis=1)
        useful = _over(wanted, others, axis).any(axis=1)
        box[axis] = fits & useful
    return tuple(box)


def _slices(box: Sequence[NDArray[np.bool_]], axis: int) -> NDArray[np.bool_]:
    others = [mask for i, mask in enumerate(box) if i != axis]
    if not others:
        return np.ones((), dtype=bool)
    return _cells(tuple(others))


def _over(
    grid: NDArray[np.bool_], others: NDArray[np.bool_], axis: int
) -> NDArray[np.bool_]:
    """The grid as (values of `axis`, cells of the other axes that are in the box)."""
    moved = np.moveaxis(grid, axis, 0)
    return moved.reshape(len(moved), -1)[:, others.reshape(-1)]


def _conditions(
    box: Box,
    allowed: NDArray[np.bool_],
    names: Sequence[str],
    values: Sequence[Sequence[Value]],
) -> tuple[Condition, ...]:
    """Say a box as a conjunction, using free cells where that is shorter."""
    inside: list[NDArray[np.bool_]] = list(box)
    found = []
    for axis, (name, known) in enumerate(zip(names, values, strict=True)):
        fits = _over(allowed, _slices(inside, axis), axis).all(axis=1)
        must = {known[i] for i in np.flatnonzero(box[axis]).tolist()}
        may = {known[i] for i in np.flatnonzero(fits).tolist()}
        said = condition(name, must, may, known)
        inside[axis] = np.array([value in said.holds for value in known])
        if not said.always:
            found.append(said)
    return tuple(found)
