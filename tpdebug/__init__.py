"""tpdebug: train Transformers that are programs, and debug the programs.

This is the public face. Names are loaded when they are first used, so importing
tpdebug (as every program file does) costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from tpdebug.domain import Domain
    from tpdebug.evaluate import Evaluator, Trace, answers
    from tpdebug.nodes import (
        CategoricalHead,
        Classifier,
        Embedding,
        LookupTable,
        NumericalHead,
        Predicate,
        Rule,
        ScoreRow,
        Variable,
    )
    from tpdebug.program import Program
    from tpdebug.read import Source, load, read
    from tpdebug.write import save, write

_HOME = {
    "tpdebug.domain": ("Domain",),
    "tpdebug.evaluate": ("Evaluator", "Trace", "answers"),
    "tpdebug.nodes": (
        *("CategoricalHead", "Classifier", "Embedding", "LookupTable"),
        *("NumericalHead", "Predicate", "Rule", "ScoreRow", "Variable"),
    ),
    "tpdebug.program": ("Program",),
    "tpdebug.read": ("Source", "load", "read"),
    "tpdebug.write": ("save", "write"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "CategoricalHead",
    "Classifier",
    "Domain",
    "Embedding",
    "Evaluator",
    "LookupTable",
    "NumericalHead",
    "Predicate",
    "Program",
    "Rule",
    "ScoreRow",
    "Source",
    "Trace",
    "Variable",
    "answers",
    "load",
    "read",
    "save",
    "write",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the module that owns it."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'tpdebug' has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name]), name)
