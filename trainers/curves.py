"""Learning curves as a table and as a picture. No torch.

One line a restart, all in one colour, as what matters is how they spread; the one that
ended best stands out. Where a restart was dropped or diverged there is a cross.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from math import floor, log10
from typing import TYPE_CHECKING

from trainers.config import Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("step", "restart", "temperature", "loss", "accuracy")
WIDTH, HEIGHT, DPI = 8.0, 6.4, 110
INK, FAINT, BEST = "#333333", "#9db4c8", "#c8501e"

Curve = list[tuple[int, float]]


def curves_csv(looks: Sequence[Look]) -> str:
    """A row for each restart at each look.

    >>> look = Look(100, 0.25, (0, 2), (0.5, 0.75), (0.9, 0.8))
    >>> print(curves_csv([look]), end="")
    step,restart,temperature,loss,accuracy
    100,0,0.25,0.5,0.9
    100,2,0.25,0.75,0.8
    """
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(COLUMNS)
    for look in looks:
        for row in zip(look.restarts, look.losses, look.accuracies, strict=True):
            restart, *measured = row
            values = (f"{value:.6g}" for value in (look.temperature, *measured))
            out.writerow([look.step, restart, *values])
    return text.getvalue()


def curves_png(looks: Sequence[Look], title: str) -> bytes:
    """Draw how wrong the hard networks are on the validation examples, and the loss.

    Both on a logarithmic scale, as what there is to see happens near 100 %. The same
    curves give the same bytes.

    Args:
        looks: the curves; at least one point.
        title: what was trained.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    wrong: dict[int, Curve] = {}
    losses: dict[int, Curve] = {}
    for look in looks:
        rows = zip(look.restarts, look.losses, look.accuracies, strict=True)
        for restart, loss, accuracy in rows:
            wrong.setdefault(restart, []).append((look.step, 1 - accuracy))
            losses.setdefault(restart, []).append((look.step, loss))
    last = looks[-1].step
    best = min(wrong, key=lambda r: (-wrong[r][-1][0], wrong[r][-1][1], r))
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1, sharex=True)
    _draw(upper, wrong, best, last, lambda share: f"{100 * share:g} %")
    _draw(lower, losses, best, last, lambda loss: f"{loss:g}")
    upper.set_ylabel("wrong validation answers")
    lower.set_ylabel("loss on the latest batch")
    lower.set_xlabel("step")
    lower.xaxis.set_major_formatter("{x:,.0f}")
    figure.suptitle(title, fontsize=11)
    _legend(upper, wrong, best, last)
    image = io.BytesIO()
    figure.savefig(image, format="png", metadata={"Software": None})
    return image.getvalue()


def _draw(
    axes: Axes,
    curves: Mapping[int, Curve],
    best: int,
    last: int,
    name: Callable[[float], str],
) -> None:
    """One line a restart, the best one on top; zeros stand below the last tick."""
    axes.set_yscale("log")
    seen = [value for curve in curves.values() for _, value in curve]
    ticks, zero = _ticks([value for value in seen if value > 0] or [1.0])
    names = [name(tick) for tick in ticks]
    if 0 in seen:
        ticks, names = [zero, *ticks], ["none", *names]
    for restart in sorted(curves, key=lambda r: (r == best, r)):
        steps, values = zip(*curves[restart], strict=True)
        shown = [value or zero for value in values]
        colour, width = (BEST, 1.8) if restart == best else (FAINT, 1.0)
        point = "o" if len(steps) == 1 else None
        axes.plot(steps, shown, color=colour, linewidth=width, marker=point, ms=3)
        if steps[-1] < last:
            axes.plot(steps[-1:], shown[-1:], "x", color=INK, ms=4)
    axes.set_yticks(ticks, names)
    axes.set_ylim(ticks[0] / 1.1, ticks[-1] * 1.1)
    axes.minorticks_off()
    axes.grid(which="major", color="#e4e4e4", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)


def _ticks(values: Sequence[float]) -> tuple[list[float], float]:
    """Round numbers that go around some positive ones, and a place for zero below.

    >>> _ticks([0.3, 0.04])
    ([0.02, 0.05, 0.1, 0.2, 0.5], 0.01)
    """
    low, high = (floor(log10(value)) for value in (min(values), max(values)))
    digits = (1, 2, 5) if high - low < 4 else (1,)
    every = [float(f"{m}e{e}") for e in range(low - 1, high + 2) for m in digits]
    first = max(i for i, tick in enumerate(every) if tick <= min(values))
    after = min(i for i, tick in enumerate(every) if tick >= max(values))
    return every[first : after + 1], every[first - 1]


def _legend(axes: Axes, curves: Mapping[int, Curve], best: int, last: int) -> None:
    """Say what the colours and the crosses mean."""
    axes.plot([], [], color=BEST, label=f"restart {best}, the best at the end")
    if len(curves) > 1:
        axes.plot([], [], color=FAINT, label=f"{len(curves) - 1} other restarts")
    if any(curve[-1][0] < last for curve in curves.values()):
        axes.plot([], [], "x", color=INK, ms=4, ls="", label="dropped or diverged")
    axes.legend(frameon=False, fontsize=9, loc="best")
