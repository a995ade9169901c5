"""What a rollback goes on top of: the mainline as the remote has it, and its policy."""

from __future__ import annotations

from typing import NamedTuple

from ...core.errors import CannotDecide, UsageError
from ...core.git import Git
from ...core.policy import FILE_NAME, Policy
from ...core.policy_file import read_policy


class Onto(NamedTuple):
    """`ref` as people call it ("origin/main"), the commit's id, the branch's bare name
    ("main"; "" for a detached commit)."""

    ref: str
    commit: str
    branch: str

    @property
    def label(self) -> str:
        """For people: "origin/main at 3f2a91c2b"."""
        return f"{self.ref} at {self.commit[:9]}"


def found(git: Git, asked: str | None = None) -> Onto:
    """What to undo on: what was asked for, else the remote's default branch, else HEAD.

    The branch that happens to be checked out, and unpushed work on it, do not matter
    where there is a remote. Raises UsageError or CannotDecide where nothing is there.
    """
    if asked is not None:
        return _named(git, asked)
    rows = git.run(
        "for-each-ref", "--format=%(objectname) %(symref)", "refs/remotes/origin/HEAD",
        "refs/remotes/upstream/HEAD",
    ).decode("utf-8", "surrogateescape").splitlines()  # fmt: skip
    for row in rows:
        commit, _, ref = row.partition(" ")
        if ref.startswith("refs/remotes/"):
            name = ref.removeprefix("refs/remotes/")
            return Onto(name, commit, name.partition("/")[2])
    if git.find_object("HEAD") is None:
        raise UsageError("there is no commit yet, so there is nothing to undo")
    said = git.run("rev-parse", "HEAD", "--symbolic-full-name", "HEAD")
    commit, full = said.decode("utf-8", "surrogateescape").split()
    branch = full.removeprefix("refs/heads/") if full.startswith("refs/heads/") else ""
    return Onto(branch or "HEAD", commit, branch)


def _named(git: Git, name: str) -> Onto:
    commit = git.resolve(name)
    full = git.run(
        "rev-parse", "--symbolic-full-name", "--verify", "--quiet", "--end-of-options",
        name, codes=(0, 1, 128),
    ).decode("utf-8", "replace").strip()  # fmt: skip
    branch = ""
    if full.startswith("refs/heads/"):
        branch = full.removeprefix("refs/heads/")
    elif full.startswith("refs/remotes/"):
        branch = full.removeprefix("refs/remotes/").partition("/")[2]
    return Onto(name, commit, branch)


def policy_at(git: Git, onto: Onto) -> Policy | None:
    """The policy of that commit; None where it has none: commits can still be undone.

    Raises UsageError where it cannot be read as one, CannotDecide where it is not here.
    """
    name = f"{onto.commit}:{FILE_NAME}"
    try:
        data = git.blob(name)
    except CannotDecide:
        if git.test("rev-parse", "--verify", "--quiet", name):
            raise
        return None
    return read_policy(data, FILE_NAME)
