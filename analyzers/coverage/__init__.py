"""Coverage of rules, of pairs of rules, and of the lines of a program file."""

from __future__ import annotations

from analyzers.coverage.recorder import RuleCoverage
from analyzers.coverage.report import rule_coverage

__all__ = ["RuleCoverage", "rule_coverage"]
