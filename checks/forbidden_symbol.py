"""forbidden-symbol: a legacy name that may no longer be used is used."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.change import Change
from ..core.finding import Finding, Rule
from ..core.policy import Policy

RULES = (
    Rule("forbidden-symbol", "uses a legacy name that may not come back"),
    Rule("unparsable-file", "a file that mentions a forbidden name cannot be parsed"),
)


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """Every use of a forbidden name in the judged files."""
    yield from ()
