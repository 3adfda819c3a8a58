"""The progress of training, on standard error: a bar on a terminal, else some lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from tpdebug.errors import counted
from tpdebug.findings import percent

if TYPE_CHECKING:
    from rich.console import Console

    from trainers.config import Progress
    from trainers.search import Step

LINES = 10
"""About how many lines there are in a log, for a whole run."""


@contextmanager
def progress_display(
    steps: int, done: int = 0, console: Console | None = None
) -> Iterator[Callable[[Progress], None]]:
    """Show how far training is: a bar on a terminal, else a few lines.

    Args:
        steps: how many there are in all.
        done: how many were taken before an interruption.
        console: where to draw; by default standard error, if it is a terminal.
    """
    if console is None and not sys.stderr.isatty():
        yield _Lines(steps, done)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("step {task.completed:,.0f}/{task.total:,.0f}"),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[says]}"),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    best = _Best()
    with Bar(*columns, console=console or Console(stderr=True), expand=True) as bar:
        row = bar.add_task("", total=steps, completed=done, says="starting")

        def show(progress: Progress) -> None:
            bar.update(row, completed=progress.step, says=best.says(progress))

        yield show


class _Best:
    """What a moment of training looks like, with the best so far."""

    def __init__(self) -> None:
        self.accuracy = 0.0

    def says(self, progress: Progress) -> str:
        """The best accuracy so far, and what is going on."""
        self.accuracy = max(self.accuracy, progress.accuracy)
        best, left = percent(self.accuracy), counted(progress.restarts, "restart")
        return f"best valid. {best}  {left}  temp. {progress.temperature:.2f}"


class _Lines:
    """A line now and then, for logs."""

    def __init__(self, steps: int, done: int) -> None:
        self.steps = steps
        self.first = self.shown = done
        self.start = time.monotonic()
        self.best = _Best()

    def __call__(self, progress: Progress) -> None:
        """Print the first progress after each tenth of the run."""
        says = self.best.says(progress)
        last = progress.step == self.steps or progress.accuracy == 1
        if progress.step - self.shown < max(self.steps // LINES, 1) and not last:
            return
        self.shown = progress.step
        seconds = time.monotonic() - self.start
        left = seconds / (progress.step - self.first) * (self.steps - progress.step)
        takes = f"{seconds:.0f} s" + ("" if last else f", {left:.0f} s left")
        step = f"step {progress.step:,}/{self.steps:,}"
        click.echo(f"{step}  {says}  loss {progress.loss:.3f}  {takes}", err=True)


@contextmanager
def search_display(searches: int) -> Iterator[Callable[[Step], None]]:
    """Show how the search stands: a line for each step; on a terminal a spinner too.

    Args:
        searches: how many there are in all.
    """
    if not sys.stderr.isatty():
        yield lambda step: click.echo(_search_line(step, searches), err=True)
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status(f"searching for a program, {searches} times"):
        yield lambda step: console.print(_search_line(step, searches), highlight=False)


def _search_line(step: Step, searches: int) -> str:
    """What is there by now."""
    found = f"{step.nodes} heads and tables, {percent(step.accuracy)} of letters"
    looked = f"{step.looked:,} candidates looked at"
    return f"search {step.searches}/{searches}  {found}  {looked}"
