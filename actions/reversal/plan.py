"""The plan of a rollback, as one value: what `--dry-run` prints and the branch does."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from ...core.finding import Finding

SCHEMA_VERSION = 1

# clean: it can go. conflict: files stand in the way. empty: nothing is left to undo.
# refused: not without later phases that stand on it.
Verdict = Literal["clean", "conflict", "empty", "refused"]


class CommitFacts(msgspec.Struct, frozen=True):
    """A commit, as people recognise it. `when` is UTC; `pull` is 0 where none is known."""

    sha: str
    subject: str
    author: str
    when: datetime
    pull: int = 0


class Target(msgspec.Struct, frozen=True):
    """A commit that is undone. `mainline` is the parent gone back to, counted from 1 (0
    for a first commit); `found` says how it was known to belong; `relanded` is the
    commit that had reverted its revert; `is_empty` where undoing it changes nothing."""

    commit: CommitFacts
    mainline: int
    found: str
    relanded: str = ""
    partly_reverted: str = ""
    is_empty: bool = False


class SkippedTarget(msgspec.Struct, frozen=True):
    """A commit that was asked for and is not undone, and why."""

    commit: CommitFacts
    why: str


class File(msgspec.Struct, frozen=True):
    """A file that differs afterwards. Lines; -1 for a binary one. Modes are git's, 0
    where it is not there."""

    path: str
    added: int
    removed: int
    old_mode: int
    new_mode: int


class Plan(msgspec.Struct, frozen=True):
    """The whole plan.

    `onto_ref` and `onto` are what it goes on top of, `tree` the resulting tree without
    the rollback's own record; `seconds` is how long the computing took.
    """

    verdict: Verdict
    name: str
    onto_ref: str
    onto: str
    tree: str
    branch: str
    targets: tuple[Target, ...]
    skipped: tuple[SkippedTarget, ...] = ()
    restored: tuple[File, ...] = ()
    deleted: tuple[File, ...] = ()
    changed: tuple[File, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    migration: str = ""
    phases: tuple[str, ...] = ()
    title: str = ""
    seconds: float = 0.0
    version: int = SCHEMA_VERSION
