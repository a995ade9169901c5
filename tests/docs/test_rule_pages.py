"""The rules' pages: one for each rule, none without, each with all that it owes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backout import checks
from backout.checks.__main__ import index
from backout.core import rule_pages
from backout.core.finding import Rule

FOLDER = Path(__file__).parents[2] / "docs" / "rules"
RULES = checks.rules()

# A heading, or the word that a paragraph begins with.
OWED = {
    "why it hurts": r"three in the morning|at night",
    "a bad example": r"^(## )?Bad\b",
    "a good example": r"^(## )?Good\b|\bGood: ",
    "what to do": r"^(## )?(What to do|Fix)\b",
    "how to waive it": r"^(## )?Waiv(e|ing)\b|cannot be waived",
    "who sees the waiver": r"report|cannot be waived",
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_a_page(rule: str) -> None:
    page = rule_pages.page(rule)
    assert page is not None
    assert page.startswith(f"# {rule}\n\n")
    assert rule_pages.summary(page), "what it finds"
    missing = [
        what
        for what, pattern in OWED.items()
        if not re.search(pattern, page, re.MULTILINE | re.IGNORECASE)
    ]
    assert missing == []


@pytest.mark.parametrize("rule", rule_pages.ids())
def test_a_page_has_a_rule(rule: str) -> None:
    assert rule in RULES


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_named_and_said_as_the_others_are(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.id)
    assert rule.summary
    assert rule.summary[-1] not in ".!"
    assert "|" not in rule.summary


def test_the_index_is_current() -> None:
    written = (FOLDER / "README.md").read_text("utf-8")
    assert written == index(), "run: make generated"


def test_the_pages_of_the_package_are_those_of_the_folder() -> None:
    assert rule_pages.ids() == sorted(
        path.stem for path in FOLDER.glob("*.md") if path.stem != rule_pages.INDEX
    )


@pytest.mark.parametrize("name", ["../rules/forbidden-symbol", "README", "", "no-such"])
def test_what_is_no_rule_has_no_page(name: str) -> None:
    assert rule_pages.page(name) is None
