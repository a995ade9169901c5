"""Evidence: the machine-made record of a backup, and where it lies.

A record is one canonical JSON file `.backout/backups/MIGRATION-PHASE-TAKEN_AT.json`
with a signature `.sig` beside it (core/signature.py). Canonical: keys sorted, UTF-8, no
blanks, one line end; so equal records are equal bytes, and one edited by hand is seen.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from .errors import UsageError

FOLDER = ".backout/backups"
NAMESPACE = "backout-backup"  # what a signature was made for; another one is refused

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Count = Annotated[int, Meta(ge=0)]

# What a record shows, weakest first. "listed": somebody says that it exists. "read":
# every byte was read back, and it names its database and time. "restored": it was
# restored into a scratch database, and the rows counted there are those of the dump.
PROOFS = ("listed", "read", "restored")
Proof = Literal["listed", "read", "restored"]

# The least that a phase may do with, by its risk, where the policy names no proof.
# A listing alone passes every truncated or damaged dump, so it is never the default.
DEMANDED: dict[str, Proof] = {
    "low": "read",
    "medium": "read",
    "high": "restored",
    "critical": "restored",
}


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every part of a record shares."""


class Source(_Record, frozen=True):
    """What was backed up. `system` is the server's own identifier (PostgreSQL's
    system_identifier, Redis' run_id), `host` an alias and never an address, `snapshot`
    the exported snapshot or the log position that the counts were taken in."""

    database: str
    system: str = ""
    host: str = ""
    snapshot: str = ""


class Verification(_Record, frozen=True):
    """How the backup was proven. `started` is UTC, `duration` seconds; `counts` are the
    rows found in the scratch database, by table."""

    method: Proof
    tool: str = ""
    started: datetime | None = None
    duration: float = 0.0
    scratch: str = ""
    counts: dict[str, Count] = {}
    exit_status: int = 0


class Backup(_Record, frozen=True):
    """One backup. `taken_at` and `expires_at` are UTC, `size` is bytes; `sha256` is the
    digest of the file, or of each file of a directory; `counts` are rows by table, from
    the dump's own snapshot."""

    migration: str
    phase: str
    taken_at: datetime
    engine: str
    source: Source
    counts: dict[str, Count]
    verification: Verification
    engine_version: str = ""
    tool: str = ""
    tool_version: str = ""
    format: str = ""
    size: Count = 0
    sha256: Sha256 | dict[str, Sha256] = {}
    location: str = ""
    object_version: str = ""
    excluded: tuple[str, ...] = ()
    digests: dict[str, str] = {}
    expires_at: datetime | None = None
    verifier: str = ""
    version: Literal[1] = 1

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(self.counts.values())


def path_of(backup: Backup) -> str:
    """Where the record lies in the repository."""
    taken = backup.taken_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"{FOLDER}/{backup.migration}-{backup.phase}-{taken}.json"


def encode(backup: Backup) -> bytes:
    """The record's canonical bytes."""
    return msgspec.json.encode(backup, order="sorted") + b"\n"


def decode(data: bytes, name: str) -> Backup:
    """The record in `data`, the bytes of the file called `name`.

    Raises UsageError where it is no record, has a time without a zone, or is not
    canonical: a record is written by a machine, and somebody edited this one.
    """
    try:
        backup = msgspec.json.decode(data, type=Backup)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{name} is not a backup record: {error}") from error
    times = [backup.taken_at, backup.expires_at, backup.verification.started]
    if any(time is not None and time.tzinfo is None for time in times):
        raise UsageError(f"{name} holds a time without a zone: write UTC with a Z")
    if encode(backup) != data:
        raise UsageError(f"{name} is not canonical JSON: it was edited by hand")
    return backup
