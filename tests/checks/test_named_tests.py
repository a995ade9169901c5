"""Tests that verify a rollback: git has them, or they verify nothing."""

from __future__ import annotations

import pytest

from backout.checks.named_tests import check
from backout.core.change import Change, whole
from backout.core.policy import Command, Migration, Phase, Policy, Verify
from backout.core.tree import MemoryTree

VERIFY = Verify(
    now=(Command("pytest tests/test_old.py -q && python -m app.check"),),
    legacy_active=(Command("python ./scripts/which.py --expect=legacy"),),
    tests=("tests/test_way_back.py",),
)
POLICY = Policy(
    1, migrations={"v1": Migration(id="v1", phases=(Phase("1", verify=VERIFY),))}
)
ALL = {
    "tests/test_old.py": "",
    "scripts/which.py": "",
    "tests/test_way_back.py": "",
    "backout.yaml": "version: 1\n",
}


def without(*paths: str) -> dict[str, str]:
    return {path: text for path, text in ALL.items() if path not in paths}


def test_all_of_them_are_there() -> None:
    assert list(check(whole(MemoryTree(ALL)), POLICY)) == []


def test_a_change_to_something_else_is_not_asked() -> None:
    base = MemoryTree(without("tests/test_old.py"))
    head = MemoryTree({**without("tests/test_old.py"), "README.md": "x"})
    assert list(check(Change(base, head), POLICY)) == []


@pytest.mark.parametrize(
    "path", ["tests/test_old.py", "scripts/which.py", "tests/test_way_back.py"]
)
def test_one_of_them_is_not_tracked(path: str) -> None:
    [finding] = check(whole(MemoryTree(without(path))), POLICY)
    assert finding.message == (
        f"{path} verifies a rollback of v1/1, and git does not track it."
    )


def test_a_test_that_several_phases_name_is_told_once() -> None:
    verify = Verify(tests=("tests/test_old.py",))
    phases = tuple(Phase(number, verify=verify) for number in "12")
    other = Migration(id="v2", phases=(Phase("5", verify=verify),))
    closed = Migration(id="v3", status="closed", phases=phases)
    policy = Policy(
        1,
        migrations={"v1": Migration(id="v1", phases=phases), "v2": other, "v3": closed},
    )
    [finding] = check(whole(MemoryTree(without("tests/test_old.py"))), policy)
    assert finding.message == (
        "tests/test_old.py verifies rollbacks of v1/1, v1/2 and v2/5, and git does not "
        "track it."
    )
    assert (finding.migration, finding.phase) == ("v1", "1")
    assert finding.also == ("v1/2", "v2/5")


def test_a_change_that_deletes_one() -> None:
    head = MemoryTree(without("tests/test_old.py"))
    assert len(list(check(Change(MemoryTree(ALL), head), POLICY))) == 1
