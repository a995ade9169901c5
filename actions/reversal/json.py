"""The plan as JSON, and the schema of it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from ...core.document_schema import document_schema
from ...core.escape import json_source, to_json
from .plan import Plan


def encode(plan: Plan) -> str:
    """The plan as an indented JSON document with a line end.

    Text holds no lone surrogates: see `to_json` in `core/escape.py`.
    """
    return document(plan)


def document(value: msgspec.Struct, order: Literal["sorted"] | None = None) -> str:
    """A value as an indented JSON document with a line end, safe to print."""
    text = msgspec.json.encode(_clean(msgspec.to_builtins(value)), order=order)
    return json_source(msgspec.json.format(text, indent=2).decode("utf-8")) + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return document_schema(Plan)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return to_json(value)
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}  # pyright: ignore
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]  # pyright: ignore
    return value


if __name__ == "__main__":
    import json

    print(json.dumps(schema(), indent=2, ensure_ascii=False))
