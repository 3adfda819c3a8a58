"""Findings as JSON-ready data. `version` counts changes of the format.

Version 1: `run` results and explanations.
Version 2: explanations and circuits have a `certificate`; in an explanation `enough`
says of a contribution what `carries` said by its share of the scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from tpdebug.findings import Circuit, Contribution, Explanation, Place, Step

VERSION = 2


def results_data(
    program: str,
    inputs: Sequence[Sequence[str]],
    answers: Sequence[Sequence[str]],
) -> dict[str, Any]:
    """The answers of a program for a list of inputs."""
    results = [
        {"input": list(letters), "answers": list(row)}
        for letters, row in zip(inputs, answers, strict=True)
    ]
    return {"version": VERSION, "program": program, "results": results}


def explanation_data(
    program: str, explanation: Explanation, scale: int
) -> dict[str, Any]:
    """An explanation; steps refer to each other as `variable@position`.

    A score s stands for s / scale.
    """
    circuit = explanation.circuit
    kept = {value.place for value in circuit.kept}
    contributions = [
        contribution_data(c) | {"enough": c.place in kept}
        for c in explanation.contributions
    ]
    return {
        "version": VERSION,
        "program": program,
        "letters": [
            asdict(letter) | {"wrong": letter.wrong} for letter in explanation.letters
        ],
        "position": explanation.chosen.position,
        "answer": explanation.chosen.answer,
        "rival": explanation.rival,
        "margin": explanation.margin,
        "scale": scale,
        "contributions": contributions,
        "certificate": certificate_data(circuit),
        "steps": steps_data(circuit.steps),
    }


def certificate_data(found: Circuit) -> dict[str, Any]:
    """What the values of a circuit are enough for, and what that rests on."""
    return {
        "values": [_name(value.place) for value in found.kept],
        "among": found.among,
        "at_least": found.least,
        "smallest": found.smallest,
        "lengths": list(found.lengths),
        "alike": found.alike,
        "evidence": asdict(found.evidence),
        "by_scores": [_name(value.place) for value in found.certain],
    }


def steps_data(steps: Iterable[Step]) -> dict[str, Any]:
    """Steps by `variable@position`."""
    return {_name(step.place): _step(step) for step in steps}


def _name(place: Place) -> str:
    return f"{place.variable}@{place.position}"


def contribution_data(found: Contribution) -> dict[str, Any]:
    """What one value adds to the scores."""
    return {
        "variable": found.place.variable,
        "position": found.place.position,
        "value": found.value,
        "answer_score": found.answer_score,
        "rival_score": found.rival_score,
        "difference": found.difference,
        "where": found.where,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "variable": step.place.variable,
        "position": step.place.position,
        "value": step.value,
        "rule": None if step.rule is None else str(step.rule),
        "where": step.where,
        "attended": step.attended,
        "matches": list(step.matches),
        "looked_for": list(step.looked_for),
        "reads": [{"role": role, "step": _name(place)} for role, place in step.reads],
    }
