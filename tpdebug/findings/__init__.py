"""What analyses find, as plain data, with the evidence it rests on."""

from __future__ import annotations

from tpdebug.findings.circuit import (
    Ablation,
    Changed,
    Circuit,
    ClassCircuit,
    Contrast,
    Nearest,
    Reach,
    Recurring,
    StaticSlice,
    not_followed,
)
from tpdebug.findings.coverage import (
    ContextUse,
    Coverage,
    EdgeUse,
    NodeUse,
    Role,
    RuleUse,
    Share,
    Status,
    Suggestion,
)
from tpdebug.findings.evidence import Accuracy, Evidence, percent
from tpdebug.findings.explanation import Explanation
from tpdebug.findings.falsification import FailureKind, Falsification
from tpdebug.findings.patterns import Atlas, Pattern
from tpdebug.findings.steps import Contribution, Letter, Place, Step
from tpdebug.findings.verification import (
    ClassCount,
    Difference,
    Failure,
    Gap,
    LeastMargin,
    LengthCount,
    Verification,
    Witness,
)

__all__ = [
    "Ablation",
    "Accuracy",
    "Atlas",
    "Changed",
    "Circuit",
    "ClassCircuit",
    "ClassCount",
    "ContextUse",
    "Contrast",
    "Contribution",
    "Coverage",
    "Difference",
    "EdgeUse",
    "Evidence",
    "Explanation",
    "Failure",
    "FailureKind",
    "Falsification",
    "Gap",
    "LeastMargin",
    "LengthCount",
    "Letter",
    "Nearest",
    "NodeUse",
    "Pattern",
    "Place",
    "Reach",
    "Recurring",
    "Role",
    "RuleUse",
    "Share",
    "StaticSlice",
    "Status",
    "Step",
    "Suggestion",
    "Verification",
    "Witness",
    "not_followed",
    "percent",
]
