"""Runs the reference trainer as it is, and times it; made to run in a child process.

    python tests/benchmarks/reference_trainer.py PATH speed STEPS TAU THREADS
    python tests/benchmarks/reference_trainer.py PATH time SEED LIMIT THREADS

PATH is a clone of princeton-nlp/TransformerPrograms. Its own script is run with the
arguments of its own `scripts/rasp.sh` for sort (3 layers, 4 + 4 heads, 2 + 2 MLPs,
V = N = 8, batch 512), on the CPU. Only the optimiser's step and the evaluation are
watched. Of the packages that it imports and that are not installed, the little that
training needs stands here; the rest (corpora, plots, formatting) is not used. What was
measured is printed as one line of JSON.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import torch

ENOUGH = 0.99
ARGUMENTS = (
    "--dataset sort --vocab_size 8 --dataset_size 20000 --min_length 1 --max_length 8 "
    "--n_epochs 250 --batch_size 512 --lr 5e-2 --gumbel_samples 1 "
    "--sample_fn gumbel_soft --tau_init 3.0 --tau_end 0.01 --tau_schedule geomspace "
    "--n_vars_cat 1 --d_var 8 --n_vars_num 1 --n_layers 3 --n_heads_cat 4 "
    "--n_heads_num 4 --n_cat_mlps 2 --n_num_mlps 2 --attention_type cat "
    "--rel_pos_bias fixed --one_hot_embed --dropout 0.0 --mlp_vars_in 2 --d_mlp 64 "
    "--count_only --selector_width 0 --unique 1 --device cpu"
)


class EnoughError(Exception):
    """All that was to be measured has been."""


def rearrange(tensor: torch.Tensor, pattern: str) -> torch.Tensor:
    """The two patterns of einops that the reference model uses."""
    orders = {
        "b i q h -> b q (i h)": (0, 2, 1, 3),
        "a b c d -> a d (b c)": (0, 3, 1, 2),
    }
    return tensor.permute(orders[pattern]).flatten(2)


def train_test_split(frame: Any, test_size: Any, **_: Any) -> tuple[Any, Any]:
    """Split the rows of a table at random, as scikit-learn does."""
    count = test_size if test_size >= 1 else round(len(frame) * test_size)
    mixed = frame.sample(frac=1, random_state=0)
    return mixed.iloc[int(count) :], mixed.iloc[: int(count)]


class Bar:
    """A progress bar that shows nothing."""

    def __init__(self, items: Sequence[int], **_: Any) -> None:
        self.items = items

    def __iter__(self) -> Iterator[int]:
        return iter(self.items)

    def set_postfix(self, *_: Any) -> None:
        """Show nothing."""


STANDING_IN = {
    "einops": {"rearrange": rearrange},
    "sklearn.model_selection": {"train_test_split": train_test_split},
    "tqdm": {"tqdm": Bar},
}
UNUSED = ("black", "datasets", "gensim", "matplotlib", "nltk", "seaborn", "seqeval")


class Missing(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds, after all others, the packages that training hardly needs."""

    def find_spec(
        self, name: str, path: object, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.split(".")[0] not in (*UNUSED, "einops", "sklearn", "tqdm"):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = MagicMock(spec_set=None)
        module.__spec__, module.__path__ = spec, []
        for attribute, value in STANDING_IN.get(spec.name, {}).items():
            setattr(module, attribute, value)
        return module  # type: ignore[return-value]

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is left to do."""


@dataclass
class Watch:
    """What is known so far; times are in seconds since training began.

    Attributes:
        limit: steps, and seconds, after which enough is known.
        began: when training began, later by the time that our own looks took.
        steps: when steps were taken, in seconds and in seconds of the processor.
        soft: when its own evaluation of the relaxed network reached 99 %.
        hard: when the program did, with every choice made.
        best: the best accuracy of the program so far.
    """

    limit: tuple[float, float]
    began: float = 0.0
    steps: list[tuple[float, float]] = field(default_factory=list)
    looks: int = 0
    soft: float | None = None
    hard: float | None = None
    best: float = 0.0

    def now(self) -> float:
        """Seconds since training began."""
        return time.perf_counter() - self.began

    def stepped(self) -> None:
        """Note a step of the optimiser."""
        self.steps.append((self.now(), time.process_time()))
        if len(self.steps) >= self.limit[0] or self.now() > self.limit[1]:
            raise EnoughError

    def looked(self, soft: float, program: Callable[[], float]) -> None:
        """Note an evaluation; in each epoch: training, validation, test examples."""
        self.looks += 1
        if self.looks % 3 != 2:
            return
        at = self.now()
        if soft >= ENOUGH and self.soft is None:
            self.soft = at
        accuracy = program()
        self.began += self.now() - at
        self.best = max(self.best, accuracy)
        if accuracy >= ENOUGH:
            self.hard = at
            raise EnoughError


def train(
    path: str, seed: int, steps: float, limit: float, *more: str
) -> dict[str, Any]:
    """Run the reference script until enough is known."""
    sys.path.insert(0, path)
    sys.meta_path.append(Missing())
    from src import run  # type: ignore[import-not-found]

    watch = Watch((steps, limit))
    step, test, training = run.Adam.step, run.run_test, run.run_training

    def watched_step(*arguments: Any, **options: Any) -> Any:
        result = step(*arguments, **options)
        watch.stepped()
        return result

    def watched_test(model: Any, *arguments: Any, **options: Any) -> Any:
        result = test(model, *arguments, **options)

        def program() -> float:
            temperature = model.blocks[0].cat_mlp.mlps[0].temp
            model.set_temp(temperature, run.argmax)
            accuracy = float(test(model, *arguments, **options)[1])
            model.set_temp(temperature, run.gumbel_soft)
            return accuracy

        watch.looked(float(result[1]), program)
        return result

    def watched_training(*arguments: Any, **options: Any) -> Any:
        watch.began = time.perf_counter()
        return training(*arguments, **options)

    run.Adam.step, run.run_test = watched_step, watched_test
    run.run_training = watched_training
    with tempfile.TemporaryDirectory() as folder:
        given = ["--seed", str(seed), "--output_dir", folder]
        sys.argv = ["run", *ARGUMENTS.split(), *given, *more]
        with suppress(EnoughError):
            run.run(run.parse_args())
    between = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(watch.steps)]
    wall, processor = zip(*between, strict=True)
    return {
        "seconds": watch.now(),
        "steps": len(watch.steps),
        "seconds_a_step": statistics.median(wall),
        "processor_a_step": statistics.median(processor),
        "soft": watch.soft,
        "hard": watch.hard,
        "best": watch.best,
    }


def main() -> None:
    """Measure, and print what was found."""
    path, what, *numbers = sys.argv[1:]
    torch.set_num_threads(int(numbers[-1]))
    if what == "speed":
        constant = ("--tau_init", numbers[1], "--tau_end", numbers[1])
        found = train(path, 0, float(numbers[0]), float("inf"), *constant)
    else:
        found = train(path, int(numbers[0]), float("inf"), float(numbers[1]))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
