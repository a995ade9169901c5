"""The rollbacks in force on a branch: each proven where the mainline took it, and none
that has landed again since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ...core import reland_record
from ...core.errors import BackoutError
from ...core.git import Git
from ...core.policy import FILE_NAME
from ...core.policy_file import read_policy
from ...core.reland_record import Reland
from ...core.reversal import commits
from ...core.reversal.differences import differences
from ...core.reversal.scratch import Scratch
from ...core.reversal.trees import listed
from ...core.rolled_back import RolledBack
from ..reversal.record import FOLDER, Record, decode
from .impure import Impure
from .proof import prove


class Taken(NamedTuple):
    """Where the mainline took a rollback: its commits, newest first, and the one below."""

    commits: tuple[str, ...]
    parent: str


class Standing(NamedTuple):
    """What a branch holds: rollbacks in force, and what was not taken for one and why."""

    rolled_back: tuple[RolledBack, ...]
    doubts: tuple[str, ...] = ()


def standing(git: Git, tip: str) -> Standing:
    """The rollbacks in force on the commit `tip`. It reads the history alone."""
    found: dict[tuple[str, tuple[str, ...]], RolledBack] = {}
    doubts: list[str] = []
    ends = list(relands(git, tip))
    records: list[tuple[str, Record]] = []
    for path in listed(git, tip, [FOLDER]):
        try:
            record = read(git, tip, path)
        except BackoutError as why:
            doubts.append(str(why))
        else:
            if not is_ended(path, record, ends):
                records.append((path, record))
    if not records:
        return Standing((), tuple(doubts))
    with Scratch(git) as scratch:
        for path, record in sorted(records, key=lambda item: item[1].started):
            try:
                one = _proven(git, scratch, tip, path, record)
            except (Impure, BackoutError) as why:
                doubts.append(f"{path} is no proof of a rollback: {why}")
            else:
                found[one.migration, one.phases] = one  # the newest of them
    return Standing(tuple(found.values()), tuple(doubts))


def is_ended(path: str, record: Record, ends: Iterable[Reland]) -> bool:
    """Whether a reland ended the rollback: its own, or a later one of all its phases.

    A rollback of a reland takes the reland's record away with it, so the first rollback
    would be in force again for ever.
    """
    return any(
        reland.rollback == path
        or (
            reland.migration == record.migration
            and {*record.phases} <= {*reland.phases}
            and reland.started > record.started
        )
        for reland in ends
    )


def relands(git: Git, tip: str) -> Iterator[Reland]:
    """The relands on the commit `tip`; a record that cannot be read ends nothing."""
    for path, entry in listed(git, tip, [reland_record.FOLDER]).items():
        try:
            yield reland_record.decode(git.blob(entry.oid), path)
        except BackoutError:
            continue


def read(git: Git, tip: str, path: str) -> Record:
    """The record at `path` in the commit `tip`. Raises UsageError or CannotDecide."""
    return decode(git.blob(listed(git, tip, [path])[path].oid), path)


def taken(git: Git, tip: str, path: str, record: Record) -> Taken | None:
    """Where the mainline up to `tip` took the rollback of that record.

    A merge or a squash is one commit; a rebase is one for each of its own. None where
    the record came from nowhere: a first commit, or a history that is cut off.
    """
    listing = git.run(
        "log", "--first-parent", "--diff-merges=first-parent", "--no-renames",
        "--diff-filter=A", "--no-patch", "--max-count=1", "--format=%H", tip, "--", path,
    )  # fmt: skip
    sha = listing.decode("ascii").strip()
    trailer = f"\nBackout-Rollback: {record.name}\n"
    chain: list[str] = []
    while sha:
        commit = commits.read(git, [sha])[0]
        is_own = len(commit.parents) == 1 and trailer in f"{commit.message}\n"
        if chain and not is_own:
            return Taken(tuple(chain), sha)
        chain.append(sha)
        if not is_own:
            break
        sha = commit.parents[0]
    parents = commits.read(git, chain[-1:])[0].parents if chain else ()
    return Taken(tuple(chain), parents[0]) if parents else None


def _proven(
    git: Git, scratch: Scratch, tip: str, path: str, record: Record
) -> RolledBack:
    where = taken(git, tip, path, record)
    if where is None:
        raise Impure("the history does not reach back to it")
    entry = listed(git, where.parent, [FILE_NAME]).get(FILE_NAME)
    if entry is None:
        raise Impure(f"{where.parent[:9]} had no {FILE_NAME}")
    policy = read_policy(git.blob(entry.oid), FILE_NAME)
    result = git.resolve(where.commits[0], "tree")
    proof = prove(git, scratch, policy, where.parent, result, path, record)
    before = git.resolve(record.onto, "tree")
    files = differences(scratch, before, record.tree)
    return RolledBack(
        migration=record.migration,
        phases=proof.phases,
        record=path,
        commits=where.commits,
        files={file.path: (file.old, file.new) for file in files},
    )
