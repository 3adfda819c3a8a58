"""Dead code as JSON for scripts, and as SARIF for code review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tpdebug.findings import CODES, Edit, Finding, Lint
from tpdebug.render.data import VERSION
from tpdebug.render.sarif import Check, Location, Result, sarif_log


def lint_data(name: str, found: Lint, notes: Sequence[str]) -> dict[str, Any]:
    """Every finding, and the cells of each head and table."""
    return {
        "version": VERSION,
        "program": name,
        "notes": list(notes),
        "evidence": asdict(found.evidence),
        "nodes": found.parts[0],
        "score_rows": found.parts[1],
        "ignored": found.ignored,
        "findings": [_finding(finding) for finding in found.findings],
        "cells": [asdict(count) for count in found.cells],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "symbol": finding.symbol,
        "severity": finding.severity,
        "message": finding.says,
        "path": finding.path,
        "line": finding.line,
        "variable": finding.variable,
        "evidence": None if finding.evidence is None else finding.evidence.kind,
        "edits": [edit_data(edit) for edit in finding.edits],
        "data": dict(finding.data),
    }


def edit_data(edit: Edit) -> dict[str, Any]:
    """What could be done."""
    return {"kind": type(edit).__name__.lower(), **asdict(edit)}


def lint_sarif(name: str, found: Lint, notes: Sequence[str]) -> dict[str, Any]:
    """Every finding as a result."""
    checks = {
        code.code: Check(code.code, _camel(code.symbol), code.short, code.full)
        for code in CODES.values()
    }
    for finding in found.findings:
        if finding.code not in checks:
            says = f"pylint: {finding.symbol}."
            check = Check(finding.code, _camel(finding.symbol), says, says)
            checks[finding.code] = check
    results = [_result(name, finding) for finding in found.findings]
    about = {
        "program": name,
        "evidence": found.evidence.sentence,
        "ignored": found.ignored,
        "notes": list(notes),
    }
    return sarif_log(tuple(checks.values()), results, about)


def _result(name: str, finding: Finding) -> Result:
    basis = "" if finding.evidence is None else f" ({finding.evidence.sentence})"
    return Result(
        finding.code,
        finding.severity,
        f"{finding.says.removesuffix('.')}{basis}.",
        Location(finding.path or name, finding.line),
        f"lint {finding.code} {finding.variable} {finding.says}",
        properties={"symbol": finding.symbol, "variable": finding.variable or ""},
    )


def _camel(symbol: str) -> str:
    return "".join(part.capitalize() for part in symbol.split("-"))
