"""What analyses find, as plain data, with the evidence it rests on."""

from __future__ import annotations

from tpdebug.findings.evidence import Accuracy, Evidence, percent
from tpdebug.findings.explanation import Contribution, Explanation, Letter, Place, Step

__all__ = [
    "Accuracy",
    "Contribution",
    "Evidence",
    "Explanation",
    "Letter",
    "Place",
    "Step",
    "percent",
]
