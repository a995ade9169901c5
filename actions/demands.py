"""What is demanded of the phases that a change touches, and how each demand stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ..core.change import Change
from ..core.evidence import DEMANDED
from ..core.finding import Finding, Severity
from ..core.paths import matcher
from ..core.policy import Migration, Phase, Policy
from ..core.report import Demand, Section, State


def sections(
    change: Change, policy: Policy, findings: Sequence[Finding], undecided: bool
) -> tuple[Section, ...]:
    """A section for each open phase that the change touches, in the policy's order.

    Where something could not be decided, what is not known to be unmet is unknown.
    """
    if change.is_whole:
        return ()
    found: list[Section] = []
    for migration in policy.migrations.values():
        if migration.status == "closed":
            continue
        for phase in migration.phases:
            touches = matcher(phase.paths)
            files = sum(map(touches, change.files))
            if files and not phase.final:
                traits = [f"{phase.risk} risk"] + ["data"] * (phase.data is not None)
                demands = [
                    _stands(demanded, rules, migration, phase, findings, undecided)
                    for demanded, rules in _demands(migration, phase)
                ]
                found.append(
                    Section(
                        migration.id,
                        phase.id,
                        phase.title,
                        tuple(traits),
                        files,
                        tuple(demands),
                    )
                )
    return tuple(found)


def _demands(
    migration: Migration, phase: Phase
) -> Iterator[tuple[str, Collection[str]]]:
    """What is demanded, in words, and the rules (or their first words) that tell."""
    yield "rollback plan", ("plan-", "no-", "unfilled-placeholder", "contact-missing")
    if phase.data is not None:
        proof = phase.data.proof or DEMANDED[phase.risk]
        yield f"backup, {proof}, younger than {phase.data.max_age}", ("backup-",)
    if phase.after:
        yield f"phase {', '.join(phase.after)} before it", ("phase-out-of-order",)
    yield "phases shipped stay reversible", ("phase-irreversible",)
    if migration.forbid:
        yield "legacy names stay out", ("forbidden-",)
    if migration.keep:
        yield "legacy kept", ("legacy-",)
    if migration.flags:
        yield "kill switch works", ("flag-",)
    if migration.guards:
        yield "guards as strong as before", ("guard-",)


def _stands(
    demanded: str,
    rules: Collection[str],
    migration: Migration,
    phase: Phase,
    findings: Sequence[Finding],
    undecided: bool,
) -> Demand:
    against = [
        finding
        for finding in findings
        if finding.rule.startswith(tuple(rules))
        and finding.severity is Severity.ERROR
        and (
            finding.is_about(migration.id, phase.id)
            # Of another phase, what this change makes irreversible counts as well.
            or (
                finding.rule == "phase-irreversible"
                and migration.id in finding.migrations
            )
        )
    ]
    state: State = "unmet" if against else "unknown" if undecided else "met"
    if not against:
        return Demand(demanded, state)
    remarks = {(_remark(finding), finding.help) for finding in against}
    # One of them will do; the same one, in whatever order they come.
    return Demand(demanded, state, *min(remarks))


def _remark(finding: Finding) -> str:
    line = f":{finding.place.line}" if finding.place.line else ""
    return f"{finding.place.path}{line}: {finding.message}"
