"""Training that goes on from a program that was edited, repaired or converted.

Its wiring stays: which variables each node reads. Its rules and scores may change; the
result is the best program on validation that was seen, the one it began with included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch

from tpdebug.cases import Cases
from tpdebug.domain import Domain
from tpdebug.errors import UserError, counted
from tpdebug.findings import Accuracy
from tpdebug.inputs import Letters
from tpdebug.measure import blocks_of
from tpdebug.nodes import outputs_of
from tpdebug.oracles import Function, Oracle, oracle_for
from tpdebug.program import Program
from tpdebug.restrict import restrict
from trainers.listing import FEWEST, held_out
from trainers.lower import lower
from trainers.network import Network
from trainers.pipeline import (
    CHECK_SEED,
    Trained,
    blocks_of_cases,
    differences,
)
from trainers.split import Split, split
from trainers.tasks import Task
from trainers.tuning.climb import Climbed, climb
from trainers.tuning.frozen import free_places, frozen
from trainers.tuning.looking import Looking

ROUNDS = 3
"""How often each node is looked at, where it is not said how many steps to take."""

AGAIN = 4
"""How often inputs that fail on the whole domain are learned from."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Tuned:
    """What finetuning gives.

    Attributes:
        program: the result.
        better: whether there is a better program than the one to begin with.
        task: what is right, and the cases that were held out.
        trained: the result on the inputs in question, its network, and how it was
            measured.
        before: how often the program to begin with is right, on the same inputs.
        validation: how often that one and then the result is, on validation.
        changed: the nodes that have other rules.
        scores_changed: whether the scores are others.
        steps: how many nodes were looked at.
    """

    program: Program
    better: bool
    task: Task
    trained: Trained
    before: Accuracy
    validation: tuple[Accuracy, Accuracy]
    changed: tuple[str, ...]
    scores_changed: bool
    steps: int


def finetune(
    program: Program,
    oracle: Oracle | Function,
    *,
    freeze: Sequence[str] = (),
    steps: int | None = None,
    seed: int = 0,
    name: str = "the oracle",
    part: Domain | None = None,
    progress: Progress | None = None,
) -> Tuned:
    """Go on training a program; what it reads where stays.

    Of the right answers a tenth is held out for validation and a tenth for testing.
    The result is never worse on validation: more letters are right and no fewer inputs,
    or as many and more letters of those to learn from; or it is the program to begin
    with.

    Args:
        program: where to begin.
        oracle: the right answers: a function, a task's oracle, or `Cases`.
        freeze: names of nodes that keep their rules, or `heads`, `tables` or `scores`.
        steps: how many nodes to look at; default: each of those that matter three
            times.
        seed: of the split, and of all that is drawn.
        name: what the oracle is called in messages.
        part: the inputs to be right on; default: all that the program takes.
        progress: is told how many nodes were looked at, and how many there are.

    Raises:
        UserError: the right answers cannot be used, or nothing is left to train.

    >>> from tpdebug.nodes import Classifier
    >>> scores = {("tokens", "a"): [1, 0], ("tokens", "b"): [1, 0]}
    >>> echo = Program(Domain(("a", "b"), (1, 4)), (), Classifier.of("ab", scores))
    >>> found = finetune(echo, lambda letters: letters)
    >>> found.before.inputs_right, found.trained.accuracy.sentence
    (4, 'Right on all 30 inputs of its domain (proved).')
    """
    torch.set_num_threads(1)  # as for training: the operations are small
    kept = frozen(program, freeze)
    places = free_places(program, kept)
    task = _task(program, part or program.domain, oracle, seed, name)
    looking = Looking(program, kept, task, split(task, seed))
    total = ROUNDS * len(places) if steps is None else steps
    taken, network = 0, looking.start()
    for _ in range(1 + AGAIN):
        last: Climbed | None = None
        for last in climb(
            network,
            lambda number: looking.some(seed, number),
            places,
            looking.network.nodes,
            fitting=not kept.scores,
            steps=total - taken,
            seed=seed,
        ):
            if progress is not None:
                progress(taken + last.step, max(total, 1))
            if last.rest:
                looking.at(last)
        assert last is not None
        taken, network = taken + last.step, last.network
        if not looking.learn_failing():
            break
    found, before = looking.best(), looking.whole.before
    valid = looking.accuracy(program)
    if found is None:
        same = _trained(program, task, before, valid)
        return Tuned(
            program, False, task, same, before, (valid, valid), (), False, taken
        )
    better = looking.accuracy(found)
    pairs = zip(program.nodes, found.nodes, strict=True)
    changed = (outputs_of(new) for old, new in pairs if old != new)
    return Tuned(
        found,
        True,
        task,
        _trained(found, task, looking.whole.measured(found), better),
        before,
        (valid, better),
        tuple(name for names in changed for name in names),
        found.classifier != program.classifier,
        taken,
    )


def _task(
    program: Program, part: Domain, oracle: Oracle | Function, seed: int, name: str
) -> Task:
    """What is right, with the classes of the program.

    Raises:
        UserError: the right answers do not fit, or are too few.
    """
    known_oracle = oracle_for(oracle, part, program.classifier.pooled, name)
    classes, says = program.classifier.classes, f"the answers of {name}"
    if not isinstance(known_oracle, Cases):
        return Task(name, says, part, known_oracle, classes=classes)
    cases = list(known_oracle.cases)
    inputs = len({letters for letters, _ in cases})
    if inputs < FEWEST:
        raise UserError(
            f"{name} has {counted(inputs, 'different input')}: too few to hold some "
            f"out; list at least {FEWEST}"
        )
    train, valid, test = held_out(cases, None, None, seed, name)
    pooled = program.classifier.pooled
    listed = Split(tuple(train), tuple(valid), tuple(test))
    shown = Cases(part, listed.test, pooled=pooled)
    return Task(name, says, part, shown, classes=classes, listed=listed)


def _trained(
    program: Program, task: Task, accuracy: Accuracy, valid: Accuracy
) -> Trained:
    """A program with its network, compared where it was measured.

    Raises:
        RuntimeError: they do not answer alike; a bug.
    """
    shown = restrict(program, task.domain)
    network = Network(lower(shown))
    inputs: Iterable[Letters]
    if task.listed is not None:
        inputs = blocks_of_cases(shown.domain, task.listed.test)
    else:
        inputs = blocks_of(shown.domain, CHECK_SEED)[0]
    differ = differences(network, shown, inputs)
    if differ:
        raise RuntimeError(f"network and program differ on {differ} inputs")
    return Trained(
        shown, network, accuracy, differ, valid.per_letter, accuracy.per_letter
    )
