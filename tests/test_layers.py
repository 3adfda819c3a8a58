"""Imports go one way: every module imports only what its layer may (design, layers).

All imports are walked, function-local ones too; those for type checkers are not run
and do not count.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("tpdebug", "analyzers", "trainers")
STANDARD = frozenset(sys.stdlib_module_names)

MODEL = ("tpdebug", "tpdebug.errors", "tpdebug.rasp", "tpdebug.domain", "tpdebug.nodes")
MODEL = (*MODEL, "tpdebug.pairs")
MODEL = (*MODEL, "tpdebug.normal", "tpdebug.program", "tpdebug.sourcemap")
MODEL = (*MODEL, "tpdebug.files")
READING = (*MODEL, "tpdebug.read", "tpdebug.findings")
NUMBERS = (*READING, "tpdebug.columns", "tpdebug.inputs", "tpdebug.evaluate")
NUMBERS = (*NUMBERS, "tpdebug.measure", "tpdebug.oracles", "tpdebug.parts", "numpy")
NUMBERS = (*NUMBERS, "tpdebug.restrict", "tpdebug.tally", "tpdebug.given", "scipy")
NUMBERS = (*NUMBERS, "tpdebug.cases", "tpdebug.rows", "tpdebug.tidy")
WRITING = (*NUMBERS, "tpdebug.write", "libcst")

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "tpdebug.errors": (),
    "tpdebug.rasp": (),
    "tpdebug.files": ("tpdebug.errors",),
    "tpdebug.pairs": (),
    "tpdebug.domain": ("tpdebug.errors", "tpdebug.pairs"),
    "tpdebug.nodes": ("tpdebug.errors",),
    "tpdebug.normal": ("tpdebug.domain", "tpdebug.errors", "tpdebug.nodes"),
    "tpdebug.program": ("tpdebug.domain", "tpdebug.nodes", "tpdebug.normal"),
    "tpdebug.sourcemap": ("tpdebug.nodes",),
    "tpdebug.rows": ("tpdebug.errors", "tpdebug.files"),
    "tpdebug.read": READING,
    "tpdebug.findings": READING,
    "tpdebug.columns": ("numpy",),
    "tpdebug.inputs": NUMBERS,
    "tpdebug.evaluate": NUMBERS,
    "tpdebug.measure": NUMBERS,
    "tpdebug.oracles": NUMBERS,
    "tpdebug.given": NUMBERS,
    "tpdebug.cases": NUMBERS,
    "tpdebug.parts": NUMBERS,
    "tpdebug.tally": NUMBERS,
    "tpdebug.tidy": ("numpy", "scipy"),
    "tpdebug.restrict": MODEL,
    "trainers.references": ("numpy", "tpdebug.inputs"),
    "tpdebug.write": WRITING,
    "tpdebug.execute": ("tpdebug", "tpdebug.errors", "tpdebug.read.source"),
    "tpdebug.render": (*MODEL, "tpdebug.findings", "tpdebug.render", "rich"),
    "tpdebug.pytest_plugin": (
        *("tpdebug", "tpdebug.observing", "tpdebug.plugin", "pytest"),
    ),
    "tpdebug.plugin": (
        *(*NUMBERS, "tpdebug", "tpdebug.render", "tpdebug.testing", "analyzers"),
        *("tpdebug.cli.held", "tpdebug.cli.subject", "pytest"),
    ),
    "tpdebug.plugin.settings": ("pytest",),
    "tpdebug.observing": (),
    "tpdebug.pylint": (*READING, "analyzers.lint", "pylint"),
    "tpdebug.strategies": ("tpdebug.domain", "tpdebug.errors", "hypothesis"),
    "tpdebug.testing": (
        *NUMBERS,
        "tpdebug.strategies",
        "tpdebug.observing",
        "tpdebug.cli.held",
        "analyzers",
        "hypothesis",
    ),
    "tpdebug.cli": (
        *(*WRITING, "tpdebug", "tpdebug.execute", "tpdebug.render"),
        *("analyzers", "trainers", "click", "rich"),
    ),
    "tpdebug.__main__": ("tpdebug.cli",),
    "tpdebug": MODEL,
    "analyzers": (*WRITING, "analyzers", "tpdebug.execute"),
    "analyzers.lint": (*NUMBERS, "analyzers", "pylint"),
    "analyzers.falsify": (*NUMBERS, "analyzers", "tpdebug.strategies", "hypothesis"),
    "trainers.config": (),
    "trainers.curves": ("trainers.config", "matplotlib"),
    "trainers.tasks": (*WRITING, "trainers"),
    "trainers.split": (*WRITING, "trainers.tasks"),
    "trainers.listing": (
        *WRITING,
        "trainers.tasks",
        "trainers.split",
        "trainers.config",
    ),
    "trainers.own": (*WRITING, "trainers"),
    "trainers.discrete": ("numpy", "tpdebug.nodes"),
    "trainers.readout": ("numpy", "scipy", "tpdebug.columns"),
    "trainers.search": ("numpy", "trainers.discrete", "trainers.readout"),
    "trainers": (*WRITING, "trainers", "torch"),
}


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts).removesuffix(".__init__"), path


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that a file imports when it is used."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            yield node.module
        waiting += ast.iter_child_nodes(node)


def layer_of(module: str) -> str:
    """The longest entry of the table that a module belongs to."""
    fits = [name for name in MAY_IMPORT if (module + ".").startswith(name + ".")]
    return max(fits, key=len)


def allowed(module: str, name: str) -> bool:
    """Whether a module may import a name."""
    layer = layer_of(module)
    inside = (name + ".").startswith(layer + ".") and layer != "tpdebug"
    listed = any(
        name == entry or (entry != "tpdebug" and name.startswith(entry + "."))
        for entry in MAY_IMPORT[layer]
    )
    return inside or listed or name.split(".")[0] in STANDARD


@pytest.mark.parametrize(
    ("module", "path"), [pytest.param(*m, id=m[0]) for m in modules()]
)
def test_imports_go_one_way(module: str, path: Path) -> None:
    names = set(imported(ast.parse(path.read_text(encoding="utf-8"))))
    wrong = sorted(name for name in names if not allowed(module, name))
    assert not wrong, f"{module} (layer {layer_of(module)}) imports {', '.join(wrong)}"


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("tpdebug.program", "import numpy"),
        ("tpdebug.read.steps", "def f():\n    import libcst"),
        ("tpdebug.evaluate", "from tpdebug.write import write"),
        ("trainers.tasks", "import torch"),
        ("trainers.search.grow", "import torch"),
        ("trainers.loop", "from analyzers.explain import explain"),
        ("tpdebug.render.terminal", "from tpdebug.evaluate import Trace"),
    ],
)
def test_a_wrong_import_is_found(module: str, source: str) -> None:
    assert not all(allowed(module, name) for name in imported(ast.parse(source)))


def test_the_top_level_is_as_designed() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"tests"} == set(PACKAGES)
