"""Every rule a plan is held to. One module is one subject; `GROUPS` is the whole list.

A group's module holds `RULES`. To add a rule: a function under `@rule` in the module of
its subject, its name in that module's `RULES`, cases in `tests/checks/plans/`, a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from ..rule import PlanRule

GROUPS = (
    "blocks",
    "deciding",
    "people",
    "proof",
    "timing",
    "data_parts",
    "coverage",
    "claims",
    "placeholders",
    "steps",
    "services",
    "git_steps",
    "git_endings",
    "history",
    "reverts",
    "restores",
    "backups",
    "schema",
    "redis",
    "files",
    "code",
    "said_of_files",
    "texts",
    "python",
)


class Group(Protocol):
    """The shape of a group's module."""

    RULES: Sequence[PlanRule]


@cache
def rules() -> tuple[PlanRule, ...]:
    """All of them, in the order of `GROUPS`."""
    modules = [import_module(f".{name}", __name__) for name in GROUPS]
    return tuple(rule for module in modules for rule in cast(Group, module).RULES)
