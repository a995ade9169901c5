"""The rollback's record: what was undone and how, so that it can be computed again."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from ...core.errors import UsageError
from ...core.escape import from_json
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


def decode(data: bytes, name: str) -> Record:
    """The record in `data`, the bytes of the file called `name`.

    Raises UsageError where it is none, where it does not belong at its place, or where
    it is not canonical: a record is written by a machine, and somebody edited this one.
    """
    try:
        record = msgspec.convert(_cleaned(msgspec.json.decode(data)), Record)
    except (
        msgspec.DecodeError,
        msgspec.ValidationError,
        UnicodeDecodeError,
        RecursionError,
    ) as error:
        raise UsageError(f"{name} is not the record of a rollback: {error}") from error
    if not record.undone:
        raise UsageError(f"{name} records a rollback of nothing")
    if record.started.tzinfo is None:
        raise UsageError(f"{name} holds a time without a zone: write UTC with a Z")
    if encode(record) != data:
        raise UsageError(f"{name} is not canonical JSON: it was edited by hand")
    if path_of(record) != name:
        raise UsageError(f"{name} holds the record of another file, {path_of(record)}")
    return record


def _cleaned(value: Any) -> Any:
    """The inverse of what `document` does to texts."""
    if isinstance(value, str):
        return from_json(value)
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}  # pyright: ignore
    if isinstance(value, list):
        return [_cleaned(item) for item in value]  # pyright: ignore
    return value
