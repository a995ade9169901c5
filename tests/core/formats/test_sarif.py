"""sarif: what code scanning takes, the same alert from run to run."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given

from backout.core import rule_pages
from backout.core.finding import Excerpt, Finding, Place, Severity
from backout.core.formats.sarif import FINGERPRINT, RESULTS, SIZE, fingerprints
from backout.core.report import Report
from support.reports import (
    POLICY,
    REPORTS,
    TEST_USE,
    USE,
    WAIVED,
    WAIVERS,
    report,
    written,
)
from support.runner import commands
from support.sarif import SCHEMA
from support.schemas import complaints


def run_of(made: Report) -> Any:
    return json.loads(written("sarif", made))["runs"][0]


@given(REPORTS)
def test_it_is_valid_and_no_command(made: Report) -> None:
    text = written("sarif", made)
    assert complaints(SCHEMA, json.loads(text)) == []
    assert text.isascii()
    assert commands(text) == []


@given(REPORTS)
def test_every_finding_is_a_result_of_its_rule(made: Report) -> None:
    run = run_of(made)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(run["results"]) == len(set(made.findings))
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    assert run["invocations"][0]["executionSuccessful"] is not bool(made.undecided)


def test_a_result() -> None:
    error, warning = run_of(report(TEST_USE, USE))["results"]
    assert error["level"] == "error"
    assert warning["level"] == "warning"
    assert error["message"]["text"] == f"{USE.message} {USE.help}"
    place = error["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {
            "uri": "src/services/container.py",
            "uriBaseId": "%SRCROOT%",
        },
        "region": {
            "startLine": 126,
            "startColumn": 16,
            "endLine": 126,
            "endColumn": 38,
        },
    }
    assert "region" not in warning["locations"][0]["physicalLocation"]
    assert error["properties"]["migration"] == "v1-elimination"


def test_a_rule_brings_its_page() -> None:
    rule = run_of(report(USE))["tool"]["driver"]["rules"][0]
    page = rule_pages.page("forbidden-symbol")
    assert page is not None
    assert rule["help"] == {"text": page, "markdown": page}
    assert rule["shortDescription"]["text"]


def test_a_message_makes_no_link_and_has_no_placeholder() -> None:
    finding = msgspec.structs.replace(TEST_USE, message=r"[a](http://b) {0} \[")
    result = run_of(report(finding))["results"][0]
    assert result["message"]["text"] == r"\[a\](http://b) {{0}} \\\["


def moved(finding: Finding, by: int) -> Finding:
    place, excerpt = finding.place, finding.excerpt
    assert excerpt is not None
    return msgspec.structs.replace(
        finding,
        place=Place(place.path, place.line + by, place.column, place.end_line + by),
        excerpt=Excerpt(excerpt.first + by, excerpt.lines),
    )


def test_a_fingerprint_does_not_change_when_lines_move() -> None:
    assert fingerprints([moved(USE, 40)]) == fingerprints([USE])
    message = "V1 is gone. It is imported at line 53."
    other = msgspec.structs.replace(moved(USE, 40), message=message)
    assert fingerprints([other]) == fingerprints([USE])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"rule": "other"}, id="rule"),
        pytest.param({"symbol": "a.B"}, id="symbol"),
        pytest.param({"migration": "b"}, id="migration"),
        pytest.param({"place": Place("b.py", 126, 16)}, id="path"),
        pytest.param({"excerpt": Excerpt(126, ("other",))}, id="line"),
    ],
)
def test_a_fingerprint_depends_on_the(change: dict[str, Any]) -> None:
    assert fingerprints([msgspec.structs.replace(USE, **change)]) != fingerprints([USE])


@given(REPORTS)
def test_no_two_findings_share_a_fingerprint(made: Report) -> None:
    findings = list(dict.fromkeys(made.findings))
    assert len(set(fingerprints(findings))) == len(findings)


def test_the_fingerprint_of_equal_lines_is_their_order() -> None:
    marks = fingerprints([moved(USE, 10), USE])
    assert [mark.rsplit(":")[-1] for mark in marks] == ["2", "1"]
    assert run_of(report(USE))["results"][0]["partialFingerprints"] == {
        FINGERPRINT: fingerprints([USE])[0]
    }


def test_the_worst_are_kept_of_more_than_github_takes() -> None:
    warnings = tuple(
        Finding("r", Severity.WARNING, Place("a", n + 1), "m") for n in range(RESULTS)
    )
    run = run_of(Report("x", POLICY, (*warnings, USE)))
    assert len(run["results"]) == RESULTS
    assert run["results"][0]["level"] == "error"
    said = [n["message"]["text"] for n in run["invocations"][0][NOTIFICATIONS]]
    assert said == ["1 error, 25000 warnings; only the worst 25000 are listed here"]


NOTIFICATIONS = "toolExecutionNotifications"


def test_a_waiver_that_let_something_pass_is_a_notification() -> None:
    log = json.loads(written("sarif", Report("x", POLICY, waivers=WAIVERS)))
    (said,) = log["runs"][0]["invocations"][0][NOTIFICATIONS]
    assert said == {"level": "note", "message": {"text": WAIVED}}


def test_a_log_of_more_bytes_than_github_takes_is_cut() -> None:
    # Digests do not compress: 300 findings of 100 KB are 15 MB whatever is done.
    noise = [hashlib.shake_256(bytes([n])).hexdigest(50_000) for n in range(250)]
    found = tuple(Finding("r", Severity.ERROR, Place("a"), text) for text in noise)
    text = written("sarif", Report("x", POLICY, found))
    assert len(gzip.compress(text.encode())) < SIZE
    assert 0 < len(json.loads(text)["runs"][0]["results"]) < 250
