"""Conflicts, as text for a terminal: where, which lines, and who stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from ...core.escape import terminal
from .plan import Conflict, Lines, Plan
from .words import ago, count, joined, named

_FEW = 3
_LINES = 3  # of each side
_WIDE = 80  # characters of a line
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
    """The conflicts, file by file."""
    files = {conflict.path for conflict in plan.conflicts}
    touched = len(files) + len(plan.changed) + len(plan.restored) + len(plan.deleted)
    yield f"Conflict in {len(files)} of {count(touched, 'file')}:"
    for conflict in plan.conflicts:
        yield from _conflict(conflict, now)


def _conflict(conflict: Conflict, now: datetime) -> Iterator[str]:
    spans = [_span(lines) for lines in conflict.lines]
    where = f":{joined(spans)}" if spans else ""
    yield f"  {terminal(conflict.path)}{where}"
    if len(conflict.lines) == 1:
        yield from _side("now", conflict.lines[0].ours)
        yield from _side("to be", conflict.lines[0].theirs)
    kind = KINDS.get(conflict.kind, conflict.kind)
    for blocker in conflict.blockers[:_FEW]:
        who = f"{named(blocker)}, {terminal(blocker.author)}, {ago(blocker.when, now)}"
        yield f"    blocked by {blocker.sha[:9]} {who}: {terminal(kind)}"
        kind = "too"
    if len(conflict.blockers) > _FEW:
        yield f"    and {len(conflict.blockers) - _FEW} more"
    if not conflict.blockers:
        yield f"    {terminal(kind)}"


def _side(name: str, lines: Sequence[str]) -> Iterator[str]:
    """The first lines of one side, with its name before them."""
    shown = list(lines[:_LINES]) or ["(nothing)"]
    if len(lines) > _LINES:
        shown[-1:] = [f"({count(len(lines) - _LINES + 1, 'more line')})"]
    for number, line in enumerate(shown):
        text = line if len(line) <= _WIDE else f"{line[:_WIDE]}..."
        yield f"    {'' if number else name:5} | {terminal(text.expandtabs(4))}"


def _span(lines: Lines) -> str:
    if lines.last <= lines.first:
        return str(lines.first)
    return f"{lines.first}-{lines.last}"
