"""backup-*: a phase that changes data needs a fresh, proven, signed backup before it.

What is demanded, and why a listing never is enough, was measured on damaged dumps:
docs/rules/backup-unproven.md tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from ..core.change import Change
from ..core.errors import UsageError
from ..core.evidence import (
    DEMANDED,
    FOLDER,
    NAMESPACE,
    PROOFS,
    Backup,
    Proof,
    decode,
)
from ..core.finding import Finding, Place, Rule, Severity
from ..core.git import decode as decode_path
from ..core.paths import matcher
from ..core.policy import Data, Migration, Phase, Policy
from ..core.signature import signer

RULES = (
    Rule(
        "backup-missing", "a data phase is touched and there is no backup of its data"
    ),
    Rule("backup-stale", "the backup is too old, or data code changed after it"),
    Rule("backup-unproven", "the backup was proven less than the phase demands"),
    Rule("backup-mismatch", "the backup is of other data, or of too little"),
    Rule("backup-unsigned", "the record of the backup is signed by nobody"),
    Rule("backup-tampered", "the record of the backup does not match its signature"),
)

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """For each data phase that the change touches: what is wrong with its best backup.

    Nothing where one record is right. Else the faults of the newest record alone, for
    an older one is no better. A commit in the making is only warned: a backup is taken
    before the merge, and would be stale again by the time of the next commit.
    """
    for migration in policy.migrations.values():
        if migration.status == "closed":
            continue
        for phase in migration.phases:
            if phase.data is None or phase.final:
                continue
            touches = matcher(phase.paths)
            touched = [p for p in change.files if touches(p)] if phase.paths else []
            if touched and not change.is_whole:
                yield from _phase(change, policy, migration, phase, touched)


def _phase(
    change: Change,
    policy: Policy,
    migration: Migration,
    phase: Phase,
    touched: list[str],
) -> Iterator[Finding]:
    data = phase.data
    assert data is not None
    address = f"{migration.id}/{phase.id}"
    severity = Severity.WARNING if change.is_staged else Severity.ERROR
    demanded = _demanded(phase, data)
    wanted = (
        f"{address} changes data ({data.engine}): it needs a signed backup, {demanded}, "
        f"younger than {data.max_age}."
    )

    def finding(rule: str, path: str, message: str, help: str) -> Finding:
        return Finding(
            rule,
            severity,
            Place(path),
            message,
            help,
            migration=migration.id,
            phase=phase.id,
        )

    records, broken = _records(change, migration, phase)
    for path, why in broken:
        yield finding(
            "backup-tampered", path, f"{why}. {wanted}", "Take and record a new backup."
        )
    if not records:
        if not broken:
            more = f" and {len(touched) - 1} more" if len(touched) > 1 else ""
            yield finding(
                "backup-missing",
                min(touched),
                f"This{more} belongs to {address}, and {FOLDER} holds no backup of its "
                f"data. {wanted}",
                f"Take a backup, then: backout backup record {address}",
            )
        return
    faults: list[Finding] = []
    for path, backup in records:
        judged = [
            finding(rule, path, f"{message} {wanted}", help)
            for rule, message, help in _faults(change, policy, phase, path, backup)
        ]
        if not judged:
            return
        faults = faults or judged
    yield from faults


def _records(
    change: Change, migration: Migration, phase: Phase
) -> tuple[list[tuple[str, Backup]], list[tuple[str, str]]]:
    """The phase's records, newest first; and the files that are none, with why."""
    prefix = f"{FOLDER}/{migration.id}-{phase.id}-"
    # The id of another phase may begin with this one's: only a time may follow.
    named = re.compile(re.escape(prefix) + r"\d{8}T\d{6}Z\.json")
    records: list[tuple[str, Backup]] = []
    broken: list[tuple[str, str]] = []
    for path, entry in change.head.entries.items():
        if not entry.is_file or not named.fullmatch(path):
            continue
        try:
            backup = decode(change.head.read(path), path)
        except UsageError as error:
            broken.append((path, str(error)))
            continue
        if (backup.migration, backup.phase) == (migration.id, phase.id):
            records.append((path, backup))
        else:
            broken.append((path, f"{path} speaks of {backup.migration}/{backup.phase}"))
    return sorted(records, key=lambda r: r[1].taken_at, reverse=True), broken


def _faults(
    change: Change, policy: Policy, phase: Phase, path: str, backup: Backup
) -> Iterator[tuple[str, str, str]]:
    """Rule, message and way out of each thing that is wrong with one record."""
    data = phase.data
    assert data is not None
    yield from _signature(change, policy.allowed_signers, path)
    yield from _age(change, phase, data, backup)
    demanded, method = _demanded(phase, data), backup.verification.method
    if PROOFS.index(method) < PROOFS.index(demanded):
        yield (
            "backup-unproven",
            f"The backup was {method}, which proves less than {demanded}.",
            f"Prove it: {_HOW[demanded]}.",
        )
    elif backup.verification.exit_status != 0:
        yield (
            "backup-unproven",
            f"Its verification failed with exit status "
            f"{backup.verification.exit_status}.",
            "Take a new backup: this one does not restore.",
        )
    yield from _content(data, backup)


_HOW = {
    "listed": "record that it exists",
    "read": "read every byte back and compare its digest, its database and its time",
    "restored": "restore it into a scratch database and compare the rows of each table",
}


def _signature(
    change: Change, signers: str, path: str
) -> Iterator[tuple[str, str, str]]:
    trusted, head, beside = change.trusted, change.head, f"{path}.sig"
    if beside not in head.entries:
        yield (
            "backup-unsigned",
            f"{beside} is missing, so anybody may have written the record.",
            f"ssh-keygen -Y sign -n {NAMESPACE} -f KEY {path}",
        )
        return
    if signers not in trusted.entries:
        yield (
            "backup-unsigned",
            f"Nobody may sign yet: {trusted.label} has no {signers}.",
            f"Merge {signers} first, in a change of its own that an owner approves.",
        )
        return
    try:
        signer(
            head.read(path),
            head.read(beside),
            trusted.read(signers),
            NAMESPACE,
            change.now,
        )
    except ValueError as error:
        yield (
            "backup-tampered",
            f"The record does not hold against its signature by the signers of "
            f"{trusted.label}: {error}.",
            "Take and record a new backup, signed by somebody who is allowed to.",
        )


def _age(
    change: Change, phase: Phase, data: Data, backup: Backup
) -> Iterator[tuple[str, str, str]]:
    age = change.now - backup.taken_at
    way_out = "Take and record a new backup right before the merge."
    if age < -timedelta(minutes=5):  # clocks of two machines may differ a little
        yield (
            "backup-stale",
            f"It claims to be taken at {backup.taken_at}, which is still to come.",
            way_out,
        )
    elif age > _duration(data.max_age):
        yield "backup-stale", f"It was taken {_words(age)} ago.", way_out
    elif backup.expires_at is not None and change.now >= backup.expires_at:
        yield "backup-stale", f"It expired at {backup.expires_at}.", way_out
    elif newer := _newer(change, phase, backup.taken_at):
        yield (
            "backup-stale",
            f"Commit {newer[:9]} touched the phase after it was taken.",
            way_out,
        )


def _newer(change: Change, phase: Phase, taken_at: datetime) -> str:
    """A commit of the base's mainline that touched the phase after the backup."""
    git, base = change.git, change.base_tip
    if git is None or not base:
        return ""
    # First parents: what counts is when a change arrived, not when it was written.
    listing = git.run(
        "log", "--first-parent", "-m", "--no-renames", "--no-ext-diff", "-z",
        "--name-only", f"--since={int(taken_at.timestamp())}",
        "--format=%x01%H", base, "--",
    )  # fmt: skip
    touches = matcher(phase.paths)
    for commit in listing.split(b"\1")[1:]:
        oid, *paths = [part.strip(b"\n") for part in commit.split(b"\0")]
        if any(path and touches(decode_path(path)) for path in paths):
            return oid.decode("ascii")
    return ""


def _content(data: Data, backup: Backup) -> Iterator[tuple[str, str, str]]:
    again = "Back up what the policy names, and record that."
    if backup.engine != data.engine:
        yield "backup-mismatch", f"It is a {backup.engine} backup.", again
    if data.database is not None and backup.source.database != data.database:
        yield (
            "backup-mismatch",
            f"It is of database {backup.source.database!r}, not {data.database!r}.",
            again,
        )
    missing = [table for table in data.tables if table not in backup.counts]
    if missing:
        yield "backup-mismatch", f"It lacks {', '.join(missing)}.", again
    # Without named tables the minimum is one for all of them together.
    counts = {t: backup.counts[t] for t in data.tables if t in backup.counts}
    if not data.tables:
        counts = {"the backup": backup.rows}
    for name, rows in counts.items():
        if rows < data.min_rows:
            yield (
                "backup-mismatch",
                f"{name} holds {rows} rows, fewer than {data.min_rows}.",
                "Look whether the right database was backed up.",
            )
    scratch = backup.verification.counts
    if backup.verification.method == "restored" and scratch != backup.counts:
        table = min(
            name
            for name in {*scratch, *backup.counts}
            if scratch.get(name) != backup.counts.get(name)
        )
        yield (
            "backup-mismatch",
            f"Restored, {table} has {scratch.get(table, 0)} rows instead of "
            f"{backup.counts.get(table, 0)}.",
            "Take a new backup: this one loses rows.",
        )


def _demanded(phase: Phase, data: Data) -> Proof:
    return data.proof or DEMANDED[phase.risk]


def _duration(text: str) -> timedelta:
    return timedelta(seconds=int(text[:-1]) * _SECONDS[text[-1]])


def _words(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"
