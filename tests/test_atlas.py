"""The failure atlas: exact covers, few cubes, readable ones, within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analyzers import atlas
from analyzers.atlas import Cover, Cube, cover

Failing = NDArray[np.bool_]
Places = Sequence[Sequence[int]]

SHAPES = st.integers(1, 5).flatmap(
    lambda letters: st.integers(1, 4).map(lambda places: (letters,) * places)
)
BITS = st.integers(2, 8).map(lambda places: (2,) * places)


@st.composite
def noise(draw: st.DrawFn) -> Failing:
    """Any set of inputs, sparse to dense."""
    shape = draw(SHAPES | BITS)
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    return random.random(shape) < draw(st.floats(0, 1))


@st.composite
def unions(draw: st.DrawFn, most: int = 5) -> tuple[Failing, list[Places]]:
    """The union of some cubes, which may overlap."""
    shape = draw(SHAPES | BITS)
    place = st.sets(st.integers(0, shape[0] - 1), min_size=1).map(sorted)
    cube = st.lists(place, min_size=len(shape), max_size=len(shape))
    cubes = draw(st.lists(cube, max_size=most))
    return union(shape, cubes), cubes


def union(shape: tuple[int, ...], cubes: Sequence[Places]) -> Failing:
    failing = np.zeros(shape, np.bool_)
    for places in cubes:
        for letters in product(*places):
            failing[letters] = True
    return failing


def covered(failing: Failing, found: Cover) -> Failing:
    """What a cover covers, after checking what each cube says of itself."""
    for cube in found.cubes:
        assert all(place == tuple(sorted(set(place))) for place in cube.places)
        assert cube.inputs == prod(map(len, cube.places)) > 0
        assert all(failing[letters] for letters in product(*cube.places))
    sizes = [cube.inputs for cube in found.cubes]
    assert sizes == sorted(sizes, reverse=True)
    return union(failing.shape, [cube.places for cube in found.cubes])


def fewest(failing: Failing) -> int:
    """The least number of cubes that cover exactly, by trying them all."""
    sets = [
        subset
        for size in range(1, failing.shape[0] + 1)
        for subset in combinations(range(failing.shape[0]), size)
    ]
    cubes = [
        inputs
        for places in product(sets, repeat=failing.ndim)
        if failing[np.ix_(*places)].all()
        for inputs in [frozenset(product(*places))]
    ]
    maximal = [cube for cube in cubes if not any(cube < other for other in cubes)]
    everything = frozenset(map(tuple, np.argwhere(failing).tolist()))
    return next(
        count
        for count in range(len(maximal) + 1)
        for chosen in combinations(maximal, count)
        if frozenset().union(*chosen) == everything
    )


def assert_exact(failing: Failing, found: Cover) -> None:
    assert found.left == 0
    assert np.array_equal(covered(failing, found), failing)


@given(noise())
def test_any_set_of_inputs_is_covered_exactly(failing: Failing) -> None:
    assert_exact(failing, cover(failing, most=failing.size))


@given(unions())
def test_a_union_of_cubes_is_covered_exactly(
    made: tuple[Failing, list[Places]],
) -> None:
    failing, cubes = made
    found = cover(failing)
    assert_exact(failing, found)
    assert len(found.cubes) <= len(cubes)


@given(noise() | unions().map(lambda made: made[0]))
def test_no_cube_is_idle(failing: Failing) -> None:
    cubes = [cube.places for cube in cover(failing, most=failing.size).cubes]
    for i in range(len(cubes)):
        others = union(failing.shape, cubes[:i] + cubes[i + 1 :])
        assert not np.array_equal(others, failing)


@given(st.integers(2, 3).flatmap(lambda n: st.integers(0, 2**n**2 - 1).map(lambda k: (n, k))))
def test_small_covers_are_the_fewest(made: tuple[int, int]) -> None:
    letters, bits = made
    flat = [bool(bits >> i & 1) for i in range(letters**2)]
    failing = np.array(flat).reshape(letters, letters)
    assert len(cover(failing).cubes) == fewest(failing)
