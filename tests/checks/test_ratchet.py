"""A ratchet: uses may move about and get fewer, and never become more."""

from __future__ import annotations

import pytest

from backout.checks.ratchet import check
from backout.core.change import Change, staged, whole
from backout.core.finding import Finding, Note
from backout.core.git import Git
from backout.core.policy import Forbid, Migration, Policy
from backout.core.tree import MemoryTree
from support.repository import Repository

FORBID = Forbid(
    symbol="app.old.Thing", use="app.new.Thing", mode="ratchet", except_=("legacy/",)
)
POLICY = Policy(1, migrations={"v2": Migration(id="v2", forbid=(FORBID,))})
HOME = {"app/__init__.py": "", "app/old.py": "class Thing: ...\n"}
USE = "from app.old import Thing\n"
BASE = {**HOME, "a.py": USE, "b.py": f"{USE}Thing()\nThing()\n", "c.py": "x = 1\n"}


SHIM = {**BASE, "app/new.py": f"try:\n  from new import Thing\nexcept E:\n  {USE}"}


def said(head: dict[str, str], base: dict[str, str] = BASE) -> list[str]:
    change = Change(MemoryTree(base), MemoryTree(head), base_label="main at 3f2a91c")
    return [
        one.sentence
        if isinstance(one, Note)
        else f"{one.place.path}:{one.place.line} {one.message}"
        for one in check(change, POLICY)
    ]


GREW = (
    " more than in main at 3f2a91c. It is on its way out with v2: its uses may only get "
    "fewer."
)


@pytest.mark.parametrize(
    ("head", "notes"),
    [
        pytest.param({**BASE, "c.py": "x = 2\n"}, [], id="nothing to do with it"),
        pytest.param(
            {**BASE, "a.py": ""},
            ["app.old.Thing: 3 uses, 1 fewer than main at 3f2a91c"],
            id="a use is gone",
        ),
        pytest.param(
            {**BASE, "b.py": f"x = 1\n\n{USE}Thing()\n\nThing()\n"},
            ["app.old.Thing: 4 uses, as many as main at 3f2a91c"],
            id="lines move",
        ),
        pytest.param(
            {**HOME, "a.py": USE, "d.py": BASE["b.py"], "c.py": BASE["c.py"]},
            ["app.old.Thing: 4 uses, as many as main at 3f2a91c"],
            id="a file moves",
        ),
        pytest.param(
            {**BASE, "a.py": "", "c.py": USE},
            ["app.old.Thing: 4 uses, as many as main at 3f2a91c"],
            id="one for another",
        ),
        pytest.param(
            {**SHIM, "c.py": "from app.new import Thing\nThing()\n"},
            [],
            id="by the way that the policy names",
        ),
        pytest.param({**BASE, "legacy/d.py": USE}, [], id="in an excepted path"),
        pytest.param({**BASE, "docs/d.py": USE}, [], id="in what is ignored"),
        pytest.param(
            {**BASE, "app/old.py": "class Thing: ...\nThing()\n"}, [], id="at home"
        ),
    ],
)
def test_no_growth(head: dict[str, str], notes: list[str]) -> None:
    assert said(head, SHIM if "app/new.py" in head else BASE) == notes


@pytest.mark.parametrize(
    ("head", "finding"),
    [
        pytest.param(
            {**BASE, "c.py": USE},
            f"c.py:1 app.old.Thing is used once{GREW}",
            id="a file more uses it",
        ),
        pytest.param(
            {**BASE, "b.py": f"{BASE['b.py']}Thing()\n"},
            f"b.py:4 app.old.Thing is used once{GREW}",
            id="a file uses it once more",
        ),
        pytest.param(
            {**BASE, "b.py": f"{USE}x = Thing\nThing()\nThing()\n"},
            f"b.py:2 app.old.Thing is used once{GREW}",
            id="the new use stands before others of its file",
        ),
        pytest.param(
            {**BASE, "a.py": "", "c.py": f"{USE}Thing()\nThing()\n"},
            f"c.py:1 app.old.Thing is used 2 times{GREW}",
            id="one is gone and three come",
        ),
    ],
)
def test_growth(head: dict[str, str], finding: str) -> None:
    assert said(head)[0] == finding


def test_a_name_that_several_migrations_ratchet_is_told_once() -> None:
    again = Forbid(symbol="app.old.Thing", mode="ratchet", except_=("legacy/",))
    migrations = {
        "v2": Migration(id="v2", forbid=(FORBID,)),
        "v3": Migration(id="v3", forbid=(again,)),
        "v4": Migration(id="v4", forbid=(Forbid(symbol="app.old.Other"),)),
    }
    head = MemoryTree({**BASE, "c.py": USE})
    finding, note = check(
        Change(MemoryTree(BASE), head), Policy(1, migrations=migrations)
    )
    assert isinstance(finding, Finding)
    assert (finding.migration, finding.also) == ("v2", ("v3",))
    assert "on its way out with v2 and v3: its" in finding.message
    assert isinstance(note, Note)


def test_a_file_that_cannot_be_judged_is_no_way_to_hide_a_use() -> None:
    assert said({**BASE, "c.py": f"{USE}def broken(:\n"})[0] == (
        "c.py:2 c.py mentions a forbidden name and cannot be judged: it does not parse."
    )


def test_a_whole_tree_is_counted() -> None:
    [note] = check(whole(MemoryTree(BASE)), POLICY)
    assert note == Note("app.old.Thing: 4 uses")


def test_a_commit_in_the_making_is_compared_with_the_last_one(repo: Repository) -> None:
    repo.commit(dict(BASE))
    repo.stage({"c.py": USE})
    with Git.find(repo.path) as git:
        [finding] = check(staged(git), POLICY)
        assert isinstance(finding, Finding)
        assert finding.message.startswith(
            "app.old.Thing is used once more than in HEAD"
        )
        repo.stage({"c.py": "x = 1\n", "a.py": ""})
    with Git.find(repo.path) as git:
        assert list(check(staged(git), POLICY)) == []
