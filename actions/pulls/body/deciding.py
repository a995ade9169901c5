"""The head of the body: what, why, who must agree by when; and what would be faster."""

from __future__ import annotations

from collections.abc import Iterator

from ....core.policy import Flag, Level
from .. import people
from ..people import Contact
from .facts import Facts, clock, spell
from .markup import alert, coded, folded, said


def head(facts: Facts, most: int) -> Iterator[str]:
    """One table that a person can decide by."""
    record, plan = facts.record, facts.plan
    name = f"{plan.name.replace('/', ' / ', 1)} {plan.title}".strip()
    yield f"This takes back **{said(name)}** on {coded(facts.base)}, by its own commits."
    yield ""
    for note in facts.notes:
        yield from alert("IMPORTANT", [said(note, 600)])
    for number, (label, value) in enumerate(_rows(facts)):
        yield f"| {label} | {value} |"
        if number == 0:
            yield "|:--|:--|"
    yield ""
    if record.draft:
        yield from alert(
            "CAUTION",
            [
                "**A draft: not to be merged as it is.** What stands in the way is below."
            ],
        )


def _rows(facts: Facts) -> Iterator[tuple[str, str]]:
    record, decision = facts.record, facts.decision
    yield "why", said(record.reason, 2000)
    if record.severity:
        action = f": {decision.action}" if decision else ", not in the decision matrix"
        yield "severity", f"**{said(record.severity)}**{action}"
    if facts.deadline:
        within = decision.within if decision else ""
        yield "deadline", f"{clock(facts.deadline)} ({within} after the start)"
    if facts.policy is not None and decision is not None:
        yield (
            "approval",
            _people(people.approvers(facts.policy, decision), "none needed"),
        )
        yield "to be told", _people(people.told(facts.policy, decision), "nobody named")
    for phase in facts.phases:
        if phase.impact:
            yield "touches", said(phase.impact)
    if facts.promised:
        until = clock(record.started + facts.promised)
        yield (
            "recovery time",
            f"{spell(facts.promised)} promised, from start to verified: until {until}",
        )
    yield "clock started", clock(record.started)
    yield "level", "code: the commits below are undone"


def _people(contacts: list[Contact], nobody: str) -> str:
    return ", ".join(map(named, contacts)) or nobody


def named(contact: Contact) -> str:
    """A contact; GitHub notifies a handle, because the policy names it."""
    reach = contact.reach if contact.is_handle else said(contact.reach)
    if contact.reach == contact.role or not contact.reach:
        return reach or f"{said(contact.role)} (no address in the policy)"
    return f"{said(contact.role)} ({reach})"


def faster(facts: Facts, most: int) -> Iterator[str]:
    """The levels before code that may stop the damage while this is reviewed."""
    migration = facts.migration
    if migration is None:
        return
    offered = {level for phase in facts.phases for level in phase.levels}
    rows: list[str] = []
    for flag in migration.flags:
        level = "config" if flag.file else "flag"
        if (not offered or level in offered) and not _is_past(facts, flag):
            rows += _flag(flag)
    quick: tuple[Level, ...] = ("flag", "config")
    for level in quick:
        text = migration.levels.get(level)
        if text is None:
            continue
        if text.time_to_effect:
            rows.append(f"- {level}, time to effect: {said(text.time_to_effect)}")
        for step in text.steps:
            run = f": {coded(step.run)}" if step.run else ""
            rows.append(f"- {said(step.do)}{run}")
    services = {name for phase in facts.phases for name in phase.services}
    if rows and services:
        rows.append(f"- then restart {', '.join(map(coded, sorted(services)))}")
    if rows:
        shown = rows[:most]
        yield from folded("Faster, while this is reviewed", shown, len(rows))


def _flag(flag: Flag) -> Iterator[str]:
    if flag.env:
        setting = f"export {flag.env}={flag.legacy}"
        yield f"- {coded(setting)} (it was {coded(flag.new)}), effective at restart"
    elif flag.file:
        section = f"[{flag.section}] " if flag.section else ""
        setting = f"{section}{flag.key} = {flag.legacy}"
        yield f"- in {coded(flag.file)}: {coded(setting)} (it was {coded(flag.new)})"


def _is_past(facts: Facts, flag: Flag) -> bool:
    """Whether the old path behind the flag went with a phase before the ones undone."""
    if facts.migration is None or flag.until_phase is None:
        return False
    order = [phase.id for phase in facts.migration.phases]
    going = [order.index(phase.id) for phase in facts.phases]
    return bool(going) and min(going) > order.index(flag.until_phase)
