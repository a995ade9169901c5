"""One plan, all rules."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.finding import Finding, Place, Rule
from ...core.report import in_order
from .document import Plan
from .reading import Unreadable, read
from .rule import Context
from .rules import rules
from .waiving import settled

UNREADABLE = Rule("plan-unreadable", "a plan cannot be read as Markdown text")


def judge(path: str, content: bytes, context: Context) -> Iterator[Finding]:
    """What is wrong with the plan `content`, in the order of its lines."""
    migration = "" if context.migration is None else context.migration.id
    try:
        plan = read(path, content)
    except Unreadable as error:
        yield _unreadable(path, error.line, str(error), migration)
        return
    for line, problem in plan.problems:
        yield _unreadable(path, line, problem, migration)
    yield from judge_plan(plan, context)


def judge_plan(plan: Plan, context: Context) -> Iterator[Finding]:
    """What every rule finds in `plan`, waivers heard, as reports order them."""
    found = [f for rule in rules() for f in rule.findings(plan, context)]
    judged = {rule.rule.id for rule in rules()}
    told = settled(plan, found, context, judged)
    yield from in_order(told)


def _unreadable(path: str, line: int, why: str, migration: str) -> Finding:
    return Finding(
        UNREADABLE.id,
        UNREADABLE.severity,
        Place(path, line),
        f"This plan cannot be read: {why}.",
        "Write it as plain Markdown, in UTF-8.",
        migration=migration,
    )
