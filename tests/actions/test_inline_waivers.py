"""Waivers in comments: which line they hold for, and when they count at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backout.actions.inline_waivers import apply_inline
from backout.core.change import Change
from backout.core.finding import Finding, Place, Severity
from backout.core.policy import Policy
from backout.core.tree import MemoryTree

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ALLOW = "# backout: allow[forbidden-symbol] until 2027-01-31: moves with phase 3"
OPEN = Policy(1, inline_waivers=True)


def found(line: int, rule: str = "forbidden-symbol") -> Finding:
    return Finding(rule, Severity.ERROR, Place("a.py", line, 1), "It is used.")


def settled(
    text: str,
    *findings: Finding,
    policy: Policy = OPEN,
    base: str | None = None,
    path: str = "a.py",
) -> list[str]:
    before = MemoryTree({} if base is None else {path: base})
    change = Change(before, MemoryTree({path: text}), now=NOW)
    left, _ = apply_inline(findings, change, policy, ["forbidden-symbol"])
    return [f"{f.rule} {f.severity.value} {f.place.line}" for f in left]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"use()  {ALLOW}\n", id="in its line"),
        pytest.param(f"{ALLOW}\nuse()\n", id="alone, in the line above"),
    ],
)
def test_a_waiver_holds(text: str) -> None:
    line = text.splitlines().index(next(r for r in text.splitlines() if "use" in r)) + 1
    assert settled(text, found(line)) == [f"forbidden-symbol info {line}"]


@pytest.mark.parametrize(
    ("text", "line", "left"),
    [
        pytest.param(
            f"{ALLOW}\n\nuse()\n",
            3,
            ["forbidden-symbol error 3", "waiver-unused warning 1"],
            id="two lines above",
        ),
        pytest.param(
            f"x()  {ALLOW}\nuse()\n",
            2,
            ["forbidden-symbol error 2", "waiver-unused warning 1"],
            id="beside other code",
        ),
        pytest.param(
            f'use(); """\n{ALLOW}\n"""\n',
            1,
            ["forbidden-symbol error 1"],
            id="words in a string",
        ),
        pytest.param(
            "use()  # backout: allow[forbidden-symbol] until 2026-11-19: x\n",
            1,
            ["forbidden-symbol error 1", "waiver-expired warning 1"],
            id="past its day",
        ),
        pytest.param(
            "use()  # backout: allow[forbidden-symbol] until 2027-01-31:\n",
            1,
            ["forbidden-symbol error 1", "waiver-without-reason error 1"],
            id="without a reason",
        ),
        pytest.param(
            "use()  # backout: allow[forbidden-symbol]: soon\n",
            1,
            ["forbidden-symbol error 1", "waiver-without-reason error 1"],
            id="without a date",
        ),
    ],
)
def test_a_waiver_does_not_hold(text: str, line: int, left: list[str]) -> None:
    assert settled(text, found(line)) == left


def test_only_an_owner_waives_what_is_more_than_a_line() -> None:
    text = "x  # backout: allow[guard-weakened] until 2027-01-31: reason\n"
    assert settled(text, found(1, "guard-weakened")) == ["guard-weakened error 1"]


def test_what_the_change_brings_does_not_count_under_a_policy_that_does_not_allow_it() -> (
    None
):
    text = f"use()  {ALLOW}\n"
    closed = Policy(1)
    assert settled(text, found(1), policy=closed) == [
        "forbidden-symbol error 1",
        "waiver-not-allowed warning 1",
    ]
    moved = f"\n\n{text}"
    assert settled(moved, found(3), policy=closed, base=text) == [
        "forbidden-symbol info 3"
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.yaml", f"name: old  {ALLOW}\n", id="YAML"),
        pytest.param("a.js", f"use() {ALLOW.replace('#', '//')}\n", id="JavaScript"),
        pytest.param("a.py", f"use((  {ALLOW}\n", id="Python that does not parse"),
    ],
)
def test_other_languages(path: str, text: str) -> None:
    change = Change(MemoryTree({}), MemoryTree({path: text}), now=NOW)
    finding = Finding("forbidden-symbol", Severity.ERROR, Place(path, 1, 1), "Used.")
    [left], [held] = apply_inline([finding], change, OPEN, ["forbidden-symbol"])
    assert left.severity is Severity.INFO
    assert (held.owner, held.reason, held.findings) == (
        f"{path}:1",
        "moves with phase 3",
        1,
    )
