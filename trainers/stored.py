"""A network that a checkpoint holds, as what is right for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tpdebug.inputs import Letters, with_specials
from tpdebug.oracles import BatchOracle, Oracle
from trainers.checkpoint import load_checkpoint, resume
from trainers.network import Network
from trainers.own import task_of
from trainers.pipeline import picked, trainer_for


def stored_oracle(path: Path) -> Oracle:
    """The answers of the best restart of a checkpoint, with its choices made.

    Args:
        path: a checkpoint of `tpdebug train`.

    Raises:
        UserError: there is none, or its task cannot be found.
    """
    checkpoint = load_checkpoint(path)
    task = task_of(checkpoint.run)
    trainer = trainer_for(task, checkpoint.run.config)
    resume(trainer, checkpoint)
    network = Network(picked(trainer))

    def answers(letters: Letters) -> NDArray[Any]:
        tokens = with_specials(task.domain, letters).astype(np.int64)
        found: NDArray[Any] = network.predictions(torch.from_numpy(tokens)).numpy()
        return found if task.pooled else found[:, task.domain.letters]

    oracle = BatchOracle(task.domain, task.classes, answers)
    oracle.pooled = task.pooled
    return oracle
