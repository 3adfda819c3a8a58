"""From a network to a program, by the counts that its read-out sees.

The read-out of a pooled network (paper, section 4.3) sums over all positions of an
input: what it sees is how often each variable has each value there, and what the
numerical variables add up to. At a letter it is the same with one position. On these
counts a pooled read-out is fitted anew, and scores become integers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.inputs import Letters, with_specials
from tpdebug.nodes import CategoricalHead, Classifier, LookupTable, Value
from tpdebug.program import Program
from trainers.data import PAD, Data
from trainers.hard import Hard, Readout
from trainers.lift import lift

LARGEST_POWER = 6
BLOCK = 4096
_L2 = 1e-6
_ITERATIONS = 200

Floats = NDArray[np.float64]


def refit_pooled(hard: Hard, data: Data) -> Hard:
    """The same choices of one restart with the read-out that fits them best.

    Args:
        hard: one restart of a pooled network.
        data: the examples to fit.
    """
    scored = data.scored[:, 0]
    counts = torch.cat(list(_counts(hard, data.tokens[scored]))).double()
    labels = data.targets[scored, 0]
    start = _weights(hard)
    weights = start.clone().requires_grad_()
    optimizer = torch.optim.LBFGS(
        [weights],
        max_iter=_ITERATIONS,
        history_size=20,
        line_search_fn="strong_wolfe",
        tolerance_grad=1e-8,
        tolerance_change=1e-10,
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = functional.cross_entropy(counts @ weights, labels)
        loss = loss + _L2 * weights.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return _with_weights(hard, weights.detach())


def lift_counted(
    network: Hard,
    domain: Domain,
    classes: tuple[str, ...],
    task: str,
    inputs: Iterable[Letters],
) -> Program:
    """Write a network of one restart down as a program, pooled or not.

    Args:
        network: what training settled on.
        domain: the inputs; a token's code is its place in the vocabulary.
        classes: the name of each class.
        task: the name of the task.
        inputs: blocks on which rounding the scores must change no prediction. If they
            are only a sample of the domain, scores are rounded ten times finer.

    Raises:
        UserError: two classes are too close to be told apart.
    """
    inputs = list(inputs)
    silent = _with_weights(network, torch.zeros_like(_weights(network)))
    # The nodes; their scores follow.
    bare = lift(silent.discrete(), domain, classes, task, inputs)
    finer = 10 if sum(map(len, inputs)) < domain.count else 1
    counts = np.unique(np.concatenate(list(_distinct(network, domain, inputs))), axis=0)
    pooled = network.shape.pooled
    scores, scale = _fixed_point(_weights(network).numpy(), counts, finer)
    rows = dict(_rows(bare, network, scores))
    classifier = Classifier.of(classes, rows, scale, pooled=pooled)
    return replace(bare, classifier=classifier)


def _counts(hard: Hard, tokens: Tensor) -> Iterator[Tensor]:
    """How often each variable has each code, then the sums of the numerical ones.

    Yields:
        int64 `[examples, variables * k + counts]`, a block of examples at a time; if
        not pooled, `[examples * positions, ...]`, what is seen at each position.
    """
    k = hard.shape.codes
    for block in torch.split(tokens, BLOCK):
        values, real = hard.values(block), (block != PAD).long()
        codes, numbers = values.codes[0], values.numbers[0].long()
        if not hard.shape.pooled:
            codes, numbers = codes.flatten(1).unsqueeze(2), numbers.flatten(1)
            numbers, real = numbers.unsqueeze(2), real.view(-1, 1)
        places = codes + k * torch.arange(len(codes)).view(-1, 1, 1)
        found = torch.zeros(len(real), len(codes) * k, dtype=torch.long)
        places = places.transpose(0, 1).flatten(1)
        found.scatter_add_(1, places, real.repeat(1, len(codes)))
        yield torch.cat([found, (numbers * real).sum(2).T], 1)


def _distinct(
    network: Hard, domain: Domain, inputs: Iterable[Letters]
) -> Iterator[NDArray[np.int32]]:
    """What is seen on blocks of inputs, each once: at letters, or pooled."""
    for letters in inputs:
        tokens = torch.from_numpy(with_specials(domain, letters).astype(np.int64))
        for counts in _counts(network, tokens):
            if not network.shape.pooled:
                at = counts.view(-1, tokens.shape[1], counts.shape[1])
                counts = at[:, domain.letters].flatten(0, 1)
            yield np.unique(counts.numpy().astype(np.int32), axis=0)


def _weights(hard: Hard) -> Tensor:
    """The read-out of one restart as one matrix, `[features, classes]`."""
    codes, numbers = hard.readout.codes[0], hard.readout.numbers[0]
    return torch.cat([codes.flatten(0, 1), numbers])


def _with_weights(hard: Hard, weights: Tensor) -> Hard:
    codes, numbers = hard.readout.codes, hard.readout.numbers
    split = codes.shape[1] * codes.shape[2]
    readout = Readout(weights[:split].view_as(codes), weights[split:].view_as(numbers))
    return replace(hard, readout=readout)


def _fixed_point(
    weights: Floats, counts: NDArray[np.int32], finer: int
) -> tuple[NDArray[np.int64], int]:
    """Round at the coarsest scale that keeps every prediction, or finer than that.

    A row may be shifted for all classes at once. Features that never occur get zeros.

    Raises:
        UserError: there is no such scale (two classes tie, or nearly).
    """
    used = counts.max(axis=0) > 0
    shifted = weights - weights.mean(axis=1, keepdims=True)
    shifted = np.where(used[:, None], shifted, 0.0)
    wanted = _predictions(counts, weights)

    def rounded(scale: int) -> Floats:
        found: Floats = np.rint(shifted * scale)
        return found

    def keeps(scale: int) -> bool:
        return bool((_predictions(counts, rounded(scale)) == wanted).all())

    for power in range(LARGEST_POWER + 1):
        for scale in (m * 10**power for m in (1, 2, 5)):
            if keeps(scale) and (finer == 1 or keeps(scale * finer)):
                fine = scale * finer
                return rounded(fine).astype(np.int64), fine
    raise UserError("the scores of two classes are too close to be told apart")


def _predictions(counts: NDArray[np.int32], weights: Floats) -> NDArray[np.int64]:
    """The class of each row of counts; exact where the weights are integers."""
    found = [
        (counts[start : start + BLOCK].astype(np.float64) @ weights).argmax(axis=1)
        for start in range(0, len(counts), BLOCK)
    ]
    return np.concatenate(found)


def _rows(
    program: Program, network: Hard, scores: NDArray[np.int64]
) -> Iterator[tuple[tuple[str, Value | None], list[int]]]:
    """The score row of each value of each variable of a program."""
    k = network.shape.codes
    meanings: dict[str, Mapping[Value, int]] = {
        "tokens": {token: i for i, token in enumerate(program.domain.vocabulary)},
        "positions": {i: i for i in range(program.domain.positions)},
    }
    for node in program.nodes:
        if isinstance(node, CategoricalHead):
            meanings[node.name] = meanings[node.value]
        elif isinstance(node, LookupTable):
            values = program.variables[node.name].values
            meanings[node.name] = {value: int(value) for value in values}
    numbers = [name for name, v in program.variables.items() if v.numerical]
    for number, (name, codes) in enumerate(meanings.items()):
        for value in program.variables[name].values:
            yield (name, value), scores[number * k + codes[value]].tolist()
    for number, name in enumerate(numbers, start=len(meanings) * k):
        yield (name, None), scores[number].tolist()
