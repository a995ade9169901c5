"""The plan of an open migration: there, in its place, and not empty."""

from __future__ import annotations

import pytest

from backout.checks.plan_kept import check
from backout.core.change import Change, whole
from backout.core.policy_file import read_policy
from backout.core.tree import MemoryTree

POLICY = """\
version: 1
migrations:
  v1:
    plan: docs/rollback.md
    phases:
      - {id: "1", paths: [src/a/]}
      - {id: "2", paths: [src/b/], plan: docs/two.md}
      - {id: "3", paths: [src/c/], final: true, plan: docs/three.md}
"""
NO_PLAN = 'version: 1\nmigrations: {v1: {phases: [{id: "1", paths: [src/a/]}]}}\n'
BASE = {
    "backout.yaml": POLICY,
    "docs/rollback.md": "# How to go back\n",
    "docs/two.md": "# Two\n",
    "docs/three.md": "# Three\n",
    "src/a/x.py": "1\n",
    "src/b/x.py": "1\n",
}


def said(base: dict[str, str], head: dict[str, str]) -> list[str]:
    policy = read_policy(base["backout.yaml"].encode(), "backout.yaml")
    found = check(Change(MemoryTree(base), MemoryTree(head)), policy)
    return [f"{f.rule} {f.place.path} {f.message}" for f in found]


def but(**changes: str | None) -> dict[str, str]:
    """The base with some files changed; None deletes one. `_` is `/`, `__` is `.`."""
    files: dict[str, str | None] = dict(BASE)
    for name, text in changes.items():
        files[name.replace("__", ".").replace("_", "/")] = text
    return {path: text for path, text in files.items() if text is not None}


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(but(src_a_x__py="2\n"), id="a phase with a plan is touched"),
        pytest.param(but(src_b_x__py="2\n"), id="a phase with its own plan is touched"),
        pytest.param(but(docs_rollback__md="# Better\n"), id="the plan is rewritten"),
        pytest.param(but(README__md="hi\n"), id="something else is touched"),
        pytest.param(
            but(docs_three__md=None, src_c_x__py="1\n"),
            id="a phase that is final has lost its plan",
        ),
        pytest.param(
            but(
                docs_rollback__md=None,
                old_rollback__md="# How to go back\n",
                backout__yaml=POLICY.replace("docs/rollback", "old/rollback"),
            ),
            id="the plan moves, and the policy with it",
        ),
    ],
)
def test_a_plan_is_kept(head: dict[str, str]) -> None:
    assert said(BASE, head) == []


@pytest.mark.parametrize(
    ("head", "messages"),
    [
        pytest.param(
            but(docs_rollback__md=None),
            [
                "plan-removed-while-open docs/rollback.md This deletes the rollback "
                "plan of v1, which is still open."
            ],
            id="deleted",
        ),
        pytest.param(
            but(docs_rollback__md=" \n"),
            [
                "plan-removed-while-open docs/rollback.md This empties the rollback "
                "plan of v1, which is still open."
            ],
            id="emptied",
        ),
        pytest.param(
            but(docs_rollback__md=None, old_rollback__md="# Other words\n"),
            [
                "plan-moved old/rollback.md This is the rollback plan of v1, which is "
                "still open; backout.yaml still says docs/rollback.md."
            ],
            id="moved and reworded, and the policy does not say so",
        ),
        pytest.param(
            but(
                docs_rollback__md=None,
                backout__yaml=POLICY.replace("    plan: docs/rollback.md\n", ""),
            ),
            [
                "plan-removed-while-open docs/rollback.md This deletes the rollback "
                "plan of v1, which is still open."
            ],
            id="deleted, and the policy does not name it any more",
        ),
    ],
)
def test_a_plan_may_not_go(head: dict[str, str], messages: list[str]) -> None:
    assert said(BASE, head) == messages


SHARED = (
    POLICY
    + """\
  v2:
    plan: docs/rollback.md
    phases:
      - {id: "5", paths: [src/a/]}
  v3: {plan: docs/rollback.md}
  v4: {plan: docs/rollback.md, status: closed}
  v5: {plan: docs/two.md}
"""
)


@pytest.mark.parametrize(
    ("head", "message", "also"),
    [
        pytest.param(
            but(docs_rollback__md=None),
            "This deletes the rollback plan of v1, v2 and v3, which are still open.",
            ("v2/5", "v3"),
            id="deleted",
        ),
        pytest.param(
            but(docs_rollback__md=None, old_rollback__md="# How to go back\n"),
            "This is the rollback plan of v1, v2 and v3, which are still open; "
            "backout.yaml still says docs/rollback.md.",
            ("v2/5", "v3"),
            id="moved, and the policy does not say so",
        ),
        pytest.param(
            but(
                docs_rollback__md=None,
                old_rollback__md="# How to go back\n",
                backout__yaml=SHARED.replace("docs/rollback", "old/rollback", 1),
            ),
            "This is the rollback plan of v2 and v3, which are still open; "
            "backout.yaml still says docs/rollback.md.",
            ("v3",),
            id="moved, and the policy says so of one migration",
        ),
    ],
)
def test_a_plan_of_several_migrations_is_told_once(
    head: dict[str, str], message: str, also: tuple[str, ...]
) -> None:
    policy = read_policy(SHARED.encode(), "backout.yaml")
    base = MemoryTree({**BASE, "backout.yaml": SHARED})
    [finding] = check(
        Change(base, MemoryTree({"backout.yaml": SHARED, **head})), policy
    )
    assert (finding.message, finding.also) == (message, also)


def test_a_plan_that_several_migrations_lack_is_told_once() -> None:
    base = {p: t for p, t in BASE.items() if p != "docs/rollback.md"}
    base["backout.yaml"] = SHARED
    assert said(base, {**base, "src/a/x.py": "2\n"}) == [
        "plan-missing src/a/x.py v1/1, v2/5 and v3 have no rollback plan: "
        "docs/rollback.md is not there."
    ]


def test_a_phase_without_a_plan_is_touched() -> None:
    base = {**BASE, "backout.yaml": NO_PLAN}
    assert said(base, {**base, "src/a/x.py": "2\n"}) == [
        "plan-missing src/a/x.py v1/1 has no rollback plan: the policy names none."
    ]


def test_a_plan_that_never_was_there() -> None:
    base = {p: t for p, t in BASE.items() if p != "docs/rollback.md"}
    assert said(base, {**base, "src/a/x.py": "2\n"}) == [
        "plan-missing src/a/x.py v1/1 has no rollback plan: docs/rollback.md is not "
        "there."
    ]
    assert said(base, {**base, "README.md": "2\n"}) == []


def test_a_whole_tree_without_its_plan() -> None:
    files = {p: t for p, t in BASE.items() if p != "docs/rollback.md"}
    policy = read_policy(POLICY.encode(), "backout.yaml")
    [finding] = check(whole(MemoryTree(files)), policy)
    assert (finding.rule, finding.place.path) == ("plan-missing", "backout.yaml")


def test_a_closed_migration_needs_no_plan() -> None:
    text = POLICY.replace("  v1:\n", "  v1:\n    status: closed\n")
    base = {**BASE, "backout.yaml": text}
    head = {p: t for p, t in base.items() if not p.startswith("docs/")}
    assert said(base, head) == []


def test_a_migration_that_only_keeps_names_out_needs_no_plan() -> None:
    text = "version: 1\nmigrations: {v1: {forbid: [{symbol: a.b}]}}\n"
    base = {"backout.yaml": text}
    assert said(base, {**base, "a.py": "1\n"}) == []
    policy = read_policy(text.encode(), "backout.yaml")
    assert list(check(whole(MemoryTree(base)), policy)) == []
