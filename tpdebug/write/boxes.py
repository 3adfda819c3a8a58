"""Boxes: regions of a table that are a set of values for each input.

A box holds only cells that are allowed: those that a result is right for, and those
that earlier decisions took. It is grown from a seed, along each axis in turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tpdebug.nodes import Value
from tpdebug.write.conditions import Condition, condition

Cells: TypeAlias = NDArray[np.bool_]
Box: TypeAlias = tuple[Cells, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """Conditions, and the cells of the table for which all of them hold."""

    when: tuple[Condition, ...]
    cells: Cells


def boxes(
    wanted: Cells,
    allowed: Cells,
    most: int,
    names: Sequence[str],
    values: Sequence[Sequence[Value]],
) -> Iterator[Region]:
    """Boxes of allowed cells with some that are wanted, grown from `most` seeds."""
    for box in _boxes(wanted, allowed, most):
        yield Region(_conditions(box, allowed, names, values), _cells(box))


def _cells(box: Box) -> Cells:
    """The cells of the grid that lie in a box."""
    inside = box[0]
    for axis in box[1:]:
        inside = inside[..., None] & axis
    return inside


def _boxes(wanted: Cells, allowed: Cells, most: int) -> list[Box]:
    """Grow maximal boxes that hold only allowed cells, from `most` seeds."""
    found: dict[bytes, Box] = {}
    seeds = np.argwhere(wanted)
    stride = -(-len(seeds) // most) or 1
    for seed, axes in product(seeds[::stride], permutations(range(wanted.ndim))):
        box = _grow(allowed, wanted, tuple(seed), axes)
        found.setdefault(_cells(box).tobytes(), box)
        if len(found) > 2 * most:
            break
    return list(found.values())


def _grow(
    allowed: Cells,
    wanted: Cells,
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


def _slices(box: Sequence[Cells], axis: int) -> Cells:
    others = [mask for i, mask in enumerate(box) if i != axis]
    if not others:
        return np.ones((), dtype=bool)
    return _cells(tuple(others))


def _over(grid: Cells, others: Cells, axis: int) -> Cells:
    """The grid as (values of `axis`, cells of the other axes that are in the box)."""
    rest = (i for i in range(grid.ndim) if i != axis)
    moved = grid.transpose(axis, *rest)  # np.moveaxis takes several times as long
    return moved.reshape(len(moved), -1)[:, others.reshape(-1)]


def _conditions(
    box: Box,
    allowed: Cells,
    names: Sequence[str],
    values: Sequence[Sequence[Value]],
) -> tuple[Condition, ...]:
    """Say a box as a conjunction, using free cells where that is shorter."""
    inside: list[Cells] = list(box)
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
