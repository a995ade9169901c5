"""The way back: it stays where it is until its phase is final."""

from __future__ import annotations

import pytest

from backout.checks.legacy_removed import check
from backout.core.change import Change, staged, whole
from backout.core.git import Git
from backout.core.policy import Keep, Migration, Phase, Policy
from backout.core.tree import MemoryTree
from support.repository import Repository

BASE = {"old/a.py": "a\n", "old/b.py": "", "scripts/batch.py": "b\n", "new.py": "n\n"}


def policy(final: bool = False, status: str = "open") -> Policy:
    keep = (
        Keep(("old/", "scripts/batch.py"), until_phase="11"),
        Keep(("monolith.py",)),
    )
    phases = (Phase("11", final=final),)
    migration = Migration(id="v1", keep=keep, phases=phases)
    if status == "closed":
        migration = Migration(id="v1", status="closed", keep=keep, phases=phases)
    return Policy(1, migrations={"v1": migration})


def said(
    head: dict[str, str], policy: Policy, base: dict[str, str] | None = None
) -> list[str]:
    change = Change(MemoryTree(BASE if base is None else base), MemoryTree(head))
    return [f"{f.place.path} {f.message}" for f in check(change, policy)]


def without(*paths: str, **more: str) -> dict[str, str]:
    kept = {path: text for path, text in BASE.items() if path not in paths}
    return {**kept, **{name.replace("__", "/") + ".py": t for name, t in more.items()}}


@pytest.mark.parametrize(
    ("head", "policy"),
    [
        pytest.param(BASE, policy(), id="nothing changed"),
        pytest.param({**BASE, "old/a.py": "mended\n"}, policy(), id="it is mended"),
        pytest.param(without("new.py"), policy(), id="what is not kept may go"),
        pytest.param(without("old/a.py"), policy(final=True), id="its phase is final"),
        pytest.param(
            without("old/a.py"), policy(status="closed"), id="the migration is over"
        ),
        pytest.param(
            without("old/a.py", old__sub__a="changed\n"),
            policy(),
            id="it moves within the folder",
        ),
        pytest.param({**BASE, "old/b.py": ""}, policy(), id="it was always empty"),
    ],
)
def test_the_way_back_stays(head: dict[str, str], policy: Policy) -> None:
    assert said(head, policy) == []


@pytest.mark.parametrize(
    ("head", "message"),
    [
        pytest.param(
            without("old/a.py"),
            "old/a.py This is deleted. It is the way back of v1 until phase 11 is final.",
            id="deleted",
        ),
        pytest.param(
            without("scripts/batch.py", archive__batch="b\n"),
            "scripts/batch.py This moves to archive/batch.py. It is the way back of v1 "
            "until phase 11 is final.",
            id="moved away",
        ),
        pytest.param(
            {**BASE, "old/a.py": "\n"},
            "old/a.py This is emptied. It is the way back of v1 until phase 11 is "
            "final.",
            id="emptied",
        ),
    ],
)
def test_the_way_back_may_not_go(head: dict[str, str], message: str) -> None:
    assert said(head, policy()) == [message]


def test_a_file_is_followed_by_its_content_under_another_name(
    repo: Repository,
) -> None:
    repo.commit(dict(BASE))
    repo.stage({"old/a.py": None, "old/z.py": BASE["old/a.py"]})
    with Git.find(repo.path) as git:
        assert list(check(staged(git), policy())) == []


LINES = "".join(f"line {number}\n" for number in range(20))
HALF = "".join(f"line {number}\n" for number in range(9, 20))


@pytest.mark.parametrize(
    ("new", "message"),
    [
        pytest.param({"old/z.py": HALF}, "", id="most of it"),
        pytest.param(
            {"old/a/__init__.py": "from .z import *\n", "old/a/z.py": HALF},
            "",
            id="a package of its name, most of it in one module",
        ),
        pytest.param(
            {"z.py": HALF, "y.py": LINES[:60]},
            "This moves to z.py.",
            id="not kept there",
        ),
        pytest.param(
            {"old/z.py": LINES[:40]}, "This is deleted.", id="little of it elsewhere"
        ),
        pytest.param({"old/z.md": LINES}, "This is deleted.", id="as another kind"),
        pytest.param({"old/z.py": ""}, "This is deleted.", id="an empty file"),
    ],
)
def test_a_file_is_followed_to_where_most_of_it_went(
    new: dict[str, str], message: str
) -> None:
    base = {**BASE, "old/a.py": LINES}
    head = {**without("old/a.py"), **new}
    told = [text.partition(" It is the way")[0] for text in said(head, policy(), base)]
    assert told == ([f"old/a.py {message}"] if message else [])


def test_what_no_phase_ends_stays_until_the_migration_is_closed() -> None:
    base = {**BASE, "monolith.py": "m\n"}
    assert said(BASE, policy(final=True), base) == [
        "monolith.py This is deleted. It is the way back of v1 until it is closed."
    ]


def test_a_whole_tree_without_the_way_back() -> None:
    [finding] = check(whole(MemoryTree(BASE)), policy())
    assert finding.message == (
        "No file is under monolith.py. It is the way back of v1 until it is closed."
    )


def test_a_file_that_two_migrations_keep_is_told_once() -> None:
    keeps = (Keep(("old/",), until_phase="2"), Keep(("old/a.py",)))
    migrations = {
        "v1": Migration(id="v1", phases=(Phase("2"),), keep=keeps),
        "v3": Migration(id="v3", keep=(Keep(("old/",)),)),
    }
    change = Change(MemoryTree({"old/a.py": "1\n"}), MemoryTree({}))
    [finding] = check(change, Policy(1, migrations=migrations))
    assert finding.message == (
        "This is deleted. It is the way back of v1 until phase 2 is final and of v1 "
        "until it is closed and of v3 until it is closed."
    )
    assert finding.migrations == {"v1", "v3"}
