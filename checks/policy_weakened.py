"""policy-weakened: what a change takes away from the policy that it is judged by.

The base's policy judges; this check says, field by field and in words, what the head's
would demand less. `weakening/` knows in which direction each field weakens.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ..core.change import Change
from ..core.evidence import DEMANDED
from ..core.finding import Finding, Place, Rule, Severity
from ..core.policy import FILE_NAME, Phase, Policy
from ..core.policy.document import read
from ..core.policy_file import PolicyError, read_policy
from ..core.tree import Tree
from .weakening.fields import losses

RULES = (Rule("policy-weakened", "demands less than the base's policy does"),)


def check(change: Change, policy: Policy) -> Iterator[Finding]:
    """Each demand of the base that the head drops, softens or makes exceptions from.

    With the approval of one of the base's owners it is information, no error. A commit
    in the making is only warned: the approval comes with the merge.
    """
    base, head = change.base, change.head
    if base is None or FILE_NAME not in base.entries:
        return
    severity = Severity.WARNING if change.is_staged else Severity.ERROR
    if change.approved_by & set(policy.owners):
        severity = Severity.INFO
    owners = ", ".join(policy.owners) or "whoever answers for it"

    def finding(path: str, line: int, column: int, what: str) -> Finding:
        place = Place(path, line, column, line, column) if line else Place(path)
        return Finding(
            "policy-weakened",
            severity,
            place,
            what,
            f"It needs the approval of {owners}. Until then the base's policy holds.",
        )

    if policy.allowed_signers in change.files:
        for line, text in _more_signers(change, base, policy.allowed_signers):
            what = f"One more may sign evidence: {text}."
            yield finding(policy.allowed_signers, line, 1, what)
    if FILE_NAME not in change.files:
        return
    if head.get(FILE_NAME) is None:
        yield finding(FILE_NAME, 0, 0, "The policy is deleted: nothing is demanded.")
        return
    data = head.read(FILE_NAME)
    try:
        old = read_policy(base.read(FILE_NAME), FILE_NAME)
    except PolicyError:
        return  # the base's demanded nothing that could be read
    try:
        new = read_policy(data, FILE_NAME)
    except PolicyError as error:
        problem = error.problems[0]
        what = f"The policy cannot be read any more: {problem.sentence}."
        yield finding(FILE_NAME, problem.line, problem.column, what)
        return
    document = read(data, FILE_NAME)
    for where, what in losses((), _spoken(old), _spoken(new)):
        problem = document.problem(where, f"{what}.")
        message = f"{problem.field}: {problem.sentence}"
        yield finding(FILE_NAME, problem.line, problem.column, message)


def _spoken(policy: Policy) -> Policy:
    """The policy with the proof of each backup said that its phase's risk implies."""

    def spoken(phase: Phase) -> Phase:
        if phase.data is None or phase.data.proof is not None:
            return phase
        data = msgspec.structs.replace(phase.data, proof=DEMANDED[phase.risk])
        return msgspec.structs.replace(phase, data=data)

    migrations = {
        id: msgspec.structs.replace(m, phases=tuple(map(spoken, m.phases)))
        for id, m in policy.migrations.items()
    }
    return msgspec.structs.replace(policy, migrations=migrations)


def _more_signers(change: Change, base: Tree, path: str) -> Iterator[tuple[int, str]]:
    """The lines of the allowed-signers file that are new."""
    if path not in change.present:
        return
    before = base.read(path) if path in base.entries else b""
    known = set(before.decode("utf-8", "replace").splitlines())
    text = change.head.read(path).decode("utf-8", "replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#") and line not in known:
            yield number, line.split()[0]
