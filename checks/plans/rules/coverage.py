"""Rules about what is not there: the other parts, the way forward, a phase's section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ....core.finding import Severity
from ..demand import demanded, part_rule
from ..document import Plan, Section
from ..outline import Outline, outline
from ..phases import matched
from ..rule import Context, Found, rule

if TYPE_CHECKING:
    from ....core.policy import PlanPart


@part_rule(
    "re-enablement",
    "no-re-enablement",
    "nothing says how the new path is switched on again",
    Severity.WARNING,
)
def no_re_enablement(sought: Outline, context: Context) -> Iterator[Found]:
    """A section, or a step with a bold title, about switching it on again."""
    if any(topic.parts and "re-enablement" in topic.parts for topic in sought.topics):
        return
    yield Found(
        sought.plan.place(0),
        "Nothing says how the new path comes back: after the revert of a merge, merging "
        "it again brings nothing.",
        "Add `Re-enablement`: what must be true before, who agrees, and the commands, "
        "the revert of the revert among them.",
    )


_NAMES: Mapping[PlanPart, tuple[str, str]] = {
    "identity": (
        "what it undoes, whose it is and which version it is for",
        "Add front matter: `owner:`, `migration:`, `phase:`, `version:`.",
    ),
    "levels": (
        "levels of rollback, the fastest first",
        "Add `Levels`: flag, configuration, code, data, each with its command or "
        "`n/a: reason`.",
    ),
    "flag": (
        "how the flag is switched back",
        "Add `Feature flag`: its name, its value, how the value reaches the process.",
    ),
    "preconditions": (
        "what must be true before one starts",
        "Add `Before you start`: a clean tree, the tag on the remote, access.",
    ),
    "safety-copy": (
        "a copy of the present state, taken before anything is overwritten",
        "Add `Safety copy` before the first destructive step.",
    ),
    "code-steps": (
        "steps that take the code back",
        "Add `Steps`: exact commands, with the commit or tag they go to.",
    ),
    "order": (
        "the order of code and data, and which phases go first",
        "Add `Order`: stop the writers, then data or code, and why.",
    ),
    "verification-day": (
        "what somebody looks at a day later",
        "Add `After 24 hours`: a list of what is looked at, and by whom.",
    ),
    "escalation": (
        "what to do when the rollback itself fails",
        "Add `If the rollback fails`: how that looks, and whom to call.",
    ),
    "irreversible-points": (
        "what no rollback brings back",
        "Add `Irreversible points`, or one line: `Irreversible: none`.",
    ),
}
_SHELL = frozenset({"bash", "sh", "shell", "zsh", "console", "powershell"})
_KEYS = ("owner", "owners", "migration", "phase", "version")


@rule(
    "plan-part-missing",
    "a part that the policy requires of the plan is not there",
    Severity.WARNING,
)
def plan_part_missing(plan: Plan, context: Context) -> Iterator[Found]:
    """Each demanded part that has no rule of its own has a topic, or is said absent."""
    sought = outline(plan, context.policy)
    for part, (what, help) in _NAMES.items():
        if not demanded(part, context) or sought.front(part) is not None:
            continue
        if part == "identity" and sought.front(*_KEYS) is not None:
            continue
        absent = sought.absent(part)
        if absent is not None and absent.reason:
            continue
        if absent is None and (sought.about(part) or _has_steps(part, plan)):
            continue
        yield Found(
            plan.place(absent.line if absent else 0),
            f"The plan does not say {what} ({part}).",
            help,
        )


def _has_steps(part: str, plan: Plan) -> bool:
    """Commands are steps, whatever stands above them."""
    return part == "code-steps" and any(c.language in _SHELL for c in plan.codes)


def _holds_all(section: Section) -> bool:
    """Whether it is the document as a whole, whose title is the migration's rather than
    that of a phase: all other sections are below it."""
    root = section.parent
    return (
        bool(section.children)
        and root is not None
        and root.level == 0
        and root.children == [section]
    )


@rule(
    "phase-not-in-plan",
    "a phase of the migration has no section in its plan",
    Severity.WARNING,
)
def phase_not_in_plan(plan: Plan, context: Context) -> Iterator[Found]:
    """In a plan that has sections by phase, every phase of the policy has one."""
    migration = context.migration
    if migration is None or context.only is not None:
        return
    told = {
        phase.id
        for section in plan.sections
        if section.phases or not _holds_all(section)
        for phase in matched(section, migration)
    }
    if not told:
        return
    for phase in migration.phases:
        own = phase.plan is not None and phase.plan != plan.path
        if phase.id not in told and phase.rollback != "none" and not own:
            name = f" ({phase.title})" if phase.title else ""
            yield Found(
                plan.place(0),
                f"Phase {phase.id}{name} has no section here, other phases have.",
                f"Add `Phase {phase.id}`, or a range that holds it.",
                phase=phase.id,
            )


RULES = (no_re_enablement, plan_part_missing, phase_not_in_plan)
