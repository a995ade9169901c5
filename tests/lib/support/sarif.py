"""The part of SARIF 2.1.0 that we write, as a JSON Schema in our words, and strict.

The official schema, by OASIS, may not be copied here under our licence. This one refuses
what that one refuses in these objects, unknown properties first of all.
https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json
"""

from __future__ import annotations

from typing import Any


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": properties,
    }


def _list(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


_TEXT = {"type": "string"}
_FROM_0 = {"type": "integer", "minimum": 0}
_FROM_1 = {"type": "integer", "minimum": 1}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_MESSAGE = _object("text", text=_TEXT)
_MULTIFORMAT = _object("text", text=_TEXT, markdown=_TEXT)
_LOCATION = _object(
    "physicalLocation",
    id=_FROM_0,
    message=_MESSAGE,
    physicalLocation=_object(
        "artifactLocation",
        artifactLocation=_object(
            "uri",
            # Percent-encoded, relative, and no scheme.
            uri={"type": "string", "pattern": r"^([A-Za-z0-9_.~/-]|%[0-9A-F]{2})*$"},
            uriBaseId=_TEXT,
        ),
        region=_object(
            "startLine",
            startLine=_FROM_1,
            startColumn=_FROM_1,
            endLine=_FROM_1,
            endColumn=_FROM_1,
        ),
    ),
)
_RULE = _object(
    "id",
    id=_TEXT,
    shortDescription=_MULTIFORMAT,
    help=_MULTIFORMAT,
    helpUri={"type": "string", "format": "uri"},
)
_RESULT = _object(
    "ruleId ruleIndex level message locations partialFingerprints",
    ruleId=_TEXT,
    ruleIndex=_FROM_0,
    level=_LEVEL,
    message=_MESSAGE,
    locations=_list(_LOCATION, minItems=1),
    relatedLocations=_list(_LOCATION, uniqueItems=True),
    partialFingerprints={"type": "object", "additionalProperties": _TEXT},
    properties={"type": "object"},
)
_DRIVER = _object(
    "name",
    name=_TEXT,
    semanticVersion=_TEXT,
    informationUri={"type": "string", "format": "uri"},
    rules=_list(_RULE, uniqueItems=True),
)
_INVOCATION = _object(
    "executionSuccessful",
    executionSuccessful={"type": "boolean"},
    toolExecutionNotifications=_list(
        _object("message", level=_LEVEL, message=_MESSAGE)
    ),
)
SCHEMA = _object(
    "version runs",
    **{"$schema": {"type": "string", "format": "uri"}},
    version={"const": "2.1.0"},
    runs=_list(
        _object(
            "tool results",
            tool=_object("driver", driver=_DRIVER),
            columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            invocations=_list(_INVOCATION),
            results=_list(_RESULT, maxItems=25_000),
        )
    ),
)
