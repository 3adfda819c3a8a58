"""Checkpoints: everything that training needs to go on to the same result."""

from __future__ import annotations

import io
import pickle
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import torch

from tpdebug.errors import UserError
from tpdebug.files import replace_file
from trainers.config import Config, Run
from trainers.loop import State

VERSION = 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A run that can go on from a state."""

    run: Run
    state: State


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Write a checkpoint, whole or not at all."""
    state = dict(checkpoint.state)
    data = {"version": VERSION, "run": asdict(checkpoint.run), "state": state}
    buffer = io.BytesIO()
    torch.save(data, buffer)
    replace_file(path, buffer.getvalue())


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint; nothing in the file is executed.

    Raises:
        UserError: there is none, or it is not one of this version.
    """
    try:
        data = torch.load(path, weights_only=True)
        if data["version"] != VERSION:
            raise UserError(f"{path} is a checkpoint of another version of tpdebug")
        config = Config(**data["run"].pop("config"))
        run = Run(**data["run"], config=config)
        return Checkpoint(run, cast(State, data["state"]))
    except FileNotFoundError:
        raise UserError(f"there is no checkpoint {path}") from None
    except (
        OSError,
        RuntimeError,
        KeyError,
        TypeError,
        pickle.UnpicklingError,
    ) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path} is not a checkpoint: {reason[:100]}") from None
