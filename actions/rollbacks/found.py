"""Every rollback that a clone knows of: on the mainline, and on branches not merged yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...core.errors import BackoutError
from ...core.git import Git, decode
from ...core.reversal.trees import listed
from ..reversal.onto import Onto
from ..reversal.record import FOLDER, Record
from ..reversal.record import decode as decode_record
from .standing import is_ended, relands


class Branch(NamedTuple):
    """A branch: what git calls it ("emergency/x", "origin/emergency/x"), its commit, and
    whether it is the remote's."""

    name: str
    commit: str
    is_remote: bool


class Found(NamedTuple):
    """A rollback with its record's path, and the branches that hold it; `is_merged` says
    that the mainline does, `relands` are branches on which it lands again."""

    path: str
    record: Record
    branches: tuple[Branch, ...]
    is_merged: bool
    relands: tuple[Branch, ...] = ()


def found(git: Git, onto: Onto) -> tuple[list[Found], list[str]]:
    """The rollbacks, newest first, and what could not be read as one and why.

    A rollback that has landed again on the mainline is left out.
    """
    doubts: dict[str, None] = {}
    merged = dict(_records(git, onto.commit, doubts))
    ends = list(relands(git, onto.commit))
    known = dict(merged)
    branches: dict[str, list[Branch]] = {}
    coming: dict[str, list[Branch]] = {}
    for branch in _branches(git, onto):
        for path, record in _records(git, branch.commit, doubts):
            if path not in merged:
                known.setdefault(path, record)
                branches.setdefault(path, []).append(branch)
        for reland in relands(git, branch.commit):
            if reland not in ends:
                coming.setdefault(reland.rollback, []).append(branch)
    there = [
        Found(
            path,
            record,
            tuple(branches.get(path, ())),
            path in merged,
            tuple(coming.get(path, ())),
        )
        for path, record in known.items()
        if path not in merged or not is_ended(path, record, ends)
    ]
    newest = sorted(there, key=lambda one: one.record.started, reverse=True)
    return newest, list(doubts)


def _branches(git: Git, onto: Onto) -> Iterator[Branch]:
    """The branches that are not the mainline itself, local ones first."""
    rows = git.run(
        "for-each-ref", "--format=%(objectname)%00%(refname)%00%(symref)",
        "--no-merged", onto.commit, "refs/heads", "refs/remotes",
    )  # fmt: skip
    for row in rows.split(b"\n"):
        sha, _, rest = row.partition(b"\0")
        ref, _, symbolic = rest.partition(b"\0")
        if not sha or symbolic:
            continue
        name = decode(ref)
        is_remote = name.startswith("refs/remotes/")
        short = name.removeprefix("refs/remotes/").removeprefix("refs/heads/")
        yield Branch(short, sha.decode("ascii"), is_remote)


def _records(
    git: Git, commit: str, doubts: dict[str, None]
) -> Iterator[tuple[str, Record]]:
    for path, entry in listed(git, commit, [FOLDER]).items():
        try:
            yield path, decode_record(git.blob(entry.oid), path)
        except BackoutError as why:
            doubts[str(why)] = None
