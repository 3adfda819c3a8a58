"""Pooled networks: one answer for an input, by scores summed over its positions."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("torch")
import torch
from torch import Tensor
from torch.nn import functional

from trainers.config import Config
from trainers.data import PAD, UNSCORED, Data
from trainers.hard import harden
from trainers.loop import Trainer
from trainers.model import losses, relaxed_scores
from trainers.parameters import Shape, count_noise, initial

POOLED = Shape(
    token_values=5,
    positions=6,
    classes=3,
    layers=1,
    heads=2,
    numerical_heads=1,
    mlps=1,
    numerical_mlps=1,
    hidden=8,
    predicates="one",
    causal=False,
    pooled=True,
)
PLAIN = replace(POOLED, pooled=False)


@pytest.fixture
def flat() -> Tensor:
    """Three restarts."""
    source = torch.Generator().manual_seed(0)
    return torch.stack([initial(POOLED, source) for _ in range(3)])


def tokens(count: int, seed: int = 0) -> Tensor:
    """Inputs of any length from 1 on; some fill all positions."""
    source = torch.Generator().manual_seed(seed)
    drawn = torch.randint(0, 5, (count, 6), generator=source)
    ends = torch.randint(1, 7, (count, 1), generator=source)
    return drawn.masked_fill(torch.arange(6) >= ends, PAD)


def test_relaxed_scores_are_summed_over_what_is_no_padding(flat: Tensor) -> None:
    inputs = tokens(40)
    noise = torch.zeros(3, count_noise(POOLED))
    heat = torch.tensor(0.5)
    each = relaxed_scores(flat, PLAIN, inputs, noise, heat)
    found = relaxed_scores(flat, POOLED, inputs, noise, heat)
    assert found.shape == (3, 3, 1, 40)
    for example, row in enumerate(inputs):
        length = int((row != PAD).sum())
        wanted = each[:, :, :length, example].sum(2)
        torch.testing.assert_close(found[:, :, 0, example], wanted)


def test_hard_answers_are_those_of_the_summed_scores(flat: Tensor) -> None:
    inputs = tokens(40)
    pooled, plain = harden(flat, POOLED), harden(flat, PLAIN)
    found = pooled.predictions(inputs)
    assert found.shape == (3, 40, 1)
    for example, row in enumerate(inputs):
        length = int((row != PAD).sum())
        alone = row[:length].unsqueeze(0)  # no padding at all
        summed = plain.scores(alone)[:, 0].sum(1)
        assert found[:, example, 0].tolist() == summed.argmax(-1).tolist()


def test_accuracy_and_loss_count_each_labelled_input_once(flat: Tensor) -> None:
    inputs = tokens(40)
    labels = torch.arange(40).remainder(4).unsqueeze(1) - 1  # every fourth unscored
    assert UNSCORED in labels
    hard = harden(flat, POOLED)
    right = hard.predictions(inputs)[:, :, 0] == labels[:, 0]
    scored = labels[:, 0] != UNSCORED
    wanted = right[:, scored].double().mean(1)
    torch.testing.assert_close(hard.accuracy(Data(inputs, labels)), wanted)
    scores = torch.randn(3, 3, 1, 40)
    for restart, loss in enumerate(losses(scores, labels)):
        rows = scores[restart, :, 0].T[scored]
        wanted = functional.cross_entropy(rows, labels[scored, 0], reduction="sum")
        torch.testing.assert_close(loss, wanted)


def test_a_pooled_network_learns_which_letter_is_the_most_frequent() -> None:
    def data(count: int, seed: int) -> Data:
        rows = tokens(count, seed)
        counts = torch.stack([(rows == letter).sum(1) for letter in range(3)], 1)
        return Data(rows, counts.argmax(1, keepdim=True))

    shape = replace(POOLED, numerical_heads=0, mlps=0, numerical_mlps=0)
    config = Config(restarts=2, steps=200, batch=64, halving=0)
    trainer = Trainer(config, shape, data(2000, 1), data(300, 2))
    accuracy = list(trainer.run())[-1].accuracy
    assert accuracy > 0.95
    result = trainer.result()
    assert accuracy <= result.accuracy == float(result.hard.accuracy(data(300, 2)))
