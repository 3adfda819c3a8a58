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
    from analyzers.coverage import RuleCoverage, rule_coverage
    from analyzers.diff import diff
    from analyzers.explain import explain
    from analyzers.falsify import falsify
    from analyzers.lint import lint
    from analyzers.localize import localize
    from analyzers.repair import repair
    from analyzers.simplify import simplify
    from analyzers.verify import verify
    from tpdebug.cases import Cases, read_cases
    from tpdebug.domain import Domain
    from tpdebug.errors import DomainError, ProgramError, ReadError, UserError
    from tpdebug.evaluate import Evaluator, Trace, answers
    from tpdebug.findings import (
        Accuracy,
        Atlas,
        Coverage,
        Difference,
        Evidence,
        Explanation,
        Failure,
        FailureKind,
        Falsification,
        Finding,
        Lint,
        Localization,
        Pattern,
        Repair,
        Verification,
    )
    from tpdebug.nodes import (
        CategoricalHead,
        Classifier,
        Embedding,
        LookupTable,
        NumericalHead,
        Predicate,
        Preference,
        Rule,
        ScoreRow,
        Variable,
    )
    from tpdebug.oracles import FunctionOracle, Oracle
    from tpdebug.program import Program
    from tpdebug.read import Source, load
    from tpdebug.sourcemap import SourceMap
    from tpdebug.write import save
    from trainers.finetuning import Tuned, finetune
    from trainers.finishing import train
    from trainers.own import function_task
    from trainers.tasks import Task, task

__all__ = [
    "Accuracy",
    "Atlas",
    "Cases",
    "CategoricalHead",
    "Classifier",
    "Coverage",
    "Difference",
    "Domain",
    "DomainError",
    "Embedding",
    "Evaluator",
    "Evidence",
    "Explanation",
    "Failure",
    "FailureKind",
    "Falsification",
    "Finding",
    "FunctionOracle",
    "Lint",
    "Localization",
    "LookupTable",
    "NumericalHead",
    "Oracle",
    "Pattern",
    "Predicate",
    "Preference",
    "Program",
    "ProgramError",
    "ReadError",
    "Repair",
    "Rule",
    "RuleCoverage",
    "ScoreRow",
    "Source",
    "SourceMap",
    "Task",
    "Trace",
    "Tuned",
    "UserError",
    "Variable",
    "Verification",
    "answers",
    "diff",
    "explain",
    "falsify",
    "finetune",
    "function_task",
    "lint",
    "load",
    "localize",
    "read_cases",
    "repair",
    "rule_coverage",
    "save",
    "simplify",
    "task",
    "train",
    "verify",
]

# A name must not be that of a submodule, which would hide it once it is imported.
_HOMES = {
    "analyzers.coverage": ("RuleCoverage", "rule_coverage"),
    "analyzers.diff": ("diff",),
    "analyzers.explain": ("explain",),
    "analyzers.falsify": ("falsify",),
    "analyzers.lint": ("lint",),
    "analyzers.localize": ("localize",),
    "analyzers.repair": ("repair",),
    "analyzers.simplify": ("simplify",),
    "analyzers.verify": ("verify",),
    "tpdebug.cases": ("Cases", "read_cases"),
    "tpdebug.domain": ("Domain",),
    "tpdebug.errors": ("DomainError", "ProgramError", "ReadError", "UserError"),
    "tpdebug.evaluate": ("Evaluator", "Trace", "answers"),
    "tpdebug.findings": (
        *("Accuracy", "Atlas", "Coverage", "Difference", "Evidence", "Explanation"),
        *("Failure", "FailureKind", "Falsification", "Finding", "Lint", "Localization"),
        *("Pattern", "Repair", "Verification"),
    ),
    "tpdebug.nodes": (
        *("CategoricalHead", "Classifier", "Embedding", "LookupTable"),
        *("NumericalHead", "Predicate", "Preference", "Rule", "ScoreRow", "Variable"),
    ),
    "tpdebug.oracles": ("FunctionOracle", "Oracle"),
    "tpdebug.program": ("Program",),
    "tpdebug.read": ("Source", "load"),
    "tpdebug.sourcemap": ("SourceMap",),
    "tpdebug.write": ("save",),
    "trainers.finetuning": ("Tuned", "finetune"),
    "trainers.finishing": ("train",),
    "trainers.own": ("function_task",),
    "trainers.tasks": ("Task", "task"),
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
