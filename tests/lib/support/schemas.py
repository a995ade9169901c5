"""What a JSON Schema has against a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from jsonschema import Draft202012Validator


def complaints(schema: Mapping[str, Any], document: object) -> list[str]:
    """The messages of a validator; none for a valid document."""
    validator = cast(Any, Draft202012Validator(schema))
    errors = cast("Iterator[Exception]", validator.iter_errors(document))
    return [str(error) for error in errors]
