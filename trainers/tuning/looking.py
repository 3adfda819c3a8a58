"""Looks at networks while a program is tuned, and picks the best on validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from torch.nn import functional

from tpdebug.cases import Case, Cases
from tpdebug.errors import UserError
from tpdebug.findings import Accuracy
from tpdebug.measure import measure
from tpdebug.program import Program
from trainers.data import Data
from trainers.discrete import Discrete
from trainers.lift import lift_like
from trainers.lower import lower
from trainers.network import Network
from trainers.pipeline import blocks_of_cases, data_for
from trainers.split import Split
from trainers.tasks import Task
from trainers.tuning.climb import Climbed
from trainers.tuning.exact import known
from trainers.tuning.frozen import Frozen
from trainers.tuning.scores import rescored
from trainers.tuning.whole import Whole
from trainers.tuning.wide import widened

LEARN = 3_000
"""How many of the training inputs exchanges are judged by."""

MOST_PAIRS = 4_000_000
"""So many pairs of positions these have at most, to bound time and memory."""


@dataclass(frozen=True, order=True, slots=True)
class Standing:
    """How often a network is right.

    Attributes:
        letters, inputs: how many are right on validation.
        learned: how many letters are right of those to learn from.
    """

    letters: int
    inputs: int
    learned: int

    @classmethod
    def of(cls, valid: tuple[int, int], train: tuple[int, int]) -> Standing:
        """From the right letters and inputs of each part."""
        return cls(*valid, train[0])

    def better(self, other: Standing) -> bool:
        """Whether more is right on validation, or as much, and more of what is learned.

        Where more letters are right, no fewer inputs may be.
        """
        more = (self.letters, self.learned) > (other.letters, other.learned)
        return more and self.inputs >= other.inputs


_Found: TypeAlias = tuple[Standing, bool, int, Discrete]


class Looking:
    """Looks at networks, and keeps what is better on validation.

    Args:
        program: where it begins.
        kept: what stays of it.
        task: what is right.
        parts: the cases to learn from and to choose by.
    """

    def __init__(
        self, program: Program, kept: Frozen, task: Task, parts: Split
    ) -> None:
        self.program, self.kept, self.task, self.parts = program, kept, task, parts
        domain = program.domain
        sizes = len(domain.vocabulary), domain.positions
        self.network = widened(lower(program), *sizes)
        self.whole = Whole(program, task)
        self.train = self._data(parts.train)
        self.valid = data_for(replace(task, domain=domain), parts.valid)
        if not self.train.scored.any():
            raise UserError(
                f"{task.name} scores no letter with a class of the program "
                f"({' '.join(task.classes)}): there is nothing to learn"
            )
        self.found: list[_Found] = []
        self.failing = 0
        self._best: tuple[int, Program | None] = 0, None

    def _data(self, cases: Sequence[Case]) -> Data:
        """Cases to learn from: of answers that are no class nothing can be learned."""
        whole = replace(self.task, domain=self.program.domain)
        return known(data_for(whole, cases), len(self.task.classes))

    def start(self) -> Discrete:
        """The network to begin with, its scores as logits."""
        size = _temper(self.network, self.some(0, 0))
        scores = [None if s is None else s * size for s in self.network.scores]
        return replace(self.network, scores=tuple(scores))

    def some(self, seed: int, number: int) -> Data:
        """The training inputs that exchanges are judged by in one round."""
        most = min(LEARN, max(MOST_PAIRS // self.program.domain.positions**2, 100))
        if len(self.train) <= most:
            return self.train
        draw = np.random.default_rng((seed, number))
        others = len(self.train) - self.failing  # those that fail are always there
        rows = np.sort(draw.choice(others, min(most, others), replace=False))
        rows = np.append(rows, np.arange(others, len(self.train)))
        found = self.train[torch.from_numpy(rows)]
        return found if found.scored.any() else self.train

    def at(self, climbed: Climbed) -> None:
        """Look at a network: with the scores as they were at first, and the best."""
        network = climbed.network
        self._add(replace(network, scores=self.network.scores), same_scores=True)
        if not self.kept.scores:
            values = Network(network).values(self.train.tokens)
            weights = climbed.weights
            found = rescored(network, values, self.train, start=weights)
            self._add(found.network, same_scores=False)

    def _add(self, network: Discrete, same_scores: bool) -> None:
        found = self._of(network)
        later = len(self.found)  # of equals, for in the end less is changed
        self.found.append((found, same_scores, later, network))

    def best(self) -> Program | None:
        """The best program, if it is better than the one to begin with."""
        if self._best[0] != len(self.found):
            self._best = len(self.found), self._find_best()
        return self._best[1]

    def _find_best(self) -> Program | None:
        begun = self._standing(self.program)
        seen = blocks_of_cases(
            self.program.domain, (*self.parts.train, *self.parts.valid)
        )
        for hoped, _, _, network in sorted(self.found, key=_order, reverse=True):
            if not hoped.better(begun):
                continue
            try:
                found = lift_like(self.program, network, seen)
            except UserError:  # two classes are too close for integers
                continue
            kept = self.kept.kept(found, self.program.classifier)
            if (
                kept
                and self._standing(found).better(begun)
                and not self.whole.worse(found)
            ):
                return found
        return None

    def learn_failing(self) -> bool:
        """Learn from the few inputs of the whole domain that the best program fails on.

        Returns:
            Whether there are any.
        """
        best = self.best() or self.program
        more = self.whole.failing(best, self.parts)
        if not more:
            return False
        self.failing += len(more)
        self.parts = replace(self.parts, train=(*self.parts.train, *more))
        self.train = self._data(self.parts.train)
        self.found = [
            (self._of(network), same, later, network)
            for _, same, later, network in self.found
        ]
        self._best = 0, None
        return True

    def _standing(self, program: Program) -> Standing:
        return self._of(lower(program))

    def _of(self, network: Discrete) -> Standing:
        return Standing.of(
            *(_right(network, data) for data in (self.valid, self.train))
        )

    def accuracy(self, program: Program) -> Accuracy:
        """How often a program is right on validation."""
        pooled = program.classifier.pooled
        cases = Cases(program.domain, self.parts.valid, pooled=pooled)
        return measure(program, cases)


def _order(found: _Found) -> tuple[Standing, bool, int]:
    return found[:3]


def _right(network: Discrete, data: Data) -> tuple[int, int]:
    """How many letters are right, and how many inputs at all their letters."""
    right = Network(network).predictions(data.tokens) == data.targets
    inputs = (right | ~data.scored).all(1) & data.scored.any(1)
    return int((right & data.scored).sum()), int(inputs.sum())


def _temper(network: Discrete, data: Data) -> float:
    """What to multiply the scores by, so that they are logits: the likeliest number."""
    scores = Network(network)(data.tokens)[data.scored]
    targets = data.targets[data.scored]
    largest = max(float(scores.abs().max()), 1.0)

    def loss(log: float) -> float:
        return float(functional.cross_entropy(scores * np.exp(log) / largest, targets))

    found = minimize_scalar(loss, bounds=(-3, 12), method="bounded")
    return float(np.exp(found.x)) / largest
