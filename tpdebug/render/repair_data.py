"""A repair as JSON-ready data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tpdebug.findings import Change, Repair
from tpdebug.render.alterations import alteration_data
from tpdebug.render.localization_data import rule_data, wrong_data
from tpdebug.render.repair import Written


def repair_data(
    name: str, found: Repair, written: Written, notes: Sequence[str]
) -> dict[str, Any]:
    """What changes, what that does, and what cannot be mended."""
    return {
        **wrong_data(name, found, notes),
        "changes": [_change(change) for change in found.changes],
        "fixes": found.fixes,
        "breaks": found.breaks,
        "left": found.left,
        "least": found.least,
        "fewest": found.fewest,
        "screened": None if found.screened is None else asdict(found.screened),
        "stepwise": found.stepwise,
        "collisions": [asdict(pair) for pair in found.collisions],
        "contradiction": [asdict(each) for each in found.contradiction],
        "patch": written.patch or None,
        "accuracy": None if written.accuracy is None else asdict(written.accuracy),
        "executed": written.executed,
        "files": list(written.files),
        "written": written.done,
        "anew": written.anew,
        "problem": written.problem,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "rule": rule_data(change.rule),
        "where": change.where,
        "now": alteration_data(change.now),
        "to": alteration_data(change.to),
    }
