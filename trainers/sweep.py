"""A sweep: several configurations, the best of which is picked by validation accuracy.

All are trained on one split, so that their validation examples are the same ones and
the test examples stay unseen by all of them. What the paper calls five seeds of a
configuration are five restarts here: they share one batched computation, and each comes
out as it would alone (to the last digits, which depend on how sums are grouped), since
a restart has a starting point and noise of its own.

The work is given to an executor: here, one after another in this process. An item of
work is a `Run`, a result a `Finished`; both are plain data that can be pickled and sent
elsewhere, and `train_run` is all that has to be called there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Protocol, TypeAlias

from tpdebug.errors import UserError
from trainers.config import Config, Look, Progress, Run
from trainers.loop import State, Trainer
from trainers.own import task_of
from trainers.pipeline import trainer_for

Show: TypeAlias = Callable[[Run, Progress], None]


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that has been trained to its end.

    Attributes:
        run: what was trained.
        accuracy: of its best restart on the validation examples, with a new read-out;
            none if every restart diverged.
        curve: how all its restarts did.
        state: of its trainer, so that a program can be made of it.
    """

    run: Run
    accuracy: float | None
    curve: tuple[Look, ...]
    state: State

    def trainer(self) -> Trainer:
        """The trainer as it was at the end."""
        trainer = trainer_for(task_of(self.run), self.run.config)
        trainer.restore(self.state)
        return trainer


class Executor(Protocol):
    """Trains runs somewhere."""

    def submit(self, run: Run) -> None:
        """Take a run, to be trained now or later."""

    def finished(self) -> Iterator[Finished]:
        """All runs that were taken, each as soon as it is trained, in any order."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a sweep stands.

    Attributes:
        done: how many runs are trained.
        total: how many there are.
        latest: the one that has just been trained.
        best: the best so far; none while all have diverged.
    """

    done: int
    total: int
    latest: Finished
    best: Finished | None


class InProcess:
    """Trains one run after another in this process.

    Args:
        show: is told how the run that is being trained stands.
    """

    def __init__(self, show: Show | None = None) -> None:
        self._show = show
        self._waiting: deque[Run] = deque()

    def submit(self, run: Run) -> None:
        """Put it behind the others."""
        self._waiting.append(run)

    def finished(self) -> Iterator[Finished]:
        """Train each when it is asked for."""
        while self._waiting:
            yield train_run(self._waiting.popleft(), self._show)


def train_run(run: Run, show: Show | None = None) -> Finished:
    """Train a run to its end."""
    trainer = trainer_for(task_of(run), run.config)
    for progress in trainer.run():
        if show is not None:
            show(run, progress)
    try:
        result = trainer.result()
    except FloatingPointError:
        return Finished(run, None, trainer.curve, trainer.state())
    return Finished(run, result.accuracy, result.curve, trainer.state())


def sweep(
    runs: Sequence[Run],
    executor: Executor,
    before: Iterable[Finished] = (),
) -> Iterator[Standing]:
    """Train runs and say after each one how the sweep stands.

    The last standing has the best of all. Of two that are equally good it is the one
    that was given first, whichever was trained first: so give small ones first.

    Args:
        runs: what to train, no run twice.
        executor: where.
        before: what an interrupted sweep had finished of these.

    Raises:
        UserError: the runs cannot be compared.
    """
    _check(runs)
    order = {run: i for i, run in enumerate(runs)}
    known = [each for each in before if each.run in order]
    for run in runs:
        if run not in {each.run for each in known}:
            executor.submit(run)
    best: Finished | None = None
    done = 0
    for source in (known, executor.finished()):
        for latest in source:
            done += 1
            if best is None or _rank(latest, order) > _rank(best, order):
                best = latest
            sound = best if best.accuracy is not None else None
            yield Standing(done, len(runs), latest, sound)


def _rank(finished: Finished, order: dict[Run, int]) -> tuple[float, int]:
    accuracy = -1.0 if finished.accuracy is None else finished.accuracy
    return accuracy, -order[finished.run]


def _check(runs: Sequence[Run]) -> None:
    if not runs:
        raise UserError("a sweep needs at least one configuration")
    if len(set(runs)) < len(runs):
        raise UserError("a configuration stands twice in the sweep")
    first = replace(runs[0], config=Config(seed=runs[0].config.seed))
    for run in runs:
        if replace(run, config=Config(seed=run.config.seed)) != first:
            raise UserError(
                "the runs of a sweep have one task and one seed, so that all are "
                "measured on the same validation examples; for more starting points "
                "take more restarts"
            )


def grid(
    run: Run,
    layers: Sequence[int] = (2, 3),
    heads: Sequence[int] = (4, 8),
    mlps: Sequence[int] = (2, 4),
) -> list[Run]:
    """The runs of a grid, the smallest first; by default that of the paper (section 4).

    Half of the heads and of the MLPs are categorical, the other half numerical.

    Args:
        run: task, size, and all other settings; its restarts are the paper's seeds.
        layers, heads, mlps: the values of each axis; heads and MLPs are even.

    >>> runs = grid(Run("sort", 8, 8, Config(restarts=5, halving=0)))
    >>> len(runs), runs[0].config.heads, runs[0].config.numerical_mlps
    (8, 2, 1)
    """
    if any(count % 2 for count in (*heads, *mlps)):
        raise UserError("heads and MLPs of a grid are even: half of them count")
    points = sorted(product(layers, heads, mlps), key=lambda p: (p[0] * sum(p[1:]), p))
    return [
        replace(
            run,
            config=replace(
                run.config,
                layers=depth,
                heads=width // 2,
                numerical_heads=width // 2,
                mlps=tables // 2,
                numerical_mlps=tables // 2,
            ),
        )
        for depth, width, tables in points
    ]
