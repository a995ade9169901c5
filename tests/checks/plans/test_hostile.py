"""Plans made to keep the check busy, or to break it: an answer in bounded time."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from backout.checks.plans.reading import read
from backout.checks.plans.rule import Context
from backout.checks.plans.rules import (
    claims,
    coverage,
    data_parts,
    deciding,
    people,
    placeholders,
    proof,
    timing,
)

RULES = [
    rule
    for group in (
        deciding, people, proof, timing, data_parts, coverage, claims, placeholders
    )
    for rule in group.RULES
]  # fmt: skip
CONTEXT = Context(now=datetime(2026, 11, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "a",
            "0",
            "_a",
            "[aa-",
            "{a",
            "<a",
            "`",
            "**a",
            "a@",
            "kubectl a ",
            "psql a ",
        ),
        *("redis-cli a ", "1 min ", "lost ", "roll back if ", "http://", "+1 2 "),
    ],
)
def test_a_line_of_a_hundred_thousand_letters_is_judged(unit: str) -> None:
    line = unit * (100_000 // len(unit))
    text = (
        f"# {line}\n\n- {line}\n\n```bash\n{line}\n```\n\n## Contacts\n- {line}\n\n"
        f"## Triggers\n{line}\n\n|Duration|Approval|\n|---|---|\n|{line}|x|\n"
    )
    plan = read("plan.md", text.encode())
    started = time.process_time()
    for rule in RULES:
        list(rule.findings(plan, CONTEXT))
    # Minutes where a pattern takes time by the square of the length.
    assert time.process_time() - started < 8


def test_a_thousand_templates_are_not_a_thousand_levels() -> None:
    text = "# Top\n" + "```markdown\n# Inside\n```\n" * 1500 + "After.\n"
    plan = read("plan.md", text.encode())
    assert {section.level for section in plan.sections} == {0, 1, 2}
    assert [text.section.title for text in plan.texts] == ["Top"]
    for rule in RULES:
        list(rule.findings(plan, CONTEXT))
