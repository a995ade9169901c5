"""Names that cannot be: what we refuse, git refuses, and what it takes, we take."""

from __future__ import annotations

import subprocess

import pytest

from backout.core.policy.names import wrong_branch, wrong_path, wrong_ref
from support.repository import Repository

REFS = [
    "main",
    "v1.0",
    "refs/tags/v1.0",
    "origin/main",
    "feature/a-b_c",
    "a.b",
    "a@b",
    "a{b}",
    "é☃",
    "HEAD2",
    "a.locked",
    "a/-b",
]
NO_REFS = [
    "a..b",
    "a@{1}",
    "a~1",
    "a^",
    "a:b",
    "a?",
    "a*",
    "a[b",
    "a\\b",
    "a b",
    "a\tb",
    "a\x7f",
    "/a",
    "a/",
    "a//b",
    ".a",
    "a/.b",
    "a.lock",
    "a.lock/b",
    "a.",
]
# git takes these, but not as the one commit that a policy means.
MOVING = ["HEAD", "FETCH_HEAD", "ORIG_HEAD", "@", "-a"]


def git_takes(repo: Repository, name: str) -> bool:
    try:
        repo.git("check-ref-format", f"refs/x/{name}")
    except subprocess.CalledProcessError:
        return False
    return True


@pytest.mark.parametrize("name", REFS)
def test_a_ref(repo: Repository, name: str) -> None:
    assert wrong_ref(name) == ""
    assert git_takes(repo, name)


@pytest.mark.parametrize("name", NO_REFS)
def test_no_ref(repo: Repository, name: str) -> None:
    assert wrong_ref(name) != ""
    # `/a` is the one that only looks wrong to git once it is alone.
    assert name == "/a" or not git_takes(repo, name)


@pytest.mark.parametrize("name", MOVING)
def test_a_ref_that_moves_or_is_an_option(name: str) -> None:
    assert wrong_ref(name) != ""


@pytest.mark.parametrize(
    "pattern", ["r/{migration}-{phase}", "rollback-{date}", "plain", "{phase}"]
)
def test_a_branch(pattern: str) -> None:
    assert wrong_branch(pattern) == ""


@pytest.mark.parametrize(
    "pattern",
    [
        *("{", "}", "{}", "{0}", "{phase.x}", "{phase[0]}", "{phase:>9}", "{phase!r}"),
        *("{user}", "a b", "{phase}.lock", "-{phase}"),
    ],
)
def test_no_branch(pattern: str) -> None:
    assert wrong_branch(pattern) != ""


@pytest.mark.parametrize("path", ["a", "a/", "a/b.md", ".github/x", "a b", "x: y", "é"])
def test_a_path(path: str) -> None:
    assert wrong_path(path) == ""


@pytest.mark.parametrize(
    "path",
    [
        "/a",
        "~/a",
        "C:/a",
        "a\\b",
        "../a",
        "a/../b",
        "./a",
        "a//b",
        ".",
        "a\nb",
        "a\x1b",
    ],
)
def test_no_path(path: str) -> None:
    assert wrong_path(path) != ""
