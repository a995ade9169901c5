"""What is known of a rollback, by the names that templates use for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from ...core.address import Address
from ...core.policy import Communication, Phase, Policy, seconds
from ..reversal.record import Record
from ..rollbacks.found import Found


def known(
    policy: Policy, address: Address, found: Found | None, now: datetime
) -> dict[str, str]:
    """The fields that the policy and the rollback's record fill in.

    `found` is the newest rollback of `address`, None where there is none; `now` is UTC.
    """
    migration = address.migration
    record = found.record if found else None
    phases = _phases(address, record)
    told = communication(policy, address)
    facts = {
        "migration": migration.id,
        "migration_title": migration.title or migration.id,
        "phase": str(address) if not record else _name(record),
        "phase_title": ", ".join(p.title for p in phases if p.title) or str(address),
        "date": f"{now:%Y-%m-%d}",
        "time": f"{now:%H:%M} UTC",
        "status": _status(found),
        "impact": "; ".join(p.impact for p in phases if p.impact),
        "recovery_time": _longest(phases),
        "irreversible": "; ".join(item for p in phases for item in p.irreversible),
        "channel": told.channel or "",
        "mention": " ".join(told.mention),
        "status_page": told.status_page or "",
        "contact": _contact(policy),
    }
    if record is not None:
        facts |= _of_record(policy, record, found)
    return {name: value for name, value in facts.items() if value}


def communication(policy: Policy, address: Address) -> Communication:
    """Who is told and how: the migration's word, else the policy's."""
    return address.migration.communication or policy.communication


def with_given(
    known: Mapping[str, str], given: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """What is known, with what a person gave in its place."""
    return {**known, **dict(given)}


def _of_record(policy: Policy, record: Record, found: Found | None) -> dict[str, str]:
    row = policy.severities.get(record.severity)
    within = row.within if row else None
    due = record.started + timedelta(seconds=seconds(within)) if within else None
    branches = [branch.name for branch in found.branches] if found else []
    return {
        "to": _told(policy, row.notify) if row else "",
        "issue": record.reason,
        "severity": record.severity,
        "by": record.by.partition(" <")[0],
        "started": f"{record.started:%Y-%m-%d %H:%M} UTC",
        "deadline": f"{due:%H:%M} UTC (within {within})" if due else "",
        "branch": ", ".join(branches) or "merged",
        "commits": ", ".join(one.sha[:9] for one in record.undone[:20]),
    }


def _status(found: Found | None) -> str:
    """Never that it worked: only what the branches show."""
    if found is None:
        return "INVESTIGATING, nothing is rolled back yet"
    if not found.is_merged:
        return "ROLLBACK UNDER WAY, not merged yet"
    return "ROLLBACK MERGED, to be verified"


def _phases(address: Address, record: Record | None) -> list[Phase]:
    if record is None:
        return [address.phase] if address.phase else []
    phases = map(address.migration.phase, record.phases)
    return [phase for phase in phases if phase is not None]


def _name(record: Record) -> str:
    return f"{record.migration}/{'+'.join(record.phases)}"


def _longest(phases: Iterable[Phase]) -> str:
    times = [phase.recovery_time for phase in phases if phase.recovery_time]
    return max(times, key=seconds, default="")


def _contact(policy: Policy) -> str:
    return _told(policy, [r for r in policy.escalation if r in policy.contacts][:2])


def _told(policy: Policy, roles: Iterable[str]) -> str:
    """Roles with how each is reached: "on-call (https://pager.example/rota)"."""
    return ", ".join(
        f"{role} ({policy.contacts[role]})" if role in policy.contacts else role
        for role in roles
    )
