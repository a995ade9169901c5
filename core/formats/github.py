"""github: annotations on the lines of a pull request, as workflow commands.

GitHub shows ten annotations of each type for a step and drops the rest in silence:
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from typing import TextIO

from ..escape import command_data, command_property, terminal
from ..finding import Finding, Severity
from ..report import Report, count, waived, worst_first
from . import Style

LIMIT = 10  # annotations of one type in one step

_TYPES = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


def write(report: Report, out: TextIO, style: Style) -> None:
    """The worst ten findings of each severity, and how many there are in all.

    What could not be decided comes first, as errors; the notes are lines of the log.
    """
    left = {Severity.ERROR: LIMIT, Severity.WARNING: LIMIT, Severity.INFO: LIMIT - 1}
    dropped = 0
    if report.policy.note:
        out.write(terminal(report.policy.note) + "\n")
    for why in report.undecided:
        if left[Severity.ERROR]:
            left[Severity.ERROR] -= 1
            out.write(f"::error title=backout cannot decide::{command_data(why)}\n")
        else:
            dropped += 1
    for finding in worst_first(report.findings):
        if left[finding.severity]:
            left[finding.severity] -= 1
            out.write(_annotation(finding) + "\n")
        else:
            dropped += 1
    if dropped:
        said = (
            f"{count(report)} in {report.judged}. GitHub shows {LIMIT} of a kind, "
            f"so {dropped} more are not annotated: the job's summary holds them."
        )
        # The tenth notice is kept for this.
        out.write(f"::notice title=backout::{command_data(said)}\n")
    out.writelines(terminal(note) + "\n" for note in (*report.notes, *waived(report)))


def _annotation(finding: Finding) -> str:
    place = finding.place
    properties = {"file": place.path}
    if place.line:
        properties["line"] = str(place.line)
        properties["endLine"] = str(max(place.line, place.end_line))
        if place.column and place.end_line in (0, place.line):
            # Columns are only allowed where one line is meant.
            properties["col"] = str(place.column)
            if place.end_column:
                properties["endColumn"] = str(place.end_column)
    why = " / ".join(part for part in (finding.migration, finding.phase) if part)
    properties["title"] = f"{finding.rule} ({why})" if why else finding.rule
    shown = ",".join(f"{k}={command_property(v)}" for k, v in properties.items())
    text = "\n".join(part for part in (finding.message, finding.help) if part)
    return f"::{_TYPES[finding.severity]} {shown}::{command_data(text)}"
