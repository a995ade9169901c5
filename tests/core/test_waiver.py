"""Waivers: which ones hold, and what is said of those that do not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backout.core.finding import Finding, Place, Severity
from backout.core.waiver import InlineWaiver, settle, waivers

TODAY = date(2026, 11, 20)
WHOLE = "backout: allow[no-trigger] until 2027-01-31: the board decides"


@pytest.mark.parametrize(
    "comment",
    [
        pytest.param("", id="an empty comment"),
        pytest.param("backout allows this", id="prose about the tool"),
        pytest.param("allow[no-trigger] until 2027-01-31: why", id="another tool's"),
    ],
)
def test_what_is_no_waiver_is_left_alone(comment: str) -> None:
    assert list(waivers(comment)) == []


@pytest.mark.parametrize(
    "comment",
    [
        pytest.param(WHOLE, id="bare"),
        pytest.param(f"# {WHOLE}", id="after a hash"),
        pytest.param(f"<!-- {WHOLE} -->", id="an HTML comment with its marks"),
        pytest.param(f"/* {WHOLE} */", id="a C comment"),
        pytest.param(WHOLE.replace(": the", " :  the"), id="spaces around the colon"),
        pytest.param(WHOLE.replace("backout: ", "backout:"), id="no space after it"),
    ],
)
def test_a_whole_waiver_is_read(comment: str) -> None:
    [waiver] = waivers(comment)
    assert waiver.problem == ""
    assert waiver.rules == ("no-trigger",)
    assert waiver.until == date(2027, 1, 31)
    assert waiver.reason == "the board decides"


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("backout: allow[no-trigger] until 2027-01-31", "has no reason"),
        ("backout: allow[no-trigger] until 2027-01-31: -", "has no reason"),
        ("backout: allow[no-trigger]: because", "has no date"),
        ("backout: allow[no-trigger] until 31.1.2027: why", "has no date"),
        ("backout: allow[no-trigger] until 2027-02-30: why", "has no date"),
        ("backout: allow[] until 2027-01-31: why", "names no rule"),
        ("backout: allow[No Trigger] until 2027-01-31: why", "names no rule"),
        ("backout: allow everything", "is not of the form"),
    ],
)
def test_a_waiver_that_lacks_something_says_so(comment: str, problem: str) -> None:
    [waiver] = waivers(comment)
    assert waiver.problem.startswith(problem)


def test_several_rules_and_several_lines_are_read_with_their_places() -> None:
    first, second = waivers(
        f"a\n  {WHOLE}\n{WHOLE.replace('trigger', 'approver, b')}", 7
    )
    assert (first.line, first.column) == (8, 3)
    assert (second.line, second.column) == (9, 1)
    assert second.rules == ("no-approver", "b")


def _settled(comment: str, *, judged: tuple[str, ...] = ("no-trigger",)) -> list[str]:
    finding = Finding("no-trigger", Severity.ERROR, Place("p.md", 3), "No number.")
    found = settle(
        "p.md",
        [finding],
        list(waivers(comment)),
        today=TODAY,
        judged=judged,
        covers=lambda waiver, finding: True,
    )
    return [f"{f.rule} {f.severity.value}" for f in found]


def test_what_is_waived_is_still_told_as_information() -> None:
    assert _settled(WHOLE) == ["no-trigger info"]


@pytest.mark.parametrize(
    ("comment", "also"),
    [
        pytest.param(
            WHOLE.replace("2027-01-31", "2026-11-19"),
            "waiver-expired warning",
            id="a day late",
        ),
        pytest.param(
            WHOLE.replace("trigger", "approver"), "waiver-unused warning", id="unused"
        ),
        pytest.param(
            "backout: allow[no-trigger] until 2027-01-31:",
            "waiver-without-reason error",
            id="unreasoned",
        ),
    ],
)
def test_a_waiver_that_does_not_hold_allows_nothing(comment: str, also: str) -> None:
    judged = ("no-trigger", "no-approver")
    assert _settled(comment, judged=judged) == ["no-trigger error", also]


def test_a_waiver_holds_to_the_end_of_its_day() -> None:
    assert _settled(WHOLE.replace("2027-01-31", "2026-11-20")) == ["no-trigger info"]


def test_a_waiver_of_a_rule_that_was_not_run_is_not_called_unused() -> None:
    assert _settled(WHOLE.replace("trigger", "approver")) == ["no-trigger error"]


def test_a_waiver_covers_its_place_alone() -> None:
    finding = Finding("no-trigger", Severity.ERROR, Place("p.md", 3), "No number.")
    written = [InlineWaiver(("no-trigger",), date(2027, 1, 1), "why", 9, 1)]
    found = settle(
        "p.md",
        [finding],
        written,
        today=TODAY,
        judged=["no-trigger"],
        covers=lambda waiver, finding: waiver.line == finding.place.line,
    )
    assert [f.rule for f in found] == ["no-trigger", "waiver-unused"]


def test_a_waiver_that_is_not_allowed_allows_nothing_and_is_told() -> None:
    finding = Finding("no-trigger", Severity.ERROR, Place("p.md", 3), "No number.")
    found = settle(
        "p.md",
        [finding],
        list(waivers(WHOLE)),
        today=TODAY,
        judged=["no-trigger"],
        covers=lambda waiver, finding: True,
        allowed=lambda waiver: False,
    )
    assert [f"{f.rule} {f.severity.value}" for f in found] == [
        "no-trigger error",
        "waiver-not-allowed warning",
    ]


@given(st.text())
def test_any_text_is_read_without_a_crash_and_never_holds_by_accident(
    text: str,
) -> None:
    for waiver in waivers(f"backout: allow{text}"):
        assert waiver.problem or (waiver.until is not None and waiver.reason)
