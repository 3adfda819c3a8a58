"""What to train and where the program goes, and the commands that say so."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, fields
from pathlib import Path

from tpdebug.cli.own import own_words
from tpdebug.errors import UserError
from tpdebug.files import check_writable
from trainers.config import Config, Method, Run


@dataclass(frozen=True, slots=True)
class Job:
    """What to train, and where and how the program is written."""

    run: Run
    output: Path
    standalone: bool = False
    force: bool = False
    run_dir: Path | None = None

    @property
    def checkpoint(self) -> Path:
        """Where checkpoints go: into the run's folder, else next to the program."""
        name = f"{self.output.name}.ckpt"
        if self.run_dir is not None:
            return self.run_dir / name
        return self.output.with_name(name)

    @property
    def command(self) -> str:
        """The command that trains this program: what differs from the defaults."""
        words = ["tpdebug", "train", *_task_words(self.run)]
        config = self.run.config
        usual, default = (
            usual_config(self.run, method) for method in (config.method, None)
        )
        if config.method != default.method:
            words += ["--method", config.method]
        for item in fields(Config):
            value, option = getattr(config, item.name), f"--{item.name}"
            if value is True:
                words += [option.replace("_", "-")]
            elif value != getattr(usual, item.name) or item.name == "seed":
                words += [option.replace("_", "-"), str(value)]
        words += ["--standalone"] if self.standalone else []
        return shlex.join([*words, "-o", self.output.name])

    @property
    def resume_command(self) -> str:
        """The command that goes on with this run after an interruption."""
        folder = self.run_dir
        words = ["tpdebug", "train", "--resume", str(folder or self.checkpoint)]
        words += ["--standalone"] if self.standalone else []
        words += ["--force"] if self.force else []
        if folder is None or folder / self.output.name != self.output:
            words += ["-o", str(self.output)]
        return shlex.join(words)


def usual_config(run: Run, method: Method | None) -> Config:
    """The settings where none are given: of the preset, or those for the task.

    Args:
        run: the task.
        method: how to train, if that was given.
    """
    from trainers.presets import find_preset, usual

    if run.preset is not None:
        return find_preset(run.preset).config
    return usual(None if run.own is not None else run.task, method)


def _task_words(run: Run) -> list[str]:
    """What says which task it is, and its size where it is not the paper's."""
    words = [] if run.preset is None else ["--preset", run.preset]
    if run.own is not None:
        return [*words, *own_words(run.own)]
    from trainers.tasks import paper_size

    words += [run.task] if run.preset is None else []
    vocabulary, length = paper_size(run.task)
    for name, value, usual in (
        ("vocabulary", run.vocabulary, vocabulary),
        ("length", run.length, length),
    ):
        words += [f"--{name}", str(value)] if value != usual else []
    return words


def check_output(output: Path, force: bool) -> None:
    """Find out before training whether the result can be written.

    Args:
        output: the program file.
        force: whether one that is there may be replaced.

    Raises:
        UserError: it cannot, or something would be lost.
    """
    if output.is_dir():
        raise UserError(f"{output} is a directory; name the program file to write")
    if not output.resolve().parent.is_dir():
        raise UserError(f"there is no directory {output.parent}")
    if output.suffix != ".py" or not output.name.isprintable():
        raise UserError(f"the output is a Python file: {output} should end in .py")
    if output.exists() and not force:
        raise UserError(f"{output} exists; take another name, or --force to replace it")
    check_writable(output)
