"""Waivers inside a plan: how far they reach, and which of them count in a change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backout.checks.plans.judge import judge
from backout.checks.plans.rule import Context
from backout.core.policy import Migration, Phase, Policy
from backout.core.tree import MemoryTree

NOW = datetime(2026, 11, 20, tzinfo=UTC)
HOLE = (
    "<!-- backout: allow[unfilled-placeholder] until 2027-01-31: it is known then -->"
)
BLOCK = "```bash\nls /path/to/shop\n```\n"


def told(text: str, context: Context | None = None) -> list[str]:
    """Findings of the rules about placeholders, triggers and waivers."""
    judged = judge("plan.md", text.encode(), context or Context(now=NOW))
    return [
        f"{f.place.line} {f.rule} {f.severity.value}"
        for f in judged
        if f.rule.startswith(("unfilled", "no-trigger", "waiver"))
        and not (f.rule == "no-trigger" and f.severity.value == "error")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            f"{HOLE}\n\n{BLOCK}",
            ["4 unfilled-placeholder info"],
            id="the block after it",
        ),
        pytest.param(
            f"- `ls <folder>` {HOLE}\n",
            ["1 unfilled-placeholder info"],
            id="the item that holds it",
        ),
        pytest.param(
            f"1. Look {HOLE}\n\n   ```bash\n   ls <folder>\n   ```\n",
            ["4 unfilled-placeholder info"],
            id="the block of the item that holds it",
        ),
        pytest.param(
            f"{HOLE}\n\nText.\n\n{BLOCK}",
            ["1 waiver-unused warning", "6 unfilled-placeholder error"],
            id="not the block after the next",
        ),
        pytest.param(
            f"{BLOCK}\n{HOLE}\n",
            ["2 unfilled-placeholder error", "5 waiver-unused warning"],
            id="not the block before it",
        ),
        pytest.param(
            f"```text\n{HOLE}\n```\n{BLOCK}",
            ["5 unfilled-placeholder error"],
            id="not from within a block of code",
        ),
        pytest.param(
            "Text.\n\n" + HOLE.replace("unfilled-placeholder", "no-trigger"),
            ["0 no-trigger info"],
            id="from anywhere what is said of the whole plan",
        ),
    ],
)
def test_a_waiver_reaches_as_far_as_the_next_block(
    text: str, expected: list[str]
) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("before", "inline", "expected"),
    [
        pytest.param(
            f"{HOLE}\n{BLOCK}", False, "unfilled-placeholder info", id="in the base"
        ),
        pytest.param(
            BLOCK, False, "unfilled-placeholder error", id="new in the change"
        ),
        pytest.param(
            BLOCK, True, "unfilled-placeholder info", id="new, and the policy allows it"
        ),
        pytest.param(
            f"{HOLE.replace('2027', '2026')}\n",
            False,
            "unfilled-placeholder error",
            id="with another date",
        ),
    ],
)
def test_a_change_does_not_waive_what_it_brings(
    before: str, inline: bool, expected: str
) -> None:
    context = Context(
        policy=Policy(version=1, inline_waivers=inline),
        migration=Migration(id="m", phases=(Phase(id="1"),)),
        base=MemoryTree({"plan.md": before}),
        now=NOW,
    )
    found = told(f"{HOLE}\n{BLOCK}", context)
    assert f"3 {expected}" in found
    assert any("waiver-not-allowed" in line for line in found) == expected.endswith(
        "error"
    )
