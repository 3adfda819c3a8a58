"""The presets of `tpdebug train` as a table."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.table import Table

from trainers.presets import presets


def preset_table() -> Table:
    """A line for each preset: its size, how it is trained, and the paper's figure."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("preset", no_wrap=True)
    for name in ("layers", "heads", "MLPs", "steps", "paper"):
        table.add_column(name, justify="right", no_wrap=True)
    for preset in presets():
        config = preset.config
        table.add_row(
            preset.name,
            str(config.layers),
            _both(config.heads, config.numerical_heads),
            _both(config.mlps, config.numerical_mlps),
            f"{config.steps:,}",
            "" if preset.accuracy is None else f"{preset.accuracy:.2f} %",
        )
    table.caption = (
        "a + b: categorical and numerical ones in a layer. Paper: its test accuracy."
    )
    table.caption_justify = "left"
    return table


def _both(categorical: int, numerical: int) -> str:
    return f"{categorical} + {numerical}" if numerical else str(categorical)
