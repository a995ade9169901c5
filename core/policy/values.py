"""The values that fields of the policy hold, and what all its structs share."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Level = Literal["flag", "config", "code", "data"]
Risk = Literal["low", "medium", "high", "critical"]
Scope = Literal["source", "tests", "scripts", "docs"]
Strength = Literal["error", "warning", "info", "ignore"]
Engine = Literal["postgresql", "mysql", "sqlite", "redis", "files"]

# `$(?!\n)` is the very end in every dialect of regular expressions: in Python's, `$`
# alone is also before a last line end, and JSON Schema's has no `\Z`.
Text = Annotated[str, Meta(min_length=1)]
Symbol = Annotated[str, Meta(pattern=r"^[^\W\d]\w*(\.[^\W\d]\w*)*$(?!\n)")]
Name = Annotated[str, Meta(pattern=r"^[^\W\d]\w*$(?!\n)")]
Duration = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,5}(s|m|h|d|w)$(?!\n)")]
Date = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)")]
Glob = Annotated[str, Meta(min_length=1)]
Path = Annotated[str, Meta(min_length=1)]
Ref = Annotated[str, Meta(min_length=1)]
MigrationId = Annotated[str, Meta(pattern=r"^\w[\w.-]*$(?!\n)")]
PhaseId = Annotated[str, Meta(pattern=r"^\w[\w.-]*$(?!\n)")]
RuleId = Annotated[str, Meta(pattern=r"^[a-z]+(-[a-z]+)*$(?!\n)")]
SeverityId = Annotated[str, Meta(pattern=r"^\w[\w.-]*$(?!\n)")]
# As YAML has it: the number 0 and the word false are meant as text here.
FlagValue = Annotated[str, Meta(max_length=1000)]
Percent = Annotated[float, Meta(ge=0, le=100)]
Count = Annotated[int, Meta(ge=0)]

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def seconds(duration: Duration) -> int:
    """How long a duration such as `30m` is, in seconds."""
    return int(duration[:-1]) * _SECONDS[duration[-1]]


class Part(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """What every part of the policy shares.

    The string below a field says what uses it: the JSON Schema and the reference page
    are made from these.
    """
