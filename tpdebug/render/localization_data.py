"""Rules at fault as JSON for scripts, and as SARIF for code review.

A score that is infinite (`dstar`) is null; `where` is null if it is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from tpdebug.findings import Localization, Repair, Step, Suspect
from tpdebug.nodes import Rule
from tpdebug.program import Program
from tpdebug.render.alterations import alteration_data, change, content, rule_view
from tpdebug.render.data import VERSION
from tpdebug.render.localization import INTERVENTIONAL, effect_view
from tpdebug.render.sarif import Check, Location, Result, sarif_log
from tpdebug.render.ways_back import show_value

Flow = Callable[[Suspect], Sequence[Step]]
CHECKS = {
    "case": Check(
        "localize/case",
        "CaseAtFault",
        "A case of a head is behind wrong answers.",
        "What a head looks for at one value of its query decides wrong answers.",
    ),
    "entry": Check(
        "localize/entry",
        "EntryAtFault",
        "An entry of a table is behind wrong answers.",
        "What a table gives for one combination of inputs decides wrong answers.",
    ),
    "score": Check(
        "localize/score",
        "ScoreAtFault",
        "A score row is behind wrong answers.",
        "What one value of a variable adds to the classes decides wrong answers.",
    ),
}
MOST_NOTES = 10
"""If no change helps, so many of the most suspicious are results all the same."""


def wrong_data(
    name: str, found: Localization | Repair, notes: Sequence[str]
) -> dict[str, Any]:
    """How many answers are wrong, by what, and on which inputs."""
    return {
        "version": VERSION,
        "program": name,
        "oracle": found.oracle,
        "notes": list(notes),
        "evidence": asdict(found.evidence),
        "answers": found.answers,
        "wrong": found.wrong,
        "failing": found.failing,
    }


def localization_data(
    name: str, found: Localization, notes: Sequence[str]
) -> dict[str, Any]:
    """Every rule in question, the most suspicious first."""
    return {
        **wrong_data(name, found, notes),
        "formula": found.formula,
        "screened": None if found.screened is None else asdict(found.screened),
        "rules": found.rules,
        "suspects": [_suspect(found, suspect) for suspect in found.suspects],
    }


def _suspect(found: Localization, suspect: Suspect) -> dict[str, Any]:
    effect = suspect.effect
    return {
        "rule": rule_data(suspect.rule),
        "where": suspect.where,
        "rank": {"first": suspect.first, "last": suspect.last},
        "counts": asdict(suspect.counts),
        "scores": {
            key: score if isfinite(score) else None
            for key, score in suspect.scores.items()
        },
        "now": alteration_data(suspect.now),
        "best": None if suspect.best is None else alteration_data(suspect.best),
        "fixes": None if effect is None else effect.fixes,
        "breaks": None if effect is None else effect.breaks,
        "left": None if effect is None else found.wrong - effect.net,
        "example": asdict(suspect.example),
    }


def rule_data(rule: Rule) -> dict[str, Any]:
    """A rule, and its name."""
    return asdict(rule) | {"name": str(rule)}


def localization_sarif(
    name: str,
    program: Program,
    found: Localization,
    notes: Sequence[str],
    flow: Flow,
) -> dict[str, Any]:
    """The rules that help if they are altered, or the most suspicious, as results."""
    shown = [suspect for suspect in found.suspects if suspect.helps]
    shown = shown or list(found.suspects[:MOST_NOTES])
    results = [_result(name, program, found, suspect, flow) for suspect in shown]
    about = {
        "program": name,
        "oracle": found.oracle,
        "evidence": found.evidence.sentence,
        "answers": found.answers,
        "wrong": found.wrong,
        "formula": found.formula,
        "notes": list(notes),
    }
    return sarif_log(tuple(CHECKS.values()), results, about)


def _result(
    name: str, program: Program, found: Localization, suspect: Suspect, flow: Flow
) -> Result:
    says = f"{rule_view(program, suspect.rule)} {content(program, suspect.now)}. "
    if suspect.helps and suspect.best is not None and suspect.effect is not None:
        does = change(program, suspect.now, suspect.best)
        says += f"If it {does}: {effect_view(suspect.effect, found.wrong)} "
    says += f"{suspect.counts.failed:,} of {found.wrong:,} wrong answers depend on it "
    says += f"({found.evidence.sentence})."
    score = suspect.scores.get(found.formula, 0.0)
    if found.formula == INTERVENTIONAL and suspect.effect is not None:
        score = suspect.effect.net / found.wrong
    return Result(
        CHECKS[suspect.rule.kind].id,
        "warning" if suspect.helps else "note",
        says,
        location(suspect.where, name),
        f"localize {suspect.rule}",
        (tuple(_flow(suspect, flow(suspect), name)),),
        100 * min(max(score, 0.0), 1.0),
        {"rank": [suspect.first, suspect.last], "rule": str(suspect.rule)},
    )


def _flow(suspect: Suspect, steps: Sequence[Step], name: str) -> Iterator[Location]:
    """From the wrong answer back to the rule, as far as it stands in the file."""
    example = suspect.example
    said = f'"{" ".join(example.input)}", letter {example.place + 1}: '
    said += f"{example.answer}, expected {example.expected}; "
    for step in steps:
        place = f"{step.place.variable} = {show_value(step.value)}"
        says = f"{said}{place} at position {step.place.position}"
        yield location(step.where, name, says)
        said = ""


def location(where: str | None, name: str, says: str = "") -> Location:
    """A `file:line` as a place; the file itself if it is not known."""
    if where is None:
        return Location(name, None, says)
    path, _, line = where.rpartition(":")
    return Location(path, int(line), says)
