"""Running pytest with the plugin in tests: a small program, right and with a fault.

What is heavy is imported here, so that it stays loaded: a run of pytest within a test
removes the modules that it has imported, and numpy cannot be loaded twice.
"""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

LOADED = ("numpy.fft", "numpy.random", "scipy.optimize", "scipy.stats", "libcst.native")
LOADED += ("hypothesis", "analyzers.coverage", "analyzers.explain", "trainers.tasks")
LOADED += ("tpdebug.plugin.checks", "tpdebug.plugin.blaming", "tpdebug.plugin.marked")
if find_spec("torch") is not None:
    LOADED += ("torch", "trainers.stored")
for name in LOADED:
    import_module(name)

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "sort.py"

_TEXT = EXAMPLE.read_text(encoding="utf-8").replace(
    "LENGTHS = (1, 6)", "LENGTHS = (1, 4)"
)
_TEXT = re.sub(r"\n +6: .*", "", _TEXT)
RIGHT = _TEXT
"""Sorts up to four of five letters: 780 inputs, and right on all of them."""

FAULT = "4:          ( -4,  -2,   0,   2,  -4)"
WRONG = _TEXT.replace("4:          ( -4,  -2,   0,   2,   4)", FAULT)
"""The same with the sign of a score turned: wrong on some inputs of four letters."""

FAILING = 369
"""How many of the 780."""

TEST = """
import pytest

@pytest.mark.tpdebug("sort.py", task="sort")
def test_some(tpdebug_program):
    assert tpdebug_program.answers("3 1 2") == ("1", "2", "3")

@pytest.mark.tpdebug("sort.py", task="sort")
def test_other(tpdebug_program):
    tpdebug_program.check("4 0 0 0")
"""


def line_of_fault() -> int:
    """Where the fault stands."""
    return WRONG[: WRONG.index(FAULT)].count("\n") + 1


def run(
    pytester: pytest.Pytester, *arguments: str, subprocess: bool = False
) -> pytest.RunResult:
    """Run pytest with the plugin, and no cache."""
    given = ("-p", "no:cacheprovider", *arguments)
    if subprocess:
        return pytester.runpytest_subprocess(*given)
    return pytester.runpytest_inprocess(*given)


def stored_network(network: Path, program: Path, *size: int) -> None:
    """Train a network for two steps; store it, and the program that it is.

    Args:
        network, program: where.
        size: vocabulary and length.
    """
    from tpdebug.write import save
    from trainers.checkpoint import Checkpoint, save_checkpoint
    from trainers.config import Config, Run
    from trainers.finishing import finish
    from trainers.pipeline import trainer_for
    from trainers.tasks import task

    settings = Config(steps=2, restarts=1, layers=1, method="gradient")
    training = Run("sort", *size, settings)
    known = task("sort", *size)
    trainer = trainer_for(known, training.config)
    for _ in trainer.run():
        pass
    save_checkpoint(Checkpoint(network, training, trainer.state()))
    save(finish(known, trainer).program, program)
