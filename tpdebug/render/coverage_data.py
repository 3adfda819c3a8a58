"""Coverage of rules as JSON for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tpdebug.findings import Coverage, EdgeUse, NodeUse, RuleUse, Share
from tpdebug.render.data import VERSION


def coverage_data(
    program: str, found: Coverage, notes: Sequence[str]
) -> dict[str, Any]:
    """All that is known of the coverage, rule by rule."""
    pairs = found.pairs
    return {
        "version": VERSION,
        "program": program,
        "notes": list(notes),
        "inputs": found.inputs,
        "reach": asdict(found.reach),
        "rules": _share(found.rules),
        "pairs": None if pairs is None else _share(pairs),
        "contexts": [asdict(one) for one in found.contexts],
        "nodes": [_node(node) for node in found.nodes],
        "edges": None if found.edges is None else [_edge(e) for e in found.edges],
        "lines": _lines(found),
        "suggestions": [
            asdict(one) | {"input": list(one.input)} for one in found.suggestions
        ],
    }


def _share(count: Share) -> dict[str, Any]:
    """Counts; `percent` is of those that can be exercised, not rounded."""
    return asdict(count) | {"missing": count.missing, "percent": 100 * count.share}


def _node(node: NodeUse) -> dict[str, Any]:
    return {
        "name": node.name,
        "kind": node.kind,
        **_share(node.count),
        "rules": [_rule(use) for use in node.rules],
    }


def _rule(use: RuleUse) -> dict[str, Any]:
    return {
        "rule": str(use.rule),
        "key": list(use.rule.key),
        "where": use.where,
        "line": use.line,
        "status": use.status,
        "hits": use.hits,
        "contexts": list(use.contexts),
        "witness": None if use.witness is None else list(use.witness),
    }


def _edge(edge: EdgeUse) -> dict[str, Any]:
    example = None
    if edge.example is not None:
        before, after, letters = edge.example
        example = {
            "producer": str(before),
            "consumer": str(after),
            "input": list(letters),
        }
    return {
        "producer": edge.producer,
        "consumer": edge.consumer,
        "role": edge.role,
        **_share(edge.count),
        "example": example,
    }


def _lines(found: Coverage) -> dict[str, dict[str, int]]:
    """What was exercised of the rules that stand on each line, by `file:line`."""
    lines: dict[str, dict[str, int]] = {}
    for use in found.uses:
        if use.where is not None:
            none = {"exercised": 0, "missing": 0, "unreachable": 0}
            lines.setdefault(use.where, none)[use.status] += 1
    return lines
