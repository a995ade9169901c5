"""Who starts, decides, is called and is told: those parts of a written plan."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.policy import Decision, Migration, Policy, Trigger
from .writing_lines import cell, one_line, time_of


def triggers(policy: Policy, migration: Migration) -> Iterator[str]:
    yield "## When to roll back"
    yield ""
    triggers = (*migration.triggers, *policy.triggers)
    for trigger in triggers:
        yield f"- {_trigger(trigger)}"
    if not any(trigger.metric for trigger in triggers):
        yield "- TODO: the number that starts it: metric, limit, for how long"


def _trigger(trigger: Trigger) -> str:
    if trigger.metric is None:
        said = one_line(trigger.when or "")
    else:
        bounds = [
            f"{word} {limit:g}"
            for word, limit in (("above", trigger.above), ("below", trigger.below))
            if limit is not None
        ]
        said = f"`{trigger.metric}` {' or '.join(bounds)}"
        if trigger.during is not None:
            said += f" for {time_of(trigger.during)}"
    level = f", {trigger.level} level" if trigger.level else ""
    return f"{said} ({trigger.severity}{level})"


def decision(policy: Policy) -> Iterator[str]:
    yield "## Decision"
    yield ""
    if not policy.severities:
        yield "- TODO: at which severity who decides alone, and who must be asked"
        return
    yield "| Severity | Action | Within | Approval | Told |"
    yield "|---|---|---|---|---|"
    for name, decision in policy.severities.items():
        yield f"| {name} | {' | '.join(_decided(decision))} |"


def _decided(decision: Decision) -> Iterator[str]:
    yield "roll back" if decision.action == "revert" else "fix forward"
    yield time_of(decision.within) if decision.within else "at once"
    yield (
        cell(", ".join(decision.approve)) or "none needed, whoever is on call decides"
    )
    yield cell(", ".join(decision.notify)) or "nobody"


def contacts(policy: Policy) -> Iterator[str]:
    yield "## Contacts"
    yield ""
    if not policy.contacts:
        yield "- TODO: who is on call, and the number"
        return
    yield "| Who | How |"
    yield "|---|---|"
    for name, way in policy.contacts.items():
        yield f"| {cell(name)} | {cell(way)} |"


def communication(policy: Policy, migration: Migration) -> Iterator[str]:
    told = migration.communication or policy.communication
    yield "## Communication"
    yield ""
    who = ", ".join(told.mention)
    if told.channel is not None:
        yield f"- Post in {one_line(told.channel)}{f', call {one_line(who)}' if who else ''}"
    else:
        yield "- TODO: the channel in which the team is told"
    if told.status_page is not None:
        yield f"- Update {one_line(told.status_page)}"
    if told.template is not None:
        yield f"- The text: `{told.template}`"
    else:
        yield ""
        name = one_line(migration.title or migration.id)
        yield f"> {name}: rolled back because of {{REASON}}. Next word at {{TIME}}."
