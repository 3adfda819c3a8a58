"""The fewest changes: always enough in whole numbers, and no smaller set is."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.circuits.fewest import Fewest, Ints, fewest

LARGE = st.sampled_from([1, 1000, 10**6, 10**9, 10**12])


def enough(place: Ints, gain: Ints, lack: Ints, chosen: tuple[int, ...]) -> bool:
    alone = len({int(place[i]) for i in chosen}) == len(chosen)
    given = [sum(int(gain[i, c]) for i in chosen) for c in range(len(lack))]
    return alone and all(g >= int(n) for g, n in zip(given, lack, strict=True))


@st.composite
def problems(draw: st.DrawFn) -> tuple[Ints, Ints, Ints]:
    """Large scores with a few points beside them, which decide."""
    count, classes = draw(st.integers(3, 9)), draw(st.integers(1, 3))
    large = draw(LARGE)
    some = st.lists(st.integers(-2, 2), min_size=classes, max_size=classes)
    rows = st.lists(some, min_size=count, max_size=count)
    gain = large * np.array(draw(rows), np.int64) + np.array(draw(rows), np.int64)
    place = np.array(
        draw(st.lists(st.integers(0, 6), min_size=count, max_size=count)), int
    )
    chosen = draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=5))
    lack = gain[sorted(chosen)].sum(0) + draw(st.sampled_from([0, 0, 1]))
    lack[0] = max(lack[0], 1)  # or nothing is lacking
    return place, gain, lack


@settings(max_examples=300)
@given(problems())
def test_what_is_found_is_enough_and_no_fewer_are(
    problem: tuple[Ints, Ints, Ints],
) -> None:
    place = problem[0]
    found = fewest(*problem, 20)
    numbers = range(len(place))
    sizes = (
        size
        for size in range(1, len(place) + 1)
        if any(enough(*problem, some) for some in combinations(numbers, size))
    )
    size = next(sizes, 0)
    assert all(enough(*problem, way) for way in found.ways)
    assert [*map(len, found.ways)] == [size] * len(found.ways)
    assert found.least == size
    assert bool(found.ways) == bool(size)
    if size == 1:
        assert len(found.ways) == sum(enough(*problem, (i,)) for i in numbers)


def test_a_set_that_lacks_one_point_of_a_thousand_million_is_not_shown() -> None:
    large = 10**9
    gain = np.array([[large, 0], [large, 0], [large, -1], [large, 1], [0, 1]])
    lack = np.array([3 * large, 1])
    found = fewest(np.arange(5), gain, lack, 20)
    assert len(found.ways[0]) == found.least == 3
    assert 3 in found.ways[0]
    lack = np.array([4 * large, 1])
    found = fewest(np.arange(5), gain, lack, 20)
    assert (found.ways, found.least) == (((0, 1, 2, 3, 4),), 5)


def test_what_a_solver_gets_wrong_is_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = np.arange(5), np.full((5, 1), 20), np.array([81])
    assert fewest(*problem, 20) == Fewest(((0, 1, 2, 3, 4),), 5)
    wrong = SimpleNamespace(status=0, x=np.array([1, 1, 1, 1, 0]), mip_dual_bound=4)
    monkeypatch.setattr("analyzers.circuits.fewest.milp", lambda *_, **__: wrong)
    assert fewest(*problem, 20) == Fewest((), 3)
