"""Which of the nineteen parts a plan must have: by the risk of its phases, by policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from ...core.finding import Rule, Severity
from .outline import Outline, outline
from .rule import Context, Found, PlanRule

if TYPE_CHECKING:
    from ...core.policy import Phase, PlanPart, Risk
    from .document import Plan

_LOW: tuple[PlanPart, ...] = ("triggers", "code-steps", "verification", "contacts")
_MEDIUM: tuple[PlanPart, ...] = (
    *_LOW, "decision", "data-steps", "recovery-time", "communication", "re-enablement",
)  # fmt: skip
_HIGH: tuple[PlanPart, ...] = (
    *_MEDIUM, "flag", "preconditions", "safety-copy", "verification-day", "escalation",
    "irreversible-points", "rehearsal",
)  # fmt: skip
USUAL: Mapping[Risk, tuple[PlanPart, ...]] = {
    "low": _LOW,
    "medium": _MEDIUM,
    "high": _HIGH,
    "critical": (*_HIGH, "identity", "levels", "order"),
}

# Asked of a runbook that no policy knows: what every one of them needs, and nothing
# that depends on what is being rolled back.
_RUNBOOK: tuple[PlanPart, ...] = (*_MEDIUM, "rehearsal")


def demanded(part: PlanPart, context: Context) -> bool:
    """Whether the plan must have `part`.

    A phase that needs no rollback demands nothing. The parts about flags and data are
    demanded only of a phase that has some.
    """
    if context.policy is None or context.migration is None:
        return part in _RUNBOOK
    phases = [phase for phase in context.phases() if phase.rollback != "none"]
    if not phases and not context.phases():
        return part in _of("medium", context)
    return any(
        part in _of(phase.risk, context) and _has_object(part, phase, context)
        for phase in phases
    )


def _of(risk: Risk, context: Context) -> tuple[PlanPart, ...]:
    assert context.policy is not None
    return context.policy.plans.parts.get(risk, USUAL[risk])


def _has_object(part: PlanPart, phase: Phase, context: Context) -> bool:
    if part in ("data-steps", "safety-copy", "order"):
        return phase.data is not None
    if part == "flag":
        return context.migration is not None and bool(context.migration.flags)
    return True


def _is_unread(plan: Plan) -> bool:
    """Whether the headings are in a script, like Chinese, that no known name is in."""
    letters = [c for s in plan.sections for c in s.title if c.isalpha()]
    latin = sum(c < "\u0250" or "\u1e00" <= c < "\u1f00" for c in letters)
    return len(letters) > 2 * latin


def _hedged(found: Found, part: PlanPart) -> Found:
    return found._replace(
        message=f"{found.message} (Its headings are in a script whose words are not "
        f"known here, so it may be there all the same.)",
        help=f"Name its heading in the policy: `plans: headings: {part}: [...]`.",
        severity=Severity.WARNING,
    )


Seek = Callable[[Outline, Context], Iterator[Found]]


def part_rule(
    part: PlanPart, id: str, summary: str, severity: Severity = Severity.ERROR
) -> Callable[[Seek], PlanRule]:
    """Makes a rule that is asked only where `part` is demanded, and not said absent.

    `n/a` with a reason settles it; `n/a` alone is what the rule finds.
    """

    def made(seek: Seek) -> PlanRule:
        def find(plan: Plan, context: Context) -> Iterator[Found]:
            if not demanded(part, context):
                return
            sought = outline(plan, context.policy)
            absent = sought.absent(part)
            if absent is None:
                for found in seek(sought, context):
                    yield _hedged(found, part) if _is_unread(plan) else found
            elif not any(letter.isalpha() for letter in absent.reason):
                yield Found(
                    plan.place(absent.line),
                    f'"n/a" without a reason: nobody can tell whether {part} was '
                    f"thought of or forgotten.",
                    "Say why it is not needed: `n/a: no data is written`.",
                )

        return PlanRule(Rule(id, summary, severity), find)

    return made
