"""github: annotations where they belong, no more than are shown, and none forged."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from backout.core.finding import Finding, Place, Severity
from backout.core.report import PolicySource, Report
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


def test_nothing_to_say_is_nothing() -> None:
    assert written("github", report()) == ""


def test_a_finding_with_a_span_and_one_of_a_whole_file() -> None:
    assert written("github", report(TEST_USE, USE)) == (
        "::error file=src/services/container.py,line=126,endLine=126,col=16,"
        "endColumn=38,title=forbidden-symbol (v1-elimination / 1)::"
        "V1 is gone since phase 1 of v1-elimination.%0A"
        "Use services.v2.DefinitionService.\n"
        "::warning file=tests/test_container.py,title=forbidden-symbol::"
        "A test still needs V1.\n"
    )


def test_columns_are_left_out_where_the_span_has_many_lines() -> None:
    finding = msgspec.structs.replace(USE, place=Place("a", 1, 5, 3, 2))
    assert written("github", report(finding)).startswith(
        "::error file=a,line=1,endLine=3,title="
    )


def test_what_is_not_decided_is_an_error_and_notes_are_lines() -> None:
    policy = PolicySource("backout.yaml", "x", "main has no backout.yaml yet")
    made = Report("x", policy, notes=("41 uses",), undecided=("no base",))
    assert written("github", made) == (
        "main has no backout.yaml yet\n"
        "::error title=backout cannot decide::no base\n"
        "41 uses\n"
    )


def test_a_waiver_that_let_something_pass_is_a_line() -> None:
    made = Report("x", POLICY, waivers=WAIVERS)
    assert written("github", made) == f"{WAIVED}\n"


def many(severity: Severity, number: int) -> list[Finding]:
    return [Finding("r", severity, Place("a", n + 1), "m") for n in range(number)]


@pytest.mark.parametrize(
    ("number", "shown", "dropped"),
    [
        pytest.param(10, 10, 0, id="ten are shown"),
        pytest.param(11, 10, 1, id="of eleven one is counted"),
        pytest.param(400, 10, 390, id="of many most are counted"),
    ],
)
def test_ten_of_a_kind_and_a_count(number: int, shown: int, dropped: int) -> None:
    found = many(Severity.WARNING, number) + many(Severity.ERROR, number)
    lines = written("github", report(*found)).splitlines()
    assert [line[:8] for line in lines[:shown]] == ["::error "] * shown
    assert [line[:8] for line in lines[shown : 2 * shown]] == ["::warnin"] * shown
    counted = [line for line in lines if line.startswith("::notice")]
    if dropped:
        assert counted == [
            f"::notice title=backout::{number} errors, {number} warnings in 2 changed "
            f"files. GitHub shows 10 of a kind, so {2 * dropped} more are not "
            "annotated: the job's summary holds them."
        ]
    else:
        assert counted == []


def test_the_count_has_its_place_among_the_notices() -> None:
    lines = written("github", report(*many(Severity.INFO, 50))).splitlines()
    assert len(lines) == 10
    assert "41 more" in lines[-1]


def test_many_sentences_that_are_not_decided_keep_the_limit() -> None:
    made = Report("x", POLICY, undecided=tuple(map(str, range(30))))
    assert written("github", made).count("::error ") == 10


@given(REPORTS)
def test_every_command_is_one_of_ours(made: Report) -> None:
    shown = written("github", made)
    obeyed = commands(shown)
    ours = ("::error ", "::warning ", "::notice ")
    assert all(line.startswith(ours) for line in obeyed)
    expected = len(made.undecided) + len(set(made.findings))
    assert len(obeyed) == expected
    # Nothing in a text ends the line, or begins another property or command.
    assert all(line.count("::") >= 2 for line in obeyed)
    assert all(line.split("::")[1].count("title=") >= 1 for line in obeyed)


def test_the_count_forges_nothing() -> None:
    made = Report("x\n::error::y", POLICY, tuple(many(Severity.ERROR, 11)))
    counted = written("github", made).splitlines()[10:]
    assert len(counted) == 1
    assert "in x%0A:\\x3aerror::y. GitHub" in counted[0]
