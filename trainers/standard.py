"""A standard Transformer on the same data: what the programs are compared with.

Softmax attention over learned embeddings, learned positions, layer norm before each
block, residual sums (paper, section 4, compares with the same). It is nothing but the
yardstick: no program can be made of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from trainers.config import Progress
from trainers.data import PAD, UNSCORED, Data
from trainers.pieces import cores, device
from trainers.pipeline import data_for
from trainers.split import split
from trainers.tasks import Task

_BLOCK = 1024  # examples at a time when nothing is learned


@dataclass(frozen=True, slots=True)
class Standard:
    """The size of the network and how it is trained.

    Attributes:
        layers: blocks of attention, then an MLP.
        heads: in a layer; they share the width.
        width: numbers at a position.
        hidden: hidden units of an MLP.
        dropout: the share of numbers left out while training.
        steps: optimiser steps at most; it ends before if validation is without fault.
        batch: examples in a step.
        learning_rate: Adam's, constant.
        report_every: steps from one look at the validation examples to the next.
        seed: of the split, the starting point and the batches.
    """

    layers: int = 3
    heads: int = 8
    width: int = 64
    hidden: int = 64
    dropout: float = 0.0
    steps: int = 5000
    batch: int = 128
    learning_rate: float = 1e-3
    report_every: int = 250
    seed: int = 0


@dataclass(frozen=True, slots=True)
class StandardResult:
    """How good it got.

    Attributes:
        validation: share of validation labels right, the best of all looks.
        test: share of test labels right, of the network that was best then.
        sequences: share of test inputs with every label right.
        seconds: of training, looks included.
        steps: that were taken.
        parameters: how many numbers were learned.
    """

    validation: float
    test: float
    sequences: float
    seconds: float
    steps: int
    parameters: int


class Block(nn.Module):
    """Attention, then an MLP, each added to what it reads."""

    def __init__(self, config: Standard) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.before_attention = nn.LayerNorm(width)
        self.before_mlp = nn.LayerNorm(width)
        self.ask = nn.Linear(width, 3 * width)
        self.give = nn.Linear(width, width)
        self.mlp = nn.Sequential(
            nn.Linear(width, config.hidden),
            nn.ReLU(),
            nn.Linear(config.hidden, width),
        )
        self.drop = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, seen: Tensor) -> Tensor:
        """One layer: `[B, N, width]`; `seen[b, 0, q, k]` says what may be read."""
        size = (*x.shape[:2], 3, self.heads, -1)
        asked = self.ask(self.before_attention(x)).view(size)
        query, key, value = asked.permute(2, 0, 3, 1, 4)
        read = functional.scaled_dot_product_attention(query, key, value, seen)
        x = x + self.drop(self.give(read.transpose(1, 2).flatten(2)))
        added: Tensor = x + self.drop(self.mlp(self.before_mlp(x)))
        return added


class Transformer(nn.Module):
    """Scores of the classes at each position; pooled, of the mean over positions."""

    def __init__(self, task: Task, config: Standard) -> None:
        super().__init__()
        domain = task.domain
        self.causal, self.pooled = domain.causal, task.oracle.pooled
        self.words = nn.Embedding(len(domain.vocabulary), config.width)
        self.places = nn.Embedding(domain.positions, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.last = nn.LayerNorm(config.width)
        self.readout = nn.Linear(config.width, len(task.classes))
        self.drop = nn.Dropout(config.dropout)

    def forward(self, tokens: Tensor) -> Tensor:
        """Scores `[B, N, classes]`, pooled `[B, 1, classes]`, of tokens `[B, N]`."""
        real = tokens != PAD
        seen = real[:, None, None].expand(-1, 1, tokens.shape[1], -1)
        if self.causal:
            seen = seen.tril()
        places = torch.arange(tokens.shape[1], device=tokens.device)
        x = self.drop(self.words(tokens.clamp(min=0)) + self.places(places))
        for block in self.blocks:
            x = block(x, seen)
        if self.pooled:
            kept = real.unsqueeze(2)
            x = (x * kept).sum(1, keepdim=True) / kept.sum(1, keepdim=True)
        scores: Tensor = self.readout(self.last(x))
        return scores


class StandardTrainer:
    """Trains one standard Transformer.

    Args:
        task: what to learn; its inputs are split as for programs.
        config: size and settings.
    """

    def __init__(self, task: Task, config: Standard) -> None:
        torch.set_num_threads(cores())
        self._config = config
        parts = split(task, config.seed)
        self._train, self._validation, self._test = (
            data_for(task, part).to(device())
            for part in (parts.train, parts.valid, parts.test)
        )
        with torch.random.fork_rng():
            torch.manual_seed(config.seed)
            self._network = Transformer(task, config).to(device())
        self._best = -1.0, self._network.state_dict()
        self._steps = 0
        self.seconds = 0.0

    def run(self) -> Iterator[Progress]:
        """Train to the last step, or until no validation label is missed."""
        config, began = self._config, time.perf_counter()
        source = torch.Generator().manual_seed(config.seed)
        optimizer = torch.optim.Adam(self._network.parameters(), config.learning_rate)
        for step in range(1, config.steps + 1):
            drawn = torch.randint(len(self._train), (config.batch,), generator=source)
            batch = self._train[drawn.to(device())]
            self._network.train()
            scores = self._network(batch.tokens).flatten(0, 1)
            loss = functional.cross_entropy(
                scores, batch.targets.flatten(), ignore_index=UNSCORED
            )
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            self._steps = step
            if step % config.report_every == 0 or step == config.steps:
                accuracy, _ = self._accuracy(self._validation)
                if accuracy > self._best[0]:
                    state = self._network.state_dict()
                    self._best = accuracy, {k: v.clone() for k, v in state.items()}
                self.seconds = time.perf_counter() - began
                yield Progress(
                    step, 1.0, float(loss.detach()), self._best[0], restarts=1
                )
                if accuracy == 1:
                    return

    def result(self) -> StandardResult:
        """Look at the test examples, with the network that was best on validation."""
        validation, state = self._best
        self._network.load_state_dict(state)
        test, sequences = self._accuracy(self._test)
        count = sum(each.numel() for each in self._network.parameters())
        return StandardResult(
            validation, test, sequences, self.seconds, self._steps, count
        )

    @torch.no_grad()
    def _accuracy(self, data: Data) -> tuple[float, float]:
        """The share of labels right, and of inputs with all labels right."""
        self._network.eval()
        blocks = torch.split(data.tokens, _BLOCK)
        found = torch.cat([self._network(block).argmax(2) for block in blocks])
        right = (found == data.targets) | ~data.scored
        letters = (right & data.scored).sum() / data.scored.sum()
        return float(letters), float(right.all(1).double().mean())


def train_standard(task: Task, config: Standard) -> StandardResult:
    """Train a standard Transformer and measure it.

    Args:
        task: what to learn.
        config: size and settings.
    """
    trainer = StandardTrainer(task, config)
    for _ in trainer.run():
        pass
    return trainer.result()
