"""From reasons to a decision: the worst severity, its row of the matrix, the way back."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from ...core.address import Address
from ...core.errors import UsageError
from ...core.policy import Policy, seconds
from .answers import Answers
from .decision import Decision, Person, Reason, Verdict, Way
from .levels import ways
from .reasons import DEPTH, reasons, tree_of


def decide(
    policy: Policy, address: Address | None, answers: Answers, now: datetime
) -> Decision:
    """What to do about `address`, None where nobody named it. `now` is UTC.

    Raises UsageError where the policy has nothing to decide by.
    """
    migration = address.migration if address else None
    phase = address.phase if address else None
    if not (policy.severities or tree_of(policy, migration)):
        raise UsageError(
            "the policy names nothing to decide by: no `severities:` and no "
            "`decision-tree:`. `backout revert` undoes a phase without them"
        )
    found = list(reasons(policy, migration, answers))
    severity = _worst(policy, found)
    if not severity and any(reason.action == "revert" for reason in found):
        severity = (phase.severity if phase else None) or ""
    row = policy.severities.get(severity)
    verdict = _verdict(found, row.action if row else "", answers)
    is_back = verdict == "roll-back"
    within = (row.within or "") if row and is_back else ""
    name = str(address) if address else ""
    revert = _revert(policy, name, severity, found)
    known: tuple[Way, ...] = ()
    if is_back and migration is not None:
        known = ways(migration, phase, _needed(found, severity), revert)
    notes = [reason.note for reason in found if reason.note]
    if phase is not None and phase.rollback == "none" and is_back:
        notes.append(f"Nothing needs to go back: {phase.because}")
    if any(reason.procedure == "planned" for reason in found) and is_back:
        notes.append("A planned rollback is called for, not an emergency.")
    checks = (*policy.checklists.before, *(phase.checklists.before if phase else ()))
    return Decision(
        verdict=verdict,
        name=name,
        title=phase.title if phase else migration.title if migration else "",
        severity=severity,
        reasons=tuple(found),
        within=within,
        deadline=now + timedelta(seconds=seconds(within)) if within else None,
        approve=_people(policy, row.approve if row and is_back else ()),
        notify=_people(policy, row.notify if row and is_back else ()),
        escalation=_people(policy, policy.escalation if is_back else ()),
        ways=known,
        next=revert if is_back else "",
        before=checks if is_back else (),
        notes=tuple(notes),
        missing=tuple(
            answers.unanswered if verdict == "undecided" else answers.unknown
        ),
        symptoms=phase.symptoms if phase else (),
    )


def _worst(policy: Policy, found: Iterable[Reason]) -> str:
    named = {reason.severity for reason in found}
    return next((name for name in policy.severities if name in named), "")


def _verdict(found: Sequence[Reason], action: str, answers: Answers) -> Verdict:
    if action == "revert" or any(reason.action == "revert" for reason in found):
        return "roll-back"
    if answers.unanswered:
        return "undecided"
    if action == "fix-forward" or any(r.action == "fix-forward" for r in found):
        return "fix-forward"
    if any(reason.action == "investigate" for reason in found):
        return "investigate"
    return "no-rollback"


def _needed(found: Iterable[Reason], severity: str) -> str:
    """The deepest level that the worst reasons name: less would not be enough."""
    named = [r.level for r in found if r.severity == severity or r.action == "revert"]
    return max(named, key=DEPTH.index, default="")


def _revert(policy: Policy, name: str, severity: str, found: Iterable[Reason]) -> str:
    why = next((r.what for r in found if r.severity == severity), "")
    parts = ["backout", "revert", name or "MIGRATION/PHASE"]
    parts += ["--severity", severity] if severity else []
    parts += ["--reason", why or "WHY"]
    return shlex.join(parts)


def _people(policy: Policy, roles: Iterable[str]) -> tuple[Person, ...]:
    return tuple(Person(role, policy.contacts.get(role, "")) for role in roles)
