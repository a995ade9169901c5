"""The JSON Schema and the reference page of the policy, made from its model.

`python -I -m backout.core.schema` writes both where they are committed; a test fails
when they are older than the model.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args, get_origin, get_type_hints

import msgspec

from .policy import Policy
from .policy.fields import described
from .policy.reference import page
from .policy.shape import as_declared
from .schema_address import ADDRESS

SCHEMA_FILE: Final = Path(__file__).with_name("backout.schema.json")
PAGE_FILE: Final = Path(__file__).parent.parent / "docs/reference/policy.md"

# Where the model says text, YAML's numbers and truths are read as they are written.
_PHASE_ID = r"^\w[\w.-]*$(?!\n)"
_ALSO = {
    ("pattern", _PHASE_ID): ["string", "number"],
    ("maxLength", 1000): ["string", "number", "boolean"],
}
_FORBIDDEN = ("symbol", "module", "keyword", "flag", "path")


def schema() -> str:
    """The JSON Schema of the policy, draft 2020-12, as it is committed."""
    [whole], parts = msgspec.json.schema_components(
        [Policy], ref_template="#/$defs/{name}"
    )
    for part, text, fields in described():
        definition = cast("dict[str, Any]", parts[part.__name__])
        definition["description"] = text
        for name, used in fields.items():
            definition["properties"][name]["description"] = used
        _name_keys(part, definition["properties"])
    migration = cast("dict[str, Any]", parts["Migration"])
    del migration["properties"]["id"]  # the reader's, not the file's
    forbid = cast("dict[str, Any]", parts["Forbid"])
    forbid["oneOf"] = [{"required": [name]} for name in _FORBIDDEN]
    found = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ADDRESS,
        "title": "backout.yaml",
        **whole,
        "$defs": parts,
    }
    return json.dumps(_readable(found), indent=1, ensure_ascii=False) + "\n"


def _name_keys(part: type[msgspec.Struct], properties: dict[str, Any]) -> None:
    """Say of each mapping which keys it may have, where they are choices: msgspec says so
    since 0.23."""
    hints = get_type_hints(part)
    for field in msgspec.structs.fields(part):
        hint = hints[field.name]
        keys = get_args(hint)[0] if get_origin(hint) is dict else None
        if get_origin(keys) is Literal:
            named = {
                "type": "object",
                "propertyNames": {"enum": sorted(get_args(keys))},
            }
            properties[field.encode_name] = named | properties[field.encode_name]


def _readable(node: object) -> object:
    """The schema with choices in their own order and without defaults of nothing."""
    if isinstance(node, list):
        return [_readable(item) for item in cast("list[object]", node)]
    if not isinstance(node, dict):
        return node
    found = {
        key: _readable(value)
        for key, value in cast("dict[str, object]", node).items()
        if not (key == "default" and value in (None, [], {}))
    }
    choice = found.get("enum")
    if isinstance(choice, list):
        found["enum"] = list(as_declared(cast("list[object]", choice)))
    for (key, value), types in _ALSO.items():
        if found.get(key) == value and "type" in found:
            found["type"] = types
    return found


def main() -> int:
    """Write both files."""
    SCHEMA_FILE.write_text(schema(), encoding="utf-8", newline="\n")
    PAGE_FILE.parent.mkdir(exist_ok=True)
    PAGE_FILE.write_text(page(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
