"""markdown: for the summary of a job, and for a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple, TextIO

from ..escape import code, entities, markdown, no_command
from ..finding import Finding, Place, Severity
from ..report import Report, Section, count, in_order
from . import Style

SIZE = 1_000_000  # bytes; GitHub refuses a summary of more than 1 MiB, whole
FOLD = 10  # findings of a migration that are shown unfolded
CELL = 2_000  # characters of one cell
_RESERVE = 1_000  # bytes for the sentence that says what was left out

_VERDICTS = {
    "clean": "backout: nothing stands in the way",
    "found": "backout: cannot merge yet",
    "undecided": "backout: cannot decide",
}
_STATES = {"met": "ok", "unmet": "not met", "unknown": "not decided"}


def write(report: Report, out: TextIO, style: Style) -> None:
    """The verdict, the demands on each phase, the findings of each migration, the rest.

    What goes beyond the size that GitHub takes is left out and counted.
    """
    head, foot = _joined(_head(report)), _joined(_foot(report))
    room = SIZE - len(head.encode()) - len(foot.encode()) - _RESERVE
    if room < 0:  # demands, notes and waivers alone are that many
        head = head.encode()[: SIZE // 2].decode(errors="ignore").rpartition("\n")[0]
        head, foot = f"{head}\n\nThe report is too long to be shown.\n", ""
    out.write(head)
    dropped = 0
    for table in _tables(report):
        room -= len(_joined(table.opening).encode()) + len(_joined(table.end).encode())
        rows: list[str] = []
        for row in table.rows:
            room -= len(_joined([row]).encode())
            if room < 0:
                break
            rows.append(row)
        dropped += len(table.rows) - len(rows)
        if rows:
            out.write(_joined([*table.opening, *rows, *table.end]))
    if dropped:
        out.write(f"{dropped} more are left out: the report would be too long.\n\n")
    out.write(foot)


class _Table(NamedTuple):
    opening: list[str]
    rows: list[str]
    end: list[str]


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{no_command(line)}\n" for line in lines)


def _head(report: Report) -> Iterator[str]:
    yield f"### {_VERDICTS[report.verdict]}"
    yield ""
    if report.policy.note:
        yield _cell(report.policy.note)
        yield ""
    for why in report.undecided:
        yield f"- Not decided: {_cell(why)}"
    if report.undecided:
        yield ""
    for section in report.sections:
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    name = " / ".join(part for part in (section.migration, section.phase) if part)
    title = " ".join(part for part in (name, section.title) if part)
    traits = f" ({_cell(', '.join(section.traits))})" if section.traits else ""
    files = f"{section.files} file{'' if section.files == 1 else 's'}"
    touched = f" is touched by {files}." if section.files else ""
    yield f"{_bold(title)}{traits}{touched}"
    yield ""
    if section.demands:
        yield "| demanded | state |"
        yield "|---|---|"
        for demand in section.demands:
            parts = [demand.remark or _STATES[demand.state], demand.help]
            if demand.state != "met" and demand.remark:
                parts.insert(0, f"{_STATES[demand.state]}:")
            state = " ".join(_cell(part) for part in parts if part)
            yield f"| {_cell(demand.demanded)} | {state} |"
        yield ""


def _tables(report: Report) -> Iterator[_Table]:
    """One table for each migration, folded where it is long."""
    ordered = sorted(in_order(report.findings), key=lambda f: f.migration)
    for migration, group in groupby(ordered, key=lambda f: f.migration):
        findings = tuple(group)
        found = count(Report(report.judged, report.policy, findings))
        title = f"{migration}: {found}" if migration else found
        names = ["| where | rule | what and why |", "|---|---|---|"]
        rows = [_row(finding) for finding in findings]
        if len(rows) > FOLD:
            opening = ["<details>", f"<summary>{entities(title)}</summary>", "", *names]
            yield _Table(opening, rows, ["", "</details>", ""])
        else:
            yield _Table([_bold(title), "", *names], rows, [""])


def _row(finding: Finding) -> str:
    degree = "" if finding.severity is Severity.ERROR else finding.severity.value
    rule = code(finding.rule) + (f" {degree}" if degree else "")
    if finding.phase:
        rule += f"<br>phase {_cell(finding.phase)}"
    texts = [finding.message, finding.help]
    texts += [f"{_where(place)}: {what}" for place, what in finding.related]
    what = "<br>".join(_cell(text) for text in texts if text)
    return f"| {code(_where(finding.place))} | {rule} | {what} |"


def _where(place: Place) -> str:
    return f"{place.path}:{place.line}" if place.line else place.path


def _foot(report: Report) -> Iterator[str]:
    for note in report.notes:
        yield f"- {_cell(note)}"
    if report.notes:
        yield ""
    if report.waivers:
        yield "| waiver in force | until | owner | because | silenced |"
        yield "|---|---|---|---|---|"
        for waiver in report.waivers:
            of = " ".join(code(part) for part in (waiver.path, waiver.symbol) if part)
            cells = [
                f"{code(waiver.rule)} {of}".rstrip(),
                _cell(waiver.until),
                _cell(waiver.owner),
                _cell(waiver.reason),
                str(waiver.findings),
            ]
            yield f"| {' | '.join(cells)} |"
        yield ""
    found = count(report)
    policy = f"{code(report.policy.path)} from {_cell(report.policy.tree)}"
    yield f"{found.capitalize()} in {_cell(report.judged)}. Policy: {policy}."


def _bold(text: str) -> str:
    cell = _cell(text)
    return f"**{cell}**" if cell else ""  # four stars would be a rule


def _cell(text: str) -> str:
    return markdown(text if len(text) <= CELL else f"{text[:CELL]}…")
