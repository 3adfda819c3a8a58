"""The loop: what ends ends alone, the worse ones are dropped, and a state is all of it.

Tiny networks and made-up examples: what is tested is the loop, not what is learned.
"""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise

import pytest

pytest.importorskip("torch")
import torch
from torch import Tensor

from trainers.config import Config, Look
from trainers.data import Data
from trainers.loop import State, Trainer
from trainers.parameters import Shape

SHAPE = Shape(
    token_values=5,
    positions=4,
    classes=3,
    layers=1,
    heads=2,
    numerical_heads=1,
    mlps=1,
    numerical_mlps=1,
    hidden=8,
    predicates="one",
    causal=False,
)
CONFIG = Config(restarts=8, steps=60, batch=16, report_every=20, finalists=2, seed=5)


def examples(count: int, seed: int) -> Data:
    """Random letters, each labelled with its successor modulo the classes, padded."""
    source = torch.Generator().manual_seed(seed)
    tokens = torch.randint(0, 5, (count, 4), generator=source)
    ends = torch.randint(1, 5, (count, 1), generator=source)
    padding = torch.arange(4) >= ends
    labels = (tokens.roll(1, 1) + tokens) % 3
    return Data(tokens.masked_fill(padding, -1), labels.masked_fill(padding, -1))


def trainer(config: Config = CONFIG) -> Trainer:
    return Trainer(config, SHAPE, examples(200, seed=0), examples(80, seed=1))


def curve(one: Trainer) -> tuple[Look, ...]:
    for _ in one.run():
        pass
    return one.result().curve


def same(a: State, b: State) -> bool:
    first, second = io.BytesIO(), io.BytesIO()
    torch.save(a, first)
    torch.save(b, second)
    return first.getvalue() == second.getvalue()


def test_the_worse_half_is_dropped_at_two_fifths_and_later_down_to_the_finalists() -> (
    None
):
    looks = curve(trainer(replace(CONFIG, halving=3)))
    assert [look.step for look in looks] == [20, 24, 36, 40, 48, 60]
    assert [len(look.restarts) for look in looks] == [8, 8, 4, 2, 2, 2]
    for before, after in pairwise(looks):
        kept = set(after.restarts)
        good = dict(zip(before.restarts, before.accuracies, strict=True))
        worst = min(good[restart] for restart in kept)
        assert all(good[lost] <= worst for lost in set(good) - kept)
        assert list(after.restarts) == sorted(after.restarts)


def test_no_halving_keeps_every_restart() -> None:
    looks = curve(trainer(replace(CONFIG, halving=0)))
    assert [look.restarts for look in looks] == [tuple(range(8))] * 3


def test_what_is_dropped_does_not_touch_the_others() -> None:
    whole = curve(trainer(replace(CONFIG, halving=0)))[-1]
    halved = curve(trainer(replace(CONFIG, halving=2)))[-1]
    assert 2 <= len(halved.restarts) < 8
    for restart, loss in zip(halved.restarts, halved.losses, strict=True):
        assert loss == pytest.approx(whole.losses[restart], rel=1e-3)


def poison(one: Trainer, row: int) -> None:
    """Make one number of a restart infinite."""
    state = one.state()
    state["rows"]["parameters"][row, 0] = torch.inf
    one.restore(state)


def test_a_restart_that_diverges_ends_alone() -> None:
    one = trainer(replace(CONFIG, halving=0))
    running = one.run()
    next(running)
    poison(one, 3)
    assert [progress.restarts for progress in running] == [7, 7]
    result = one.result()
    assert result.diverged == (3,)
    assert result.restart != 3
    whole = curve(trainer(replace(CONFIG, halving=0)))[-1]
    last = result.curve[-1]
    assert last.restarts == (0, 1, 2, 4, 5, 6, 7)
    for restart, loss in zip(last.restarts, last.losses, strict=True):
        assert loss == pytest.approx(whole.losses[restart], rel=1e-3)


def test_if_all_diverge_the_run_ends_and_says_so() -> None:
    one = trainer(replace(CONFIG, learning_rate=1e30))
    assert not list(one.run())
    with pytest.raises(FloatingPointError, match="lower the learning rate"):
        one.result()
    assert one.state()["diverged"] == list(range(8))


@pytest.mark.parametrize("looks", [1, 2, 3, 5])
def test_a_state_goes_on_to_the_same_end_in_another_trainer(looks: int) -> None:
    config = replace(CONFIG, halving=3)
    first, second = trainer(config), trainer(config)
    running = first.run()
    for _ in range(looks):
        next(running)
    poison(first, 1)  # a restart that has diverged must not come back
    kept = io.BytesIO()
    torch.save(first.state(), kept)
    second.restore(torch.load(io.BytesIO(kept.getvalue()), weights_only=True))
    assert same(first.state(), second.state())
    expected, found = list(running), list(second.run())
    assert expected == found
    assert same(first.state(), second.state())
    one, other = first.result(), second.result()
    assert one.curve == other.curve
    assert one.diverged == other.diverged == (first.state()["diverged"][0],)
    assert torch.equal(one.hard.readout.codes, other.hard.readout.codes)


def test_a_state_is_a_copy() -> None:
    one = trainer()
    before: Tensor = one.state()["rows"]["parameters"]
    kept = before.clone()
    next(one.run())
    assert torch.equal(before, kept)


def test_rows_of_another_size_are_refused() -> None:
    one = trainer()
    state = one.state()
    state["rows"]["mean"] = state["rows"]["mean"][:, :-1]
    with pytest.raises(ValueError, match="mean have the wrong size"):
        one.restore(state)
