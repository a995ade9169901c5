"""Waivers of the policy: dated, owned exceptions, applied to what the checks found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import msgspec

from ..core.finding import Finding, Place
from ..core.paths import matcher
from ..core.policy import FILE_NAME, Policy, Waiver
from ..core.report import Report, WaiverInForce, in_order
from ..core.waiver import EXPIRED, UNUSED


def apply_waivers(
    findings: Iterable[Finding], policy: Policy, today: date
) -> tuple[list[Finding], tuple[WaiverInForce, ...]]:
    """The findings that no waiver silences, and the waivers that hold on `today` (UTC).

    A waiver holds to the end of the day `until`. Each one past it is a finding itself:
    what it allowed is reported again, and somebody should know why.
    """
    waivers = [(waiver, _covers(waiver)) for waiver in policy.waivers]
    holding = [(w, covers) for w, covers in waivers if _last_day(w) >= today]
    silenced = [0] * len(holding)
    left: list[Finding] = []
    for finding in findings:
        for i, (_, covers) in enumerate(holding):
            if covers(finding):
                silenced[i] += 1
                break
        else:
            left.append(finding)
    left += [_expired(w) for w, _ in waivers if _last_day(w) < today]
    in_force = (
        WaiverInForce(
            rule=waiver.rule,
            until=waiver.until,
            owner=waiver.owner,
            reason=waiver.reason,
            path=waiver.path or "",
            symbol=waiver.symbol or "",
            findings=count,
        )
        for (waiver, _), count in zip(holding, silenced, strict=True)
    )
    return left, tuple(in_force)


def _last_day(waiver: Waiver) -> date:
    return date.fromisoformat(waiver.until)


def _covers(waiver: Waiver) -> Callable[[Finding], bool]:
    is_meant = None if waiver.path is None else matcher([waiver.path])

    def covers(finding: Finding) -> bool:
        return (
            finding.rule == waiver.rule
            and (waiver.symbol is None or finding.symbol == waiver.symbol)
            and (is_meant is None or is_meant(finding.place.path))
        )

    return covers


def _expired(waiver: Waiver) -> Finding:
    where = f" in {waiver.path}" if waiver.path else ""
    return Finding(
        EXPIRED.id,
        EXPIRED.severity,
        Place(FILE_NAME),
        f"The waiver of {waiver.rule}{where} ended on {waiver.until}. "
        f"{waiver.owner} answers for it ({waiver.reason}).",
        help="Mend what it allowed and take it out, or agree on a new date.",
        symbol=waiver.symbol or "",
    )


def with_unused(report: Report) -> Report:
    """The report of a whole tree, with a finding for each waiver that silenced nothing.

    Only when all of a tree was looked at is that known: reports of its parts are merged
    first.
    """
    idle = [w for w in report.waivers if not w.findings] if report.whole else []
    if not idle:
        return report
    found = in_order((*report.findings, *map(_unused, idle)))
    return msgspec.structs.replace(report, findings=found)


def _unused(waiver: WaiverInForce) -> Finding:
    where = f" in {waiver.path}" if waiver.path else ""
    return Finding(
        UNUSED.id,
        UNUSED.severity,
        Place(FILE_NAME),
        f"Nothing needs the waiver of {waiver.rule}{where} any more.",
        help="Take it out: the next defect of that kind would pass in its shade.",
        symbol=waiver.symbol,
    )
