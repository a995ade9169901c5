"""Waivers of the policy: what they silence, and what becomes of them after their day."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from backout.actions.waivers import apply_waivers, with_unused
from backout.core.finding import Finding, Place, Severity
from backout.core.policy import Policy, Waiver
from backout.core.report import PolicySource, Report

USE = Finding(
    "forbidden-symbol",
    Severity.ERROR,
    Place("src/a.py", 1, 1),
    "It is used.",
    symbol="old.Name",
)


def _waiver(
    rule: str = "forbidden-symbol",
    until: str = "2026-06-30",
    path: str | None = None,
    symbol: str | None = None,
) -> Waiver:
    return Waiver(rule, until, "@acme/storage", "moves next week", path, symbol)


@pytest.mark.parametrize(
    ("waiver", "silenced"),
    [
        pytest.param(_waiver(), True, id="of the rule, anywhere"),
        pytest.param(_waiver(path="src/**"), True, id="of the file's folder"),
        pytest.param(_waiver(symbol="old.Name"), True, id="of the very symbol"),
        pytest.param(_waiver(until="2026-06-15"), True, id="on its last day"),
        pytest.param(_waiver(rule="backup-missing"), False, id="of another rule"),
        pytest.param(_waiver(path="tests/**"), False, id="of another folder"),
        pytest.param(_waiver(symbol="old"), False, id="of another symbol"),
        pytest.param(_waiver(until="2026-06-14"), False, id="on the day after"),
    ],
)
def test_a_waiver_silences(waiver: Waiver, silenced: bool) -> None:
    policy = Policy(version=1, waivers=(waiver,))
    left, _ = apply_waivers([USE], policy, date(2026, 6, 15))
    assert (USE not in left) is silenced


def test_what_is_silenced_is_counted() -> None:
    policy = Policy(version=1, waivers=(_waiver(path="src/**"), _waiver()))
    _, [first, second] = apply_waivers([USE, USE], policy, date(2026, 6, 15))
    assert (first.findings, second.findings) == (2, 0)


def test_an_expired_waiver_is_heard_of() -> None:
    policy = Policy(version=1, waivers=(_waiver(path="src/**"),))
    left, in_force = apply_waivers([USE], policy, date(2026, 7, 1))
    assert in_force == ()
    assert [finding.rule for finding in left] == ["forbidden-symbol", "waiver-expired"]
    assert left[1].message == (
        "The waiver of forbidden-symbol in src/** ended on 2026-06-30. "
        "@acme/storage answers for it (moves next week)."
    )


def test_a_waiver_that_a_whole_tree_does_not_need_is_heard_of() -> None:
    policy = Policy(version=1, waivers=(_waiver(path="src/**"), _waiver(path="lib/")))
    _, waivers = apply_waivers([USE], policy, date(2026, 6, 15))
    report = Report("a tree", PolicySource("p", "t"), waivers=waivers, whole=True)
    assert [f"{f.rule} {f.message}" for f in with_unused(report).findings] == [
        "waiver-unused Nothing needs the waiver of forbidden-symbol in lib/ any more."
    ]
    part = msgspec.structs.replace(report, whole=False)
    assert with_unused(part).findings == ()
