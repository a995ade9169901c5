"""The status as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.escape import terminal
from .standing import Clock, Rollback, Status

_STATES = {
    "open": "open, not merged",
    "in-force": "rolled back",
    "landing-again": "rolled back, landing again",
}
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def lines(status: Status) -> Iterator[str]:
    """The status, line by line, escaped for a terminal."""
    yield from map(terminal, _lines(status))


def _lines(status: Status) -> Iterator[str]:
    if not status.rollbacks:
        yield f"No rollback is open or in force on {status.mainline}."
    for rollback in status.rollbacks:
        yield from _rollback(rollback)
    for doubt in status.doubts:
        yield f"? {doubt}"


def _rollback(one: Rollback) -> Iterator[str]:
    title = f" {one.title}" if one.title else ""
    severity = f", {one.severity}" if one.severity else ""
    yield f"{one.name}{title}: {_STATES[one.state]}{severity}"
    if one.reason:
        yield f"  because {one.reason}"
    yield from _clock(one.clock, one.by)
    if one.branches:
        where = "" if one.pushed else " (in this clone only)"
        yield f"  on {', '.join(one.branches)}{where}"
    if one.pull:
        yield f"  {one.pull}"
    if one.conflicts:
        yield f"  a draft: {one.conflicts} conflicts were left to people"
    if one.doubt:
        yield f"  {one.doubt}"
    if one.state == "open":
        yield from _list("before", one.before)
    else:
        yield from _list("after", one.after)
        yield from _list("a day later", one.day)
        yield from _list("before it lands again", one.required)
    if one.next:
        yield f"  next: {one.next}"


def _clock(clock: Clock, by: str) -> Iterator[str]:
    yield f"  started {clock.started:%Y-%m-%d %H:%M} UTC by {by.partition(' <')[0]}"
    verb = "merged after" if clock.merged else "running for"
    facts = [f"{verb} {_span(clock.elapsed)}"]
    if clock.deadline is not None:
        late = f"{_span(clock.late)} late" if clock.late else "in time"
        facts.append(f"due {clock.deadline:%H:%M} UTC: {late}")
    if clock.promised:
        over = f", {_span(clock.over)} over" if clock.over else ""
        facts.append(f"promised {_span(clock.promised)}{over}")
    yield f"  {'; '.join(facts)}"


def _list(name: str, items: tuple[str, ...]) -> Iterator[str]:
    if items:
        yield f"  {name}:"
    for item in items:
        yield f"    [ ] {item}"


def _span(number: int) -> str:
    """A duration in seconds, as people say it: "2 h 5 min"."""
    parts: list[str] = []
    for size, unit in _UNITS:
        if number >= size and len(parts) < 2:
            parts.append(f"{number // size} {unit}")
            number %= size
    return " ".join(parts) or f"{number} s"
