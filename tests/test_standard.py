"""The standard Transformer: it learns, sees what it may see, and a seed settles it."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("torch")
import torch

from trainers.data import PAD
from trainers.standard import Standard, Transformer, train_standard
from trainers.tasks import task

SMALL = Standard(layers=1, heads=2, width=32, hidden=32, steps=300, report_every=100)


def network(name: str) -> Transformer:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Transformer(task(name, length=6), replace(SMALL, layers=2)).eval()


def test_it_learns_and_a_seed_gives_the_same_result() -> None:
    chosen = task("sort", 6, 6)
    first, second = train_standard(chosen, SMALL), train_standard(chosen, SMALL)
    assert first.test > 0.9
    assert first.sequences <= first.test
    assert replace(first, seconds=0) == replace(second, seconds=0)
    other = train_standard(chosen, replace(SMALL, seed=1, steps=20))
    assert other.validation < first.validation


def test_padding_is_not_seen() -> None:
    tokens = torch.tensor([[0, 3, 2, 1]])
    padded = torch.tensor([[0, 3, 2, 1, PAD, PAD]])
    one = network("sort")
    torch.testing.assert_close(one(tokens), one(padded)[:, :4])


@pytest.mark.parametrize(("name", "causal"), [("dyck1", True), ("hist", False)])
def test_only_causal_tasks_hide_what_comes_later(name: str, causal: bool) -> None:
    one = network(name)
    a, b = one(torch.tensor([[0, 1, 1, 1]])), one(torch.tensor([[0, 1, 1, 2]]))
    assert torch.allclose(a[:, :3], b[:, :3]) == causal
    assert not torch.allclose(a[:, 3], b[:, 3])


def test_a_pooled_network_gives_one_answer_that_padding_does_not_change() -> None:
    one = network("hist")
    one.pooled = True
    found = one(torch.tensor([[0, 3, 2, PAD]]))
    assert found.shape[1] == 1
    torch.testing.assert_close(found, one(torch.tensor([[0, 3, 2]])))
