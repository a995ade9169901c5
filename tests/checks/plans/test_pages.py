"""What the pages of the plan's rules show is true: bad is found, good is not."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from backout.checks.plans.judge import judge
from backout.checks.plans.rule import Context
from backout.core.finding import Finding
from backout.core.policy import Migration, Phase, Policy

DOCS = Path(__file__).parents[3] / "docs"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
PAGES = [
    "contact-missing",
    "never-rehearsed",
    "no-approver",
    "no-communication",
    "no-data-loss-window",
    "no-data-step",
    "no-re-enablement",
    "no-recovery-time",
    "no-runnable-verification",
    "no-trigger",
    "phase-not-in-plan",
    "plan-part-missing",
    "recovery-time-contradicted",
    "steps-out-of-order",
    "success-hard-coded",
    "unfilled-placeholder",
    "waiver-expired",
    "waiver-unused",
    "waiver-without-reason",
]
# What the page says of the policy: phases 1 to 4 of one migration.
POLICY = Migration(id="m", phases=tuple(Phase(id=str(n)) for n in range(1, 5)))


def judged(text: str, context: Context) -> list[Finding]:
    return list(judge("plan.md", text.encode(), context))


def example(rule: str, kind: str) -> str:
    """The block under "Bad" or "Good" on the page of `rule`."""
    page = (DOCS / "rules" / f"{rule}.md").read_text("utf-8")
    found = re.search(
        rf"^## {kind}\n.*?^````markdown\n(.*?)^````$", page, re.MULTILINE | re.DOTALL
    )
    assert found is not None
    return found[1]


@pytest.mark.parametrize("rule", PAGES)
def test_a_page_shows_what_is_found_and_what_is_not(rule: str) -> None:
    context = Context(now=NOW)
    if rule == "phase-not-in-plan":
        context = Context(policy=Policy(version=1), migration=POLICY, now=NOW)
    bad = judged(example(rule, "Bad"), context)
    good = judged(example(rule, "Good"), context)
    assert rule in {finding.rule for finding in bad}
    assert [f for f in good if f.rule == rule and f.severity.value != "info"] == []


def whole_plan() -> str:
    page = (DOCS / "how-to" / "write-a-plan.md").read_text("utf-8")
    found = re.search(r"^````markdown\n(.*?)^````$", page, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("risk", ["low", "medium", "high", "critical"])
def test_the_whole_plan_of_the_guide_passes_at_every_risk(risk: str) -> None:
    phase = {"id": "7", "risk": risk, "data": {"engine": "postgresql"}}
    migration = {"flags": [{"env": "USE_UNIFIED_STORAGE", "legacy": "0", "new": "1"}]}
    policy = {"version": 1, "migrations": {"m": {**migration, "phases": [phase]}}}
    read = msgspec.convert(policy, Policy)
    context = Context(policy=read, migration=read.migrations["m"], now=NOW)
    assert judged(whole_plan(), context) == []


def test_the_whole_plan_of_the_guide_passes_without_a_policy() -> None:
    assert judged(whole_plan(), Context(now=NOW)) == []
