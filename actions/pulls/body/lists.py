"""Boxes to tick before and after, the text for those who must be told, the way back."""

from __future__ import annotations

from collections.abc import Iterator

from ....core.address import Address
from ....core.policy import Stage
from ...notify.known import communication, known
from ...notify.rendering import render
from ...notify.templates import TEAM
from ...reversal.record import path_of
from ...rollbacks.found import Branch, Found
from .facts import Facts
from .markup import block, folded, said, tasks


def checklists(facts: Facts, most: int) -> Iterator[str]:
    """Before, at once after, a day later: the policy's items and the phases'."""
    if facts.policy is None:
        return
    for name, heading in (
        ("before", "Before merging"),
        ("after", "At once after"),
        ("day", "Within 24 hours"),
    ):
        sources = [facts.policy.checklists, *(p.checklists for p in facts.phases)]
        items = [item for source in sources for item in getattr(source, name)]
        if name == "day":
            items += [item for phase in facts.phases for item in phase.verify.day]
        if items:
            unique = list(dict.fromkeys(items))
            yield from folded(heading, list(tasks(unique[:most])), len(unique))


def notice(facts: Facts, most: int) -> Iterator[str]:
    """The text for those who must be told, as `backout notify` writes it."""
    policy, migration = facts.policy, facts.migration
    if policy is None or migration is None:
        return
    address = Address(migration, facts.phases[0] if len(facts.phases) == 1 else None)
    branch = Branch(facts.plan.branch, "", True)
    rollback = Found(path_of(facts.record), facts.record, (branch,), False)
    fields = known(policy, address, rollback, facts.record.started)
    template = _template(facts, communication(policy, address).template)
    yield "<details>"
    yield "<summary>The notice, to be copied</summary>"
    yield ""
    yield from block(render(template, fields).text.strip("\n")[:4000])
    yield ""
    yield "</details>"
    yield ""


def _template(facts: Facts, path: str | None) -> str:
    entry = facts.tree.entries.get(path) if path else None
    if path is None or entry is None or not entry.is_file:
        return TEAM
    return facts.tree.read(path).decode("utf-8", "replace")


def again(facts: Facts, most: int) -> Iterator[str]:
    """What must be true before the phase lands again, and how it goes on."""
    items: list[str] = []
    for phase in facts.phases:
        plan = phase.re_enable
        items += tasks(plan.require)
        if plan.compare is not None:
            items += tasks([f"comparison passes: {plan.compare.run}"])
        items += tasks(step.do for step in plan.steps)
        if plan.stages:
            items.append(f"- stages: {', then '.join(map(_stage, plan.stages))}")
    if items:
        yield from folded("Before it lands again", items[:most], len(items))
        yield "It lands again by `backout reland`, never by merging the old branch once more."
        yield ""


def _stage(stage: Stage) -> str:
    hold = f" for {stage.hold}" if stage.hold else ""
    group = f" ({stage.group})" if stage.group else ""
    return said(f"{stage.percent:g} %{group}{hold}")
