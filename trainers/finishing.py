"""The end of training where cases are listed, or where answers are pooled.

Uniform inputs of a domain of words are noise; what a program is trained for are inputs
like those that were listed. So its scores are rounded so that no prediction on the
training and validation cases changes, and what is said of it is said of the test cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from typing import Any

from tpdebug.cases import Case
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.inputs import Letters, encode
from tpdebug.measure import blocks_of, measure
from tpdebug.program import Program
from trainers.config import Config
from trainers.counted import lift_counted, refit_pooled
from trainers.hard import Hard, harden
from trainers.loop import Trainer
from trainers.network import Network
from trainers.pipeline import (
    CHECK_SEED,
    ROUNDING_SEED,
    Trained,
    data_for,
    differences,
    finish,
    lifted,
    trainer_for,
)
from trainers.presets import usual
from trainers.search import Step
from trainers.searching import check_searchable, search_steps
from trainers.split import Split, split
from trainers.tasks import Task


def train(task: Task, **settings: Any) -> Trained:
    """Train for a task, pick the best restart and make it a program.

    Args:
        task: one of the paper's, or an own one (`function_task`).
        settings: fields of `Config`, where they are not those that the task uses.

    Raises:
        UserError: the task or a setting cannot be used, or training got nowhere.

    >>> from tpdebug.domain import Domain
    >>> from trainers.own import function_task
    >>> last = function_task(lambda letters: letters[-1], Domain(("a", "b"), (1, 3)))
    >>> found = train(last, heads=2, restarts=4, steps=300)
    >>> found.accuracy.sentence
    'Right on all 14 inputs of its domain (proved).'
    """
    unknown = settings.keys() - {item.name for item in fields(Config)}
    if unknown:
        raise UserError(f"there is no setting {min(unknown)!r}; see trainers.config")
    method = settings.get("method")
    config = replace(usual(task.name, method), **settings)
    trainer = trainer_for(task, config)
    if config.method != "search":
        for _ in trainer.run():
            pass
    if config.method != "gradient":
        for step in search_task(task, trainer):
            network = step.best
        assert network is not None
        return lifted(task, network, config.seed)
    return finish_task(task, trainer)


def search_task(task: Task, trainer: Trainer, jobs: int = 1) -> Iterator[Step]:
    """Search for a program; the last step holds it.

    Args:
        task: what it is for.
        trainer: holds the settings, and the networks to begin with if it has trained.
        jobs: how many searches to do at a time, in processes of their own.

    Raises:
        UserError: a program for this task cannot be searched for.
    """
    check_searchable(task)
    start = None
    if trainer.config.method == "both":
        start = _picked(task, split(task, trainer.config.seed), trainer).discrete()
    return search_steps(task, trainer.config, start, jobs)


def finish_task(task: Task, trainer: Trainer) -> Trained:
    """Pick the best restart and make it a program.

    Raises:
        UserError: no restart got anywhere.
        RuntimeError: the program does not predict what the network does; a bug.
    """
    if task.listed is None and not task.pooled:
        return finish(task, trainer)
    parts = split(task, trainer.config.seed)
    network = _picked(task, parts, trainer)
    program = _lifted(task, parts, network)
    hard = Network(network.discrete())
    checked = (
        blocks_of(task.domain, CHECK_SEED)[0]
        if task.listed is None
        else blocks_of_cases(task.domain, parts.test)
    )
    return Trained(
        program,
        hard,
        measure(program, task.oracle, seed=CHECK_SEED),
        differences(hard, program, checked),
        float(network.accuracy(data_for(task, parts.valid))),
        float(network.accuracy(data_for(task, parts.test))),
    )


def _picked(task: Task, parts: Split, trainer: Trainer) -> Hard:
    """The best restart with its best read-out.

    Raises:
        UserError: every restart diverged.
    """
    if not task.pooled:
        try:
            return trainer.result().hard
        except FloatingPointError as error:
            raise UserError(f"training failed: {error}") from None
    rows = trainer.state()["rows"]
    if not rows["restarts"]:
        raise UserError("training failed: every restart diverged")
    train, valid = data_for(task, parts.train), data_for(task, parts.valid)
    hard = harden(rows["parameters"], trainer.shape)
    order = hard.accuracy(valid).argsort(descending=True, stable=True)
    best = order[: trainer.config.finalists].tolist()
    # The trained read-out is there too: where there are few cases it can be the better.
    found = [hard.restart(row) for row in best]
    found += [refit_pooled(one, train) for one in found]
    return max(found, key=lambda one: float(one.accuracy(valid)))


def _lifted(task: Task, parts: Split, network: Hard) -> Program:
    """The program, which predicts as the network does where that was made sure of."""
    domain = task.domain
    if task.listed is None:
        seen = list(blocks_of(domain, ROUNDING_SEED)[0])
    else:
        seen = blocks_of_cases(domain, (*parts.train, *parts.valid))
    program = lift_counted(network, domain, task.classes, task.name, seen)
    if differences(Network(network.discrete()), program, seen):
        raise RuntimeError("the program does not predict what the network does")
    return program


def blocks_of_cases(domain: Domain, cases: Iterable[Case]) -> list[Letters]:
    """The distinct inputs of some cases, in blocks of one length."""
    by_length: dict[int, list[tuple[str, ...]]] = {}
    for letters in dict.fromkeys(letters for letters, _ in cases):
        by_length.setdefault(len(letters), []).append(letters)
    return [encode(domain, rows) for _, rows in sorted(by_length.items())]
