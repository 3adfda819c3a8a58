"""Verifications and differences as JSON for scripts.

Version 1. Inputs and answers are lists of letters; scores s stand for s / scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tpdebug.findings import (
    Accuracy,
    Atlas,
    Difference,
    Failure,
    Gap,
    Verification,
    Witness,
)
from tpdebug.render.data import VERSION

MOST = 1000
"""How many failing or differing inputs stand in the result; a file can hold all."""


def verification_data(
    program: str, found: Verification, notes: Sequence[str]
) -> dict[str, Any]:
    """A verification; at most a thousand failing inputs, `failing` says how many."""
    return {
        "version": VERSION,
        "program": program,
        "oracle": found.oracle,
        "notes": list(notes),
        "pooled": found.pooled,
        **_accuracy(found.accuracy),
        "by_length": [asdict(row) for row in found.lengths],
        "by_class": [
            asdict(row) | {"instead": dict(row.instead)} for row in found.classes
        ],
        "failing": len(found.failures),
        "failures": [failure_data(failure) for failure in found.failures[:MOST]],
        "atlas": _atlas(found.atlas),
        "least_margin": None if found.least is None else asdict(found.least),
        "gaps": [_gap(gap) for gap in found.gaps],
        "clean": found.clean,
    }


def difference_data(
    programs: tuple[str, str], found: Difference, notes: Sequence[str]
) -> dict[str, Any]:
    """A comparison; at most a thousand differing inputs, `differing` says how many."""
    return {
        "version": VERSION,
        "programs": list(programs),
        "notes": list(notes),
        "evidence": asdict(found.evidence),
        "inputs": found.inputs,
        "apart": list(found.notes),
        "equal": found.equal,
        "differing": len(found.witnesses),
        "first_right": found.first_right,
        "second_right": found.second_right,
        "both_wrong": found.both_wrong,
        "witnesses": [witness_data(witness) for witness in found.witnesses[:MOST]],
        "atlas": _atlas(found.atlas),
    }


def failure_data(failure: Failure) -> dict[str, Any]:
    """A failing input; `wrong` holds places, counted from 0."""
    return asdict(failure) | {"wrong": failure.wrong}


def witness_data(witness: Witness) -> dict[str, Any]:
    """An input that two programs answer differently."""
    return asdict(witness)


def _accuracy(accuracy: Accuracy) -> dict[str, Any]:
    data = asdict(accuracy)
    return {"evidence": data.pop("evidence"), **data}


def _atlas(atlas: Atlas | None) -> dict[str, Any] | None:
    if atlas is None:
        return None
    patterns = [
        {"pattern": str(p), "places": p.places, "inputs": p.inputs}
        for p in atlas.patterns
    ]
    counts = {"left": atlas.left, "at_least": atlas.least}
    return {"complete": atlas.complete, **counts, "patterns": patterns}


def _gap(gap: Gap) -> dict[str, Any]:
    return asdict(gap) | {"fails": gap.fails}
