"""markdown: a summary that shows what was found, and nothing that was smuggled in."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from backout.core.finding import Finding, Place, Severity
from backout.core.report import (
    Demand,
    PolicySource,
    Report,
    Section,
    WaiverInForce,
)
from support.reports import POLICY, REPORTS, TEST_USE, USE, report, written
from support.runner import commands

LIMIT = 1024 * 1024  # bytes that GitHub takes

STORAGE = Section(
    "storage-v2",
    "7",
    "Storage layer",
    ("high risk", "data"),
    4,
    (
        Demand("rollback plan", "unmet", "line 92 restores a plain dump"),
        Demand("backup", "unmet", "last 31 h ago", "Take one."),
        Demand("rehearsal", "unknown"),
        Demand("legacy kept", "met"),
    ),
)


def test_nothing_found() -> None:
    assert written("markdown", report()) == (
        "### backout: nothing stands in the way\n\n"
        "No findings in 2 changed files. Policy: `backout.yaml` from main at 3f2a91c.\n"
    )


def test_a_merge_that_must_wait() -> None:
    waiver = WaiverInForce("forbidden-symbol", "2027-01-31", "Ada", "slow", "a/**")
    made = Report(
        "4 changed files",
        PolicySource("backout.yaml", "main at 3f2a91c", "A remark."),
        (USE, TEST_USE),
        notes=("41 uses",),
        undecided=("no base",),
        sections=(STORAGE,),
        waivers=(waiver,),
    )
    assert written("markdown", made) == (
        "### backout: cannot decide\n"
        "\n"
        "A remark.\n"
        "\n"
        "- Not decided: no base\n"
        "\n"
        "**storage-v2 / 7 Storage layer** (high risk, data) is touched by 4 files.\n"
        "\n"
        "| demanded | state |\n"
        "|---|---|\n"
        "| rollback plan | not met: line 92 restores a plain dump |\n"
        "| backup | not met: last 31 h ago Take one. |\n"
        "| rehearsal | not decided |\n"
        "| legacy kept | ok |\n"
        "\n"
        "**1 warning**\n"
        "\n"
        "| where | rule | what and why |\n"
        "|---|---|---|\n"
        "| `tests/test_container.py` | `forbidden-symbol` warning | "
        "A test still needs V1. |\n"
        "\n"
        "**v1-elimination: 1 finding**\n"
        "\n"
        "| where | rule | what and why |\n"
        "|---|---|---|\n"
        "| `src/services/container.py:126` | `forbidden-symbol`<br>phase 1 | "
        "V1 is gone since phase 1 of v1-elimination.<br>"
        "Use services.v2.DefinitionService.<br>"
        "src/services/container.py\\:13: imported here |\n"
        "\n"
        "- 41 uses\n"
        "\n"
        "| waiver in force | until | owner | because | silenced |\n"
        "|---|---|---|---|---|\n"
        "| `forbidden-symbol` `a/**` | 2027-01-31 | Ada | slow | 0 |\n"
        "\n"
        "1 error, 1 warning in 4 changed files. Policy: `backout.yaml` from main at "
        "3f2a91c.\n"
    )


def many(number: int, text: str = "m") -> Report:
    places = (Place("a", n + 1) for n in range(number))
    return report(*(Finding("r", Severity.ERROR, place, text) for place in places))


@pytest.mark.parametrize(
    ("number", "folded"),
    [
        pytest.param(10, False, id="ten are shown"),
        pytest.param(11, True, id="eleven are folded"),
    ],
)
def test_long_tables_are_folded(number: int, folded: bool) -> None:
    shown = written("markdown", many(number))
    assert ("<details>" in shown) is folded
    assert ("</details>" in shown) is folded
    assert shown.count("| `a:") == number


def test_what_is_too_long_for_github_is_left_out_and_counted() -> None:
    shown = written("markdown", many(2_000, "\N{SNOWMAN}" * 1_000))
    assert len(shown.encode()) <= LIMIT
    rows = shown.count("| `a:")
    assert rows > 300
    assert f"{2_000 - rows} more are left out" in shown
    assert shown.count("<details>") == shown.count("</details>")
    assert shown.endswith("Policy: `backout.yaml` from main at 3f2a91c.\n")


def test_notes_alone_can_be_too_long() -> None:
    notes = tuple(f"{n} {'x' * 1_900}" for n in range(700))
    assert len(written("markdown", Report("x", POLICY, notes=notes)).encode()) <= LIMIT
    shown = written("markdown", Report("x", POLICY, undecided=notes))
    assert len(shown.encode()) <= LIMIT
    assert shown.startswith("### backout: cannot decide\n")
    assert "too long" in shown


class _Tags(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[tuple[str, int]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add((tag, len(attrs)))


OURS = {
    *("h3", "p", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td"),
    *("code", "br", "details", "summary"),
}


@given(REPORTS)
def test_the_page_holds_our_markup_alone(made: Report) -> None:
    shown = written("markdown", made)
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(shown)
    parser = _Tags()
    parser.feed(page)
    assert {tag for tag, _ in parser.tags} <= OURS
    assert all(not attributes for _, attributes in parser.tags)
    text = re.sub(r"<code>.*?</code>", "", page)
    assert not re.search(r"@\w|#\d", re.sub(r"&#\d+;", "", text))
    assert commands(shown) == []


@given(REPORTS)
def test_every_finding_is_a_row(made: Report) -> None:
    shown = written("markdown", made)
    page = MarkdownIt("commonmark").enable(["table"]).render(shown)
    rows = len(set(made.findings)) + len(made.waivers)
    rows += sum(len(section.demands) for section in made.sections)
    assert page.count("<tr>\n<td>") == rows
