"""From a task to a program: data, training, picking, lifting, measuring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import torch

from tpdebug.cases import Case
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Accuracy
from tpdebug.inputs import Letters, encode, with_specials
from tpdebug.measure import blocks_of, measure
from tpdebug.program import Program
from trainers.config import Config
from trainers.data import PAD, UNSCORED, Data
from trainers.discrete import Discrete
from trainers.lift import lift
from trainers.loop import Trainer
from trainers.network import Network
from trainers.orders import plain_orders
from trainers.parameters import Shape
from trainers.split import Split, split
from trainers.tasks import Task

ROUNDING_SEED, CHECK_SEED = 0, 1
MOST_NUMBERS = 50_000_000
"""Parameters of all restarts; a step needs about 40 bytes for each."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What training gives.

    Attributes:
        program: the program, not yet described.
        network: the hard network that it was lifted from, in torch.
        accuracy: of the program, on the whole domain or a sample of it.
        differ: on how many inputs network and program differ, of a fresh sample, or
            of the listed test cases; on a whole domain none.
        validation: share of validation letters that the network answers right.
        test: the same of the test letters, which were looked at once.
    """

    program: Program
    network: Network
    accuracy: Accuracy
    differ: int
    validation: float
    test: float


def trainer_for(task: Task, config: Config) -> Trainer:
    """Set up training: the data, split by the seed, and the networks.

    One thread: the operations are small, threads that wait for each other cost more
    than they save, and the result does not depend on the number of cores.
    """
    torch.set_num_threads(1)
    shape = Shape(
        token_values=len(task.domain.vocabulary),
        positions=task.domain.positions,
        classes=len(task.classes),
        layers=config.layers,
        heads=config.heads,
        numerical_heads=config.numerical_heads,
        mlps=config.mlps,
        numerical_mlps=config.numerical_mlps,
        hidden=config.hidden,
        predicates=config.predicates,
        causal=task.domain.causal,
        pooled=task.pooled,
        attention=config.attention,
    )
    size = sum(prod(part) for part in (*shape.choices, *(s for s, _ in shape.weights)))
    if size * config.restarts > MOST_NUMBERS:
        raise UserError(
            f"{config.restarts} networks of {size:,} numbers each are too large: take "
            "fewer words, heads, layers or restarts"
        )
    parts = split(task, config.seed)
    train, valid = training_data(task, parts), data_for(task, parts.valid)
    return Trainer(config, shape, train, valid)


def finish(task: Task, trainer: Trainer) -> Trained:
    """Pick the best restart and make it a program.

    Raises:
        UserError: no restart got anywhere.
        RuntimeError: the program does not predict what the network does; a bug.
    """
    return lifted(task, picked(trainer), trainer.config.seed)


def picked(trainer: Trainer) -> Discrete:
    """The best restart with its best read-out.

    Raises:
        UserError: every restart diverged.
    """
    try:
        return trainer.result().hard.discrete()
    except FloatingPointError as error:
        raise UserError(f"training failed: {error}") from None


def lifted(task: Task, discrete: Discrete, seed: int) -> Trained:
    """Make a network a program, and measure it.

    Rounding its scores must change no prediction on the whole domain, on a sample of a
    large one, or, where cases are listed, on those to train and to choose by: uniform
    inputs of a domain of words are noise. On these the orders of heads with scores are
    made plain as well, and the network is the one that has them.

    Raises:
        UserError: two classes are too close to be told apart by integer scores.
        RuntimeError: the program does not predict what the network does; a bug.
    """
    domain, parts = task.domain, split(task, seed)
    rounded_on, fresh = _inputs(task, parts)
    shown = (with_specials(domain, block) for block in rounded_on)
    discrete = plain_orders(discrete, shown)
    network = Network(discrete)
    program = lift(discrete, domain, task.classes, task.name, rounded_on)
    if differences(network, program, rounded_on):
        raise RuntimeError("the program does not predict what the network does")
    valid, test = data_for(task, parts.valid), data_for(task, parts.test)
    return Trained(
        program,
        network,
        measure(program, task.oracle, seed=CHECK_SEED),
        differences(network, program, fresh),
        network.accuracy(valid),
        network.accuracy(test),
    )


def _inputs(task: Task, parts: Split) -> tuple[list[Letters], list[Letters]]:
    """Where rounding must change nothing, and other inputs to compare on afterwards.

    What chose the scale of the scores must not vouch for them. On a whole domain
    nothing is left to compare.
    """
    if task.listed is not None:
        seen = blocks_of_cases(task.domain, (*parts.train, *parts.valid))
        return seen, blocks_of_cases(task.domain, parts.test)
    inputs, evidence = blocks_of(task.domain, ROUNDING_SEED)
    if evidence.kind == "proved":
        return list(inputs), []
    return list(inputs), list(blocks_of(task.domain, CHECK_SEED)[0])


def blocks_of_cases(domain: Domain, cases: Iterable[Case]) -> list[Letters]:
    """The distinct inputs of some cases, in blocks of one length."""
    by_length: dict[int, list[tuple[str, ...]]] = {}
    for letters in dict.fromkeys(letters for letters, _ in cases):
        by_length.setdefault(len(letters), []).append(letters)
    return [encode(domain, rows) for _, rows in sorted(by_length.items())]


def differences(network: Network, program: Program, inputs: Iterable[Letters]) -> int:
    """Count the inputs on which a network and a program answer differently (law 3)."""
    domain = program.domain
    evaluator = Evaluator(program)
    differ = 0
    for block in inputs:
        tokens = torch.from_numpy(with_specials(domain, block).astype(np.int64))
        predicted = network.predictions(tokens)
        if not network.discrete.pooled:
            predicted = predicted[:, domain.letters]
        answers = evaluator.answers(block)
        differ += int((predicted.numpy() != answers).any(axis=1).sum())
    return differ


def training_data(task: Task, parts: Split) -> Data:
    """The inputs to train on, as padded codes.

    Raises:
        UserError: one has an answer that is no class of the task.
    """
    found = data_for(task, parts.train)
    if int(found.targets.max()) >= len(task.classes):
        known, rows = {*task.classes, None}, (row for _, row in parts.train)
        other = next(label for row in rows for label in row if label not in known)
        raise UserError(
            f"{task.name} answers {other!r}, which is none of its {len(task.classes)} "
            "classes: make the task with the seed that it is trained with"
        )
    return found


def data_for(task: Task, cases: Sequence[Case]) -> Data:
    """Inputs and right answers as padded codes.

    An answer that is no class of the task gets a number that no class has, so that no
    prediction equals it.
    """
    domain, begin = task.domain, task.domain.offset
    size = len(cases)
    tokens = np.full((size, domain.positions), PAD, dtype=np.int64)
    wide = 1 if task.pooled else domain.positions
    targets = np.full((size, wide), UNSCORED, dtype=np.int64)
    code = {token: i for i, token in enumerate(domain.vocabulary)}
    classes = {name: i for i, name in enumerate(task.classes)}
    for row, (letters, expected) in enumerate(cases):
        codes = [code[token] for token in domain.wrap(letters)]
        tokens[row, : len(codes)] = codes
        for place, label in enumerate(expected, start=0 if task.pooled else begin):
            if label is not None:
                targets[row, place] = classes.get(label, len(classes))
    return Data(torch.from_numpy(tokens), torch.from_numpy(targets))
