"""What analyses find, as plain data, with the evidence it rests on."""

from __future__ import annotations

from tpdebug.findings.alteration import (
    Alteration,
    Effect,
    Groups,
    Keys,
    Output,
    Scores,
)
from tpdebug.findings.circuit import (
    Ablation,
    Circuit,
    ClassCircuit,
    Reach,
    Recurring,
    StaticSlice,
    not_followed,
)
from tpdebug.findings.contrast import (
    Changed,
    Contrast,
    Nearest,
    RuleChange,
    RuleContrast,
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
from tpdebug.findings.edits import (
    Copied,
    Edit,
    Fixed,
    Gives,
    Looks,
    Replaced,
    Unscored,
)
from tpdebug.findings.evidence import Accuracy, Evidence, percent
from tpdebug.findings.explanation import Explanation
from tpdebug.findings.falsification import FailureKind, Falsification
from tpdebug.findings.lint import CODES, CellCount, Code, Finding, Lint
from tpdebug.findings.localization import Counts, Localization, Suspect, Wrong
from tpdebug.findings.patterns import Atlas, Pattern
from tpdebug.findings.repair import Change, Collision, Opposed, Repair
from tpdebug.findings.simplification import Simplification, SimplifyStep, Size
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
    "CODES",
    "Ablation",
    "Accuracy",
    "Alteration",
    "Atlas",
    "CellCount",
    "Change",
    "Changed",
    "Circuit",
    "ClassCircuit",
    "ClassCount",
    "Code",
    "Collision",
    "ContextUse",
    "Contrast",
    "Contribution",
    "Copied",
    "Counts",
    "Coverage",
    "Difference",
    "EdgeUse",
    "Edit",
    "Effect",
    "Evidence",
    "Explanation",
    "Failure",
    "FailureKind",
    "Falsification",
    "Finding",
    "Fixed",
    "Gap",
    "Gives",
    "Groups",
    "Keys",
    "LeastMargin",
    "LengthCount",
    "Letter",
    "Lint",
    "Localization",
    "Looks",
    "Nearest",
    "NodeUse",
    "Opposed",
    "Output",
    "Pattern",
    "Place",
    "Reach",
    "Recurring",
    "Repair",
    "Replaced",
    "Role",
    "RuleChange",
    "RuleContrast",
    "RuleUse",
    "Scores",
    "Share",
    "Simplification",
    "SimplifyStep",
    "Size",
    "StaticSlice",
    "Status",
    "Step",
    "Suggestion",
    "Suspect",
    "Unscored",
    "Verification",
    "Witness",
    "Wrong",
    "not_followed",
    "percent",
]
