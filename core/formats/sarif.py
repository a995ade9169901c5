"""sarif: for code scanning, SARIF 2.1.0.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and what GitHub takes:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any, TextIO

from .. import rule_pages
from ..escape import json_source, to_json, uri, visible
from ..finding import Finding, Place, Severity
from ..report import Report, count, in_order, waived, worst_first
from . import Style

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://github.com/backout/backout"
RESULTS = 25_000  # GitHub refuses more in one run
SIZE = 9_500_000  # bytes, compressed; GitHub refuses 10 MB
FINGERPRINT = "backoutFinding/v1"

_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}


def write(report: Report, out: TextIO, style: Style) -> None:
    """One run, the worst findings first where they are more than GitHub takes."""
    shown = worst_first(report.findings)[:RESULTS]
    text = _text(report, shown)
    while shown and len(gzip.compress(text.encode(), 6)) > SIZE:
        shown = shown[: len(shown) // 2]
        text = _text(report, shown)
    out.write(text)


def fingerprints(findings: Sequence[Finding]) -> list[str]:
    """One for each finding, the same in the next run though lines have moved.

    Made of the rule, the path, the symbol, the migration and the text of the line; equal
    ones are told apart by their order in the file.
    """
    seen = Counter[str]()
    marks: dict[Finding, str] = {}
    for finding in in_order(findings):
        parts = [
            finding.rule, finding.place.path, finding.symbol, finding.migration,
            _line(finding),
        ]  # fmt: skip
        joined = "\0".join(parts).encode("utf-8", "surrogatepass")
        mark = hashlib.sha256(joined).hexdigest()[:32]
        seen[mark] += 1
        marks[finding] = f"{mark}:{seen[mark]}"
    return [marks[finding] for finding in findings]


def _line(finding: Finding) -> str:
    excerpt = finding.excerpt
    if excerpt is None or not finding.place.line:
        return ""
    index = finding.place.line - excerpt.first
    lines = excerpt.lines[index : index + 1] if index >= 0 else ()
    return " ".join("".join(lines).split())


def _text(report: Report, shown: Sequence[Finding]) -> str:
    return json_source(json.dumps(_log(report, shown), indent=1)) + "\n"


def _log(report: Report, shown: Sequence[Finding]) -> dict[str, Any]:
    rules = sorted({finding.rule for finding in shown})
    marks = fingerprints(shown)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "backout",
                        "semanticVersion": version("backout"),
                        "informationUri": HOME,
                        "rules": [_rule(rule) for rule in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not report.undecided,
                        "toolExecutionNotifications": [
                            {"level": level, "message": {"text": _clean(text)}}
                            for level, text in _notifications(report, shown)
                        ],
                    }
                ],
                "results": [
                    _result(finding, rules.index(finding.rule), mark)
                    for finding, mark in zip(shown, marks, strict=True)
                ],
            }
        ],
    }


def _notifications(
    report: Report, shown: Sequence[Finding]
) -> Iterator[tuple[str, str]]:
    for why in report.undecided:
        yield "error", f"Not decided: {why}"
    if len(shown) < len(report.findings):
        yield "warning", f"{count(report)}; only the worst {len(shown)} are listed here"
    if report.policy.note:
        yield "note", report.policy.note
    for note in (*report.notes, *waived(report)):
        yield "note", note


def _rule(rule: str) -> dict[str, Any]:
    described: dict[str, Any] = {"id": _clean(rule)}
    page = rule_pages.page(rule)
    if page is not None:
        summary = rule_pages.summary(page) or rule
        described["shortDescription"] = {"text": summary[:1024]}
        described["help"] = {"text": page, "markdown": page}
        described["helpUri"] = f"{HOME}/blob/main/docs/rules/{rule}.md"
    return described


def _result(finding: Finding, index: int, mark: str) -> dict[str, Any]:
    text = " ".join(part for part in (finding.message, finding.help) if part)
    result: dict[str, Any] = {
        "ruleId": _clean(finding.rule),
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(text)},
        "locations": [_location(finding.place)],
        "partialFingerprints": {FINGERPRINT: mark},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(place), "message": {"text": _message(what)}}
            for number, (place, what) in enumerate(finding.related)
        ]
    properties = {
        name: _clean(value)
        for name, value in (
            ("symbol", finding.symbol),
            ("migration", finding.migration),
            ("phase", finding.phase),
        )
        if value
    }
    if properties:
        result["properties"] = properties
    return result


def _location(place: Place) -> dict[str, Any]:
    physical: dict[str, Any] = {
        "artifactLocation": {"uri": uri(place.path), "uriBaseId": "%SRCROOT%"}
    }
    if place.line:
        region = {"startLine": place.line}
        if place.column:
            region["startColumn"] = place.column
        if place.end_line:
            region["endLine"] = place.end_line
        if place.end_column:
            region["endColumn"] = place.end_column
        physical["region"] = region
    return {"physicalLocation": physical}


def _clean(text: str) -> str:
    return to_json(text)


def _message(text: str) -> str:
    """`text` as a message: in SARIF "[text](1)" is a link, and "{0}" a placeholder."""
    shown = visible(text).replace("\\", "\\\\")
    for bracket in "[]":
        shown = shown.replace(bracket, "\\" + bracket)
    return shown.replace("{", "{{").replace("}", "}}")
