"""The progress of training, on standard error: a bar on a terminal, else some lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from trainers.config import Progress


@contextmanager
def progress_display(steps: int) -> Iterator[Callable[[Progress], None]]:
    """Show progress on standard error: a bar on a terminal, else a few lines."""
    if not sys.stderr.isatty():
        yield _Lines(steps)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("step {task.completed:>5,.0f}/{task.total:,.0f}"),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[says]}"),
        TimeRemainingColumn(compact=True),
    )
    with Bar(*columns, console=Console(stderr=True), expand=True) as bar:
        row = bar.add_task("", total=steps, says="starting")

        def show(progress: Progress) -> None:
            bar.update(row, completed=progress.step, says=_says(progress))

        yield show


def _says(progress: Progress) -> str:
    return (
        f"loss {progress.loss:.3f}  temp. {progress.temperature:.2f}  "
        f"valid. {progress.accuracy:.2%}"
    )


class _Lines:
    """A line now and then, for logs."""

    def __init__(self, steps: int) -> None:
        self.every = max(steps // 10, 1)
        self.steps = steps
        self.shown = 0
        self.start = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        """Print the first progress after each tenth of the run."""
        if progress.step >= self.shown + self.every or progress.step == self.steps:
            self.shown = progress.step
            seconds = time.monotonic() - self.start
            step = f"step {progress.step:,}/{self.steps:,}"
            click.echo(f"{step}  {_says(progress)}  {seconds:.0f} s", err=True)
