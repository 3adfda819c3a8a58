"""A folder that keeps everything about a training run.

`config.json` and the checkpoint are there from the start; the checkpoint goes, and the
metrics, the curves, the network and a copy of the program come, when the run is done.
Each file is written whole or not at all.
"""

from __future__ import annotations

import json
import platform
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tpdebug import __version__
from tpdebug.errors import UserError
from tpdebug.files import replace_file, same_file

if TYPE_CHECKING:
    from tpdebug.cli.job import Job
    from tpdebug.cli.outcome import Done

CONFIG, METRICS, CURVE, PICTURE = (
    *("config.json", "metrics.json", "curve.csv", "curve.png"),
)
NETWORK = "network.npz"


def open_folder(folder: Path, program: str, force: bool) -> None:
    """Make a folder, or see that nothing in it would be lost.

    Args:
        folder: the folder.
        program: the name of the program file.
        force: whether results may be replaced.

    Raises:
        UserError: it cannot be made, or it holds results.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is not a directory")
    held = [
        n for n in (METRICS, CURVE, PICTURE, NETWORK, program) if (folder / n).exists()
    ]
    if held and not force:
        raise UserError(
            f"{folder} holds the results of a run ({', '.join(held)}); take another "
            "name, or --force to replace them"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make {folder}: {error.strerror or error}") from error


def checkpoint_in(folder: Path) -> Path:
    """The checkpoint of a run that was interrupted, in its folder.

    Raises:
        UserError: there is none, or more than one.
    """
    found = sorted(folder.glob("*.ckpt"))
    if len(found) != 1:
        many = "no checkpoint" if not found else "several checkpoints: name one"
        raise UserError(f"{folder} holds {many}")
    return found[0]


def network_in(folder: Path) -> Path:
    """The network of a run: as it was at the end, or in its checkpoint.

    Raises:
        UserError: there is neither, or more than one checkpoint.
    """
    network = folder / NETWORK
    return network if network.exists() else checkpoint_in(folder)


def write_config(folder: Path, job: Job) -> None:
    """Write what is trained and how, before it begins."""
    run = asdict(job.run)
    own = run.pop("own")
    data = {
        "version": 1,
        "task": run["task"],
        "vocabulary": run["vocabulary"] or None,
        "length": run["length"] or None,
        "own_task": own,
        "preset": run["preset"],
        "seed": run["config"]["seed"],
        "settings": run["config"],
        "command": job.command,
        "versions": versions(),
    }
    _write_json(folder / CONFIG, data)


def write_results(folder: Path, done: Done, figures: dict[str, Any]) -> None:
    """Write the figures, the curves and the program, when all is done.

    Args:
        folder: the folder.
        done: what was trained.
        figures: the metrics.
    """
    from trainers.curves import curves_csv, curves_png
    from trainers.network_file import Kept, save_network

    replace_file(folder / CURVE, curves_csv(done.curve))
    if done.curve:
        says = f"{done.job.run.task}, seed {done.job.run.config.seed}"
        replace_file(folder / PICTURE, curves_png(done.curve, says))
    copy = folder / done.job.output.name
    if not same_file(copy, done.job.output):
        replace_file(copy, done.job.output.read_bytes())
    program = done.program
    network = done.trained.network.discrete
    kept = Kept(network, program.domain, program.classifier.classes)
    save_network(folder / NETWORK, kept)
    _write_json(folder / METRICS, figures)  # last: it says that all is there


def versions() -> dict[str, str]:
    """What a run depends on."""
    found = {"python": platform.python_version(), "tpdebug": __version__}
    for name in ("torch", "numpy", "scipy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    from trainers.pieces import device

    return found | {"platform": platform.platform(), "device": str(device())}


def _write_json(path: Path, data: dict[str, Any]) -> None:
    replace_file(path, json.dumps(data, indent=2, ensure_ascii=False) + "\n")
