"""Plain orders: fewer groups, and every variable as before on the inputs looked at."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

pytest.importorskip("torch")
import torch
from numpy.typing import NDArray

from trainers import orders
from trainers.data import PAD
from trainers.discrete import Copy, Count, Discrete, Prefer, Table
from trainers.network import Network
from trainers.orders import plain_orders

CODES, LONGEST = 4, 5
Ints = NDArray[np.int64]


def everything() -> list[Ints]:
    """Every input of one to five of three tokens, in blocks of one length."""
    return [
        np.array(list(product(range(3), repeat=length)))
        for length in range(1, LONGEST + 1)
    ]


def network(seed: int, causal: bool) -> Discrete:
    """Two layers of every kind of node, drawn."""
    drawn = np.random.default_rng(seed)
    size = LONGEST

    def scores() -> Ints:
        return drawn.permuted(np.tile(np.arange(size), (size, 1)), axis=1)

    def reads() -> list[int]:
        return drawn.integers(0, 2, 3).tolist()

    wants = drawn.random((size, size)) < 0.3
    table = drawn.integers(0, 3, (size, size))
    nodes = (
        Prefer(0, *reads(), scores()),
        Prefer(0, *reads(), scores()),
        Copy(0, *reads(), wants),
        Count(0, 0, 1, 2, wants),
        Table(0, (3, 4), table),
        Prefer(1, 3, 7, 4, scores()),
        Prefer(1, 1, 5, 0, scores()),
    )
    rows = [
        None if i == 2 or i == 6 else drawn.normal(size=(size, 3)) for i in range(10)
    ]
    return Discrete(nodes, tuple(rows), 3, causal)


def groups(found: Discrete) -> int:
    """How many groups all queries of all heads tell apart."""
    heads = (node for node in found.nodes if isinstance(node, Prefer))
    return sum(len(set(row)) for head in heads for row in head.scores.tolist())


def distinct(found: Discrete) -> int:
    """How many different orders there are in all heads."""
    heads = (node for node in found.nodes if isinstance(node, Prefer))
    return sum(len({tuple(row) for row in head.scores.tolist()}) for head in heads)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_no_variable_changes_and_there_is_less_to_say(seed: int, causal: bool) -> None:
    before = network(seed, causal)
    after = plain_orders(before, everything())
    for block in everything():
        tokens = torch.from_numpy(block)
        found, wanted = (Network(each).values(tokens) for each in (after, before))
        assert all(map(torch.equal, found, wanted))
    assert 3 * groups(after) < 2 * groups(before)
    assert distinct(after) < distinct(before)


def test_an_order_that_is_needed_is_kept() -> None:
    order = np.array([[2, 0, 1, 0, 0]] * 5)  # for any query 0 is best, then 2, then 1
    rows = (None, None, None, np.eye(5))
    before = Discrete((Prefer(0, 0, 0, 0, order),), rows, 5, causal=False)
    (head,) = plain_orders(before, everything()).nodes
    assert isinstance(head, Prefer)
    first, second, third, *_ = head.scores.tolist()
    assert second[0] > second[2] > second[1]
    assert third[0] > third[2]  # it sees itself: what is worse is never read
    assert first[0] > max(first[1:])


def test_what_no_input_tells_apart_is_left_alike() -> None:
    order = np.array([[4, 3, 2, 1, 0]] * 5)
    rows = (None, None, None, np.eye(5))
    before = Discrete((Prefer(0, 0, 0, 1, order),), rows, 5, causal=False)
    alike = [np.array([[1, 1], [1, 1]])]
    (head,) = plain_orders(before, alike).nodes
    assert isinstance(head, Prefer)
    assert (head.scores == 0).all()


def test_padding_makes_no_difference() -> None:
    after = plain_orders(network(1, causal=False), everything())
    short = torch.from_numpy(everything()[1])
    padded = torch.nn.functional.pad(short, (0, 3), value=PAD)
    wanted, found = (Network(after).values(tokens) for tokens in (short, padded))
    assert all(map(torch.equal, wanted, [each[:, :2] for each in found]))


def test_networks_without_scores_are_left_alone() -> None:
    found = network(0, causal=True)
    others = tuple(node for node in found.nodes[2:4])
    bare = Discrete(others, found.scores[:5], 3, causal=True)
    assert plain_orders(bare, everything()) is bare


def test_what_would_take_too_long_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(orders, "_MOST_WORK", 10)
    before = network(0, causal=False)
    after = plain_orders(before, everything())
    assert groups(after) == groups(before)
