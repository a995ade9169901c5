"""plan-missing, plan-removed-while-open, plan-moved: an open migration has its plan.

Four of five real rollback plans were deleted within six weeks, while the code that they
were to undo lived on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..core.change import Change
from ..core.finding import Finding, Place, Rule, Severity
from ..core.paths import matcher
from ..core.policy import FILE_NAME, Migration, Phase, Policy
from ..core.policy.words import listed
from ..core.policy_file import PolicyError, read_policy
from .moved import moved_to

RULES = (
    Rule("plan-missing", "a phase has no rollback plan"),
    Rule("plan-removed-while-open", "the plan of an open migration is taken away"),
    Rule("plan-moved", "a plan is no longer where the policy says"),
)


class _Owner(NamedTuple):
    """A phase that has a plan, or a migration without phases."""

    migration: Migration
    phase: Phase | None

    @property
    def address(self) -> str:
        if self.phase is None:
            return self.migration.id
        return f"{self.migration.id}/{self.phase.id}"


class _Fault(NamedTuple):
    """What is wrong with a plan, and where: with a plan that is gone what the change
    does, with one that moved where it was, with one that is missing why."""

    rule: str
    path: str
    what: str


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """Plans that the change takes away, and touched phases that never had one. A plan
    of several migrations is told once."""
    later = _head_policy(change)
    told: dict[tuple[str, str], tuple[_Fault, list[_Owner]]] = {}
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
            owner = _Owner(migration, phase)
            if path is None:
                why = "the policy names none"
                for fault in _missing(change, owner, why):
                    yield _finding(fault, [owner])
            elif path not in reported:
                for fault in _at(change, owner, path, later):
                    reported.add(path)
                    told.setdefault((fault.rule, path), (fault, []))[1].append(owner)
    for fault, owners in told.values():
        yield _finding(fault, owners)


def _at(
    change: Change, owner: _Owner, path: str, later: Policy | None
) -> Iterator[_Fault]:
    entry = change.head.get(path)
    if entry is not None and entry.is_file and change.head.read(path).strip():
        return
    if path not in change.files or change.is_whole:
        why = f"{path} is not there" if entry is None else f"{path} is empty"
        yield from _missing(change, owner, why)
        return
    if entry is not None:
        yield _Fault("plan-removed-while-open", path, "This empties")
        return
    new_path = moved_to(change, path)
    if new_path and _names(later, owner, new_path):
        return
    if new_path:
        yield _Fault("plan-moved", new_path, path)
    else:
        yield _Fault("plan-removed-while-open", path, "This deletes")


def _missing(change: Change, owner: _Owner, why: str) -> Iterator[_Fault]:
    """A phase without a plan, if the change touches it."""
    touched = FILE_NAME
    if owner.phase is not None and not change.is_whole:
        touches = matcher(owner.phase.paths)
        touched = min((p for p in change.files if touches(p)), default="")
        if not touched:
            return
    yield _Fault("plan-missing", touched, why)


def _finding(fault: _Fault, owners: Sequence[_Owner]) -> Finding:
    one = len(owners) == 1
    addresses = [owner.address for owner in owners]
    what = (
        f"the rollback plan of {listed(owner.migration.id for owner in owners)}, which "
        f"{'is' if one else 'are'} still open"
    )
    if fault.rule == "plan-missing":
        message = (
            f"{listed(addresses)} {'has' if one else 'have'} no rollback plan: "
            f"{fault.what}."
        )
        help = f"`backout plan new {addresses[0]}` writes one from the policy."
    elif fault.rule == "plan-moved":
        message = f"This is {what}; {FILE_NAME} still says {fault.what}."
        help = f"Write plan: {fault.path} in {FILE_NAME}, in the same change."
    else:
        message = f"{fault.what} {what}."
        over = "the migration is" if one else "these migrations are"
        help = f"Put it back. It goes when {over} closed in backout.yaml."
    first = owners[0]
    return Finding(
        fault.rule,
        Severity.ERROR,
        Place(fault.path),
        message,
        help,
        migration=first.migration.id,
        phase=first.phase.id if first.phase is not None else "",
        also=tuple(addresses[1:]),
    )


def _plan(migration: Migration, phase: Phase | None) -> str | None:
    return (phase.plan if phase is not None else None) or migration.plan


def _names(policy: Policy | None, owner: _Owner, path: str) -> bool:
    """Whether `policy` names the plan at its new place."""
    migration, phase = owner
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
