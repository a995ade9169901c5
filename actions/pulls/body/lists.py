"""Boxes to tick before and after, the text for those who must be told, the way back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.errors import BackoutError
from ....core.policy import Communication, Stage
from .facts import Facts, clock
from .markup import block, folded, said, tasks

_NOTICE = """\
{severity} {name}: rolling back.
What: {reason}
Touches: {impact}
Since: {started}; recovery expected by {recovery}
Next: {pull-request}
Questions: {channel}
"""
_FIELD = re.compile(r"\{([a-z][a-z_-]*)\}")


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
    """The text for those who must be told, ready to be copied."""
    if facts.policy is None:
        return
    chosen = facts.migration.communication if facts.migration else None
    chosen = chosen or facts.policy.communication
    text = _filled(_template(facts, chosen), _fields(facts, chosen))
    yield "<details>"
    yield "<summary>The notice, to be copied</summary>"
    yield ""
    yield from block(text.strip("\n")[:4000])
    yield ""
    yield "</details>"
    yield ""


def _template(facts: Facts, chosen: Communication) -> str:
    path = chosen.template
    if path is None or path not in facts.tree.entries:
        return _NOTICE
    try:
        return facts.tree.read(path).decode("utf-8", "replace")
    except BackoutError:
        return _NOTICE


def _filled(template: str, fields: dict[str, str]) -> str:
    """With what is known; what is not is marked, for a person to fill in."""

    def one(match: re.Match[str]) -> str:
        known = fields.get(match[1].replace("_", "-"), "")
        return known or f"[{match[1]}?]"

    return _FIELD.sub(one, template)


def _fields(facts: Facts, chosen: Communication) -> dict[str, str]:
    record, plan = facts.record, facts.plan
    impacts = [phase.impact for phase in facts.phases if phase.impact]
    until = record.started + facts.promised if facts.promised else None
    return {
        "severity": record.severity,
        "name": f"{plan.name} {plan.title}".strip(),
        "migration": plan.migration,
        "phase": "+".join(plan.phases),
        "title": plan.title,
        "reason": record.reason,
        "impact": "; ".join(impacts),
        "started": clock(record.started),
        "recovery": clock(until) if until else "",
        "channel": chosen.channel or "",
        "status-page": chosen.status_page or "",
        "by": record.by.partition(" <")[0],
        "pull-request": "this pull request",
    }


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
