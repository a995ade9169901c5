"""What the rollback branch is called: the policy's pattern, filled in."""

from __future__ import annotations

import re
from datetime import datetime

from ...core.reversal.targets import Targets

_USUAL = "emergency/rollback-{target}"


def branch_name(targets: Targets, now: datetime) -> str:
    """The branch for these targets; `now` fills in {date}."""
    if targets.migration is None:
        words = "-".join(
            _word(target.step.commit.short) for target in targets.steps[:1]
        )
        if all(asked.startswith(("#", "http")) for asked in targets.asked):
            words = "-".join(re.sub(r"\D", "", asked[-12:]) for asked in targets.asked)
        return _USUAL.replace("{target}", words or _word(targets.name))
    parts = {
        "{migration}": targets.migration.id,
        "{phase}": "-".join(phase.id for phase in targets.phases),
        "{date}": now.strftime("%Y%m%d"),
    }
    name = targets.migration.branch
    for field, value in parts.items():
        name = name.replace(field, _word(value))
    return name


def _word(text: str) -> str:
    """`text` as a part of a ref's name."""
    return re.sub(r"[^\w.-]+", "-", text).strip("-.") or "x"
