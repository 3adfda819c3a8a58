"""The training loop: anneal, look at the hard networks now and then, pick the best.

The loop knows tensors, not tasks. It yields what a progress bar needs; between two of
its events `state` says all that is needed to go on elsewhere to the same result.

A restart that diverges ends, and the others go on. Those that are behind end too
(successive halving: Jamieson and Talwalkar, AISTATS 2016), so that most of the time
goes into the promising ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, TypedDict

import torch
from torch import Tensor

from trainers.config import Config, Look, Progress
from trainers.data import Data
from trainers.hard import Hard, harden
from trainers.parameters import Shape, count_noise, initial
from trainers.pieces import Workers, device
from trainers.refit import refit
from trainers.rows import RowsState, start


@dataclass(frozen=True, slots=True)
class Result:
    """The network picked.

    Attributes:
        hard: the one restart, with its new read-out.
        restart: which one it was.
        accuracy: on the validation examples, with the new read-out.
        curve: how all restarts did, with the read-outs they were trained with.
        diverged: the restarts that ended because a number was no longer finite.
    """

    hard: Hard
    restart: int
    accuracy: float
    curve: tuple[Look, ...]
    diverged: tuple[int, ...]


class State(TypedDict):
    """All that changes while training."""

    step: int
    finished: bool
    rows: RowsState
    batches: Tensor
    curve: list[dict[str, Any]]
    diverged: list[int]


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
        self._device = device()
        self._train = train.to(self._device)
        self._validation = validation.to(self._device)
        self._step = 0
        self._finished = False
        self._batches = torch.Generator().manual_seed(config.seed)
        self._rows = start(
            config.restarts,
            config.seed,
            lambda source: initial(shape, source),
            self._device,
        )
        self._workers = Workers(shape, self._device)
        self._curve: list[Look] = []
        self._diverged: list[int] = []

    def state(self) -> State:
        """A copy of all that changes, for `torch.save`."""
        return {
            "step": self._step,
            "finished": self._finished,
            "rows": self._rows.state(),
            "batches": self._batches.get_state(),
            "curve": [asdict(look) for look in self._curve],
            "diverged": list(self._diverged),
        }

    def restore(self, state: State) -> None:
        """Go on from a state of a trainer that was made with the same arguments."""
        self._step = state["step"]
        self._finished = state["finished"]
        self._rows.restore(state["rows"])
        self._batches.set_state(state["batches"])
        self._curve = [Look(**look) for look in state["curve"]]
        self._diverged = list(state["diverged"])

    @property
    def curve(self) -> tuple[Look, ...]:
        """How all restarts did so far."""
        return tuple(self._curve)

    def run(self) -> Iterator[Progress]:
        """Train to the last step, or until a hard network makes no mistake.

        It also ends when every restart has diverged; `result` says so.
        """
        config, halvings = self.config, _halvings(self.config)
        while not self._finished:
            temperature = self._temperature()
            loss = self.advance()
            last = self._step >= config.steps or not self._rows.restarts
            halve = self._step in halvings and not last
            if last or halve or self._step % config.report_every == 0:
                accuracies = self._look(temperature, loss)
                best = max(accuracies, default=0.0)
                self._finished = last or best == 1
                if halve and not self._finished:
                    self._halve(accuracies)
                if accuracies:
                    yield Progress(
                        self._step,
                        temperature,
                        float(loss.min()),
                        best,
                        len(self._rows.restarts),
                    )

    def advance(self) -> Tensor:
        """Take one step; the loss of each restart that is not at its end by now."""
        drawn = torch.randint(
            len(self._train), (self.config.batch,), generator=self._batches
        )
        batch, rows = self._train[drawn.to(self._device)], self._rows
        noise = rows.gumbel(count_noise(self.shape))
        heat = torch.tensor(self._temperature(), device=self._device)
        loss, gradient = self._workers.gradients(rows.parameters, batch, noise, heat)
        rows.descend(gradient, self.config.learning_rate)
        self._step += 1
        return self._sound(loss)

    def result(self) -> Result:
        """Give the best restarts their best read-out, and pick one of them.

        The trained read-out is mostly too coarse to pick by: a step size that suits
        the choices leaves it a percent below the best.

        Raises:
            FloatingPointError: every restart diverged.
        """
        rows = self._rows
        if not rows.restarts:
            raise FloatingPointError("every restart diverged: lower the learning rate")
        cpu = torch.device("cpu")
        train, validation = self._train.to(cpu), self._validation.to(cpu)
        hard = harden(rows.parameters.cpu(), self.shape)
        order = hard.accuracy(validation).argsort(descending=True, stable=True)
        finalists = order[: self.config.finalists].tolist()
        trained = [(hard.restart(row), row) for row in finalists]
        # Where there are few examples the trained read-out can be the better one.
        found = [(refit(network, train), row) for network, row in trained] + trained
        measured = [(*each, float(each[0].accuracy(validation))) for each in found]
        network, row, accuracy = max(measured, key=lambda each: each[2])
        ended = tuple(self._diverged)
        return Result(network, rows.restarts[row], accuracy, self.curve, ended)

    def _temperature(self) -> float:
        config = self.config
        done = self._step / max(1, config.steps - 1)
        return float(config.tau_start * (config.tau_end / config.tau_start) ** done)

    def _sound(self, loss: Tensor) -> Tensor:
        """End restarts with a number that is not finite; the losses of the others."""
        sound = loss.isfinite() & self._rows.parameters.isfinite().all(1)
        if not sound.all():
            went = (~sound).nonzero().flatten().tolist()
            self._diverged += [self._rows.restarts[row] for row in went]
            self._rows.keep(sound.nonzero().flatten().tolist())
        return loss[sound]

    def _look(self, temperature: float, loss: Tensor) -> list[float]:
        """Add a point to the curves: the accuracies of the hard networks."""
        if not self._rows.restarts:
            return []
        hard = harden(self._rows.parameters, self.shape)
        accuracies: list[float] = hard.accuracy(self._validation).tolist()
        named = tuple(self._rows.restarts), tuple(loss.tolist()), tuple(accuracies)
        self._curve.append(Look(self._step, temperature, *named))
        return accuracies

    def _halve(self, accuracies: list[float]) -> None:
        """Drop the worse half; of two that are equal, the later one."""
        left = max((len(accuracies) + 1) // 2, self.config.finalists)
        order = sorted(range(len(accuracies)), key=lambda row: -accuracies[row])
        self._rows.keep(sorted(order[:left]))


def _halvings(config: Config) -> list[int]:
    """The steps after which the worse half of the restarts is dropped.

    Before two fifths of the anneal the order of the restarts says little: on sort the
    best in the end were as low as seventh of sixteen even then.
    """
    parts = range(config.halving)
    return [
        config.steps * (2 * config.halving + 3 * i) // (5 * config.halving)
        for i in parts
    ]
