"""Training by search: from a task to a program without gradients, or after them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tpdebug.errors import UserError
from trainers.config import Config
from trainers.data import Data
from trainers.discrete import Discrete
from trainers.pipeline import data_for, training_data
from trainers.search import Limits, Problem, Sample, Step, search
from trainers.split import split
from trainers.tasks import Task

MOST_NUMBER = 1000
MOST_TOKENS = 64
"""Predicates on single tokens are tried one by one."""


def check_searchable(task: Task, config: Config) -> None:
    """Make sure that a program for a task can be searched for with these settings.

    Raises:
        UserError: it cannot.
    """
    if config.attention == "score":
        raise UserError(
            "a search proposes heads with predicates only: --attention score goes with "
            "--method gradient"
        )
    words = len(task.domain.vocabulary)
    if task.pooled or task.listed is not None:
        raise UserError(
            "a search needs an answer at each letter and inputs that can be drawn; "
            "take --method gradient"
        )
    if words > MOST_TOKENS:
        raise UserError(
            f"a search tries every letter, and {words} are too many (at most "
            f"{MOST_TOKENS}): take --method gradient"
        )


def search_steps(
    task: Task, config: Config, start: Discrete | None = None, jobs: int = 1
) -> Iterator[Step]:
    """Search for a program; the last step holds the best.

    Args:
        task: what it is for.
        config: how to search.
        start: a network to begin with.
        jobs: how many searches to do at a time.
    """
    problem = problem_of(task, config, start)
    return search(problem, config.seed, config.searches, jobs)


def problem_of(task: Task, config: Config, start: Discrete | None = None) -> Problem:
    """What is searched for.

    Args:
        task: what the program is for.
        config: how to search.
        start: a network to begin with.
    """
    domain, parts = task.domain, split(task, config.seed)
    train, valid = (
        _sample(data, domain.causal)
        for data in (training_data(task, parts), data_for(task, parts.valid))
    )
    return Problem(
        train=train,
        valid=valid,
        tokens=len(domain.vocabulary),
        classes=len(task.classes),
        says={
            "token": _classes(task, domain.vocabulary),
            "number": _classes(task, [str(i) for i in range(MOST_NUMBER)]),
        },
        limits=Limits(
            codes=max(len(domain.vocabulary), domain.positions),
            numerical=not config.categorical_only,
            many=config.predicates == "many",
            rounds=config.rounds,
        ),
        start=start,
    )


def _classes(task: Task, values: Sequence[str]) -> NDArray[np.int64]:
    """The class that each value names, -1 if it names none."""
    place = {name: i for i, name in enumerate(task.classes)}
    return np.array([place.get(value, -1) for value in values])


def _sample(data: Data, causal: bool) -> Sample:
    tokens, targets = data.tokens.numpy(), data.targets.numpy()
    return Sample(tokens.astype(np.int16), targets.astype(np.int16), causal)
