"""The plan as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from ...core.escape import terminal
from ...core.finding import Severity
from .conflict_text import conflict_lines
from .plan import File, Plan, Target, Verified
from .tries import errors_among
from .way_text import way_lines
from .words import briefly, commit, count, joined

_FEW = 12


def lines(
    plan: Plan, now: datetime | None = None, *, following: str = ""
) -> Iterator[str]:
    """The plan, line by line, escaped for a terminal. `now` is UTC; `following` is what
    to do next where nothing is wrong, a sentence."""
    now = datetime.now(UTC) if now is None else now
    yield _heading(plan)
    for target in plan.targets[:_FEW]:
        yield f"  {commit(target.commit, now)}{_remark(target)}"
    if len(plan.targets) > _FEW:
        yield f"  and {len(plan.targets) - _FEW} more"
    for skipped in plan.skipped:
        yield f"  not {commit(skipped.commit, now)}: {terminal(skipped.why)}"
    for note in plan.notes:
        yield terminal(note)
    for number, sentence in enumerate(plan.faster):
        start = "             " if number else "Faster first:"
        yield terminal(f"{start} {sentence}. This command undoes the code.")
    yield ""
    yield from _outcome(plan, now)
    yield from _losses(plan, now)
    yield from _findings(plan)
    for one in plan.verified:
        yield _verified(one)
    for sentence in plan.data:
        yield terminal(f"Data: {sentence}")
    if plan.promised:
        yield f"Promised: {plan.promised} from start to verified."
    yield from way_lines(plan)
    if following and plan.verdict == "clean" and not plan.findings:
        yield ""
        yield terminal(f"Next: {following}")


def _heading(plan: Plan) -> str:
    name = plan.name.replace("/", " / ", 1) if plan.migration else plan.name
    title = f" {plan.title}" if plan.title else ""
    parts = [f"{name}{title}: {count(len(plan.targets), 'commit')}"]
    days = sorted({str(target.commit.when.date()) for target in plan.targets})
    if days:
        parts.append(days[0] + (f" to {days[-1]}" if len(days) > 1 else ""))
    if len(plan.targets) > 1:
        parts.append("newest first")
    parts.append(f"on {plan.onto_ref} at {plan.onto[:9]}")
    return terminal(", ".join(parts))


def _outcome(plan: Plan, now: datetime) -> Iterator[str]:
    took = f"Computed in {plan.seconds:.1f} s; your working tree was not touched."
    if plan.verdict == "refused":
        for phase, facts in plan.standing.items():
            names = joined([briefly(fact) for fact in facts])
            address = f"{plan.migration}/{phase}"
            yield terminal(
                f"Refused: phase {phase} stands on this one and has landed ({names}). "
                f"Undo both: add {address}"
            )
    elif plan.verdict == "empty":
        yield terminal(
            f"Nothing to undo: {plan.onto_ref} holds none of it, or it is left out."
        )
    elif plan.verdict == "conflict":
        yield from conflict_lines(plan, now)
        if plan.changed or plan.restored or plan.deleted:
            yield f"The rest is clean: {_files(plan)}."
        yield took
    else:
        errors = errors_among(plan.findings)
        but = f"No conflict, but {count(errors, 'place')} would break"
        yield f"{but if errors else 'Clean'}: {_files(plan)}. {took}"
    for path in plan.settled:
        yield f"  both edits kept in {terminal(path)}: read it before you merge"


def _files(plan: Plan) -> str:
    """ "3 files change back, 1 comes back, 2 go"."""
    kinds: tuple[tuple[tuple[File, ...], str, str], ...] = (
        (plan.changed, "changes back", "change back"),
        (plan.restored, "comes back", "come back"),
        (plan.deleted, "goes", "go"),
    )
    parts: list[str] = []
    for files, one, many in kinds:
        if files:
            number = str(len(files)) if parts else count(len(files), "file")
            parts.append(f"{number} {one if len(files) == 1 else many}")
    return ", ".join(parts)


def _losses(plan: Plan, now: datetime) -> Iterator[str]:
    for loss in plan.collateral[:_FEW]:
        total = sum(max(number, 0) for number in loss.files.values())
        what = count(total, "line") if total else "changes"
        paths = joined([terminal(path) for path in loss.files])
        yield f"  also lost: {what} of {commit(loss.commit, now)} ({paths})"
    if len(plan.collateral) > _FEW:
        more = count(len(plan.collateral) - _FEW, "commit")
        yield f"  and of {more} more: see --format json"


def _findings(plan: Plan) -> Iterator[str]:
    if plan.findings and plan.verdict == "conflict":
        yield "With what is in conflict as it is now (--leave, --draft):"
    for finding in plan.findings[:_FEW]:
        place = finding.place
        span = (
            place.path,
            *(number for number in (place.line, place.column) if number),
        )
        verb = "would break" if finding.severity is Severity.ERROR else "look at"
        where = ":".join(map(str, span))
        yield f"  {verb}: {terminal(where)}  {terminal(finding.message)}"
    if len(plan.findings) > _FEW:
        yield f"  and {len(plan.findings) - _FEW} more: see --format json"


def _verified(one: Verified) -> str:
    took = f"{one.run} ({one.kind}, {one.seconds:.0f} s)"
    if one.passed:
        return terminal(f"  passed: {took}")
    why = "ran out of time" if one.timed_out else f"exit code {one.exit_code}"
    return terminal(f"  failed: {took}: {why}; see {one.log}")


def _remark(target: Target) -> str:
    if target.is_empty:
        return "  (changes nothing)"
    if target.relands:
        return f"  (landed {target.relands[:9]} again)"
    if target.partly_reverted:
        return f"  (a part is back already: {target.partly_reverted[:9]})"
    return ""
