"""Lookup tables as Python: a list of decisions, the largest first, and a default.

Each decision is a box: a set of values for each input (`position <= 2 and token ==
"3"`), written as conditions; what earlier decisions took is free for later ones.
Boxes are grown greedily, by how many entries they settle for their length.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from tpdebug.nodes import LookupTable, Value, order
from tpdebug.write.conditions import condition, literal

Box = tuple[NDArray[np.bool_], ...]
MAX_SEEDS = 256
MAX_DECISIONS = 40


def table_body(
    table: LookupTable, names: Sequence[str], values: Sequence[Sequence[Value]]
) -> list[tuple[str | None, str]] | None:
    """Return the body of a table as (condition on the inputs, output) pairs.

    The first pair whose condition holds decides; the last has no condition. A table
    of several inputs that would take very many decisions has no short form: None.

    Args:
        table: what to write, in normal form.
        names: the parameter of each input.
        values: every value that each input can take.

    >>> table = LookupTable.of("t", ["a", "b"], {(0, 0): 1, (0, 1): 1, (0, 2): 1}, 0)
    >>> table_body(table, ["x", "y"], [range(3), range(3)])
    [('x == 0', '1'), (None, '0')]
    """
    outputs = sorted({table.default, *(v for _, v in table.entries)}, key=order)
    grid = _grid(table, values, outputs)
    default = outputs.index(table.default)
    free = np.zeros(grid.shape, dtype=bool)
    body: list[tuple[str | None, str]] = []
    while ((grid != default) & ~free).any():
        if len(body) == MAX_DECISIONS and grid.ndim > 1:
            return None
        choices = (
            (_text(box, grid, free, code, names, values), code, box)
            for code in range(len(outputs))
            if code != default
            for box in _boxes(grid, free, code, MAX_SEEDS // len(outputs) + 1)
        )
        best, settled = "", -1.0
        for text, code, box in choices:
            gain = int((_cells(box) & ~free).sum()) / (12 + len(text))
            if gain > settled:
                best, settled, winner = text, gain, (code, box)
        body.append((best, literal(outputs[winner[0]])))
        free |= _cells(winner[1])
    return [*body, (None, literal(table.default))]


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


def _text(
    box: Box,
    grid: NDArray[np.int32],
    free: NDArray[np.bool_],
    code: int,
    names: Sequence[str],
    values: Sequence[Sequence[Value]],
) -> str:
    """Say a box as a conjunction, using free cells where that is shorter."""
    allowed = (grid == code) | free
    inside: list[NDArray[np.bool_]] = list(box)
    texts = []
    for axis, (name, known) in enumerate(zip(names, values, strict=True)):
        fits = _over(allowed, _slices(inside, axis), axis).all(axis=1)
        must = {known[i] for i in np.flatnonzero(box[axis]).tolist()}
        may = {known[i] for i in np.flatnonzero(fits).tolist()}
        text, holds = condition(name, must, may, known)
        inside[axis] = np.array([value in holds for value in known])
        if text != "True":
            texts.append(f"({text})" if " or " in text and len(names) > 1 else text)
    return " and ".join(texts) or "True"
