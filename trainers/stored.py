"""A network that a run left in a file, as what is right for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from tpdebug.inputs import Letters
from tpdebug.oracles import BatchOracle, Oracle
from trainers.checkpoint import load_checkpoint, resume
from trainers.lower import tokens_of
from trainers.network import Network
from trainers.network_file import Kept, load_network
from trainers.own import task_of
from trainers.pipeline import picked, trainer_for


def stored_oracle(path: Path) -> Oracle:
    """The answers of a network: of a finished run, or of the best restart so far.

    Args:
        path: a network file, or a checkpoint of `tpdebug train`.

    Raises:
        UserError: there is none, or the task of a checkpoint cannot be found.
    """
    found = load_network(path) if path.suffix == ".npz" else _of_checkpoint(path)
    network, domain = Network(found.network), found.domain

    def answers(letters: Letters) -> NDArray[Any]:
        predicted = network.predictions(tokens_of(domain, letters)).numpy()
        return predicted if oracle.pooled else predicted[:, domain.letters]

    oracle = BatchOracle(domain, found.classes, answers)
    oracle.pooled = found.network.pooled
    return oracle


def _of_checkpoint(path: Path) -> Kept:
    checkpoint = load_checkpoint(path)
    task = task_of(checkpoint.run)
    trainer = trainer_for(task, checkpoint.run.config)
    resume(trainer, checkpoint)
    return Kept(picked(trainer), task.domain, task.classes)
