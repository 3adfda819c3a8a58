"""The end of training where answers are listed: rounding and checking on real inputs.

Uniform inputs of a domain of words are noise; what a program is trained for are inputs
like those that were listed. So its scores are rounded so that no prediction on the
training and validation cases changes, and what is said of it is said of the test cases.
"""

from __future__ import annotations

from collections.abc import Iterable

from tpdebug.cases import Case
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.inputs import Letters, encode
from tpdebug.measure import measure
from trainers.lift import lift
from trainers.loop import Trainer
from trainers.pipeline import Trained, data_for, differences, finish
from trainers.split import Split
from trainers.tasks import Task


def finish_task(task: Task, trainer: Trainer) -> Trained:
    """Pick the best restart and make it a program.

    Raises:
        UserError: no restart got anywhere.
        RuntimeError: the program does not predict what the network does; a bug.
    """
    if task.listed is None:
        return finish(task, trainer)
    return _finish_listed(task, task.listed, trainer)


def _finish_listed(task: Task, parts: Split, trainer: Trainer) -> Trained:
    try:
        result = trainer.result()
    except FloatingPointError as error:
        raise UserError(f"training failed: {error}") from None
    network, domain = result.hard, task.domain
    seen = blocks_of_cases(domain, (*parts.train, *parts.valid))
    program = lift(network.discrete(), domain, task.classes, task.name, seen)
    if differences(network, program, seen):
        raise RuntimeError("the program does not predict what the network does")
    return Trained(
        program,
        network,
        measure(program, task.oracle),
        differences(network, program, blocks_of_cases(domain, parts.test)),
        result.accuracy,
        float(network.accuracy(data_for(task, parts.test))),
    )


def blocks_of_cases(domain: Domain, cases: Iterable[Case]) -> list[Letters]:
    """The distinct inputs of some cases, in blocks of one length."""
    by_length: dict[int, list[tuple[str, ...]]] = {}
    for letters in dict.fromkeys(letters for letters, _ in cases):
        by_length.setdefault(len(letters), []).append(letters)
    return [encode(domain, rows) for _, rows in sorted(by_length.items())]
