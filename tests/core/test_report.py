"""A report's verdict and counts, and several reports made into one."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backout.core.errors import UsageError
from backout.core.finding import Finding, Place, Severity
from backout.core.report import (
    Demand,
    PolicySource,
    Report,
    Section,
    WaiverInForce,
    count,
    in_order,
    merge,
    worst_first,
)
from support.reports import FINDINGS, POLICY, REPORTS, TEST_USE, USE, report

INFO = msgspec.structs.replace(TEST_USE, severity=Severity.INFO)


@pytest.mark.parametrize(
    ("made", "verdict", "words"),
    [
        pytest.param(report(), "clean", "no findings", id="nothing is clean"),
        pytest.param(report(TEST_USE), "clean", "1 warning", id="so is a warning"),
        pytest.param(report(INFO), "clean", "1 info", id="so is a remark"),
        pytest.param(report(USE), "found", "1 finding", id="an error is found"),
        pytest.param(
            report(USE, TEST_USE, INFO),
            "found",
            "1 error, 1 warning, 1 info",
            id="each severity is counted",
        ),
        pytest.param(
            Report("x", POLICY, (USE,), undecided=("no base",)),
            "undecided",
            "1 finding",
            id="what is not decided comes before what is found",
        ),
    ],
)
def test_verdict(made: Report, verdict: str, words: str) -> None:
    assert made.verdict == verdict
    assert count(made) == words


def test_findings_are_listed_as_one_reads_files() -> None:
    places = [Place("b", 1, 1), Place("a", 10, 1), Place("a", 9, 2), Place("a", 9, 1)]
    found = [Finding("r", Severity.ERROR, place, "m") for place in places]
    assert [f.place for f in in_order([*found, *found])] == places[::-1]


def test_the_worst_come_first() -> None:
    assert worst_first([INFO, TEST_USE, USE]) == (USE, TEST_USE, INFO)


@given(st.lists(FINDINGS))
def test_the_order_does_not_depend_on_how_they_were_found(
    findings: list[Finding],
) -> None:
    assert in_order(findings) == in_order(findings[::-1])
    assert worst_first(findings) == worst_first(findings[::-1])


SHARDS = st.lists(
    REPORTS.map(lambda r: msgspec.structs.replace(r, policy=POLICY)),
    min_size=1,
    max_size=4,
)


@given(SHARDS, st.integers(0, 3))
def test_shards_merge_to_the_same_report_however_they_are_cut(
    shards: list[Report], cut: int
) -> None:
    whole = merge(shards)
    assert merge(shards[::-1]) == whole
    left, right = shards[:cut], shards[cut:]
    parts = [merge(part) for part in (left, right) if part]
    assert merge(parts) == whole


@given(SHARDS)
def test_a_merged_report_loses_nothing_and_is_no_better(shards: list[Report]) -> None:
    whole = merge(shards)
    for shard in shards:
        assert set(shard.findings) <= set(whole.findings)
        assert set(shard.undecided) <= set(whole.undecided)
        assert set(shard.notes) <= set(whole.notes)
    order = ["clean", "found", "undecided"]
    worst = max(order.index(shard.verdict) for shard in shards)
    assert order.index(whole.verdict) == worst


def test_what_two_shards_say_of_a_phase_is_said_once_at_its_worst() -> None:
    met, unmet = Demand("plan", "met"), Demand("plan", "unmet", "line 92")
    waiver = WaiverInForce("r", "2027-01-31", "@ops", "why", findings=1)
    shards = [
        Report("x", POLICY, sections=(Section("m", "7", files=n, demands=(demand,)),),
               waivers=(waiver,))
        for n, demand in ((1, met), (4, unmet))
    ]  # fmt: skip
    whole = merge(shards)
    assert whole.sections == (Section("m", "7", files=4, demands=(unmet,)),)
    assert whole.waivers == (msgspec.structs.replace(waiver, findings=2),)


@pytest.mark.parametrize(
    ("shards", "why"),
    [
        pytest.param([], "no report to merge", id="none"),
        pytest.param(
            [report(), Report("x", PolicySource("backout.yaml", "a fork"))],
            "different policies",
            id="under different policies",
        ),
        pytest.param(
            [Report("x", POLICY, version=2)], "version 1", id="of another version"
        ),
    ],
)
def test_reports_that_do_not_merge(shards: list[Report], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        merge(shards)
