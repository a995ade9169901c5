"""GitHub's OpenAPI description, as far as it is kept: what may be asked and answered."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard, cast
from urllib.parse import unquote

from jsonschema import Draft7Validator

FILE = Path(__file__).parent / "openapi.json"

Json = dict[str, Any]


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether it is a list, of whatever."""
    return isinstance(value, list)


class Operation(NamedTuple):
    """One thing to ask for. `parts` are the parts of the path that vary."""

    path: str
    method: str
    parts: dict[str, str]
    description: dict[str, Any]


@cache
def _whole() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return read


@cache
def _paths() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))), path)
        for path in _whole()["paths"]
    ]


def operation(method: str, path: str) -> Operation | None:
    """The operation that a request means; None where the description has none."""
    for pattern, template in _paths():
        found = pattern.fullmatch(path)
        described = _whole()["paths"][template].get(method.lower())
        if found and described:
            parts = {name: unquote(value) for name, value in found.groupdict().items()}
            return Operation(template, method, parts, described)
    return None


def wrong_request(
    asked: Operation, query: Mapping[str, str], body: bytes
) -> Iterator[str]:
    """What a request holds that it may not, or lacks."""
    known = {
        name["name"]: name
        for name in map(_resolved, asked.description.get("parameters", ()))
    }
    for name, value in query.items():
        if name not in known or known[name]["in"] != "query":
            yield f"unknown parameter {name}"
            continue
        schema = known[name]["schema"]
        typed = int(value) if schema.get("type") == "integer" else value
        yield from _errors(schema, typed, name)
    content = asked.description.get("requestBody", {}).get("content", {})
    if not content:
        if body:
            yield "a body where none is taken"
        return
    try:
        said = json.loads(body)
    except ValueError:
        yield "the body is no JSON"
        return
    yield from _errors(_strict(content["application/json"]["schema"]), said, "body")


def wrong_response(asked: Operation, status: int, body: Any) -> list[str]:
    """Where an answer does not fit the description."""
    response = asked.description["responses"].get(str(status))
    content: Json = _resolved(response).get("content", {}) if response else {}
    schema: Json | None = content.get("application/json", {}).get("schema")
    return list(_errors(schema, body, "answer")) if schema else []


def example(asked: Operation, status: int) -> Any:
    """GitHub's own example of an answer, to be changed at will."""
    content = asked.description["responses"][str(status)]["content"]
    (chosen,) = content["application/json"]["examples"].values()
    return copy.deepcopy(_resolved(chosen)["value"])


def _errors(schema: dict[str, Any], value: Any, name: str) -> Iterator[str]:
    whole = {**_json_schema(schema), "components": _components()}
    checker: Any = Draft7Validator(whole)
    for error in checker.iter_errors(value):
        where = ".".join([name, *map(str, error.absolute_path)])
        yield f"{where}: {error.message[:300]}"


@cache
def _components() -> dict[str, Any]:
    return {"schemas": _json_schema(_whole()["components"]["schemas"])}


def _json_schema(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` in JSON Schema's words."""
    if is_list(node):
        return [_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    fields = cast("Json", node)
    made: Json = {key: _json_schema(value) for key, value in fields.items()}
    if made.pop("nullable", None) is True:
        return {"anyOf": [{"type": "null"}, made]}
    return made


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """The same, and no property beside those that are named."""
    made = {key: _strict_item(value) for key, value in _resolved(schema).items()}
    if "properties" in made:
        made.setdefault("additionalProperties", False)
    return made


def _strict_item(value: Any) -> Any:
    if isinstance(value, dict):
        fields = cast("Json", value)
        if fields.keys() & {"type", "oneOf", "$ref"}:
            return _strict(fields)
        return {key: _strict_item(item) for key, item in fields.items()}
    if is_list(value):
        return [_strict_item(item) for item in value]
    return value


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found: Any = _whole()
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node
