"""forbidden-path: a file or folder that a migration deleted is there again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..core.change import Change
from ..core.finding import Finding, Place, Rule, Severity
from ..core.paths import matcher, scope_of
from ..core.policy import Forbid, Migration, Policy
from ..core.policy.words import listed

RULE = Rule("forbidden-path", "a deleted file came back")
RULES = (RULE,)


class _Ban(NamedTuple):
    """An entry under `forbid:`, and how bad it says that a path is."""

    migration: Migration
    forbid: Forbid
    severity: Severity

    @property
    def address(self) -> str:
        phase = self.forbid.from_phase
        return f"{self.migration.id}/{phase}" if phase else self.migration.id

    @property
    def why(self) -> str:
        title = f" ({self.migration.title})" if self.migration.title else ""
        phase = self.forbid.from_phase
        since = f"since phase {phase} of" if phase else "by"
        return f"{since} {self.migration.id}{title}"


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """Every path under `forbid:` that is in the judged tree again.

    Links and submodules count: what they bring back is the same. What the base holds was
    not deleted, as yet, and does not come back by being changed.
    """
    entries = {
        path
        for path, file in change.files.items()
        if file.new is not None and file.old is None
    }
    # Entries of one path are told once; of a folder and a file in it each can be waived.
    told: dict[tuple[str, str], list[_Ban]] = {}
    for migration in policy.migrations.values():
        for forbid in migration.forbid:
            if forbid.path is None:
                continue
            is_meant = matcher([forbid.path])
            is_excepted = matcher(forbid.except_)
            for path in sorted(entries):
                if is_meant(path) and not is_excepted(path):
                    strength = forbid.strength(scope_of(path, policy))
                    if strength != "ignore":
                        ban = _Ban(migration, forbid, Severity(strength))
                        told.setdefault((path, forbid.path), []).append(ban)
    for (path, _), bans in told.items():
        yield _finding(path, bans)


def _finding(path: str, bans: Sequence[_Ban]) -> Finding:
    order = list(Severity)
    by_migration: dict[str, _Ban] = {}
    for ban in sorted(bans, key=lambda ban: order.index(ban.severity)):
        by_migration.setdefault(ban.migration.id, ban)
    each = list(by_migration.values())
    (migration, forbid, severity), *others = each
    comma = "," if others else ""
    return Finding(
        rule=RULE.id,
        severity=severity,
        place=Place(path),
        message=f"{path} was deleted {listed(ban.why for ban in each)}{comma} and may "
        f"not come back.",
        help=f"Use {forbid.use} instead." if forbid.use else "Delete it again.",
        symbol=forbid.path or "",
        migration=migration.id,
        phase=forbid.from_phase or "",
        also=tuple(ban.address for ban in others),
    )
