"""What could be added to the command, and what each costs, as text for a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from ...core.escape import terminal
from .plan import Plan, Way
from .words import briefly, count, joined

_FEW = 3
_WIDE = 46  # characters of a flag beside which the price still has room


def way_lines(plan: Plan) -> Iterator[str]:
    """The menu; empty where nothing stands in the way."""
    if plan.verdict != "conflict" and not plan.findings:
        return
    rows = [(_flags(way), _price(plan, way)) for way in plan.ways_out]
    if plan.verdict == "conflict":
        draft = "goes on as a draft, with each file in conflict as it is now"
    else:
        draft = "goes on as a draft, for somebody to mend"
    rows.append(("--draft", draft))
    yield ""
    yield "Ways out, each by adding it to the command:"
    wide = max(len(flags) for flags, _ in rows if len(flags) <= _WIDE)
    for flags, price in rows:
        if len(flags) > _WIDE:
            yield f"  {flags}"
            flags = ""
        yield f"  {flags:{wide}}  {price}"


def _flags(way: Way) -> str:
    shown = way.values[:_FEW]
    text = " ".join(f"{way.option} {terminal(shlex.quote(v))}" for v in shown)
    if len(way.values) > _FEW:
        text += f" ({way.option} for {len(way.values) - _FEW} more)"
    return text or way.option


def _price(plan: Plan, way: Way) -> str:
    names = joined([briefly(fact) for fact in way.also])
    them = "it" if len(way.values) == 1 else "them"
    match way.option:
        case "--with":
            lines = f" ({count(way.lines, 'line')})" if way.lines else ""
            what = f"also undoes {names}{lines}"
        case "--adjacent":
            what = "keeps both edits of neighbouring lines, in a draft (--draft)"
        case "--restore":
            loses = f", which loses {names} there" if names else ""
            what = f"{_restores(plan, way, them)}{loses}"
        case _:
            what = f"keeps {them} as now"
    return f"{what}; {_left(way)}"


def _restores(plan: Plan, way: Way, them: str) -> str:
    there = terminal(_short(plan.baseline))
    if way.deletes == len(way.values):
        return f"deletes {them}: not there at {there}"
    goes = f", and deletes {way.deletes} not there" if way.deletes else ""
    return f"takes {them} from {there}{goes}"


def _left(way: Way) -> str:
    """What is still wrong then."""
    parts: list[str] = []
    if way.conflicts:
        parts.append(count(way.conflicts, "conflict"))
    if way.errors < 0:
        left = parts[0] if parts else "no conflict"
        return f"then {left}; what would break was not looked at"
    if way.errors:
        parts.append(f"{count(way.errors, 'place')} would break")
    return f"then {' and '.join(parts)}" if parts else "then clean"


def _short(name: str) -> str:
    """An id as people read it, and a ref as it is."""
    is_id = len(name) in (40, 64) and set(name) <= set("0123456789abcdef")
    return name[:9] if is_id else name
