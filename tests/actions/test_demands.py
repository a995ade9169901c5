"""The demands on touched phases: what is met, what is not, what nobody could tell."""

from __future__ import annotations

import pytest

from backout.actions.demands import sections
from backout.core.change import Change, whole
from backout.core.finding import Finding, Place, Severity
from backout.core.policy import Data, Keep, Migration, Phase, Policy
from backout.core.tree import MemoryTree

POLICY = Policy(
    1,
    migrations={
        "v2": Migration(
            id="v2",
            keep=(Keep(("old/",)),),
            phases=(
                Phase("1", title="One", paths=("one/",)),
                Phase(
                    "2",
                    paths=("two/",),
                    after=("1",),
                    risk="high",
                    data=Data(engine="redis"),
                ),
                Phase("3", paths=("three/",), final=True),
            ),
        )
    },
)


def judged(path: str, *findings: Finding, undecided: bool = False) -> list[str]:
    change = Change(MemoryTree({}), MemoryTree({path: "1\n"}))
    return [
        f"{section.phase} {demand.demanded}: {demand.state} {demand.remark}".strip()
        for section in sections(change, POLICY, findings, undecided)
        for demand in section.demands
    ]


def test_what_no_phase_holds_is_demanded_nothing() -> None:
    assert judged("README.md") == []
    assert judged("three/a.py") == []
    assert sections(whole(MemoryTree({"one/a.py": ""})), POLICY, [], False) == ()


def test_everything_is_met() -> None:
    assert judged("two/a.py") == [
        "2 rollback plan: met",
        "2 backup, restored, younger than 24h: met",
        "2 phase 1 before it: met",
        "2 phases shipped stay reversible: met",
        "2 legacy kept: met",
    ]


def test_one_demand_is_not_met() -> None:
    missing = Finding(
        "plan-missing",
        Severity.ERROR,
        Place("one/a.py"),
        "v2/1 has no plan.",
        migration="v2",
        phase="1",
    )
    assert judged("one/a.py", missing, missing) == [
        "1 rollback plan: unmet one/a.py: v2/1 has no plan.",
        "1 phases shipped stay reversible: met",
        "1 legacy kept: met",
    ]
    assert judged("two/a.py", missing)[0] == "2 rollback plan: met"


@pytest.mark.parametrize(
    ("also", "state"),
    [
        pytest.param((), "met", id="of another migration alone"),
        pytest.param(("v2/2",), "met", id="of another phase as well"),
        pytest.param(
            ("v2/1",), "unmet one/a.py: v1/7 has no plan.", id="of it as well"
        ),
        pytest.param(("v2",), "unmet one/a.py: v1/7 has no plan.", id="of all of it"),
    ],
)
def test_a_finding_about_another_migration(also: tuple[str, ...], state: str) -> None:
    missing = Finding(
        "plan-missing",
        Severity.ERROR,
        Place("one/a.py"),
        "v1/7 has no plan.",
        migration="v1",
        phase="7",
        also=also,
    )
    assert judged("one/a.py", missing)[0] == f"1 rollback plan: {state}"


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.INFO])
def test_a_warning_leaves_a_demand_met(severity: Severity) -> None:
    stale = Finding("plan-missing", severity, Place("one/a.py"), "It is old.")
    assert judged("one/a.py", stale)[0] == "1 rollback plan: met"


def test_what_could_not_be_decided_is_unknown() -> None:
    assert judged("one/a.py", undecided=True) == [
        "1 rollback plan: unknown",
        "1 phases shipped stay reversible: unknown",
        "1 legacy kept: unknown",
    ]
