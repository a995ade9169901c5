"""Deleted files that come back, and files that only look like them."""

from __future__ import annotations

import pytest

from backout.checks.forbidden_path import check
from backout.core.change import Change, whole
from backout.core.finding import Severity
from backout.core.policy import Forbid, Migration, Policy
from backout.core.tree import MemoryTree


def policy(forbid: Forbid) -> Policy:
    migration = Migration(id="v1", title="Away with V1", forbid=(forbid,))
    return Policy(version=1, migrations={"v1": migration})


GONE = Forbid(path="src/old.py", use="src/new.py", from_phase="3")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param([], ["src/new.py"], id="another file is added"),
        pytest.param([], ["other/src/old.py"], id="its namesake elsewhere is added"),
        pytest.param([], ["src/older.py"], id="a longer name is added"),
        pytest.param(["src/old.py"], [], id="it is deleted"),
        pytest.param(["src/old.py"], ["src/old.py"], id="it was never deleted, as yet"),
    ],
)
def test_nothing_comes_back(before: list[str], after: list[str]) -> None:
    change = Change(tree(before), tree(after))
    assert list(check(change, policy(GONE))) == []


@pytest.mark.parametrize(
    ("forbid", "path", "severity"),
    [
        pytest.param(GONE, "src/old.py", Severity.ERROR, id="the file comes back"),
        pytest.param(
            Forbid(path="src/old"), "src/old/a/b.py", Severity.ERROR,
            id="a file comes back into a deleted folder",
        ),
        pytest.param(
            Forbid(path="tests/test_old.py"), "tests/test_old.py", Severity.WARNING,
            id="a deleted test comes back",
        ),
    ],
)  # fmt: skip
def test_it_comes_back(forbid: Forbid, path: str, severity: Severity) -> None:
    (found,) = check(Change(tree([]), tree([path])), policy(forbid))
    assert (found.rule, found.place.path) == ("forbidden-path", path)
    assert found.severity is severity
    assert found.migration == "v1"


def test_a_file_that_was_never_deleted_may_be_changed() -> None:
    change = Change(tree(["src/old.py"]), MemoryTree({"src/old.py": "x = 2\n"}))
    assert list(check(change, policy(GONE))) == []


def test_a_whole_tree_is_judged_as_it_is() -> None:
    (found,) = check(whole(tree(["src/old.py"])), policy(GONE))
    assert found.message == (
        "src/old.py was deleted since phase 3 of v1 (Away with V1) "
        "and may not come back."
    )
    assert found.help == "Use src/new.py instead."


def test_a_path_that_several_migrations_forbid_is_told_once() -> None:
    mild = Forbid(path="src/old.py", severity={"source": "warning"})
    migrations = {
        "v0": Migration(id="v0", forbid=(mild,)),
        "v1": Migration(id="v1", title="Away with V1", forbid=(GONE, mild)),
        "v2": Migration(id="v2", forbid=(Forbid(path="src/old.py"),)),
    }
    change = Change(tree([]), tree(["src/old.py"]))
    (found,) = check(change, Policy(version=1, migrations=migrations))
    assert (found.severity, found.migration, found.phase) == (Severity.ERROR, "v1", "3")
    assert found.also == ("v2", "v0")
    assert found.message == (
        "src/old.py was deleted since phase 3 of v1 (Away with V1), by v2 and by v0, and "
        "may not come back."
    )
    assert found.help == "Use src/new.py instead."


def test_entries_of_a_file_and_of_its_folder_can_be_waived_apart() -> None:
    migrations = {
        "v1": Migration(id="v1", forbid=(GONE,)),
        "v2": Migration(id="v2", forbid=(Forbid(path="src/"),)),
    }
    change = Change(tree([]), tree(["src/old.py"]))
    found = check(change, Policy(version=1, migrations=migrations))
    assert [finding.symbol for finding in found] == ["src/old.py", "src/"]


def test_an_excepted_path_may_be_there() -> None:
    forbid = Forbid(path="src/old", except_=("src/old/keep/**",))
    change = Change(tree([]), tree(["src/old/keep/a.py"]))
    assert list(check(change, policy(forbid))) == []


def test_a_scope_may_be_ignored() -> None:
    forbid = Forbid(path="src/old.py", severity={"source": "ignore"})
    assert list(check(Change(tree([]), tree(["src/old.py"])), policy(forbid))) == []


def tree(paths: list[str]) -> MemoryTree:
    return MemoryTree(dict.fromkeys(paths, "x = 1\n"))
