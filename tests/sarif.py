"""A JSON schema for the parts of SARIF 2.1.0 that tpdebug writes.

Written from the text of the standard (OASIS SARIF 2.1.0, sections 3.13 to 3.58); the
schema that OASIS publishes comes with no package. Nothing that is not listed here is
allowed, so a misspelt property is found. Where `SARIF_SCHEMA` names a copy of the
schema of OASIS (sarif-schema-2.1.0.json), a log has to fit that as well.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _array(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
BAG = {"type": "object"}
MESSAGE = _object(["text"], text=TEXT)
COUNT = {"type": "integer", "minimum": 1}
INDEX = {"type": "integer", "minimum": 0}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
URI = {"type": "string", "format": "uri-reference", "pattern": r"^[^\s\\]+$"}
LOCATION = _object(
    ["physicalLocation"],
    physicalLocation=_object(
        ["artifactLocation"],
        artifactLocation=_object(["uri"], uri=URI),
        region=_object(["startLine"], startLine=COUNT),
    ),
    message=MESSAGE,
)
THREAD = _object(
    ["locations"],
    locations=_array(_object(["location"], location=LOCATION), minItems=1),
)
RESULT = _object(
    ["message", "ruleId"],  # 3.27.5 and 3.27.11: a rule by its id
    ruleId=TEXT,
    ruleIndex=INDEX,
    level=LEVEL,
    message=MESSAGE,
    locations=_array(LOCATION),
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
    codeFlows=_array(
        _object(["threadFlows"], threadFlows=_array(THREAD, minItems=1)), minItems=1
    ),
    rank={"type": "number", "minimum": 0, "maximum": 100},
    properties=BAG,
)
RULE = _object(
    ["id"],
    id=TEXT,
    name=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=_object([], level=LEVEL),
)
DRIVER = _object(
    ["name"],
    name=TEXT,
    version=TEXT,
    semanticVersion={"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
    rules=_array(RULE, uniqueItems=True),
)
RUN = _object(
    ["tool"],
    tool=_object(["driver"], driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results=_array(RESULT),
    properties=BAG,
)
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **_object(
        ["version", "runs"],
        version={"const": "2.1.0"},
        runs=_array(RUN),
        **{"$schema": {"type": "string", "format": "uri"}},
    ),
}


def check_sarif(log: Any) -> None:
    """Make sure that a log is SARIF.

    Raises:
        jsonschema.ValidationError: it is not.
    """
    schemas = [SCHEMA]
    if os.environ.get("SARIF_SCHEMA"):
        schemas.append(json.loads(Path(os.environ["SARIF_SCHEMA"]).read_text()))
    for schema in schemas:
        kind = jsonschema.validators.validator_for(schema)
        kind.check_schema(schema)
        kind(schema, format_checker=kind.FORMAT_CHECKER).validate(log)
