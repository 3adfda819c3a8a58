"""The best read-out, at letters and pooled."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from tpdebug.columns import numbered
from trainers.readout import Variable, features, fit


def test_features_are_counts_of_codes_and_sums_of_numbers() -> None:
    letters = Variable(np.array([[0, 2, 2], [1, -1, -1]]), 3)
    counts = Variable(np.array([[4, 0, 3], [5, -1, -1]]), None)
    wanted = [[1, 0, 2, 7], [0, 1, 0, 5]]
    assert features([letters, counts]).toarray().tolist() == wanted
    assert features([letters, counts], np.array([1])).toarray().tolist() == wanted[1:]


def test_one_place_in_all_is_the_same_as_a_letter() -> None:
    drawn = np.random.default_rng(0)
    values, numbers = drawn.integers(0, 4, 300), drawn.integers(0, 5, 300)
    cases = np.where(drawn.random(300) < 0.8, values, drawn.integers(0, 4, 300))
    flat = [Variable(values, 4), Variable(numbers, None)]
    pooled = [Variable(v.values[:, None], v.size) for v in flat]
    one, other = fit(flat, cases, 4), fit(pooled, cases, 4)
    assert np.allclose(one.weights, other.weights, atol=1e-6)
    assert one.accuracy == other.accuracy
    assert (one.scores(flat) == one.scores(pooled)).all()


def test_the_order_of_places_and_where_they_end_make_no_difference() -> None:
    drawn = np.random.default_rng(1)
    values = drawn.integers(0, 3, (200, 5))
    values[drawn.random((200, 5)) < 0.3] = -1
    cases = (values == 1).sum(1) > (values == 2).sum(1)
    mixed = drawn.permuted(values, axis=1)
    one = fit([Variable(values, 3)], cases.astype(int), 2)
    other = fit([Variable(mixed, 3)], cases.astype(int), 2)
    assert np.array_equal(one.weights, other.weights)
    assert one.accuracy == 1
    assert np.allclose(one.chances.sum(1), 1)


def test_cases_that_look_alike_share_their_chances() -> None:
    """Each class as likely as it is frequent: what a fit without limits gives."""
    values, cases = np.repeat([0, 1], 10), np.array([0] * 7 + [1] * 3 + [1] * 10)
    found = fit([Variable(values, 2)], cases, 2)
    assert np.allclose(found.chances[:10], [[0.7, 0.3]], atol=1e-3)
    assert found.accuracy == pytest.approx(17 / 20)


@pytest.mark.parametrize("shape", [(50, 3), (50, 2, 2)])
def test_distinct_rows(shape: tuple[int, ...]) -> None:
    rows = np.random.default_rng(2).integers(0, 2, shape)
    first, which = numbered(rows)
    assert (rows[first][which] == rows).all()
    assert len(first) == len({row.tobytes() for row in rows})
    earlier = [np.flatnonzero(which == group)[0] for group in range(len(first))]
    assert first.tolist() == earlier
