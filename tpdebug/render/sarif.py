"""Findings as SARIF 2.1.0 (OASIS), which code review tools read.

One run of one tool. The limits are those of GitHub code scanning ("SARIF results exceed
limit", docs.github.com): more results or steps than it shows are left out here, the
most important are kept, and the run says how many are missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from tpdebug import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS = 5_000
MOST_STEPS = 1_000
FINGERPRINT = "tpdebug/v1"
Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Check:
    """A kind of finding: what SARIF calls a rule.

    Attributes:
        id: stable, such as `localize/case`.
        name: the same in words without spaces.
        short, full: a sentence, and what it means.
    """

    id: str
    name: str
    short: str
    full: str


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a file, or all of it, and what is said about it there."""

    path: str
    line: int | None = None
    says: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A finding.

    Attributes:
        check: the id of its kind.
        level: how serious it is.
        says: the message.
        at: where it is.
        identity: what stays the same when lines move; the path is added.
        flows: ways through the program that show it, each a sequence of places.
        rank: 0 to 100, how important it is; None: not said.
        properties: more, for scripts.
    """

    check: str
    level: Level
    says: str
    at: Location
    identity: str
    flows: Sequence[Sequence[Location]] = ()
    rank: float | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)


def sarif_log(
    checks: Sequence[Check], results: Sequence[Result], about: Mapping[str, Any]
) -> dict[str, Any]:
    """A log with one run.

    Args:
        checks: every kind of finding that there can be.
        results: the findings, the most important first.
        about: what the run says of itself.
    """
    index = {check.id: i for i, check in enumerate(checks)}
    kept = results[:MOST_RESULTS]
    left_out = len(results) - len(kept)
    driver = {
        "name": "tpdebug",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_check(check) for check in checks],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(result, index) for result in kept],
        "properties": dict(about) | ({"leftOut": left_out} if left_out else {}),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _check(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "name": check.name,
        "shortDescription": {"text": check.short},
        "fullDescription": {"text": check.full},
        "help": {"text": check.full},
        "defaultConfiguration": {"level": "warning"},
    }


def _result(result: Result, index: Mapping[str, int]) -> dict[str, Any]:
    known = f"{uri(result.at.path)} {result.identity}"
    data: dict[str, Any] = {
        "ruleId": result.check,
        "ruleIndex": index[result.check],
        "level": result.level,
        "message": {"text": result.says},
        "locations": [_location(result.at)],
        "partialFingerprints": {FINGERPRINT: sha256(known.encode()).hexdigest()},
    }
    flows = [_flow(flow) for flow in _fitting(result.flows) if flow]
    data |= {"codeFlows": flows} if flows else {}
    data |= {} if result.rank is None else {"rank": round(result.rank, 2)}
    properties = dict(result.properties)
    return data | ({"properties": properties} if properties else {})


def _fitting(flows: Sequence[Sequence[Location]]) -> list[Sequence[Location]]:
    """As much of the flows as is shown."""
    left, found = MOST_STEPS, []
    for flow in flows:
        found.append(flow[:left])
        left -= len(found[-1])
    return found


def _flow(flow: Sequence[Location]) -> dict[str, Any]:
    steps = [{"location": _location(place)} for place in flow]
    return {"threadFlows": [{"locations": steps}]}


def _location(place: Location) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri(place.path)}}
    if place.line is not None:
        physical["region"] = {"startLine": place.line}
    data: dict[str, Any] = {"physicalLocation": physical}
    return data | ({"message": {"text": place.says}} if place.says else {})


@lru_cache(maxsize=1024)
def uri(path: str) -> str:
    """A path as a URI: relative to the working directory if it is below that.

    >>> uri("examples/my sort.py")
    'examples/my%20sort.py'
    """
    found = Path(path)
    if found.is_absolute():
        if not found.is_relative_to(Path.cwd()):
            return found.as_uri()
        found = found.relative_to(Path.cwd())
    return quote(found.as_posix(), errors="replace")
