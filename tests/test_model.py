"""The relaxed network: values and gradients, against plain code written from the text.

The network shares memory between its variables and writes its gradients by hand where
that is faster; the plain code below does neither.
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import pytest

pytest.importorskip("torch")
import torch
from torch import Tensor
from torch.nn import functional

from trainers.attention import (
    batch_last_product,
    expected_best,
    expected_closest,
    ranks,
)
from trainers.data import PAD, UNSCORED, Data
from trainers.hard import harden
from trainers.model import losses, relaxed_scores
from trainers.parameters import Parameters, Shape, count_choices, count_noise, initial
from trainers.parameters import unpack as named
from trainers.pieces import Workers
from trainers.stream import Stream

WHOLE = Shape(
    token_values=5,
    positions=4,
    classes=3,
    layers=2,
    heads=2,
    numerical_heads=2,
    mlps=1,
    numerical_mlps=1,
    hidden=6,
    predicates="one",
    causal=False,
)
SHAPES = {
    "whole": WHOLE,
    "causal": replace(WHOLE, causal=True),
    "many": replace(WHOLE, predicates="many"),
    "pooled": replace(WHOLE, pooled=True),
    "categorical": replace(WHOLE, numerical_heads=0, numerical_mlps=0),
    "numerical": replace(WHOLE, heads=0, mlps=0, causal=True),
    "scored": replace(WHOLE, attention="score"),
    "scored causal": replace(WHOLE, attention="score", predicates="many", causal=True),
    "scored pooled": replace(WHOLE, attention="score", numerical_heads=0, pooled=True),
    "bare": replace(WHOLE, layers=1, numerical_heads=0, mlps=0, numerical_mlps=0),
}


def start(shape: Shape, restarts: int) -> Tensor:
    source = torch.Generator().manual_seed(3)
    return torch.stack([initial(shape, source) for _ in range(restarts)])


def examples(shape: Shape, count: int) -> Data:
    source = torch.Generator().manual_seed(4)
    tokens = torch.randint(0, 5, (count, 4), generator=source)
    padding = torch.arange(4) >= torch.randint(1, 5, (count, 1), generator=source)
    labels = torch.randint(0, 3, (count, 4), generator=source)
    labels = labels[:, :1] if shape.pooled else labels.masked_fill(padding, UNSCORED)
    return Data(tokens.masked_fill(padding, PAD), labels)


def naive_scores(
    parameters: Parameters, cells: Tensor, shape: Shape, tokens: list[int], heat: float
) -> Tensor:
    """One restart on one input without padding: `[positions, classes]`."""
    k, length = shape.codes, len(tokens)
    variables = [torch.eye(k)[tokens], torch.eye(k)[:length]]
    numbers = [torch.ones(length)]

    def soft(logits: Tensor) -> Tensor:
        return torch.softmax(logits[0] / heat, -1)

    def mixed(gates: Tensor, among: list[Tensor]) -> Tensor:
        pairs = zip(gates, among, strict=True)
        return torch.stack([gate * each for gate, each in pairs]).sum(0)

    for number, layer in enumerate(parameters.layers):
        reads, sums = soft(layer.heads.reads), soft(layer.heads.sums)
        predicate = soft(layer.heads.predicate)
        if shape.predicates == "many":
            predicate = predicate[..., 1]
        asking = shape.heads + shape.numerical_heads
        scored = shape.attention == "score"
        tables = [*layer.heads.scores[0], *predicate]
        assert len(tables) == asking
        copied, counted = [], []
        for head in range(asking):
            query = mixed(reads[head], variables) @ tables[head]
            match = query @ mixed(reads[asking + head], variables).T
            if shape.causal:
                match = match.tril()
            if head >= shape.heads:
                counted.append(match @ mixed(sums[head - shape.heads], numbers))
                continue
            value = mixed(reads[2 * asking + head], variables)
            rows = []
            for q in range(length if scored else 0):
                seen = range(q + 1 if shape.causal else length)
                good = torch.stack([match[q, key] / heat for key in seen])
                far = torch.stack([ranks(shape.positions)[q, key] for key in seen])
                softmax = torch.softmax(good - far / sqrt(heat), 0)
                rows.append(sum(softmax[key] * value[key] for key in seen))
            for q in range(0 if scored else length):
                left, row = torch.ones(()), torch.zeros(k)
                for key in ranks(length)[q].argsort().tolist():
                    row = row + left * match[q, key] * value[key]
                    left = left * (1 - match[q, key])
                rows.append(row + left * value[0])
            copied.append(torch.stack(rows))
        variables, numbers = variables + copied, numbers + counted
        written = []
        for i, gates in enumerate(soft(layer.mlps.gates).unbind(1)):
            table = soft(layer.mlps.table() + cells[:, number])[i].view(k, k, k)
            a, b = (mixed(gate, variables) for gate in gates)
            written.append(torch.einsum("na,nb,abc->nc", a, b, table))
        for i, gates in enumerate(soft(layer.numerical_mlps.gates).unbind(1)):
            mlp = layer.numerical_mlps
            held = [each.clamp(max=shape.numbers - 1) for each in numbers]
            a, b = (mixed(gate, held) for gate in gates)
            first, second = mlp.first[0, :, i]
            hidden = torch.relu(
                a[:, None] * first + b[:, None] * second + mlp.bias[0, i]
            )
            written.append(torch.softmax(hidden @ mlp.second[0, i] / heat, -1))
        variables = variables + written
    features = torch.cat([*variables, torch.stack(numbers, 1)], 1)
    return features @ parameters.readout[0].T


@pytest.mark.parametrize("kind", SHAPES)
def test_scores_and_gradients_are_those_of_plain_code(kind: str) -> None:
    shape, heat = SHAPES[kind], 0.7
    data, flat = examples(shape, 6), start(shape, 2)
    noise = torch.randn(2, count_noise(shape), generator=torch.manual_seed(5))
    fast = flat.clone().requires_grad_()
    scores = relaxed_scores(fast, shape, data.tokens, noise, torch.tensor(heat))
    found = losses(scores, data.targets)
    (gradient,) = torch.autograd.grad(found.sum(), fast)
    plain = flat.clone().requires_grad_()
    choices = count_choices(shape)
    total = torch.zeros(2)
    for restart in range(2):
        row, noisy = plain[restart : restart + 1], noise[restart : restart + 1]
        logits = row[:, :choices] + noisy[:, :choices]
        parameters = named(torch.cat([logits, row[:, choices:]], 1), shape)
        k = shape.codes
        cells = noisy[:, choices:].view(1, shape.layers, shape.mlps, k * k, k)
        for tokens, labels in zip(data.tokens, data.targets, strict=True):
            letters = tokens[tokens != PAD].tolist()
            wanted = naive_scores(parameters, cells, shape, letters, heat)
            if shape.pooled:
                wanted = wanted.sum(0, keepdim=True)
            chosen = labels[: len(wanted)]
            total[restart] += functional.cross_entropy(wanted, chosen, reduction="sum")
    torch.testing.assert_close(found, total.detach(), rtol=1e-4, atol=1e-4)
    (expected,) = torch.autograd.grad(total.sum(), plain)
    torch.testing.assert_close(gradient, expected, rtol=1e-3, atol=1e-4)
    assert (gradient != 0).float().mean() > 0.5


def test_closest_has_the_right_gradient() -> None:
    match = torch.rand(2, 3, 4, 4, 5, dtype=torch.float64, requires_grad=True)
    asking = (torch.arange(4).unsqueeze(1) < torch.tensor([4, 3, 2, 1, 4])).double()
    assert torch.autograd.gradcheck(lambda m: expected_closest(m, asking), match)


def test_closest_with_sure_matches_is_select_closest() -> None:
    match = (torch.rand(1, 2, 5, 5, 50) < 0.4).float()
    attention = expected_closest(match, torch.ones(5, 50))
    order = torch.where(match > 0, ranks(5).unsqueeze(2), 5)
    nearest, at = order.min(3)
    wanted = functional.one_hot(at.where(nearest < 5, 0), 5).movedim(-1, 3)
    assert torch.equal(attention, wanted.float())


@pytest.mark.parametrize("causal", [False, True])
def test_best_at_a_low_temperature_is_select_best(causal: bool) -> None:
    scores = torch.randint(0, 3, (1, 2, 5, 5, 50)).float()
    real = (torch.arange(5).unsqueeze(1) < torch.tensor([5, 4, 3, 2, 1] * 10)).float()
    attention = expected_best(scores, real, causal, torch.tensor(1e-3))
    seen = real.unsqueeze(0).expand(5, -1, -1) > 0
    if causal:
        seen = seen & torch.ones(5, 5, dtype=torch.bool).tril().unsqueeze(2)
    ranked = (5 * scores - ranks(5).unsqueeze(2)).where(seen, -torch.inf)
    wanted = functional.one_hot(ranked.argmax(3), 5).movedim(-1, 3) * real.unsqueeze(1)
    torch.testing.assert_close(attention, wanted, rtol=0, atol=1e-6)


@pytest.mark.parametrize("turned", [False, True])
def test_products_have_the_right_gradient(turned: bool) -> None:
    sizes = ((2, 3, 4, 5), (2, 4, 2, 5))
    a, b = (torch.rand(size, dtype=torch.float64, requires_grad=True) for size in sizes)
    if turned:
        a = torch.rand(2, 4, 3, 5, dtype=torch.float64, requires_grad=True)

    def product(a: Tensor, b: Tensor) -> Tensor:
        return batch_last_product(a.transpose(1, 2) if turned else a, b)

    left = a.transpose(1, 2) if turned else a
    torch.testing.assert_close(product(a, b), torch.einsum("rxzb,rzyb->rxyb", left, b))
    assert torch.autograd.gradcheck(product, (a, b))


class Copied:
    """A stream that copies: the plain way."""

    def __init__(self, given: Tensor) -> None:
        self.all = given.expand(2, -1, -1, -1, -1)

    def read(self, weights: Tensor) -> Tensor:
        if weights.shape[2] == self.all.shape[1]:
            return torch.einsum("rmv,rvknb->rmknb", weights, self.all)
        return torch.einsum("rmx,rxnb->rmnb", weights, self.all.flatten(1, 2))

    def write(self, variables: Tensor) -> None:
        self.all = torch.cat([self.all, variables], 1)


def test_a_stream_gives_variables_the_gradients_of_all_that_read_them() -> None:
    given = torch.rand(2, 2, 3, 4, dtype=torch.float64)
    sizes = ((2, 1, 2), (2, 1, 2, 3, 4), (2, 3, 3), (2, 1, 2, 3, 4), (2, 2, 10))
    leaves = [torch.rand(s, dtype=torch.float64, requires_grad=True) for s in sizes]
    early, first, middle, second, late = leaves
    found = []
    for stream in (Stream(given, restarts=2, room=5), Copied(given)):
        total = stream.read(early).square().sum()
        stream.write(first)
        read = stream.read(middle)
        stream.write(second * read[:, :1])
        stream.write(first * second)
        total = total + read.square().sum() + stream.read(late).square().sum()
        found.append((total, torch.autograd.grad(total, leaves)))
    torch.testing.assert_close(found[0], found[1])


@pytest.mark.parametrize("count", [40, 600])
def test_a_step_is_the_same_bit_for_bit_on_any_number_of_cores(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    restarts, data = 14, examples(WHOLE, count)
    flat = start(WHOLE, restarts)
    noise = torch.randn(restarts, count_noise(WHOLE))
    found = []
    for cores in ("1", "3"):
        monkeypatch.setenv("OMP_NUM_THREADS", cores)
        workers = Workers(WHOLE, torch.device("cpu"))
        found.append(workers.gradients(flat, data, noise, torch.tensor(1.0)))
    assert torch.equal(found[0][0], found[1][0])
    assert torch.equal(found[0][1], found[1][1])
    whole = flat.clone().requires_grad_()
    scores = relaxed_scores(whole, WHOLE, data.tokens, noise, torch.tensor(1.0))
    loss = losses(scores, data.targets) / data.scored.sum()
    torch.testing.assert_close(found[0][0], loss.detach())
    (gradient,) = torch.autograd.grad(loss.sum(), whole)
    torch.testing.assert_close(found[0][1], gradient, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("kind", SHAPES)
def test_all_tensors_of_a_step_live_where_the_parameters_do(kind: str) -> None:
    shape, elsewhere = SHAPES[kind], torch.device("meta")
    flat = start(shape, 2).to(elsewhere)
    data = examples(shape, 6).to(elsewhere)
    noise = torch.zeros(2, count_noise(shape), device=elsewhere)
    heat = torch.tensor(1.0, device=elsewhere)
    _, gradient = Workers(shape, elsewhere).gradients(flat, data, noise, heat)
    assert gradient.device == elsewhere
    assert harden(flat, shape).accuracy(data).device == elsewhere
