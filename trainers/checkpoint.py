"""Checkpoints: everything that training needs to go on to the same result."""

from __future__ import annotations

import io
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import cast

import torch

from tpdebug.errors import UserError
from tpdebug.files import read_limited, replace_file
from trainers.config import Config, Own, Run
from trainers.loop import State, Trainer

VERSION = 3
SIZE_LIMIT = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A run that can go on from a state, and the file that holds it.

    Attributes:
        path: the file.
        run: what is trained.
        state: where it is.
        seconds: what each phase took so far.
    """

    path: Path
    run: Run
    state: State
    seconds: dict[str, float] = field(default_factory=dict)


def save_checkpoint(checkpoint: Checkpoint, *, exclusive: bool = False) -> None:
    """Write a checkpoint, whole or not at all.

    Raises:
        FileExistsError: there is one, and `exclusive` was asked for.
        UserError: it cannot be written there.
    """
    state = dict(checkpoint.state)
    run, seconds = asdict(checkpoint.run), checkpoint.seconds
    data = {"version": VERSION, "run": run, "state": state, "seconds": seconds}
    buffer = io.BytesIO()
    torch.save(data, buffer)
    replace_file(checkpoint.path, buffer.getvalue(), exclusive=exclusive)


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint; nothing in the file is executed.

    Raises:
        UserError: there is none, or it is not one of this version.
    """
    content = read_limited(path, str(path), SIZE_LIMIT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data = torch.load(io.BytesIO(content), weights_only=True)
        if not isinstance(data, dict) or not {"version", "run", "state"} <= data.keys():
            raise TypeError
        if data["version"] != VERSION:
            raise UserError(f"{path} is a checkpoint of another version of tpdebug")
        config = Config(**data["run"].pop("config"))
        own = data["run"].pop("own")
        run = Run(**data["run"], config=config, own=own and Own(**own))
        state = cast(State, data["state"])
        seconds = {str(k): float(v) for k, v in data["seconds"].items()}
    except UserError:
        raise
    except Exception:  # whatever a foreign file makes torch raise
        raise UserError(f"{path} is not a checkpoint of tpdebug train") from None
    return Checkpoint(path, run, state, seconds)


def resume(trainer: Trainer, checkpoint: Checkpoint) -> None:
    """Bring a trainer to the state of a checkpoint.

    Raises:
        UserError: the state is not one of this trainer.
    """
    try:
        trainer.restore(checkpoint.state)
    except (LookupError, RuntimeError, TypeError, ValueError, AttributeError):
        says = f"{checkpoint.path} does not hold the state of its run"
        raise UserError(says) from None
