"""The training loop: anneal, look at the hard networks now and then, pick the best.

The loop knows tensors, not tasks. It yields what a progress bar needs; between two of
its events `state` says all that is needed to go on elsewhere to the same result.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypedDict

import torch
from torch import Tensor

from trainers.config import Config, Progress
from trainers.data import Data
from trainers.hard import Hard, harden
from trainers.model import losses, relaxed_scores
from trainers.parameters import Shape, count_noise, initial
from trainers.readout import refit


@dataclass(frozen=True, slots=True)
class Result:
    """The network picked.

    Attributes:
        hard: the one restart, with its new read-out.
        restart: which one it was.
        accuracy: on the validation examples, with the new read-out.
        restarts: the same for each restart, with the read-out that it was trained with.
    """

    hard: Hard
    restart: int
    accuracy: float
    restarts: tuple[float, ...]


class State(TypedDict):
    """All that changes while training."""

    step: int
    finished: bool
    parameters: Tensor
    optimizer: dict[str, Any]
    generator: Tensor


class Trainer:
    """Trains the restarts of one network at once.

    Args:
        config: how to train.
        shape: the network.
        train: the examples to learn from.
        validation: the examples to pick by.
    """

    def __init__(
        self, config: Config, shape: Shape, train: Data, validation: Data
    ) -> None:
        self.config = config
        self.shape = shape
        self._train = train
        self._validation = validation
        self._step = 0
        self._finished = False
        self._generator = torch.Generator().manual_seed(config.seed)
        self._parameters = initial(shape, config.restarts, self._generator)
        self._parameters.requires_grad_()
        self._optimizer = torch.optim.Adam([self._parameters], lr=config.learning_rate)

    def state(self) -> State:
        """A copy of all that changes, for `torch.save`."""
        return {
            "step": self._step,
            "finished": self._finished,
            "parameters": self._parameters.detach().clone(),
            "optimizer": deepcopy(self._optimizer.state_dict()),
            "generator": self._generator.get_state(),
        }

    def restore(self, state: State) -> None:
        """Go on from a state of a trainer that was made with the same arguments."""
        self._step = state["step"]
        self._finished = state["finished"]
        with torch.no_grad():
            self._parameters.copy_(state["parameters"])
        self._optimizer.load_state_dict(deepcopy(state["optimizer"]))
        self._generator.set_state(state["generator"])

    def run(self) -> Iterator[Progress]:
        """Train to the last step, or until a hard network makes no mistake."""
        while not self._finished:
            temperature = self._temperature()
            loss = self._advance(temperature)
            last = self._step >= self.config.steps
            if last or self._step % self.config.report_every == 0:
                accuracy = float(self._accuracies().max())
                self._finished = last or accuracy == 1
                yield Progress(self._step, temperature, float(loss.min()), accuracy)

    def result(self) -> Result:
        """Give the best restarts their best read-out, and pick one of them.

        The trained read-out is too coarse to pick by: a step size that suits the
        choices leaves it a percent below the best.

        Raises:
            FloatingPointError: every restart diverged.
        """
        before = self._accuracies()
        hard = harden(self._parameters, self.shape)
        order = before.argsort(descending=True, stable=True)
        sound = order[before[order] >= 0]
        picked: Result | None = None
        for restart in sound[: self.config.finalists].tolist():
            refitted = refit(hard.restart(restart), self._train)
            accuracy = float(refitted.accuracy(self._validation))
            if picked is None or accuracy > picked.accuracy:
                picked = Result(refitted, restart, accuracy, tuple(before.tolist()))
        if picked is None:
            raise FloatingPointError("every restart diverged: lower the learning rate")
        return picked

    def _temperature(self) -> float:
        config = self.config
        done = self._step / max(1, config.steps - 1)
        return float(config.tau_start * (config.tau_end / config.tau_start) ** done)

    def _advance(self, temperature: float) -> Tensor:
        """Take one step; the loss of each restart, infinite where it went wrong."""
        drawn = torch.randint(
            len(self._train), (self.config.batch,), generator=self._generator
        )
        batch = self._train[drawn]
        size = self.config.restarts, count_noise(self.shape)
        noise = -torch.empty(size).exponential_(generator=self._generator).log()
        heat = torch.tensor(temperature)
        scores = relaxed_scores(self._parameters, self.shape, batch.tokens, noise, heat)
        loss = losses(scores, batch.targets)
        self._optimizer.zero_grad()
        loss.sum().backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        self._step += 1
        return loss.detach().nan_to_num(nan=torch.inf)

    def _accuracies(self) -> Tensor:
        """Of the hard networks on the validation examples; -1 where one went wrong."""
        accuracy = harden(self._parameters, self.shape).accuracy(self._validation)
        sound = self._parameters.detach().isfinite().all(1)
        return accuracy.where(sound, -1.0)
