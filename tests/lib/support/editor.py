"""What an editor would say of a policy, asked of the committed JSON Schema."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from backout.core.schema import SCHEMA_FILE

from . import schemas


class Loader(yaml.SafeLoader):
    """YAML as editors read it: a date is text, and so is `yes`."""

    yaml_implicit_resolvers = {
        sign: [rule for rule in rules if not rule[0].endswith(("timestamp", "bool"))]
        + [("tag:yaml.org,2002:bool", re.compile("^(true|false)$"))]
        for sign, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def complaints(text: str) -> list[str]:
    """Each thing that the schema refuses in a policy's text."""
    found: Any = yaml.load(text, Loader)
    known = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return schemas.complaints(known, found)
