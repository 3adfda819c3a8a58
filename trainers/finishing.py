"""Training from beginning to end: from a task to the program that was found for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from tpdebug.errors import UserError
from trainers.config import Config
from trainers.loop import Trainer
from trainers.pipeline import Trained, finish, lifted, picked, trainer_for
from trainers.presets import usual
from trainers.search import Step
from trainers.searching import check_searchable, search_steps
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
    if config.method != "gradient":
        check_searchable(task, config)
    trainer = trainer_for(task, config)
    if config.method != "search":
        for _ in trainer.run():
            pass
    if config.method != "gradient":
        for step in search_task(task, trainer):
            network = step.best
        assert network is not None
        return lifted(task, network, config.seed)
    return finish(task, trainer)


def search_task(task: Task, trainer: Trainer, jobs: int = 1) -> Iterator[Step]:
    """Search for a program; the last step holds it.

    Args:
        task: what it is for.
        trainer: holds the settings, and the networks to begin with if it has trained.
        jobs: how many searches to do at a time, in processes of their own.

    Raises:
        UserError: every restart diverged.
    """
    start = None
    if trainer.config.method == "both":
        start = picked(trainer)
    return search_steps(task, trainer.config, start, jobs)
