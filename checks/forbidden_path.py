"""forbidden-path: a file or folder that a migration deleted is there again."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.change import Change
from ..core.finding import Finding, Place, Rule, Severity
from ..core.paths import matcher, scope_of
from ..core.policy import Forbid, Migration, Policy

RULE = Rule("forbidden-path", "a deleted file came back")
RULES = (RULE,)


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
                        yield _finding(path, Severity(strength), migration, forbid)


def _finding(
    path: str, severity: Severity, migration: Migration, forbid: Forbid
) -> Finding:
    title = f" ({migration.title})" if migration.title else ""
    since = f"since phase {forbid.from_phase} of" if forbid.from_phase else "by"
    instead = f"Use {forbid.use} instead." if forbid.use else "Delete it again."
    return Finding(
        rule=RULE.id,
        severity=severity,
        place=Place(path),
        message=f"{path} was deleted {since} {migration.id}{title} and may not come back.",
        help=instead,
        symbol=forbid.path or "",
        migration=migration.id,
        phase=forbid.from_phase or "",
    )
