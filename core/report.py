"""The report: everything one run of the gate has to say, as one value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from .errors import UsageError
from .finding import Finding, Severity

SCHEMA_VERSION = 1

Verdict = Literal["clean", "found", "undecided"]
State = Literal["met", "unmet", "unknown"]

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


class PolicySource(msgspec.Struct, frozen=True):
    """Where the policy was read: its file, the tree, and a remark worth a first line."""

    path: str
    tree: str
    note: str = ""


class WaiverInForce(msgspec.Struct, frozen=True, order=True):
    """An exception that holds today, and how many findings it silenced in this run.

    `until` is the last day, YYYY-MM-DD. `path` and `symbol` are "" where any will do.
    An `inline` one stands in a comment, and what it silenced is still a finding, an info.
    """

    rule: str
    until: str
    owner: str
    reason: str
    path: str = ""
    symbol: str = ""
    findings: int = 0
    inline: bool = False


class Demand(msgspec.Struct, frozen=True):
    """One thing that the policy demands of a phase, and how it stands.

    `state` is "unknown" where it could not be decided. `remark` says how it stands in
    words ("last: 31 h ago, restored: too old"), `help` what to do about it.
    """

    demanded: str
    state: State
    remark: str = ""
    help: str = ""


class Section(msgspec.Struct, frozen=True):
    """A phase that the change touches, or a whole migration where `phase` is "".

    `traits` are its short marks ("high risk", "data"); `files` counts the touched ones.
    """

    migration: str
    phase: str = ""
    title: str = ""
    traits: tuple[str, ...] = ()
    files: int = 0
    demands: tuple[Demand, ...] = ()


class Report(msgspec.Struct, frozen=True):
    """What a run found.

    `judged` says in words what was looked at ("2 staged files"). `notes` are sentences
    worth saying even when nothing is wrong (a ratchet's count). `undecided` says what
    could not be known: while it holds anything, the verdict is never clean. `sections`
    are the demands on the phases that are touched, `waivers` the exceptions in force.
    `whole` says that a whole tree was looked at, so that what nothing needs is known.
    """

    judged: str
    policy: PolicySource
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    version: int = SCHEMA_VERSION
    sections: tuple[Section, ...] = ()
    waivers: tuple[WaiverInForce, ...] = ()
    whole: bool = False

    @property
    def verdict(self) -> Verdict:
        """undecided before found before clean; only errors are found."""
        if self.undecided:
            return "undecided"
        if any(finding.severity is Severity.ERROR for finding in self.findings):
            return "found"
        return "clean"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By place, there the worst first, then by rule; each finding once.

    It is the order in which reports list them.
    """
    different = list(dict.fromkeys(findings))
    keys = {id(f): _order(f) for f in different}
    found = sorted(different, key=lambda f: keys[id(f)])
    if any(keys[id(one)] == keys[id(other)] for one, other in pairwise(found)):
        # To write each of them out takes longer than all the rest.
        found.sort(key=lambda f: (keys[id(f)], repr(f)))
    return tuple(found)


def _order(f: Finding) -> tuple[str | int, ...]:
    return (
        f.place.path, f.place.line, f.place.column, _RANK[f.severity], f.rule,
        f.symbol, f.migration, f.phase, f.place.end_line, f.place.end_column,
        f.message,
    )  # fmt: skip


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors, then warnings, then the rest; `in_order` among equals."""
    return tuple(sorted(in_order(findings), key=lambda f: _RANK[f.severity]))


def count(report: Report) -> str:
    """How much was found, in words: "2 errors, 1 warning", or "1 finding" if all are
    errors, or "no findings"."""
    numbers = [
        (sum(f.severity is severity for f in report.findings), severity.value)
        for severity in _RANK
    ]
    numbers = [(n, word) for n, word in numbers if n]
    if not numbers:
        return "no findings"
    if numbers[1:] or numbers[0][1] != "error":
        # The last word has no plural.
        return ", ".join(
            f"{n} {word}{'s' if n > 1 and word != 'info' else ''}"
            for n, word in numbers
        )
    n = numbers[0][0]
    return f"{n} finding{'s' if n > 1 else ''}"


def waived(report: Report) -> Iterator[str]:
    """A sentence for each waiver of the policy that silenced something in this run.

    A gate that passes on credit says so. Inline waivers are left out: they are findings.
    """
    for waiver in report.waivers:
        if waiver.findings and not waiver.inline:
            what = " ".join(part for part in (waiver.rule, waiver.symbol) if part)
            where = f" in {waiver.path}" if waiver.path else ""
            yield (
                f"Waived until {waiver.until}: {waiver.findings} of {what}{where}. "
                f"{waiver.owner} answers for it: {waiver.reason}"
            )


def merge(reports: Sequence[Report]) -> Report:
    """One report out of several: shards of a run, or several runs under one policy.

    The order of `reports` makes no difference. What is equal is said once; the findings
    that a waiver silenced are added up. Raises UsageError for none at all, and where
    their policies differ.
    """
    if not reports:
        raise UsageError("there is no report to merge")
    policies = {report.policy for report in reports}
    if len(policies) > 1:
        trees = ", ".join(sorted(f"{p.path} from {p.tree}" for p in policies))
        raise UsageError(f"reports under different policies do not merge: {trees}")
    if {report.version for report in reports} != {SCHEMA_VERSION}:
        raise UsageError(f"only reports of version {SCHEMA_VERSION} merge")
    return Report(
        judged=", ".join(sorted({p for r in reports for p in r.judged.split(", ")})),
        policy=reports[0].policy,
        findings=in_order(finding for r in reports for finding in r.findings),
        notes=tuple(sorted({note for r in reports for note in r.notes})),
        undecided=tuple(sorted({why for r in reports for why in r.undecided})),
        sections=_merged_sections(reports),
        waivers=_merged_waivers(reports),
        whole=any(report.whole for report in reports),
    )


def _merged_sections(reports: Sequence[Report]) -> tuple[Section, ...]:
    """By migration and phase: the most files that one saw, every demand, worst state."""
    found: dict[tuple[str, str, str], list[Section]] = {}
    for section in (section for report in reports for section in report.sections):
        key = section.migration, section.phase, section.title
        found.setdefault(key, []).append(section)
    return tuple(
        Section(
            *key,
            traits=tuple(sorted({trait for s in group for trait in s.traits})),
            files=max(s.files for s in group),
            demands=_merged_demands(group),
        )
        for key, group in sorted(found.items())
    )


def _merged_demands(sections: Sequence[Section]) -> tuple[Demand, ...]:
    worst: dict[str, Demand] = {}
    rank = {"unknown": 0, "unmet": 1, "met": 2}
    for demand in (demand for section in sections for demand in section.demands):
        other = worst.get(demand.demanded, demand)
        worst[demand.demanded] = min(
            other, demand, key=lambda d: (rank[d.state], d.remark, d.help)
        )
    return tuple(worst[name] for name in sorted(worst))


def _merged_waivers(reports: Sequence[Report]) -> tuple[WaiverInForce, ...]:
    counts: dict[WaiverInForce, int] = {}
    for waiver in (waiver for report in reports for waiver in report.waivers):
        key = msgspec.structs.replace(waiver, findings=0)
        counts[key] = counts.get(key, 0) + waiver.findings
    return tuple(
        msgspec.structs.replace(waiver, findings=n)
        for waiver, n in sorted(counts.items())
    )
