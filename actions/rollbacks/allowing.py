"""What a proven rollback may do, and what may be used while a phase is rolled back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ... import checks
from ...core.change import Change
from ...core.errors import BackoutError
from ...core.finding import Finding, Severity
from ...core.policy import Policy
from ...core.rolled_back import RolledBack
from ..reversal.record import FOLDER
from .impure import Impure

if TYPE_CHECKING:
    from .proof import Proof

# Checks of legacy names: what any reversal of a phase brings back.
_NAMES = ("forbidden_symbol", "forbidden_path", "ratchet")
# Checks of what the phase itself may have brought, so that undoing it takes it away. Not
# among them: what breaks by the rollback, and the policy, which only its owners weaken.
_BROUGHT = (
    "legacy_removed",
    "legacy_alive",
    "guard_weakened",
    "flag",
    "plan_kept",
    "phase_order",
    "phase_irreversible",
    "named_tests",
    "backup",
    "plan",
)

_LONGEST = 400  # characters of a reason, which may quote the change


class Allowed(NamedTuple):
    """The findings after rollbacks had their say, and what the report tells of them."""

    findings: list[Finding]
    notes: tuple[str, ...] = ()


def in_force(change: Change) -> tuple[RolledBack, ...]:
    """The phases that are rolled back in what the change goes on top of."""
    git = change.git
    if git is None:
        return ()
    if change.is_staged or change.is_whole:
        tree, tip = change.head, change.head_tip or "HEAD"
    elif change.trusted is change.head:
        return ()  # the base has no policy, so nothing of it was ever a phase
    else:
        tree, tip = change.trusted, change.base_tip
    if not any(path.startswith(f"{FOLDER}/") for path in tree.entries):
        return ()
    commit = git.find_object(tip)
    if commit is None:
        return ()  # no commit yet
    from .standing import standing

    return standing(git, commit).rolled_back


def allowed(change: Change, policy: Policy, findings: Iterable[Finding]) -> Allowed:
    """What is still wrong, where the change is a rollback or a phase is rolled back.

    Nothing is hidden: what is allowed stays, as information, and says why.
    """
    found, notes = list(findings), list[str]()
    if rolled_back := change.rolled_back:
        found = list(_while_rolled_back(found, rolled_back))
        notes += (
            f"{one.name} is rolled back ({one.record}): its legacy names are allowed "
            f"until it lands again"
            for one in rolled_back
        )
    if _may_be_pure(change):
        found, note = _after_proof(change, policy, found)
        notes += [note] if note else []
    return Allowed(found, tuple(notes))


def _while_rolled_back(
    findings: Iterable[Finding], rolled_back: Iterable[RolledBack]
) -> Iterator[Finding]:
    back = {(one.migration, id): one for one in rolled_back for id in one.phases}
    names = _rules(_NAMES)
    for finding in findings:
        one = back.get((finding.migration, finding.phase))
        if one is None or finding.rule not in names:
            yield finding
        else:
            yield _as_information(finding, f"Allowed while {one.name} is rolled back")


def _may_be_pure(change: Change) -> bool:
    is_range = change.git is not None and bool(change.head_tip) and not change.is_whole
    if not is_range or change.trusted is change.head:
        return False
    from .pure import claims_to_be_one

    return claims_to_be_one(change)


def _after_proof(
    change: Change, policy: Policy, findings: list[Finding]
) -> tuple[list[Finding], str]:
    from .pure import proof_of

    assert change.git is not None
    try:
        proof = proof_of(change.git, change, policy)
    except (Impure, BackoutError) as why:
        said = str(why)
        said = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."
        return findings, f"not a pure rollback, so an ordinary change: {said}"
    after = [
        _as_information(finding, f"Part of the pure rollback of {proof.record.name}")
        if _is_covered(finding, proof)
        else finding
        for finding in findings
    ]
    parts = "" if proof.is_whole else ", in parts that its author chose"
    return after, (
        f"a pure rollback of {proof.record.name}{parts}, proven: tree {proof.tree} computed again on "
        f"{change.base_label}. What it brings back needs no waiver"
    )


def _is_covered(finding: Finding, proof: Proof) -> bool:
    """Whether a proven rollback may do what is found.

    What its author chose beside the phases is his: with it, commits of other phases can
    be undone too, so only the names of these phases may come back.
    """
    if proof.is_whole:
        return finding.rule in _rules((*_NAMES, *_BROUGHT))
    is_own = finding.migration == proof.record.migration
    is_named = finding.rule in _rules(_NAMES)
    return is_named and is_own and finding.phase in proof.phases


def _rules(names: Iterable[str]) -> frozenset[str]:
    return frozenset(rule.id for name in names for rule in checks.load(name).RULES)


def _as_information(finding: Finding, why: str) -> Finding:
    """`finding` as information, with the reason in front; what is none stays as it is."""
    if finding.severity is Severity.INFO:
        return finding
    return msgspec.structs.replace(
        finding, severity=Severity.INFO, message=f"{why}: {finding.message}"
    )
