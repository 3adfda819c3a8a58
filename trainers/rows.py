"""The restarts that are still in the race: one row of numbers each, and Adam.

Nothing passes from one row to another: each has its own starting point and its own
noise, so that what becomes of a restart does not depend on how many others there are.
A row that ends is left out of every tensor, and costs nothing from there on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TypedDict

import numpy as np
import torch
from torch import Tensor

_MEAN, _SQUARE, _TINY = 0.9, 0.999, 1e-8  # Adam's, as everybody has them


class RowsState(TypedDict):
    """All that changes in the rows; restarts by their first numbers."""

    restarts: list[int]
    steps: int
    parameters: Tensor
    mean: Tensor
    square: Tensor
    generators: list[Tensor]


@dataclass(slots=True)
class Rows:
    """Parameters, Adam's moments and a source of noise for each restart.

    Attributes:
        restarts: which restarts these are, ascending.
        parameters: `[rows, size]`.
        mean: a running mean of the gradient, `[rows, size]`.
        square: a running mean of its square, `[rows, size]`.
        generators: one for each row, on the CPU whatever the device.
        steps: how many have been taken.
    """

    restarts: list[int]
    parameters: Tensor
    mean: Tensor
    square: Tensor
    generators: list[torch.Generator]
    steps: int = 0

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the rows only."""
        chosen = torch.tensor(rows, dtype=torch.long, device=self.parameters.device)
        self.restarts = [self.restarts[row] for row in rows]
        self.generators = [self.generators[row] for row in rows]
        self.parameters = self.parameters[chosen]
        self.mean, self.square = self.mean[chosen], self.square[chosen]

    def gumbel(self, count: int) -> Tensor:
        """Standard Gumbel noise, `[rows, count]`."""
        noise = torch.empty(len(self.restarts), count)
        for row, generator in zip(noise, self.generators, strict=True):
            row.exponential_(generator=generator)
        return noise.log_().neg_().to(self.parameters.device)

    def descend(self, gradient: Tensor, learning_rate: float) -> None:
        """Take a step of Adam down a gradient `[rows, size]`."""
        self.steps += 1
        self.mean.lerp_(gradient, 1 - _MEAN)
        self.square.mul_(_SQUARE).addcmul_(gradient, gradient, value=1 - _SQUARE)
        spread = self.square.sqrt().div_(sqrt(1 - _SQUARE**self.steps)).add_(_TINY)
        size = learning_rate / (1 - _MEAN**self.steps)
        self.parameters.addcdiv_(self.mean, spread, value=-size)

    def state(self) -> RowsState:
        """A copy of all that changes, on the CPU."""
        return {
            "restarts": list(self.restarts),
            "steps": self.steps,
            "parameters": self.parameters.cpu().clone(),
            "mean": self.mean.cpu().clone(),
            "square": self.square.cpu().clone(),
            "generators": [generator.get_state() for generator in self.generators],
        }

    def restore(self, state: RowsState) -> None:
        """Go on from a state of rows that began as these did.

        Raises:
            ValueError: it is not one.
        """
        size = len(state["restarts"]), self.parameters.shape[1]
        for name in ("parameters", "mean", "square"):
            if state[name].shape != size:
                raise ValueError(f"{name} have the wrong size")
        self.keep([self.restarts.index(number) for number in state["restarts"]])
        self.steps = state["steps"]
        self.parameters.copy_(state["parameters"])
        self.mean.copy_(state["mean"])
        self.square.copy_(state["square"])
        for generator, at in zip(self.generators, state["generators"], strict=True):
            generator.set_state(at)


def start(
    restarts: int,
    seed: int,
    initial: Callable[[torch.Generator], Tensor],
    device: torch.device,
) -> Rows:
    """Rows at their starting points.

    Args:
        restarts: how many.
        seed: of all of them; each gets its own from it.
        initial: draws one starting point, `[size]`.
        device: where the rows live.
    """
    generators = []
    for number in range(restarts):
        drawn = np.random.SeedSequence((seed, number)).generate_state(1)
        generators.append(torch.Generator().manual_seed(int(drawn[0])))
    parameters = torch.stack([initial(each) for each in generators]).to(device)
    moments = torch.zeros_like(parameters), torch.zeros_like(parameters)
    return Rows(list(range(restarts)), parameters, *moments, generators)
