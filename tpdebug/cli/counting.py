"""The progress of going through many inputs, on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeAlias

import click

PATIENCE = 1.0
"""Seconds before anything is shown."""

LINES = 30.0
"""Seconds between two lines in a log."""


Counter: TypeAlias = Callable[[int, int], None]
"""Is told how many are done, and how many there are."""


@contextmanager
def counting_displays(*phases: tuple[str, str]) -> Iterator[list[Counter]]:
    """A display for each phase of a work, one after the other.

    Args:
        phases: what is done, and what is counted; each begins when its counter is
            called first, and ends the one before.
    """
    with ExitStack() as stack:

        def counter(what: str, unit: str) -> Counter:
            shown: Counter | None = None

            def show(done: int, total: int) -> None:
                nonlocal shown
                if shown is None:
                    stack.close()
                    shown = stack.enter_context(counting_display(what, unit))
                shown(done, total)

            return show

        yield [counter(*phase) for phase in phases]


@contextmanager
def counting_display(what: str, unit: str = "inputs") -> Iterator[Counter]:
    """Show how many inputs are done, how fast, and how long the rest will take.

    On a terminal a bar, if it takes more than a second; else a line now and then.

    Args:
        what: what is done with the inputs, as in "verifying".
        unit: what is counted.
    """
    if not sys.stderr.isatty():
        yield _Lines(what, unit)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(what),
        BarColumn(bar_width=None),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
    )
    start = time.monotonic()
    before: int | None = None
    bar = Progress(*columns, console=Console(stderr=True), expand=True, transient=True)
    row = bar.add_task("", total=1, rate="")
    running = False

    def show(done: int, total: int) -> None:
        nonlocal running, before
        before = done if before is None else before  # done earlier, by another process
        seconds = time.monotonic() - start
        rate = _rate((done - before) / seconds)
        bar.update(row, completed=done, total=total, rate=rate)
        if not running and seconds > PATIENCE:
            bar.start()
            running = True

    try:
        yield show
    finally:
        if running:
            bar.stop()


def _rate(inputs: float) -> str:
    """Inputs a second, with three digits at most."""
    for size, unit in ((1e6, " M"), (1e3, " k")):
        if inputs >= size:
            return f"{inputs / size:.3g}{unit}/s"
    return f"{inputs:.0f}/s" if inputs >= 10 else f"{inputs:.2g}/s"


class _Lines:
    """A line now and then, for logs."""

    def __init__(self, what: str, unit: str) -> None:
        self.what = what
        self.unit = unit
        self.start = self.shown = time.monotonic()
        self.before: int | None = None

    def __call__(self, done: int, total: int) -> None:
        """Print how far it is, if enough time has passed."""
        if self.before is None:
            self.before = done  # by another process
        now = time.monotonic()
        if now - self.shown < LINES:
            return
        self.shown = now
        says = f"{self.what}: {done:,} of {total:,} {self.unit}"
        if done > self.before:
            rate = (done - self.before) / (now - self.start)
            says += f", {_rate(rate)}, {(total - done) / rate:.0f} s left"
        click.echo(says, err=True)
