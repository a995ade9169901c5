"""The JSON Schema and the reference page: as new as the model, and true."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from backout.core.policy.document import Raw, read
from backout.core.policy.fields import described
from backout.core.policy.reference import page
from backout.core.policy_file import read_policy
from backout.core.schema import PAGE_FILE, SCHEMA_FILE, schema
from support.editor import complaints

EVERYTHING = Path(__file__).parents[2] / "examples/everything.yaml"


def test_what_is_committed_is_as_new_as_the_model() -> None:
    again = "run python -I -m backout.core.schema"
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema(), again
    assert PAGE_FILE.read_text(encoding="utf-8") == page(), again


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema()))


def test_each_part_and_field_says_what_it_is_for() -> None:
    for part, text, fields in described():
        assert text.endswith("."), part
        for name, used in fields.items():
            assert used.endswith(("?", ".")), f"{part.__name__}.{name}"


def names(raw: Raw) -> Iterator[str]:
    """Every key of a document."""
    if isinstance(raw, list):
        for item in raw:
            yield from names(item)
    elif isinstance(raw, dict):
        yield from raw
        for value in raw.values():
            yield from names(value)


def test_the_example_uses_every_field_loads_and_fits_the_schema() -> None:
    data = EVERYTHING.read_bytes()
    used = set(names(read(data, "everything.yaml").raw))
    known = {name for _, _, fields in described() for name in fields}
    assert known - used == set()
    assert read_policy(data, "everything.yaml").migrations["storage-v2"].phase("11")
    assert complaints(data.decode()) == []


@pytest.mark.parametrize(
    "text",
    [
        "version: 1",
        "version: 1\nmigrations: {m: {phases: [{id: 7}, {id: '8'}]}}",
        "version: 1\nmigrations: {m: {flags: [{env: E, legacy: 0, new: true}]}}",
    ],
)
def test_an_editor_accepts(text: str) -> None:
    assert complaints(text) == []
    assert read_policy(text.encode(), "p").version == 1


@pytest.mark.parametrize(
    "text",
    [
        "version: 2",
        "owners: []",
        "version: 1\nownres: []",
        "version: 1\nmigrations: {m: {id: m}}",
        "version: 1\nmigrations: {m: {phases: [{id: a, risk: hihg}]}}",
        "version: 1\nmigrations: {m: {phases: [{id: a/b}]}}",
        "version: 1\nmigrations: {m: {forbid: [{symbol: a, module: b}]}}",
        "version: 1\nmigrations: {m: {forbid: [{use: b}]}}",
        "version: 1\nmigrations: {m: {window: 30 days}}",
    ],
)
def test_an_editor_refuses(text: str) -> None:
    assert complaints(text) != []


def test_our_own_policy_loads_and_fits_the_schema() -> None:
    data = (EVERYTHING.parents[1] / "backout.yaml").read_bytes()
    assert read_policy(data, "backout.yaml").migrations
    assert complaints(data.decode()) == []
