"""How people name a migration or a phase: `storage-v2`, `storage-v2/7`."""

from __future__ import annotations

from typing import NamedTuple

from .errors import UsageError
from .escape import visible
from .nearest import did_you_mean, nearest
from .policy import Migration, Phase, Policy


class Address(NamedTuple):
    """A migration, or one phase of it."""

    migration: Migration
    phase: Phase | None

    def __str__(self) -> str:
        """As one types it: `storage-v2/7`."""
        return self.migration.id + (f"/{self.phase.id}" if self.phase else "")


def find(policy: Policy, name: str) -> Address:
    """What `name` (MIGRATION or MIGRATION/PHASE) means.

    Raises UsageError with what was probably meant where the policy has no such thing.
    """
    first, slash, second = name.partition("/")
    migration = policy.migrations.get(first)
    if migration is None:
        raise UsageError(_no_migration(policy, first, second))
    if not slash:
        return Address(migration, None)
    phase = migration.phase(second)
    if phase is None:
        raise UsageError(_no_phase(migration, second))
    return Address(migration, phase)


def titled(part: Migration | Phase) -> str:
    """A migration or a phase with its title: `7 "Storage layer"`."""
    return f'{part.id} "{visible(part.title)}"' if part.title else part.id


def _no_migration(policy: Policy, first: str, second: str) -> str:
    said = f"no migration {visible(first)!r} in the policy"
    if not policy.migrations:
        return f"{said}: it has none"
    # People say "7" where there is one phase 7 in all.
    holders = [m for m in policy.migrations.values() if m.phase(first) is not None]
    if holders and not second:
        return f"{said}. Did you mean {holders[0].id}/{first}?"
    known = ", ".join(policy.migrations)
    return f"{said} ({known}){did_you_mean(first, policy.migrations)}"


def _no_phase(migration: Migration, id: str) -> str:
    ids = [phase.id for phase in migration.phases]
    said = f"no phase {visible(id)} in {migration.id}"
    if not ids:
        return f"{said}: it has none"
    numbers = all(each.isdecimal() for each in ids)
    known = f"{ids[0]} to {ids[-1]}" if numbers and len(ids) > 3 else ", ".join(ids)
    near = nearest(id, ids)
    phase = None if near is None else migration.phase(near)
    return f"{said} ({known})" + (f". Did you mean {titled(phase)}?" if phase else "")
