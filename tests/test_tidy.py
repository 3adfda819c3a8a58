"""Integer scores that are small: every prediction stays, and easy ones look easy."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from tpdebug.tidy import tidy
from trainers.fixed_point import fixed_point
from trainers.readout import Variable, features, fit


def predictions(scores: list[np.ndarray], seen: list[Variable]) -> np.ndarray:
    """By plain sums over the values of each case."""
    total = np.zeros((len(seen[0].values), scores[0].shape[1]))
    for rows, variable in zip(scores, seen, strict=True):
        for case, values in enumerate(variable.values.reshape(len(total), -1)):
            for value in values[values >= 0]:
                add = value * rows[0] if variable.size is None else rows[value]
                total[case] += add
    return total.argmax(1)


@pytest.mark.parametrize("pooled", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_every_prediction_is_kept(seed: int, pooled: bool) -> None:
    drawn = np.random.default_rng(seed)
    size = (60, 4) if pooled else (60,)
    values = [drawn.integers(0, 5, size), drawn.integers(0, 3, size)]
    values.append(drawn.integers(0, 4, size))
    if pooled:
        ends = drawn.integers(1, 5, (60, 1))
        values = [np.where(np.arange(4) < ends, v, -1) for v in values]
    sizes = (5, 3, None)
    seen = [Variable(v, n) for v, n in zip(values, sizes, strict=True)]
    weights = [drawn.normal(size=(variable.rows, 4)) for variable in seen]
    names = ("a", "b", "count")
    fixed = fixed_point(
        dict(zip(names, weights, strict=True)), dict(zip(names, seen, strict=True))
    )
    found = [fixed.scores[name] for name in names]
    assert all(rows.dtype == np.int64 for rows in found)
    wanted = predictions(weights, seen)
    assert (predictions(found, seen) == wanted).all()
    again = fixed_point(
        dict(zip(names, weights, strict=True)), dict(zip(names, seen, strict=True))
    )
    assert all((again.scores[name] == fixed.scores[name]).all() for name in names)
    rounded = [np.rint(rows * 1000).astype(np.int64) for rows in weights]
    if (predictions(rounded, seen) == wanted).all():
        stacked = np.concatenate(rounded)
        groups = [slice(0, 5), slice(5, 8), slice(8, 9)]
        small = tidy(stacked, features(seen), wanted, groups)
        assert abs(small).sum() < abs(stacked).sum() / 10


def test_a_fitted_answer_that_is_a_letter_gets_ones_and_zeros() -> None:
    """The second variable says nothing; a row of it would be one too many."""
    letters, other = np.divmod(np.arange(12), 3)
    seen = {"letter": Variable(letters, 4), "other": Variable(other, 3)}
    fitted = fit(list(seen.values()), letters, 4)
    assert abs(np.concatenate(fitted.rows)).max() > 3
    fixed = fixed_point(dict(zip(seen, fitted.rows, strict=True)), seen)
    assert not fixed.scores["other"].any()
    assert abs(fixed.scores["letter"]).max() == 1
    assert fixed.scale == 1
    # The row that a tie would spare is there: each answer leads by a point.
    assert (fixed.scores["letter"] == np.eye(4)).all()


def test_a_constant_row_and_what_never_occurs_get_zeros() -> None:
    seen = {"x": Variable(np.array([0, 1, 0, 1]), 3)}
    weights = {"x": np.array([[7.3, 7.3], [-4.0, 4.0], [5.0, -5.0]])}
    fixed = fixed_point(weights, seen)
    assert not fixed.scores["x"][[0, 2]].any()
    assert abs(fixed.scores["x"][1]).sum() == 1


@pytest.mark.parametrize("finer", [1, 10])
def test_integers_are_kept_as_they_are(finer: int) -> None:
    """They were made and not fitted: true for values that were not seen, too."""
    seen = {"x": Variable(np.array([0, 1, 0, 1]), 3)}
    fixed = fixed_point({"x": np.eye(3)}, seen, finer)
    assert (fixed.scores["x"] == np.eye(3)).all()
    assert fixed.scale == 1


def test_a_sample_is_rounded_finely_and_not_made_small() -> None:
    drawn = np.random.default_rng(0)
    seen = {"x": Variable(drawn.integers(0, 4, 30), 4)}
    weights = {"x": drawn.normal(size=(4, 3))}
    small, fine = fixed_point(weights, seen), fixed_point(weights, seen, finer=10)
    assert fine.scale >= 10 * small.scale
    centred = weights["x"] - weights["x"].mean(1, keepdims=True)
    assert abs(fine.scores["x"] / fine.scale - centred).max() < 0.1


def test_a_large_problem_stays_as_it_is() -> None:
    class Large:
        nnz = 10**9

    scores = np.array([[3, -3], [9, 8]])
    assert tidy(scores, Large(), np.zeros(1, np.int64), []) is scores
