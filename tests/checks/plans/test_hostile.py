"""Plans made to keep the check busy, or to break it: an answer in bounded time."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from backout.checks.plans.judge import judge
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
            "`a",
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


def test_waivers_without_end_are_judged() -> None:
    waiver = "<!-- backout: allow[no-trigger] until 2027-01-01: reason -->\n"
    started = time.process_time()
    found = list(judge("plan.md", (waiver * 8000).encode(), CONTEXT))
    assert time.process_time() - started < 8
    assert sum("more than the 500" in finding.message for finding in found) == 7500


def test_more_lines_than_a_plan_has_are_not_read() -> None:
    (finding,) = judge("plan.md", b"|a|b|\n" * 60_000, CONTEXT)
    assert "60,001 lines" in finding.message


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param("(" * 25 + ")" * 25 + "\n", id="brackets in Python"),
        pytest.param("x = a" + "[1]" * 140 + "\n", id="subscripts"),
        pytest.param("x = " + "1+" * 140 + "1\n", id="sums"),
        pytest.param("x = " + "{a:" * 25 + "1" + "}" * 25 + "\n", id="mappings"),
    ],
)
def test_python_made_to_be_slow_is_bounded(unit: str) -> None:
    block = "```python\n" + unit * (8_000 // len(unit)) + "```\n\n"
    started = time.process_time()
    list(judge("plan.md", (block * 20).encode(), CONTEXT))
    assert time.process_time() - started < 12


@pytest.mark.parametrize("unit", ["(", "SELECT (", "a OR NOT ", "DROP TABLE a ", "'"])
def test_sql_made_to_be_slow_is_bounded(unit: str) -> None:
    block = "```sql\nSELECT " + unit * (7_000 // len(unit)) + ";\n```\n\n"
    started = time.process_time()
    list(judge("plan.md", (block * 60).encode(), CONTEXT))
    assert time.process_time() - started < 12


def test_commands_that_hand_each_other_on_without_end_are_judged() -> None:
    started = time.process_time()
    block = "```bash\n" + "ssh a 'ssh b " * 2000 + "\n```\n"
    assert list(judge("plan.md", block.encode(), CONTEXT))
    assert time.process_time() - started < 8


def test_a_thousand_templates_are_not_a_thousand_levels() -> None:
    text = "# Top\n" + "```markdown\n# Inside\n```\n" * 1500 + "After.\n"
    plan = read("plan.md", text.encode())
    assert {section.level for section in plan.sections} == {0, 1, 2}
    assert [text.section.title for text in plan.texts] == ["Top"]
    for rule in RULES:
        list(rule.findings(plan, CONTEXT))
