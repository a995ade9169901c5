"""A rollback branch that is there already: whose it is, and whether it is still exact."""

from __future__ import annotations

from typing import NamedTuple

from ...core.errors import BackoutError, UsageError
from ...core.git import Git
from ...core.reversal.merge import three_way
from ...core.reversal.scratch import Scratch
from ...core.tree import FILE, CommitTree, Entry
from ..reversal.computing import Computed
from ..reversal.record import FOLDER, Record, decode, path_of


class Earlier(NamedTuple):
    """The branch's newest commit, the record in it, and how it stands to what was
    computed now: "exact" (merging it gives that), "moved" (it did, on an older base),
    "other" (the same base, other choices), "edited" (somebody went on by hand)."""

    tip: str
    record: Record
    state: str


def earlier(
    git: Git, scratch: Scratch, computed: Computed, tip: str, branch: str
) -> Earlier:
    """What stands at `tip`. Raises UsageError where it is no rollback of the same."""
    record = _record(git, computed, tip)
    if record is None:
        raise UsageError(
            f"the branch {branch} is there already, and it holds no rollback of "
            f"{computed.plan.name}. Give this one another name: --branch NAME"
        )
    entry = Entry(FILE, CommitTree(git, tip).entries[path_of(record)].oid)
    made = scratch.edited(record.tree, {path_of(record): entry})
    if made != git.resolve(tip, "tree"):
        return Earlier(tip, record, "edited")
    onto, plan = computed.onto.commit, computed.plan
    if record.onto == onto:
        return Earlier(tip, record, "exact" if record.tree == plan.tree else "other")
    wanted = scratch.edited(plan.tree, {path_of(record): entry})
    common = git.run("merge-base", tip, onto, codes=(0, 1)).decode("ascii").split()
    if common:
        trees = [git.resolve(commit, "tree") for commit in (common[0], tip, onto)]
        merged = three_way(scratch, *trees)
        if not merged.clashes and merged.tree == wanted:
            return Earlier(tip, record, "exact")
    return Earlier(tip, record, "moved")


def _record(git: Git, computed: Computed, tip: str) -> Record | None:
    """The record that `tip` adds, of a rollback of the same targets."""
    before = CommitTree(git, computed.onto.commit).entries
    tree = CommitTree(git, tip)
    for path in sorted(tree.entries, reverse=True):
        if not path.startswith(f"{FOLDER}/") or path in before:
            continue
        try:
            record = decode(tree.read(path), path)
        except BackoutError:
            continue  # somebody else's file in our folder
        if record.name == computed.plan.name and path == path_of(record):
            return record
    return None
