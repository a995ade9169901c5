"""How each rollback stands, as one value: what is printed and what programs read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from ...core.git import Git
from ...core.policy import Phase, Policy, seconds
from ...core.reversal import commits
from ..pulls.place import Place
from ..reversal.onto import Onto
from ..reversal.record import Record
from ..rollbacks.found import Found, found
from ..rollbacks.standing import standing, taken
from .links import address

# open: not on the mainline yet. in-force: rolled back now. landing-again: rolled back,
# and a reland is on its way.
State = Literal["open", "in-force", "landing-again"]


class Clock(msgspec.Struct, frozen=True):
    """Times are UTC, durations seconds. `deadline` is when the decision matrix wants it
    done, None without one; `merged` when the mainline took it; `elapsed` is from the
    start to then, or to now; `promised` is the phases' recovery time, 0 without one."""

    started: datetime
    elapsed: int
    deadline: datetime | None = None
    merged: datetime | None = None
    late: int = 0
    promised: int = 0

    @property
    def over(self) -> int:
        """By how much more than the promised time has gone; 0 if it has not."""
        return max(0, self.elapsed - self.promised) if self.promised else 0


class Rollback(msgspec.Struct, frozen=True):
    """One rollback. `record` is its record's path; `branches` hold it, `relands` are those
    that land it again. `doubt` says why one in force is not proven to be pure; "" if it
    is, or is not merged. `before`, `after`, `day` and `required` are for people; `pull`
    is the address of its pull request, "" where that is not known."""

    name: str
    title: str
    state: State
    severity: str
    reason: str
    by: str
    record: str
    clock: Clock
    branches: tuple[str, ...]
    pushed: bool
    relands: tuple[str, ...]
    conflicts: int
    doubt: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    day: tuple[str, ...]
    required: tuple[str, ...]
    next: str
    pull: str = ""


class Status(msgspec.Struct, frozen=True):
    """All rollbacks, newest first; `doubts` are records that cannot be read."""

    mainline: str
    rollbacks: tuple[Rollback, ...]
    doubts: tuple[str, ...] = ()
    version: int = 1


def status(
    git: Git, policy: Policy, onto: Onto, now: datetime, at: Place | None = None
) -> Status:
    """Every rollback that this clone knows of. `now` is UTC, `at` the repository on
    GitHub, if it is there."""
    there, doubts = found(git, onto)
    in_force = {one.record for one in standing(git, onto.commit).rolled_back}
    return Status(
        onto.label,
        tuple(
            _rollback(git, policy, onto, one, one.path in in_force, now, at)
            for one in there
        ),
        tuple(doubts),
    )


def _rollback(
    git: Git,
    policy: Policy,
    onto: Onto,
    one: Found,
    is_proven: bool,
    now: datetime,
    at: Place | None,
) -> Rollback:
    record = one.record
    migration = policy.migrations.get(record.migration)
    known = map(migration.phase, record.phases) if migration else ()
    phases = [phase for phase in known if phase is not None]
    state: State = "open"
    if one.is_merged:
        state = "landing-again" if one.relands else "in-force"
    is_unproven = one.is_merged and not is_proven
    lists = [policy.checklists, *(phase.checklists for phase in phases)]
    typed = f"{record.migration}/{record.phases[0]}" if record.phases else ""
    where = taken(git, onto.commit, one.path, record) if one.is_merged else None
    newest = commits.read(git, where.commits[:1])[0] if where else None
    return Rollback(
        name=f"{record.migration}/{'+'.join(record.phases)}"
        if record.phases
        else record.name,
        title=", ".join(phase.title for phase in phases if phase.title),
        state=state,
        severity=record.severity,
        reason=record.reason,
        by=record.by,
        record=one.path,
        clock=_clock(policy, record, phases, newest.when if newest else None, now),
        branches=tuple(branch.name for branch in one.branches),
        pushed=any(branch.is_remote for branch in one.branches),
        relands=tuple(branch.name for branch in one.relands),
        conflicts=len(record.conflicts),
        doubt="not a pure rollback: legacy names need waivers" if is_unproven else "",
        before=_once(item for each in lists for item in each.before),
        after=_once(item for each in lists for item in each.after),
        day=_once(_of_a_day(phases, [i for each in lists for i in each.day])),
        required=_once(item for p in phases for item in p.re_enable.require),
        next=_next(state, typed, one),
        pull=address(at, _pushed(policy, one), newest.pull if newest else 0),
    )


def _pushed(policy: Policy, one: Found) -> str:
    """The branch as the remote calls it, "" where it has none."""
    names = [branch.name for branch in one.branches if branch.is_remote]
    return names[0].removeprefix(f"{policy.remote}/") if names else ""


def _clock(
    policy: Policy,
    record: Record,
    phases: Iterable[Phase],
    merged: datetime | None,
    now: datetime,
) -> Clock:
    end = merged or now
    row = policy.severities.get(record.severity)
    deadline = None
    if row is not None and row.within is not None:
        deadline = record.started + timedelta(seconds=seconds(row.within))
    times = [seconds(phase.recovery_time) for phase in phases if phase.recovery_time]
    return Clock(
        started=record.started,
        elapsed=max(0, int((end - record.started).total_seconds())),
        deadline=deadline,
        merged=merged,
        late=max(0, int((end - deadline).total_seconds())) if deadline else 0,
        promised=max(times, default=0),
    )


def _of_a_day(phases: Iterable[Phase], items: Iterable[str]) -> Iterator[str]:
    yield from items
    for phase in phases:
        yield from phase.verify.day


def _once(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def _next(state: State, typed: str, one: Found) -> str:
    if state == "open":
        branch = one.branches[0]
        if branch.is_remote or any(other.is_remote for other in one.branches):
            return f"approve and merge the pull request of {branch.name}"
        return f"git push origin {branch.name}, and open its pull request"
    if state == "landing-again":
        return f"finish and merge {one.relands[0].name}"
    return f"backout reland {typed}" if typed else ""
