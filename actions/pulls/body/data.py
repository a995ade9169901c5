"""Data: what a rollback of the code does not bring back, and what the backup proves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ....core.errors import BackoutError
from ....core.evidence import FOLDER, NAMESPACE, Backup, decode
from ....core.policy import Data, Migration, Phase, Policy
from ....core.signature import signer
from ....core.tree import Tree
from .facts import Facts, clock, spell
from .markup import alert, coded, said


class Evidence(NamedTuple):
    """The newest record of a phase's backup, and who signed it ("" and why not)."""

    path: str
    backup: Backup
    signer: str
    why: str


def data(facts: Facts, most: int) -> Iterator[str]:
    """For each data phase: what to do, with its backup or, in red, without one."""
    for phase in facts.phases:
        if phase.data is not None and facts.migration is not None:
            yield from _phase(facts, facts.migration, phase, phase.data)
        if phase.irreversible:
            gone = [f"- {said(item)}" for item in phase.irreversible[:most]]
            yield from alert("WARNING", ["**No rollback brings back:**", *gone])


def _phase(
    facts: Facts, migration: Migration, phase: Phase, data: Data
) -> Iterator[str]:
    where = f"{data.engine} {data.database or ''}".strip()
    yield f"**Data of {said(phase.id)}** ({said(where)}): this pull request does not touch it."
    yield ""
    assert facts.policy is not None
    found = evidence(facts, facts.policy, migration, phase)
    if found is None:
        yield from alert(
            "CAUTION",
            [
                f"**No backup of {said(where)} is on record** under {coded(FOLDER)}. "
                f"What the new code wrote or removed may be gone. Do not restore, and do "
                f"not drop anything, before somebody has found one."
            ],
        )
    else:
        yield from _proof(facts, found, data)
    backup = data.backup
    steps = [
        ("bring it back", backup.restore),
        ("it lies at", backup.location),
        ("reverse migration", data.reverse),
    ]
    for label, value in steps:
        if value:
            yield f"- {label}: {coded(value)}"
    for item in data.recover:
        run = f": {coded(item.run)}" if item.run else ""
        count = f" (count before and after: {coded(item.count)})" if item.count else ""
        yield f"- recover {said(item.what)}{run}{count}"
    if data.loss_window:
        yield f"- a restore may lose {said(data.loss_window)} of writes at the most"
    for query in phase.verify.sql:
        yield f"- then {coded(query.query)}: {said(query.expect)}"
    yield ""


def _proof(facts: Facts, found: Evidence, data: Data) -> Iterator[str]:
    backup, age = found.backup, facts.record.started - found.backup.taken_at
    rows = f"{len(backup.counts)} tables, {backup.rows:,} rows"
    shown = (
        f"Backup of {clock(backup.taken_at)}, {said(backup.verification.method)}: {rows}. "
        f"Restoring it loses {spell(age)} of writes. Record: {coded(found.path)}"
    )
    missing = [table for table in data.tables if table not in backup.counts]
    if found.why or missing or backup.verification.exit_status:
        faults = (
            [f"its signature does not hold: {said(found.why)}"] if found.why else []
        )
        if missing:
            faults.append(f"it lacks {', '.join(map(coded, missing))}")
        if backup.verification.exit_status:
            faults.append("its verification failed")
        yield from alert("CAUTION", [shown, "", f"**But {', and '.join(faults)}.**"])
    else:
        yield f"{shown}, signed by {said(found.signer)}."
        yield ""


def evidence(
    facts: Facts, policy: Policy, migration: Migration, phase: Phase
) -> Evidence | None:
    """The newest record that names this phase; None where there is none to be read."""
    prefix = re.escape(f"{FOLDER}/{migration.id}-{phase.id}-")
    named = re.compile(prefix + r"\d{8}T\d{6}Z\.json")
    records: list[tuple[str, Backup]] = []
    for path, entry in facts.tree.entries.items():
        if entry.is_file and named.fullmatch(path):
            try:
                records.append((path, decode(facts.tree.read(path), path)))
            except BackoutError:
                continue  # the gate names it; here only what can be read helps
    if not records:
        return None
    path, backup = max(records, key=lambda one: one[1].taken_at)
    who, why = _signed(facts, facts.tree, policy, path)
    return Evidence(path, backup, who, why)


def _signed(facts: Facts, tree: Tree, policy: Policy, path: str) -> tuple[str, str]:
    allowed, beside = policy.allowed_signers, f"{path}.sig"
    for needed in (beside, allowed):
        if needed not in tree.entries:
            return "", f"{needed} is missing"
    texts = tree.read(path), tree.read(beside), tree.read(allowed)
    try:
        return signer(*texts, NAMESPACE, facts.record.started), ""
    except (ValueError, BackoutError) as error:
        return "", str(error)
