"""Circuits as JSON-ready data; `version` counts changes of the format."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tpdebug.findings import (
    Ablation,
    Circuit,
    ClassCircuit,
    Contrast,
    Nearest,
    RuleContrast,
    StaticSlice,
)
from tpdebug.render.alterations import alteration_data
from tpdebug.render.data import VERSION, certificate_data, contribution_data, steps_data


def circuit_data(program: str, found: Circuit, scale: int) -> dict[str, Any]:
    """The circuit of one answer; steps refer to each other as `variable@position`."""
    return {
        "version": VERSION,
        "program": program,
        "input": list(found.letters),
        "position": found.chosen.position,
        "answer": found.chosen.answer,
        "scale": scale,
        "values": [contribution_data(value) for value in found.kept],
        "certificate": certificate_data(found),
        "reach": found.reach,
        "steps": steps_data(found.steps),
    }


def class_data(program: str, found: ClassCircuit) -> dict[str, Any]:
    """The circuits that recur behind an answer."""
    circuits = [
        {
            "variables": list(each.variables),
            "nodes": list(each.nodes),
            "tokens": each.tokens,
            "share": each.tokens / found.looked,
            "input": list(each.example[0]),
            "position": each.example[1],
        }
        for each in found.circuits
    ]
    return {
        "version": VERSION,
        "program": program,
        "answer": found.answer,
        "tokens": found.tokens,
        "looked": found.looked,
        "seed": found.seed,
        "circuits": circuits,
        "nodes": [
            {"node": name, "tokens": tokens, "share": tokens / found.looked}
            for name, tokens in found.nodes
        ],
        "rules": [
            {"rule": str(rule), "where": where, "tokens": tokens}
            for rule, where, tokens in found.rules
        ],
        "static": _static(found.static),
        "evidence": asdict(found.evidence),
    }


def nearest_data(found: Nearest) -> dict[str, Any]:
    """The nearest inputs with another answer."""
    return {
        "wanted": found.wanted,
        "changed": found.changed,
        "inputs": [
            {"input": list(letters), "answer": answer}
            for letters, answer in found.found
        ],
    }


def contrast_data(found: Contrast) -> dict[str, Any]:
    """What the read-out would have to see for another answer."""
    return {
        "wanted": found.wanted,
        "at_least": found.least,
        "ways": [
            [
                {
                    "variable": each.place.variable,
                    "position": each.place.position,
                    "value": each.before,
                    "instead": each.after,
                }
                for each in way
            ]
            for way in found.ways
        ],
        "evidence": asdict(found.evidence),
    }


def rules_data(found: RuleContrast) -> dict[str, Any]:
    """The rules that could be changed to get another answer."""
    return {
        "wanted": found.wanted,
        "tried": found.tried,
        "answers": found.answers,
        "changes": [
            {
                "rule": str(each.rule),
                "where": each.where,
                "now": alteration_data(each.now),
                "instead": alteration_data(each.to),
                "others": each.others,
            }
            for each in found.changes
        ],
        "evidence": asdict(found.evidence),
    }


def ablation_data(found: Ablation) -> dict[str, Any]:
    """What the network answers with some scores only."""
    return {
        "answer": found.answer,
        "margin": found.margin,
        "mean": asdict(found.evidence),
    }


def static_data(program: str, found: StaticSlice) -> dict[str, Any]:
    """What can influence an answer, whatever the input."""
    return {
        "version": VERSION,
        "program": program,
        "answer": found.answer,
        "position": found.position,
        **_static(found),
    }


def _static(found: StaticSlice) -> dict[str, Any]:
    scored, nodes, rules = found.among
    return {
        "scored": list(found.scored),
        "nodes": list(found.nodes),
        "rules": [str(rule) for rule in found.rules],
        "among": {"scored": scored, "nodes": nodes, "rules": rules},
        "evidence": asdict(found.evidence),
    }
