"""Waivers inside a plan: `<!-- backout: allow[rule] until 2027-01-31: reason -->`.

A waiver holds for the block that holds it and for the one after it; what is said of the
plan as a whole it waives from anywhere.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from ...core.finding import Finding
from ...core.waiver import InlineWaiver, settle, waivers
from .document import Plan
from .rule import Context

# Nobody has as many reasons.
MOST = 500


def settled(
    plan: Plan, findings: Iterable[Finding], context: Context, judged: Iterable[str]
) -> Iterator[Finding]:
    """The findings after the plan's waivers have had their say.

    In a change under a policy without `inline-waivers` only those count that the base's
    plan holds already: nobody waives what his own change brings.
    """
    written = [
        waiver
        for comment in plan.comments
        for waiver in waivers(comment.text, comment.line)
    ]
    if not written:
        yield from findings
        return
    # Each finding asks each of them.
    written[MOST:] = [
        msgspec.structs.replace(w, problem=f"is more than the {MOST} of a plan")
        for w in written[MOST:]
    ]
    blocks = sorted(_blocks(plan))
    old = _in_base(plan.path, context)

    def covers(waiver: InlineWaiver, finding: Finding) -> bool:
        line = finding.place.line
        return line == 0 or waiver.line <= line < _end(blocks, waiver.line)

    def allowed(waiver: InlineWaiver) -> bool:
        return old is None or _what(waiver) in old

    today = (context.now or datetime.now(UTC)).date()
    yield from settle(
        plan.path,
        findings,
        written,
        today=today,
        judged=judged,
        covers=covers,
        allowed=allowed,
    )


def _blocks(plan: Plan) -> Iterator[tuple[int, int]]:
    """The first line of each block, and the line after its last."""
    for section in plan.sections[1:]:
        yield section.line, section.line + 1
    for text in plan.texts:
        yield text.line, text.end_line
    for code in plan.codes:
        yield code.line - (code.fence > 0), code.end_line + 1
    for table in plan.tables:
        yield table.line, (table.rows[-1].line if table.rows else table.line + 1) + 1


def _end(blocks: list[tuple[int, int]], line: int) -> int:
    """The line after the blocks that a waiver in `line` holds for."""
    index = bisect_right(blocks, (line, len(blocks) + 10**9))
    inside = [end for _, end in blocks[max(0, index - 1) : index] if line < end]
    after = [end for _, end in blocks[index : index + 1]]
    return max([line + 1, *inside, *after])


def _in_base(path: str, context: Context) -> set[tuple[object, ...]] | None:
    """What the base's plan waives already; None where every waiver counts."""
    if context.policy is None or context.policy.inline_waivers or context.base is None:
        return None
    if path not in context.base.entries:
        return set()
    text = context.base.read(path).decode("utf-8", "replace")
    return {_what(waiver) for waiver in waivers(text)}


def _what(waiver: InlineWaiver) -> tuple[object, ...]:
    return waiver.rules, waiver.until, waiver.reason
