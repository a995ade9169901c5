"""Conflicts and their ways out, as text for a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import datetime

from ...core.escape import terminal
from .plan import Conflict, Lines, Plan, Way
from .words import ago, briefly, count, joined, named

_FEW = 3
KINDS = {
    "contents": "same lines",
    "binary": "a binary file that both changed",
    "add/add": "added again, with other content",
    "modify/delete": "one side deletes what the other changed",
    "rename/delete": "one side deletes what the other renamed",
    "rename/rename": "renamed in two ways",
    "file/directory": "a file where a folder is",
    "distinct modes": "two kinds of file under one name",
    "submodule": "a submodule that both moved",
}


def conflict_lines(plan: Plan, now: datetime) -> Iterator[str]:
    """The conflicts, who stands in the way, and what can be done."""
    files = {conflict.path for conflict in plan.conflicts}
    touched = len(files) + len(plan.changed) + len(plan.restored) + len(plan.deleted)
    yield f"Conflict in {len(files)} of {count(touched, 'file')}:"
    for conflict in plan.conflicts:
        yield from _conflict(conflict, now)


def way_lines(plan: Plan) -> Iterator[str]:
    """What could be added to the command, with its price."""
    for number, way in enumerate(plan.ways_out):
        yield ("            " if number else "  ways out: ") + _way(plan, way)


def _conflict(conflict: Conflict, now: datetime) -> Iterator[str]:
    spans = [_span(lines) for lines in conflict.lines]
    where = f":{joined(spans)}" if spans else ""
    yield f"  {terminal(conflict.path)}{where}"
    kind = KINDS.get(conflict.kind, conflict.kind)
    for blocker in conflict.blockers[:_FEW]:
        who = f"{named(blocker)}, {terminal(blocker.author)}, {ago(blocker.when, now)}"
        yield f"    blocked by {blocker.sha[:9]} {who}: {terminal(kind)}"
        kind = "too"
    if len(conflict.blockers) > _FEW:
        yield f"    and {len(conflict.blockers) - _FEW} more"
    if not conflict.blockers:
        yield f"    {terminal(kind)}"


def _span(lines: Lines) -> str:
    if lines.last <= lines.first:
        return str(lines.first)
    return f"{lines.first}-{lines.last}"


def _way(plan: Plan, way: Way) -> str:
    flags = " ".join(
        f"{way.option} {terminal(shlex.quote(value))}" for value in way.values[:_FEW]
    )
    if len(way.values) > _FEW:
        flags += f" ({way.option} for {len(way.values) - _FEW} more)"
    names = joined([briefly(fact) for fact in way.also])
    left = f"then {count(way.conflicts, 'conflict')}" if way.conflicts else "then clean"
    if way.option == "--with":
        price = f" ({count(way.lines, 'line')}), {left}" if plan.conflicts else ""
        return f"{flags}  also undoes {names}{price}"
    if way.option == "--adjacent":
        return f"--adjacent  keeps both edits of neighbouring lines, {left}; read them"
    if way.option == "--restore":
        loses = f"; loses {names} there" if names else ""
        return f"{flags}  as before the first commit{loses}"
    return f"{flags}  keeps as now what is there"
