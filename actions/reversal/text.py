"""The plan as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from ...core.escape import terminal
from .plan import CommitFacts, Plan, Target

_FEW = 12


def lines(plan: Plan, now: datetime | None = None) -> Iterator[str]:
    """The plan, line by line, escaped for a terminal."""
    now = datetime.now(UTC) if now is None else now
    yield _heading(plan)
    for target in plan.targets[:_FEW]:
        yield f"  {_commit(target.commit, now)}{_remark(target)}"
    if len(plan.targets) > _FEW:
        yield f"  and {len(plan.targets) - _FEW} more"
    for skipped in plan.skipped:
        yield f"  not {_commit(skipped.commit, now)}: {terminal(skipped.why)}"
    for note in plan.notes:
        yield f"  {terminal(note)}"
    yield ""
    yield from _outcome(plan)


def _heading(plan: Plan) -> str:
    name = terminal(plan.name.replace("/", " / ", 1) if plan.migration else plan.name)
    title = f" {terminal(plan.title)}" if plan.title else ""
    count = _count(len(plan.targets), "commit")
    order = ", newest first" if len(plan.targets) > 1 else ""
    days = sorted({target.commit.when.date() for target in plan.targets})
    when = ""
    if days:
        when = f", {days[0]}" + (f" to {days[-1]}" if len(days) > 1 else "")
    return f"{name}{title}: {count}{when}{order}, on {terminal(plan.onto_ref)} at {plan.onto[:9]}"


def _outcome(plan: Plan) -> Iterator[str]:
    took = f"Computed in {plan.seconds:.1f} s; your working tree was not touched."
    if plan.verdict == "empty":
        yield f"Nothing to undo: it is not in {terminal(plan.onto_ref)} any more."
        return
    if plan.verdict == "clean":
        yield f"Clean: {_files(plan)}. {took}"


def _files(plan: Plan) -> str:
    counts = (
        (len(plan.changed), "change back", "changes back"),
        (len(plan.restored), "come back", "comes back"),
        (len(plan.deleted), "go", "goes"),
    )
    said = [f"{n} {one if n == 1 else many}" for n, many, one in counts if n]
    first, *rest = said
    number, _, verb = first.partition(" ")
    return ", ".join([f"{_count(int(number), 'file')} {verb}", *rest])


def _commit(commit: CommitFacts, now: datetime) -> str:
    pull = f"#{commit.pull} " if commit.pull else ""
    subject = commit.subject
    if pull:
        subject = subject.removesuffix(f"(#{commit.pull})").rstrip()
    return f"{commit.sha[:9]} {pull}{terminal(subject)}  {ago(commit.when, now)}"


def _remark(target: Target) -> str:
    if target.is_empty:
        return "  (nothing left of it)"
    return ""


def ago(when: datetime, now: datetime) -> str:
    """How long ago, as people say it."""
    seconds = (now - when).total_seconds()
    if seconds < 90:
        return "just now"
    for size, unit in (
        (86400 * 365, "year"),
        (86400, "day"),
        (3600, "hour"),
        (60, "minute"),
    ):
        if seconds >= size:
            return f"{_count(int(seconds // size), unit)} ago"
    return "just now"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
