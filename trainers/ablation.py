"""Mean ablation: an answer of the network when most of its read-out knows nothing.

The scores of some variables stay as they are; those of all others become their mean
over many inputs. If the answer stays too, these variables carry it in the network as
well. (Mean ablation: Wang et al., "Interpretability in the Wild", ICLR 2023.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from tpdebug.findings import Ablation, Evidence, Place
from tpdebug.inputs import Letters, encode
from tpdebug.parts import all_or_sample
from tpdebug.program import Program
from trainers.lower import lower, tokens_of
from trainers.network import Network

MOST = 100_000
SAMPLES = 20_000
AT_A_TIME = 1024


@dataclass
class Ablator:
    """A program as a network, and what its read-out adds on average.

    Attributes:
        program: the program.
        most: the mean is over all inputs of a length if they are no more than this.
        samples, seed: else over so many, drawn with this seed.
    """

    program: Program
    most: int = MOST
    samples: int = SAMPLES
    seed: int = 0

    def __post_init__(self) -> None:
        self._known: dict[int, tuple[Tensor, Evidence]] = {}

    @cached_property
    def network(self) -> Network:
        """The network."""
        return Network(lower(self.program))

    def answer(
        self, letters: Sequence[str], position: int | None, kept: Iterable[Place]
    ) -> Ablation:
        """Answer with the scores of some places as they are, all others at their mean.

        Args:
            letters: the input.
            position: which answer, as the program counts; None if pooled.
            kept: the places whose scores stay.

        Raises:
            UserError: the program is too large for a network.
        """
        domain, classes = self.program.domain, self.program.classifier.classes
        each = self._scores(encode(domain, [letters]))[0]
        mean, evidence = self._look(len(letters))
        totals = mean.clone()
        for place in kept:
            number = self._numbers[place.variable]
            totals[place.position, number] = each[place.position, number]
        summed = totals.sum((0, 1)) if position is None else totals[position].sum(0)
        best, *others = torch.sort(summed, descending=True, stable=True).values.tolist()
        answer = classes[int(summed.argmax())]
        margin = best - others[0] if others else None
        return Ablation(answer, margin, evidence)

    def mean(self, length: int) -> Tensor:
        """What each variable adds to each class on average.

        Returns:
            float64 `[positions, variables, classes]`.
        """
        return self._look(length)[0]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """Where each variable stands in the network."""
        return {name: i for i, name in enumerate(self.program.variables)}

    def _look(self, length: int) -> tuple[Tensor, Evidence]:
        """The mean at one length, and what it is over."""
        if length not in self._known:
            domain = replace(self.program.domain, lengths=(length, length))
            limits = {"most": self.most, "samples": self.samples, "seed": self.seed}
            parts, evidence = all_or_sample(domain, **limits)
            total, count = torch.zeros(()), 0
            for part in parts:
                for start in range(0, part.size, AT_A_TIME):
                    rows = np.arange(start, min(start + AT_A_TIME, part.size))
                    total = total + self._scores(part.letters(rows)).sum(0)
                    count += len(rows)
            self._known[length] = total / count, evidence
        return self._known[length]

    def _scores(self, block: Letters) -> Tensor:
        """What each variable adds: `[inputs, positions, variables, classes]`."""
        return self.network.contributions(tokens_of(self.program.domain, block))
