"""The record of a phase that lands again: what people stated to be done before it.

A reland is no replay: of 34 in public histories 21 came with another patch. So it is not
proven like a rollback; its record says which rollback it ends, and who stated that each
item the policy requires is done.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from .errors import UsageError
from .escape import json_source

FOLDER = ".backout/relands"

Text = Annotated[str, Meta(min_length=1)]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every part of the record shares."""


class Done(_Part, frozen=True):
    """One item, as the policy words it, and who stated when (UTC) that it is done."""

    item: Text
    by: Text
    at: datetime


class Reland(_Part, frozen=True):
    """A reland. `rollback` is the path of the record of the rollback that it ends, `onto`
    the commit that it was computed on, `tree` what came out without this record;
    `conflicts` are the paths that were left as they were. `started` is UTC."""

    rollback: Text
    migration: Text
    phases: tuple[Text, ...]
    onto: str
    tree: str
    started: datetime
    by: str
    done: tuple[Done, ...] = ()
    conflicts: tuple[str, ...] = ()
    tool: str = ""
    version: Literal[1] = 1


def path_of(reland: Reland) -> str:
    """Where the record lies in the repository."""
    stem = "-".join([reland.migration, *reland.phases])
    return f"{FOLDER}/{stem}-{reland.started.astimezone(UTC):%Y%m%dT%H%M%SZ}.json"


def encode(reland: Reland) -> bytes:
    """The record's canonical bytes: keys sorted, one line for each value."""
    text = msgspec.json.format(msgspec.json.encode(reland, order="sorted"), indent=2)
    return (json_source(text.decode("utf-8")) + "\n").encode("utf-8")


def decode(data: bytes, name: str) -> Reland:
    """The record in `data`, the bytes of the file called `name`.

    Raises UsageError where it is none.
    """
    try:
        reland = msgspec.json.decode(data, type=Reland)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{name} is not the record of a reland: {error}") from error
    if any(
        time.tzinfo is None for time in (reland.started, *(d.at for d in reland.done))
    ):
        raise UsageError(f"{name} holds a time without a zone: write UTC with a Z")
    return reland
