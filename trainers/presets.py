"""Settings with a name: those of the paper, and the best known for a task. No torch.

`paper/TASK` is what the paper trained for its first table, with heads and MLPs split
evenly between categorical and numerical ones (sections 3 and 4, appendix B);
`paper-categorical/TASK` is the same without numerical ones (appendix, table 3), at the
sizes of the best programs that its authors published. Each begins five times and keeps
what is best on validation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tpdebug.domain import shorten
from tpdebug.errors import UserError
from trainers.config import Config, Method
from trainers.tasks import TASKS

EXAMPLES, BATCH, EPOCHS, SEEDS = 16_000, 512, 250, 5
EPOCH = -(-EXAMPLES // BATCH)
"""Steps in an epoch; the last one of the paper's is a smaller batch."""

FIRST_TABLE: Mapping[str, tuple[int, int, int, float]] = {
    "reverse": (3, 8, 2, 99.79),
    "hist": (1, 4, 2, 100.0),
    "double_hist": (3, 4, 2, 98.40),
    "sort": (3, 8, 4, 99.83),
    "most_freq": (3, 8, 4, 75.69),
    "dyck1": (3, 8, 2, 99.30),
    "dyck2": (3, 4, 4, 99.09),
}
"""Layers, heads and MLPs in a layer, and the accuracy in the paper, in percent."""

CATEGORICAL: Mapping[str, tuple[int, int, int, float]] = {
    "reverse": (3, 8, 4, 99.75),
    "hist": (3, 8, 4, 83.20),
    "double_hist": (2, 8, 2, 55.89),
    "sort": (2, 4, 4, 99.99),
    "most_freq": (3, 8, 4, 64.13),
    "dyck1": (3, 8, 4, 99.43),
    "dyck2": (3, 4, 2, 99.17),
}
"""The same without numerical variables."""

BEST: Mapping[str, Config] = dict.fromkeys(
    TASKS, Config(method="search", predicates="many")
)
"""The settings for a task that is named without any: those that do best here."""


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings with a name.

    Attributes:
        name: how the user calls it.
        task: what it is for.
        config: the settings.
        accuracy: what the paper got with them, in percent of the letters tested on.
    """

    name: str
    task: str
    config: Config
    accuracy: float | None = None


def usual(task: str | None, method: Method | None = None) -> Config:
    """The settings where none are given.

    Args:
        task: one of the paper; None: one of the user's own.
        method: how to train, if that was given.

    >>> usual("sort").method, usual(None) == Config()
    ('search', True)
    """
    best = Config() if task is None else BEST.get(task, Config())
    if method in (None, best.method):
        return best
    return Config(method=method, predicates="one" if method == "gradient" else "many")


def find_preset(name: str) -> Preset:
    """Return the preset with a name.

    Raises:
        UserError: there is none; the message lists all of them.

    >>> find_preset("paper/sort").config.steps
    8000
    """
    known = {preset.name: preset for preset in presets()}
    if name not in known:
        names = shorten([*known], most=len(known))
        raise UserError(f"there is no preset {name!r}; the presets are {names}")
    return known[name]


def presets() -> tuple[Preset, ...]:
    """All presets."""
    found = []
    for task, (layers, heads, mlps, accuracy) in FIRST_TABLE.items():
        config = _paper(
            layers=layers,
            heads=heads // 2,
            numerical_heads=heads // 2,
            mlps=mlps // 2,
            numerical_mlps=mlps // 2,
        )
        found.append(Preset(f"paper/{task}", task, config, accuracy))
    # Section 4.1: one categorical head in each of two layers, for twice as long.
    induction = _paper(epochs=2 * EPOCHS, layers=2, heads=1)
    found.append(Preset("paper/induction", "induction", induction, 100.0))
    for task, (layers, heads, mlps, accuracy) in CATEGORICAL.items():
        config = _paper(layers=layers, heads=heads, mlps=mlps)
        found.append(Preset(f"paper-categorical/{task}", task, config, accuracy))
    return tuple(found)


def _paper(
    *,
    layers: int,
    heads: int,
    numerical_heads: int = 0,
    mlps: int = 0,
    numerical_mlps: int = 0,
    epochs: int = EPOCHS,
) -> Config:
    """How the paper trains, whatever the size."""
    return Config(
        layers=layers,
        heads=heads,
        numerical_heads=numerical_heads,
        mlps=mlps,
        numerical_mlps=numerical_mlps,
        predicates="one",
        hidden=64,
        restarts=SEEDS,
        steps=epochs * EPOCH,
        batch=BATCH,
        learning_rate=0.05,
        tau_start=3.0,
        tau_end=0.01,
        halving=0,
        report_every=EPOCH,
        finalists=SEEDS,
    )
