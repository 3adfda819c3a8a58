"""The failure atlas: exact covers of few and plain cubes, with bounded work."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from analyzers import atlas
from analyzers.atlas import Cover, Cube, Inputs, Places, cover

SHAPES = st.one_of(
    st.builds(lambda n, places: (n,) * places, st.integers(1, 6), st.integers(1, 3)),
    st.integers(4, 7).map(lambda places: (2,) * places),
)
CYCLE = [[[0], [1], [0, 1]], [[0, 1], [0], [1]], [[1], [0, 1], [0]]]
"""Three cubes whose inputs are each in two of 6 maximal cubes: none is essential."""


@st.composite
def noise(draw: st.DrawFn) -> Inputs:
    """Any inputs of some shape, few or many of them."""
    shape = draw(SHAPES)
    share = draw(st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9]))
    return np.random.default_rng(draw(st.integers(0, 2**32))).random(shape) < share


@st.composite
def cubes(draw: st.DrawFn) -> tuple[tuple[int, ...], list[list[list[int]]]]:
    """A shape and a few cubes in it, which may overlap."""
    shape = draw(SHAPES)
    place = st.sets(st.integers(0, shape[0] - 1), min_size=1).map(sorted)
    cube = st.lists(place, min_size=len(shape), max_size=len(shape))
    return shape, draw(st.lists(cube, max_size=5))


def union(shape: tuple[int, ...], cubes: Sequence[Sequence[Sequence[int]]]) -> Inputs:
    inputs = np.zeros(shape, np.bool_)
    for places in cubes:
        for letters in product(*places):
            inputs[letters] = True
    return inputs


def covered(failing: Inputs, found: Cover) -> Inputs:
    """The inputs that a cover covers; each cube is what it says it is."""
    for cube in found.cubes:
        assert all(place == tuple(sorted(set(place))) for place in cube.places)
        assert cube.inputs == prod(map(len, cube.places)) > 0
        assert all(failing[letters] for letters in product(*cube.places))
    order = [(-cube.inputs, cube.places) for cube in found.cubes]
    assert order == sorted(set(order))
    return union(failing.shape, [cube.places for cube in found.cubes])


def assert_exact(failing: Inputs, found: Cover) -> None:
    assert found.left == 0
    assert np.array_equal(covered(failing, found), failing)


def least(failing: Inputs) -> int:
    """The least number of cubes that cover inputs exactly, by integer programming."""
    letters = range(failing.shape[0])
    sets = [s for n in letters for s in combinations(letters, n + 1)]
    inside = [
        union(failing.shape, [places])[failing]
        for places in product(sets, repeat=failing.ndim)
        if failing[np.ix_(*places)].all()
    ]
    each = LinearConstraint(np.array(inside, float).T, lb=1)
    ones = np.ones(len(inside), int)
    found = milp(ones, integrality=ones, bounds=Bounds(0, 1), constraints=each)
    assert found.success
    return round(found.fun)


@given(noise())
def test_any_inputs_are_covered_exactly_and_no_cube_is_idle(failing: Inputs) -> None:
    found = cover(failing, most=failing.size)
    assert_exact(failing, found)
    places = [cube.places for cube in found.cubes]
    for i in range(len(places)):
        others = union(failing.shape, places[:i] + places[i + 1 :])
        assert not np.array_equal(others, failing)


@given(cubes())
def test_a_union_of_cubes_takes_no_more_cubes(
    made: tuple[tuple[int, ...], list[Places]],
) -> None:
    shape, places = made
    failing = union(shape, places)
    found = cover(failing)
    assert_exact(failing, found)
    assert len(found.cubes) <= len(places)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", [(2,) * 6, (3,) * 4, (4,) * 3, (5, 5)])
def test_no_other_cover_has_fewer_cubes(shape: tuple[int, ...], seed: int) -> None:
    """Of inputs for which taking the best cube each time is not good enough."""
    failing = np.random.default_rng(seed).random(shape) < 0.7
    assert_exact(failing, cover(failing, most=least(failing)))


def test_where_no_cube_is_essential_the_fewest_are_found() -> None:
    failing = union((2, 2, 2), CYCLE)
    assert len(cover(failing).cubes) == 3
    both = failing[:, :, :, None, None, None] & failing  # 9 products, none essential
    assert len(cover(both).cubes) == 9


def test_cubes_apart_from_each_other_are_found_as_they_are() -> None:
    shape = (6,) * 5
    apart = [tuple((i, i + 1) for _ in range(5)) for i in (0, 2, 4)]
    found = cover(union(shape, apart))
    assert found == Cover(tuple(Cube(places, 32) for places in apart), 0)


@given(noise(), st.integers(0, 12))
def test_it_stops_at_most_cubes(failing: Inputs, most: int) -> None:
    found = cover(failing, most)
    assert len(found.cubes) <= most
    assert found.left == failing.sum() - covered(failing, found).sum()
    complete = cover(failing, failing.size)
    assert (found.left == 0) == (len(complete.cubes) <= most)


def test_the_cubes_that_cover_most_are_kept() -> None:
    block, apart = ((0, 1, 2), (0, 1, 2)), ((4, 5), (4, 5))
    tall = ((0, 1, 2, 3), (0, 1))  # 8 inputs, but the block has all except 2
    found = cover(union((6, 6), [apart, tall, block]), most=2)
    assert found == Cover((Cube(block, 9), Cube(apart, 4)), 2)


@given(noise())
def test_the_same_inputs_give_the_same_cover(failing: Inputs) -> None:
    before = failing.copy()
    found = cover(failing)
    assert np.array_equal(failing, before)
    assert cover(np.asfortranarray(failing)) == found


@pytest.mark.parametrize("shape", [(1,), (5,), (4, 4, 4), (2,) * 15, (1,) * 20])
def test_nothing_takes_no_cube_and_everything_takes_one(shape: tuple[int, ...]) -> None:
    assert cover(np.zeros(shape, np.bool_)) == Cover((), 0)
    everything = tuple(tuple(range(letters)) for letters in shape)
    assert cover(np.ones(shape, np.bool_)) == Cover((Cube(everything, prod(shape)),), 0)


def test_a_letter_is_preferred_to_a_set() -> None:
    failing = union((3, 3), [[[0], [0, 1, 2]], [[0, 1], [2]]])
    row, rest = cover(failing).cubes
    assert row.places == ((0,), (0, 1, 2))
    assert rest.places == ((1,), (2,))  # as plain as can be: the row has the other


def test_a_place_left_open_is_preferred() -> None:
    """The corner goes with either wall; with one of them a place takes any letter."""
    walls = [((0,), (1,), (0, 1, 2)), ((1, 2), (0,), (0, 1, 2))]
    corner = ((0,), (0,), (0,))
    found = cover(union((3, 3, 3), [*walls, corner]))
    opened = ((0, 1, 2), (0,), (0,))
    assert {cube.places for cube in found.cubes} == {*walls, opened}


@pytest.mark.parametrize(
    "bounds",
    [
        {"WORK": 0},
        {"WORK": 30_000},
        {"CLOSED": 1},
        {"PAIRS": 1},
        {"SIDE": 0},
        {"SEARCH": 0},
    ],
)
def test_a_cover_is_exact_whatever_the_bounds(
    bounds: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in bounds.items():
        monkeypatch.setattr(atlas, name, value)
    random = np.random.default_rng(0)
    for shape, share in (((4,) * 4, 0.3), ((3,) * 4, 0.8), ((2,) * 9, 0.5)):
        failing = random.random(shape) < share
        assert_exact(failing, cover(failing, failing.size))


def test_it_is_pure_when_it_cannot_look_at_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(atlas, "WORK", 100_000)
    failing = np.random.default_rng(0).random((2,) * 10) < 0.5
    assert cover(failing, 20) == cover(failing, 20)


def test_alphabets_may_be_wide() -> None:
    stairs = np.tri(70, dtype=np.bool_)  # a step each letter, and none can be left out
    found = cover(stairs)
    assert_exact(stairs, found)
    assert len(found.cubes) == 70
