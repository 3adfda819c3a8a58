"""A lower bound on the patterns of an exact cover, which no cover can beat."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.atlas import cover
from analyzers.fooling import fewest_possible


@given(st.integers(1, 3), st.integers(1, 4), st.data())
@settings(max_examples=150, deadline=None)
def test_no_exact_cover_has_fewer_cubes(
    letters: int, places: int, data: st.DataObject
) -> None:
    size = letters**places
    flags = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
    failing = np.array(flags).reshape((letters,) * places)
    found = cover(failing)
    assert found.left == 0
    assert fewest_possible(failing) <= len(found.cubes)
    assert (fewest_possible(failing) == 0) == (not failing.any())


def test_parity_needs_a_pattern_for_each_input() -> None:
    failing = np.indices((2,) * 6).sum(axis=0) % 2 == 1
    assert fewest_possible(failing) == 32


def test_one_cube_needs_one_pattern() -> None:
    failing = np.zeros((4,) * 5, bool)
    failing[:, 1:3, :, 2, :2] = True
    assert fewest_possible(failing) == 1
