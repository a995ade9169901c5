"""`backout backup`: records of backups, the evidence that a data phase is gated by."""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from ..core.address import find
from ..core.errors import UsageError
from ..core.evidence import (
    FOLDER,
    NAMESPACE,
    Backup,
    Source,
    Verification,
    encode,
    path_of,
)
from ..core.git import Git
from ..core.signature import sign
from .policy_here import policy_here

_EXAMPLES = """\
examples:
  backout backup record storage-v2/7 dump.pgc --taken-at 2026-11-18T02:10:00Z \\
      --database shop --table opportunities_unified=1204331
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    record = verbs.add_parser(
        "record",
        help="write and sign the record of a backup from stated facts",
        description=(
            "Write and sign the record of a backup from what you state. It proves the "
            'least ("listed"): that somebody who may sign says the backup is there.'
        ),
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    record.add_argument("phase", metavar="MIGRATION/PHASE")
    record.add_argument("file", metavar="FILE", type=Path, help="the backup itself")
    record.add_argument(
        "--taken-at",
        metavar="TIME",
        required=True,
        type=_time,
        help="when its snapshot was taken, with a zone: 2026-11-18T02:10:00Z",
    )
    record.add_argument("--database", required=True, help="what was backed up")
    record.add_argument(
        "--table",
        metavar="NAME=ROWS",
        action="append",
        default=[],
        type=_count,
        help="rows in the backup's own snapshot; once for each table",
    )
    record.add_argument("--tool", default="", help='what made it: "pg_dump 15.18"')
    record.add_argument("--format", default="", help='how it lies there: "custom"')
    record.add_argument("--location", default="", help="where it is kept")
    record.add_argument(
        "--key",
        metavar="FILE",
        type=Path,
        help="the ssh key to sign with; default: git's user.signingKey",
    )
    record.set_defaults(deed=_record)


def run(args: argparse.Namespace) -> int:
    """Do what the arguments say; the exit code."""
    return int(args.deed(args))


def _record(args: argparse.Namespace) -> int:
    with Git.find() as git:
        assert git.top is not None
        policy = policy_here(git)
        migration, phase = find(policy, args.phase)
        if phase is None:
            raise UsageError(f"name one phase of {migration.id}: {migration.id}/PHASE")
        if phase.data is None:
            raise UsageError(
                f"{args.phase} changes no data: give it `data:` in backout.yaml first"
            )
        digest, size = _digest(args.file)
        backup = Backup(
            migration=migration.id,
            phase=phase.id,
            taken_at=args.taken_at,
            engine=phase.data.engine,
            source=Source(args.database),
            counts=dict(args.table),
            verification=Verification("listed"),
            tool=args.tool,
            format=args.format,
            size=size,
            sha256=digest,
            location=args.location,
        )
        written = _write(git.top, backup, args.key or _signing_key(git))
        print(f"Wrote {written} and {written}.sig: {size} bytes, {backup.rows} rows.")
        if not (git.top / policy.allowed_signers).is_file():
            print(
                f"Nobody may sign yet: the gate trusts the keys in {policy.allowed_signers} of the "
                f"base branch alone."
            )
        print(f"Next: git add {FOLDER} and commit it with the change.")
    return 0


def _write(top: Path, backup: Backup, key: Path) -> str:
    """The record and its signature in their place; neither if one cannot be had."""
    name = path_of(backup)
    place = top / name
    if place.exists():
        raise UsageError(f"{name} is there already: a record is never written over")
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backout-", dir=place.parent) as folder:
        record = Path(folder) / place.name
        record.write_bytes(encode(backup))
        signature = sign(record, key, NAMESPACE)
        # The signature first: without its record it says nothing.
        signature.replace(place.with_name(signature.name))
        record.replace(place)
    return name


def _signing_key(git: Git) -> Path:
    """git's signing key, if it is an ssh key in a file."""
    kind = git.run("config", "--get", "gpg.format", codes=(0, 1)).strip()
    key = os.fsdecode(git.run("config", "--get", "user.signingKey", codes=(0, 1)))
    if kind != b"ssh" or not key.strip() or key.startswith(("key::", "ssh-")):
        raise UsageError(
            "no key to sign with: give --key FILE, or set git's gpg.format to ssh and "
            "user.signingKey to a key file"
        )
    return Path(key.strip()).expanduser()


def _digest(path: Path) -> tuple[str | dict[str, str], int]:
    """SHA-256 and size in bytes of a file, or of each file below a directory."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file())
        digests = {f.relative_to(path).as_posix(): _sha256(f) for f in files}
        return digests, sum(file.stat().st_size for file in files)
    return _sha256(path), path.stat().st_size


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text} is no time: write 2026-11-18T02:10:00Z"
        ) from error
    if time.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no zone: end it with Z for UTC")
    return time.astimezone(UTC).replace(microsecond=0)


def _count(text: str) -> tuple[str, int]:
    name, _, rows = text.rpartition("=")
    if not name or not rows.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not NAME=ROWS")
    return name, int(rows)
