"""tpdebug: train Transformers that are programs, and debug the programs.

This is the public face. Names are loaded when they are first used, so importing
tpdebug (as every program file does) costs next to nothing.

>>> from tpdebug import Domain, load
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from analyzers.explain import explain
    from tpdebug.domain import Domain
    from tpdebug.errors import DomainError, ProgramError, ReadError, UserError
    from tpdebug.evaluate import Evaluator, Trace, answers
    from tpdebug.findings import Accuracy, Evidence, Explanation
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
    from tpdebug.read import Source, load
    from tpdebug.sourcemap import SourceMap
    from tpdebug.write import save

__all__ = [
    "Accuracy",
    "CategoricalHead",
    "Classifier",
    "Domain",
    "DomainError",
    "Embedding",
    "Evaluator",
    "Evidence",
    "Explanation",
    "LookupTable",
    "NumericalHead",
    "Predicate",
    "Program",
    "ProgramError",
    "ReadError",
    "Rule",
    "ScoreRow",
    "Source",
    "SourceMap",
    "Trace",
    "UserError",
    "Variable",
    "answers",
    "explain",
    "load",
    "save",
]

# A name must not be that of a submodule, which would hide it once it is imported.
_HOMES = {
    "analyzers.explain": ("explain",),
    "tpdebug.domain": ("Domain",),
    "tpdebug.errors": ("DomainError", "ProgramError", "ReadError", "UserError"),
    "tpdebug.evaluate": ("Evaluator", "Trace", "answers"),
    "tpdebug.findings": ("Accuracy", "Evidence", "Explanation"),
    "tpdebug.nodes": (
        *("CategoricalHead", "Classifier", "Embedding", "LookupTable"),
        *("NumericalHead", "Predicate", "Rule", "ScoreRow", "Variable"),
    ),
    "tpdebug.program": ("Program",),
    "tpdebug.read": ("Source", "load"),
    "tpdebug.sourcemap": ("SourceMap",),
    "tpdebug.write": ("save",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name from the module that owns it."""
    if name not in _HOME:
        raise AttributeError(f"module 'tpdebug' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """The public names."""
    return sorted([*__all__, "__version__"])
