"""The plan of a reland as text for a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import datetime

from ...core.escape import terminal
from ..reversal.words import commit, count, joined, named
from .plan import Plan

_FEW = 12


def lines(plan: Plan, asked: str, now: datetime) -> Iterator[str]:
    """The plan, line by line, escaped for a terminal. `now` is UTC."""
    title = f" {terminal(plan.title)}" if plan.title else ""
    what = count(len(plan.commits), "commit")
    yield (
        f"{plan.name}{title}: land again, on {terminal(plan.onto_ref)} at "
        f"{plan.onto[:9]}, by reverting {what} of its rollback"
    )
    for fact in plan.commits[:_FEW]:
        yield f"  {commit(fact, now)}"
    if len(plan.commits) > _FEW:
        yield f"  and {len(plan.commits) - _FEW} more"
    if plan.reason:
        yield f"It was rolled back because: {terminal(plan.reason)}"
    if plan.merge:
        yield (
            "A merge is reverted here: merging the old branch again would bring only "
            "what is new on it."
        )
    yield ""
    verb = "differs" if len(plan.files) == 1 else "differ"
    yield f"{count(len(plan.files), 'file')} {verb} afterwards."
    for moved in plan.moved:
        by = joined([named(fact) for fact in moved.commits]) or "a conflict"
        yield f"  not as it was: {terminal(moved.path)}, changed since by {by}"
    for path in plan.conflicts:
        yield f"  conflict: {terminal(path)} stays as it is at present"
    yield from _items(plan, asked)
    for step in plan.steps:
        yield f"  then: {terminal(step)}"
    for stage in plan.stages:
        yield f"  stage: {terminal(stage)}"


def _items(plan: Plan, asked: str) -> Iterator[str]:
    if not plan.items:
        yield "The policy requires nothing before it (re-enable: require:)."
        return
    yield "Before it lands again:"
    for number, item in enumerate(plan.items, start=1):
        yield f"  [{'x' if item.done else ' '}] {number}. {terminal(item.text)}"
    if plan.open:
        every = " ".join(f"--done {shlex.quote(item.text)}" for item in plan.items)
        yield f"When they are done: backout reland {terminal(asked)} {terminal(every)}"
