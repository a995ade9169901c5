"""`backout explain`: the page of a rule, as it is read at three in the morning."""

from __future__ import annotations

from pathlib import Path

from backout import checks
from backout.actions.explain import rendered
from support.program import backout

PAGES = Path(__file__).parents[2] / "docs" / "rules"


def test_a_page_is_printed_as_it_is_written() -> None:
    page = (PAGES / "legacy-removed.md").read_text("utf-8")
    assert backout("explain", "legacy-removed") == (0, page, "")


def test_several_pages_are_printed_one_after_the_other() -> None:
    names = ("legacy-removed", "backup-stale")
    pages = [(PAGES / f"{name}.md").read_text("utf-8") for name in names]
    assert backout("explain", *names) == (0, "\n".join(pages), "")


def test_without_a_rule_all_are_listed() -> None:
    done = backout("explain")
    assert done.code == 0
    listed = [line.split("  ", 1) for line in done.out.splitlines()]
    assert {name.strip(): rest.strip() for name, rest in listed} == {
        rule.id: rule.summary for rule in checks.rules().values()
    }


def test_a_page_on_a_terminal() -> None:
    page = (
        "# rule\n\nA `name` is **bad**: [more](url).\nIt *may be*; `*.py` or `b/**`, 2 * 3.\n"
        "\n## Bad\n\n```py\nV1()\n```\n"
    )
    assert list(rendered(page)) == [
        "\x1b[1mrule\x1b[0m",
        "",
        "A \x1b[36mname\x1b[0m is \x1b[1mbad\x1b[0m: more (url).",
        "It \x1b[1mmay be\x1b[0m; \x1b[36m*.py\x1b[0m or \x1b[36mb/**\x1b[0m, 2 * 3.",
        "",
        "\x1b[1mBad\x1b[0m",
        "",
        "\x1b[36m    V1()\x1b[0m",
    ]


def test_colours_can_be_forced() -> None:
    done = backout("explain", "legacy-removed", FORCE_COLOR="1")
    assert done.out.startswith("\x1b[1mlegacy-removed\x1b[0m\n")
