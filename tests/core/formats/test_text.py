"""text: the lines a person reads, and what a terminal or a CI log makes of them."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backout.core.finding import Excerpt, Finding, Place, Severity
from backout.core.formats import PLAIN, Style
from backout.core.formats.cells import cut, width
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
from support.runner import commands, is_hidden

DIRECTOR = """\
src/services/container.py:126:16  forbidden-symbol
  125 |         config = config or {}
  126 |         return DefinitionOrchestrator(config)
      |                ^^^^^^^^^^^^^^^^^^^^^^ services.v1.DefinitionOrchestrator
  V1 is gone since phase 1 of v1-elimination. Use services.v2.DefinitionService.
  src/services/container.py:13:1  imported here
"""


def test_nothing_to_say_is_nothing() -> None:
    assert written("text", report()) == ""


def test_a_note_is_said_though_nothing_is_wrong() -> None:
    made = Report("x", POLICY, notes=("services.v1: 41 uses, 2 fewer than main",))
    assert written("text", made) == "services.v1: 41 uses, 2 fewer than main\n"


def test_a_waiver_that_let_something_pass_is_said_though_nothing_is_wrong() -> None:
    assert written("text", Report("x", POLICY, waivers=WAIVERS)) == f"{WAIVED}\n"


def test_who_asked_is_told_that_nothing_was_found() -> None:
    assert written("text", report(), Style(elapsed=0.1, always_sums_up=True)) == (
        "no findings in 2 changed files (0.10 s).\n"
    )


def test_one_finding() -> None:
    assert written("text", report(USE), Style(elapsed=0.094)) == (
        f"{DIRECTOR}\n"
        "1 finding in 2 changed files (0.09 s). Why: backout explain forbidden-symbol\n"
    )


def test_an_error_and_a_warning() -> None:
    assert written("text", report(TEST_USE, USE)) == (
        f"{DIRECTOR}\n"
        "tests/test_container.py  forbidden-symbol (warning)\n"
        "  A test still needs V1.\n\n"
        "1 error, 1 warning in 2 changed files. Why: backout explain forbidden-symbol\n"
    )


def test_what_is_not_decided_is_said_before_the_summary() -> None:
    policy = PolicySource("backout.yaml", "x", "main has no backout.yaml yet")
    made = Report("1 staged file", policy, undecided=("main is not here",))
    assert written("text", made) == (
        "main has no backout.yaml yet\n"
        "not decided: main is not here\n"
        "no findings in 1 staged file.\n"
    )


def pointed(line: str, start: int, end: int, style: Style = PLAIN) -> list[str]:
    """The excerpt of `line` with characters `start` up to `end`, from 1, pointed at."""
    finding = Finding(
        "r", Severity.ERROR, Place("a", 1, start, 1, end), "m",
        excerpt=Excerpt(1, (line,)),
    )  # fmt: skip
    return written("text", report(finding), style).split("\n")[1:3]


@pytest.mark.parametrize(
    ("line", "start", "end", "shown", "carets"),
    [
        pytest.param("x = V1()", 5, 7, "x = V1()", "    ^^", id="plain"),
        pytest.param("\tV1", 2, 4, "    V1", "    ^^", id="after a tab"),
        pytest.param("ab\tV1", 4, 6, "ab  V1", "    ^^", id="after a tab's stop"),
        pytest.param("日本 V1", 4, 6, "日本 V1", "     ^^", id="after wide ones"),
        pytest.param("e\u0301 V1", 4, 6, "e\u0301 V1", "  ^^", id="after an accent"),
        pytest.param("日本", 1, 3, "日本", "^^^^", id="under wide ones"),
        pytest.param("\x0cV1", 2, 4, r"\x0cV1", "    ^^", id="after a form feed"),
        pytest.param("\u202eV1", 2, 4, r"\u202eV1", "      ^^", id="after a trick"),
        pytest.param(
            "##[a]V1", 6, 8, r"##\x5ba]V1", "        ^^", id="after a forgery"
        ),
        pytest.param("V1", 1, 1, "V1", "^", id="an empty span is a point"),
        pytest.param("V1", 3, 9, "V1", "  ^", id="past the end"),
    ],
)
def test_the_caret_stands_under_the_span(
    line: str, start: int, end: int, shown: str, carets: str
) -> None:
    assert pointed(line, start, end) == [f"    1 | {shown}", f"      | {carets}"]


def test_a_span_of_many_lines_is_pointed_at_to_the_end_of_its_first() -> None:
    finding = msgspec.structs.replace(
        USE,
        place=Place("a", 1, 3, 2, 2),
        symbol="",
        excerpt=Excerpt(1, ("a b c", ")")),
    )
    lines = written("text", report(finding)).split("\n")
    assert lines[1:4] == ["    1 | a b c", "      |   ^^^", "    2 | )"]


@given(st.text("ab\t日\u0301é\x1b", max_size=300), st.integers(1, 300))
def test_a_narrow_terminal_gets_no_wide_line(line: str, start: int) -> None:
    shown, carets = pointed(line, start, start + 5, Style(width=60))
    assert width(shown) <= 60
    if start <= len(line) and start + 5 <= len(line):
        assert "^" in carets
        assert width(carets) <= 60


def test_a_narrow_terminal_is_shown_the_place_and_not_the_start() -> None:
    line = "x" * 100 + "V1" + "y" * 100
    shown, carets = pointed(line, 101, 103, Style(width=60))
    at = carets.index("^^")
    assert shown[at : at + 2] == "V1"
    assert shown.endswith("…")


@given(st.text(), st.integers(1, 50))
def test_what_is_cut_fits(text: str, cells: int) -> None:
    assert width(cut(text, cells)) <= cells


def test_colours_and_links_only_where_they_are_asked_for() -> None:
    plain = written("text", report(USE, TEST_USE))
    assert "\x1b" not in plain
    painted = written("text", report(USE, TEST_USE), Style(color=True))
    assert "\x1b[1;31mforbidden-symbol\x1b[0m" in painted
    assert "\x1b[1;33mforbidden-symbol\x1b[0m" in painted
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == plain
    linked = written("text", report(USE, TEST_USE), Style(color=True, links="/w/a b"))
    assert "\x1b]8;;file:///w/a%20b/src/services/container.py\x1b\\" in linked
    assert re.sub(r"\x1b\]8;;.*?\x1b\\", "", linked) == painted


@given(REPORTS, st.sampled_from([0, 40]))
def test_no_report_moves_the_cursor_or_commands_a_runner(
    made: Report, wide: int
) -> None:
    shown = written("text", made, Style(width=wide))
    assert commands(shown) == []
    assert not [c for c in shown if is_hidden(c) and c != "\n"]


@given(REPORTS)
def test_colours_make_no_command(made: Report) -> None:
    assert commands(written("text", made, Style(color=True, links="/w"))) == []


def test_the_last_line_names_three_rules_the_worst_first() -> None:
    rules = [
        ("b-rule", Severity.WARNING),
        *((f"r-{i}", Severity.ERROR) for i in "abcd"),
    ]
    findings = tuple(
        Finding(rule, severity, Place("a.py", 1, 1), "Wrong.")
        for rule, severity in rules
    )
    made = Report("1 file", POLICY, findings)
    assert written("text", made).splitlines()[-1] == (
        "4 errors, 1 warning in 1 file. Why: backout explain r-a r-b r-c (and 2 more)"
    )
