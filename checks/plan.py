"""plan: a rollback plan that a change touches cannot work, or lacks what it needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..core.change import Change
from ..core.finding import Finding, Rule
from ..core.policy import Migration, Phase, Policy
from ..core.waiver import RULES as WAIVERS
from .plans.judge import UNREADABLE, judge
from .plans.rule import Context
from .plans.rules import rules

RULES: Sequence[Rule] = (UNREADABLE, *WAIVERS, *(rule.rule for rule in rules()))


class Named(NamedTuple):
    """A plan the policy names: of a migration, or of one of its phases."""

    path: str
    migration: Migration
    phase: Phase | None


def plans(policy: Policy) -> Iterator[Named]:
    """Every plan of an open migration, once; a migration's own plan comes first."""
    for migration in policy.migrations.values():
        if migration.status != "open":
            continue
        seen: set[str] = set()
        if migration.plan is not None:
            seen.add(migration.plan)
            yield Named(migration.plan, migration, None)
        for phase in migration.phases:
            if phase.plan is not None and phase.plan not in seen:
                seen.add(phase.plan)
                yield Named(phase.plan, migration, phase)


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """What is wrong with the plans that the change touches."""
    present = set(change.present)
    named = [plan for plan in plans(policy) if plan.path in present]
    if not named:
        return
    contents = change.head.read_all([plan.path for plan in named])
    for plan, (path, content) in zip(named, contents, strict=True):
        context = Context(
            change.head, change.git, policy, plan.migration, plan.phase, change.base,
            change.now,
        )  # fmt: skip
        yield from judge(path, content, context)
