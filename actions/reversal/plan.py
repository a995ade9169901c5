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
    for a first commit); `found` says how it was known to belong; `relands` is the
    commit that this one landed again, `partly_reverted` one that took back a part of it; `is_empty` where undoing it changes nothing."""

    commit: CommitFacts
    mainline: int
    found: str
    relands: str = ""
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


class Lines(msgspec.Struct, frozen=True):
    """Lines that clash: the numbers of the first and the last one at present (`last` is
    before `first` where there are none), those at present, and those to go back to."""

    first: int
    last: int
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


class Conflict(msgspec.Struct, frozen=True):
    """A file that cannot go back by itself. `kind` is git's name for it: "contents",
    "modify/delete", "binary" and so on; `others` are further paths that it is about,
    `target` the commit whose undoing met it, `blockers` the later commits in the way."""

    path: str
    kind: str
    target: str
    lines: tuple[Lines, ...] = ()
    blockers: tuple[CommitFacts, ...] = ()
    others: tuple[str, ...] = ()


class Way(msgspec.Struct, frozen=True):
    """A way out of conflicts, with its price; done only where its flag is given.

    `option` with each of `values` is what to add to the command. `also` are commits that
    go too (for --with) or whose changes are lost in those files (for --restore); `lines`
    is how much of them goes. `deletes` is how many files go that --restore finds nothing
    of. `conflicts` are left afterwards, and `errors` is how much would break then, -1
    where that was not looked at.
    """

    option: str
    values: tuple[str, ...]
    also: tuple[CommitFacts, ...] = ()
    lines: int = 0
    deletes: int = 0
    conflicts: int = 0
    errors: int = 0


class Loss(msgspec.Struct, frozen=True):
    """Later work that goes although its commit was not named: lines by file, -1 for a
    binary one."""

    commit: CommitFacts
    files: dict[str, int]


class Verified(msgspec.Struct, frozen=True):
    """A command of the policy, run on the result. `kind` is "now" or "legacy-active",
    `seconds` how long it ran, `log` the file that its output is in."""

    kind: str
    run: str
    passed: bool
    exit_code: int
    timed_out: bool
    seconds: float
    log: str


class Plan(msgspec.Struct, frozen=True):
    """The whole plan.

    `onto_ref` and `onto` are what it goes on top of, `tree` the resulting tree without
    the rollback's own record; `settled` are files in which both edits to adjacent lines
    were kept, `standing` the later phases that stand on what goes, with their commits;
    `baseline` is what files are restored from, a ref or an id;
    `faster` says which levels of rollback are quicker, `data` what code does not bring
    back, `promised` the longest recovery time that the phases promise; `seconds` is how
    long the computing took.
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
    conflicts: tuple[Conflict, ...] = ()
    ways_out: tuple[Way, ...] = ()
    settled: tuple[str, ...] = ()
    collateral: tuple[Loss, ...] = ()
    findings: tuple[Finding, ...] = ()
    verified: tuple[Verified, ...] = ()
    standing: dict[str, tuple[CommitFacts, ...]] = {}
    baseline: str = ""
    notes: tuple[str, ...] = ()
    faster: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    promised: str = ""
    migration: str = ""
    phases: tuple[str, ...] = ()
    title: str = ""
    seconds: float = 0.0
    version: int = SCHEMA_VERSION
