"""A sweep picks by validation accuracy, on one split, wherever its runs are trained."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import get_context

import pytest

pytest.importorskip("torch")
import torch

from tpdebug.errors import UserError
from trainers.config import Config, Progress, Run
from trainers.own import task_of
from trainers.pipeline import finish
from trainers.sweep import Finished, InProcess, grid, sweep, train_run

TINY = Config(
    layers=1, heads=1, restarts=2, steps=30, batch=32, report_every=10, halving=0
)


def runs(*changes: dict[str, float]) -> list[Run]:
    return [Run("sort", 6, 6, replace(TINY, **change)) for change in changes]  # type: ignore[arg-type]


class Backwards:
    """An executor that trains what came last first."""

    def __init__(self) -> None:
        self.taken: list[Run] = []

    def submit(self, run: Run) -> None:
        self.taken.append(run)

    def finished(self) -> Iterator[Finished]:
        while self.taken:
            yield train_run(self.taken.pop())


class Elsewhere:
    """An executor that sends runs to another process."""

    def __init__(self) -> None:
        self.taken: list[Run] = []

    def submit(self, run: Run) -> None:
        self.taken.append(run)

    def finished(self) -> Iterator[Finished]:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            waiting = [pool.submit(train_run, run) for run in self.taken]
            for each in as_completed(waiting):
                yield each.result()


def test_the_best_so_far_is_the_best_on_validation() -> None:
    given = runs({"heads": 1}, {"heads": 4, "steps": 200}, {"heads": 2})
    told: list[tuple[Run, Progress]] = []
    standings = list(sweep(given, InProcess(lambda *said: told.append(said))))
    assert [each.latest.run for each in standings] == given
    assert [(each.done, each.total) for each in standings] == [(1, 3), (2, 3), (3, 3)]
    so_far: list[float] = []
    for each in standings:
        assert each.latest.accuracy is not None
        so_far.append(each.latest.accuracy)
        assert each.best is not None
        assert each.best.accuracy == max(so_far)
    assert standings[-1].best is not None
    assert standings[-1].best.run == given[1]
    assert {run for run, _ in told} == set(given)


def test_the_order_of_training_makes_no_difference() -> None:
    equal = {"steps": 1}  # hardly trained: the same network under another setting
    given = runs({**equal, "tau_end": 0.05}, {**equal, "tau_end": 0.06}, {"heads": 2})
    forth = list(sweep(given, InProcess()))[-1].best
    back = list(sweep(given, Backwards()))[-1].best
    assert forth is not None
    assert back is not None
    assert forth.run == back.run
    first, second = (train_run(run) for run in given[:2])
    assert first.accuracy == second.accuracy
    tied = list(sweep(given[:2], Backwards()))[-1].best
    assert tied is not None
    assert tied.run == given[0]


def test_a_run_comes_back_the_same_from_another_process() -> None:
    (given,) = runs({})
    here = train_run(given)
    there = next(sweep([given], Elsewhere())).latest
    assert there.run == given
    assert there.accuracy == here.accuracy
    assert there.curve == here.curve
    rows, other = here.state["rows"], there.state["rows"]
    assert torch.equal(rows["parameters"], other["parameters"])


def test_a_program_can_be_made_of_what_is_finished() -> None:
    (given,) = runs({})
    found = pickle.loads(pickle.dumps(train_run(given)))
    trainer = found.trainer()
    assert trainer.result().accuracy == found.accuracy
    assert finish(task_of(given), trainer).validation == found.accuracy


def test_what_was_finished_before_is_not_trained_again() -> None:
    given = runs({}, {"heads": 2})
    before = [train_run(given[1])]
    told: list[Run] = []
    executor = InProcess(lambda run, _: told.append(run))
    standings = list(sweep(given, executor, before))
    assert [each.latest.run for each in standings] == [given[1], given[0]]
    assert set(told) == {given[0]}


def test_a_run_that_diverges_is_no_candidate() -> None:
    given = runs({"learning_rate": 3e37}, {})
    first, second = sweep(given, InProcess())
    assert first.best is None
    assert first.latest.accuracy is None
    assert second.best is not None
    assert second.best.run == given[1]


def test_restarts_are_the_same_alone_and_together() -> None:
    alone, together = (
        train_run(run).curve[-1]
        for run in runs({"steps": 10, "restarts": 1}, {"steps": 10, "restarts": 5})
    )
    assert together.losses[0] == pytest.approx(alone.losses[0], rel=1e-4)


def test_what_cannot_be_compared_is_refused() -> None:
    for given, says in (
        ([], "at least one"),
        (runs({}, {}), "stands twice"),
        (runs({}, {"seed": 1}), "one task and one seed"),
        ([*runs({}), Run("hist", 6, 6, TINY)], "one task and one seed"),
    ):
        with pytest.raises(UserError, match=says):
            next(sweep(given, InProcess()))


def test_the_grid_of_the_paper_goes_from_small_to_large() -> None:
    found = grid(Run("sort", 8, 8, Config(restarts=5, halving=0)))
    sizes = [(r.config.layers, 2 * r.config.heads, 2 * r.config.mlps) for r in found]
    assert set(sizes) == {(a, b, c) for a in (2, 3) for b in (4, 8) for c in (2, 4)}
    assert sizes[0] == (2, 4, 2)
    assert sizes[-1] == (3, 8, 4)
    assert all(run.config.heads == run.config.numerical_heads for run in found)
    assert all(run.config.restarts == 5 for run in found)
    with pytest.raises(UserError, match="even"):
        grid(found[0], heads=(3,))
