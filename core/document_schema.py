"""The JSON Schema of a document that we write, made from the type that holds it."""

from __future__ import annotations

from typing import Any, cast

import msgspec


def document_schema(document: type[msgspec.Struct]) -> dict[str, Any]:
    """Draft 2020-12, the same under every Python."""
    made = cast("dict[str, Any]", _evened(msgspec.json.schema(document)))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def _evened(value: object) -> object:
    """Plain lists, and descriptions on one line: docstrings are dedented since 3.13."""
    if isinstance(value, dict):
        known = cast("dict[str, object]", value)
        return {
            key: " ".join(item.split())
            if key == "description" and isinstance(item, str)
            else _evened(item)
            for key, item in known.items()
        }
    if isinstance(value, list | tuple):
        return [_evened(item) for item in cast("list[object]", value)]
    return value
