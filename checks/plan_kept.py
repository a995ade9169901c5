"""plan-missing, plan-removed-while-open, plan-moved: an open migration has its plan.

Four of five real rollback plans were deleted within six weeks, while the code that they
were to undo lived on.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..core.change import Change
from ..core.finding import Finding, Place, Rule, Severity
from ..core.paths import matcher
from ..core.policy import FILE_NAME, Migration, Phase, Policy
from ..core.policy_file import PolicyError, read_policy
from .moved import moved_to

RULES = (
    Rule("plan-missing", "a phase has no rollback plan"),
    Rule("plan-removed-while-open", "the plan of an open migration is taken away"),
    Rule("plan-moved", "a plan is no longer where the policy says"),
)


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """Plans that the change takes away, and touched phases that never had one."""
    later = _head_policy(change)
    for migration in policy.migrations.values():
        if migration.status == "closed":
            continue
        reported: set[str] = set()
        for phase in migration.phases or (None,):
            if phase is not None and phase.final:
                continue
            path = _plan(migration, phase)
            if path is None and phase is None:
                continue  # names are kept out, and nothing has been shipped yet
            if path is None:
                yield from _missing(change, migration, phase, "the policy names none")
            elif path not in reported:
                found = list(_at(change, migration, phase, path, later))
                if found:
                    reported.add(path)
                yield from found


def _at(
    change: Change,
    migration: Migration,
    phase: Phase | None,
    path: str,
    later: Policy | None,
) -> Iterator[Finding]:
    entry = change.head.get(path)
    if entry is not None and entry.is_file and change.head.read(path).strip():
        return
    if path not in change.files or change.is_whole:
        why = f"{path} is not there" if entry is None else f"{path} is empty"
        yield from _missing(change, migration, phase, why)
        return
    what = f"the rollback plan of {migration.id}, which is still open"
    if entry is not None:
        yield _finding(
            "plan-removed-while-open",
            path,
            f"This empties {what}.",
            "Put it back. It goes when the migration is closed in backout.yaml.",
            migration,
            phase,
        )
        return
    new_path = moved_to(change, path)
    if new_path and _names(later, migration, phase, new_path):
        return
    if new_path:
        yield _finding(
            "plan-moved",
            new_path,
            f"This is {what}; {FILE_NAME} still says {path}.",
            f"Write plan: {new_path} in {FILE_NAME}, in the same change.",
            migration,
            phase,
        )
    else:
        yield _finding(
            "plan-removed-while-open",
            path,
            f"This deletes {what}.",
            "Put it back. It goes when the migration is closed in backout.yaml.",
            migration,
            phase,
        )


def _missing(
    change: Change, migration: Migration, phase: Phase | None, why: str
) -> Iterator[Finding]:
    """A phase without a plan, if the change touches it."""
    touched = FILE_NAME
    if phase is not None and not change.is_whole:
        touches = matcher(phase.paths)
        touched = min((p for p in change.files if touches(p)), default="")
        if not touched:
            return
    address = f"{migration.id}/{phase.id}" if phase is not None else migration.id
    yield _finding(
        "plan-missing",
        touched,
        f"{address} has no rollback plan: {why}.",
        f"`backout plan new {address}` writes one from the policy.",
        migration,
        phase,
    )


def _finding(
    rule: str,
    path: str,
    message: str,
    help: str,
    migration: Migration,
    phase: Phase | None,
) -> Finding:
    return Finding(
        rule,
        Severity.ERROR,
        Place(path),
        message,
        help,
        migration=migration.id,
        phase=phase.id if phase is not None else "",
    )


def _plan(migration: Migration, phase: Phase | None) -> str | None:
    return (phase.plan if phase is not None else None) or migration.plan


def _names(
    policy: Policy | None, migration: Migration, phase: Phase | None, path: str
) -> bool:
    """Whether `policy` names the plan at its new place."""
    after = policy.migrations.get(migration.id) if policy is not None else None
    if after is None:
        return False
    return _plan(after, after.phase(phase.id) if phase is not None else None) == path


def _head_policy(change: Change) -> Policy | None:
    """The policy as the change leaves it; None where it cannot be read."""
    if FILE_NAME not in change.files or change.head.get(FILE_NAME) is None:
        return None
    try:
        return read_policy(change.head.read(FILE_NAME), FILE_NAME)
    except PolicyError:
        return None
