"""Where editors find the JSON Schema of the policy."""

from __future__ import annotations

from typing import Final

ADDRESS: Final = (
    "https://raw.githubusercontent.com/backout/backout/main/core/backout.schema.json"
)
