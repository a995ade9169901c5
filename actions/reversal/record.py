"""The rollback's record: what was undone and how, so that it can be computed again."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from .json import document
from .plan import Conflict

FOLDER = ".backout/rollbacks"


class Undone(msgspec.Struct, frozen=True):
    """A commit that was undone, through which parent (from 1; 0 for a first commit)."""

    sha: str
    mainline: int


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rollback. `onto` is the commit that it was computed on, `tree` what came out
    without this record; `undone` is newest first. `paths`, `leave`, `restore`
    and `adjacent` are the flags of those names, `baseline` is the commit that files were
    restored from, `conflicts` what a draft left as it was. `started` is UTC."""

    name: str
    onto: str
    tree: str
    undone: tuple[Undone, ...]
    started: datetime
    reason: str
    by: str
    migration: str = ""
    phases: tuple[str, ...] = ()
    severity: str = ""
    paths: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()
    baseline: str = ""
    adjacent: bool = False
    conflicts: tuple[Conflict, ...] = ()
    draft: bool = False
    tool: str = ""
    git: str = ""
    version: Literal[1] = 1


def path_of(record: Record) -> str:
    """Where the record lies in the repository."""
    stem = "-".join([record.migration, *record.phases]) if record.migration else ""
    stem = stem or record.undone[0].sha[:12]
    return f"{FOLDER}/{stem}-{record.started:%Y%m%dT%H%M%SZ}.json"


def encode(record: Record) -> bytes:
    """The record's canonical bytes: keys sorted, one line for each value."""
    return document(record, order="sorted").encode()
