"""What a rule of the plan check is: a name, a summary, and a function that finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ...core.finding import Finding, Place, Rule, Severity
from .phases import matched

if TYPE_CHECKING:
    from ...core.git import Git
    from ...core.policy import Migration, Phase, Policy
    from ...core.tree import Tree
    from .document import Plan, Section


class Context(msgspec.Struct, frozen=True, eq=False):
    """What a plan is judged against. Whatever is None is not known, never empty.

    `tree` holds the repository's files, `git` its history; both are None for a file
    judged alone. `migration` is the one whose plan this is, None without a policy.
    `only` names the phase where the plan is one phase's alone. `base` is the tree
    before the change, None where there is none. `now` is the clock to go by.
    `memo` is where rules keep what is dear to find out twice.
    """

    tree: Tree | None = None
    git: Git | None = None
    policy: Policy | None = None
    migration: Migration | None = None
    only: Phase | None = None
    base: Tree | None = None
    now: datetime | None = None
    memo: dict[str, object] = {}

    def phases(self, section: Section | None = None) -> tuple[Phase, ...]:
        """The policy's phases that `section` is about, or the whole plan is."""
        if self.migration is None:
            return ()
        if self.only is not None:
            return (self.only,)
        if section is None:
            return self.migration.phases
        for around in section.lineage():
            if found := matched(around, self.migration):
                return found
            if around.phases:
                break
        return ()


class Found(NamedTuple):
    """What a rule saw. `severity` is the rule's own where it is None."""

    place: Place
    message: str
    help: str = ""
    severity: Severity | None = None
    phase: str = ""
    related: tuple[tuple[Place, str], ...] = ()


Find = Callable[["Plan", Context], Iterator[Found]]


class PlanRule(NamedTuple):
    """A rule, and how it finds."""

    rule: Rule
    find: Find

    def findings(self, plan: Plan, context: Context) -> Iterator[Finding]:
        """What is wrong with `plan` by this rule."""
        migration = "" if context.migration is None else context.migration.id
        for found in self.find(plan, context):
            yield Finding(
                self.rule.id,
                found.severity or self.rule.severity,
                found.place,
                found.message,
                found.help,
                migration=migration,
                phase=found.phase or ("" if context.only is None else context.only.id),
                related=found.related,
            )


def rule(
    id: str, summary: str, severity: Severity = Severity.ERROR
) -> Callable[[Find], PlanRule]:
    """Makes a rule of the function below it."""
    return lambda find: PlanRule(Rule(id, summary, severity), find)
