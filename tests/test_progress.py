"""The progress of training: a bar on a terminal, a few lines in a log."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tpdebug.cli.progress import progress_display
from trainers.config import Progress


def moments(steps: int) -> list[Progress]:
    """Training that is best in the middle, and drops restarts."""
    accuracies = [0.5, 0.99999, 0.75, 0.6]
    return [
        Progress(steps * (i + 1) // 4, 0.25 / (i + 1), 0.5, accuracy, 16 >> i)
        for i, accuracy in enumerate(accuracies)
    ]


@pytest.mark.parametrize("width", [80, 140])
def test_the_bar_fits_and_shows_the_best_so_far(width: int) -> None:
    text = io.StringIO()
    console = Console(file=text, force_terminal=True, width=width, color_system=None)
    with progress_display(16_000, 0, console) as show:
        for progress in moments(16_000):
            show(progress)
    line = text.getvalue().split("\r")[-1].split("\n")[0]
    assert "step 16,000/16,000" in line
    assert "best valid. 99.99 %  2 restarts  temp. 0.06" in line
    shown = [part for part in line.split("\x1b") if "step" in part][-1]
    assert len(shown) <= width + 4  # the end of an escape sequence


def test_a_log_has_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_display(1000) as show:
        for step in range(20, 1001, 20):
            show(Progress(step, 0.1, 0.5, step / 2000, 1))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("step 100/1,000  best valid. 5.00 %  1 restart  temp. 0")
    assert lines[0].endswith(" s left")
    assert lines[-1].startswith("step 1,000/1,000  best valid. 50.00 %  1 restart")
    assert "left" not in lines[-1]


def test_a_run_that_goes_on_or_ends_early_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress_display(1000, done=500) as show:
        show(Progress(540, 0.1, 0.5, 0.5, 2))
        show(Progress(560, 0.1, 0.5, 1.0, 2))
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("step 560/1,000  best valid. 100 %  2 restarts")
