"""How to train; no torch, so that the command line can show the defaults at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Attention: TypeAlias = Literal["predicate", "score"]
Predicates: TypeAlias = Literal["one", "many"]
Method: TypeAlias = Literal["gradient", "search", "both"]


@dataclass(frozen=True, slots=True)
class Config:
    """How to train (paper, section 3.2 and appendix B).

    Attributes:
        method: by `gradient`, as in the paper; by `search` over discrete programs; or
            `both`, a search that begins with the network that gradients found.
        searches: how many programs are searched for; the best is kept.
        rounds: how many variables the search may add to the read-out.
        categorical_only: whether the search leaves out heads that count.
        layers: blocks of heads, then MLPs.
        heads: categorical heads in a layer.
        numerical_heads: numerical heads in a layer.
        mlps: categorical MLPs in a layer.
        numerical_mlps: numerical MLPs in a layer.
        attention: how a categorical head says where it looks: by a `predicate`, or by a
            `score` for each query value and key value (appendix A.4); numerical heads
            have predicates.
        predicates: whether a query value asks for `one` key value, as in the paper, or
            for any set of them, `many` (appendix A.4).
        hidden: hidden units in an MLP.
        restarts: networks trained side by side on the same batches.
        steps: optimiser steps.
        batch: examples in a step.
        learning_rate: Adam's, constant.
        tau_start: the temperature of the first step.
        tau_end: the temperature of the last step; it falls geometrically.
        halving: how many times the worse half of the restarts is dropped, by the
            validation accuracy of the hard networks; at even distances, the first time
            after two fifths of the steps, and never so many that fewer than the
            finalists are left. 0 drops none.
        report_every: steps from one look at the hard networks to the next.
        finalists: how many restarts get a new read-out before one is picked.
        seed: of the split, the starting points, the batches and the noise.
    """

    method: Method = "gradient"
    searches: int = 2
    rounds: int = 16
    categorical_only: bool = False
    layers: int = 1
    heads: int = 5
    numerical_heads: int = 0
    mlps: int = 0
    numerical_mlps: int = 0
    attention: Attention = "predicate"
    predicates: Predicates = "one"
    hidden: int = 64
    restarts: int = 16
    steps: int = 1000
    batch: int = 64
    learning_rate: float = 0.05
    tau_start: float = 0.25
    tau_end: float = 0.05
    halving: int = 3
    report_every: int = 100
    finalists: int = 3
    seed: int = 0


Answers: TypeAlias = Literal["letter", "input"]


@dataclass(frozen=True, slots=True)
class Own:
    """A task of the user's own, as it was asked for.

    Attributes:
        oracle: the function that gives the right answers, `module:function`.
        cases: instead, the file that lists inputs with theirs.
        validation, test: files with cases to pick by and to test on; without them a
            tenth of the cases is held out for each.
        alphabet: the letters; with cases, inputs that have others are left out.
        lengths: how many letters; with cases, inputs with more or fewer are left out.
        answers: whether there is one for each letter or one for the whole input.
        begin, end: whether inputs are put between `<s>` and `</s>`.
        causal: whether a position sees only itself and what is left of it.
        min_count: how often the training cases have a word that is known.
        max_words: how many words are known at most, the most frequent ones.
        version: a hash of the cases, or of the file of the function.
    """

    oracle: str | None = None
    cases: str | None = None
    validation: str | None = None
    test: str | None = None
    alphabet: tuple[str, ...] | None = None
    lengths: tuple[int, int] | None = None
    answers: Answers | None = None
    begin: bool = True
    end: bool = True
    causal: bool = False
    min_count: int = 1
    max_words: int = 256
    version: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What is trained and how.

    Attributes:
        task: its name.
        vocabulary, length: its size (V and N), if it is a task of the paper.
        config: the settings.
        own: where the task comes from, if it is the user's own.
        preset: where the settings come from, if not from the defaults.
    """

    task: str
    vocabulary: int
    length: int
    config: Config
    own: Own | None = None
    preset: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How training stands.

    Attributes:
        step: steps done.
        temperature: of the latest step.
        loss: of the restart with the smallest, relaxed, on the latest batch.
        accuracy: of the best hard network on the validation examples, 0 to 1.
        restarts: how many are still trained.
    """

    step: int
    temperature: float
    loss: float
    accuracy: float
    restarts: int


@dataclass(frozen=True, slots=True)
class Look:
    """One point of the learning curves: the restarts still trained, side by side.

    Attributes:
        step: steps done.
        temperature: of the latest step.
        restarts: their numbers.
        losses: relaxed, on the latest batch.
        accuracies: of the hard networks on the validation examples, 0 to 1.
    """

    step: int
    temperature: float
    restarts: tuple[int, ...]
    losses: tuple[float, ...]
    accuracies: tuple[float, ...]
