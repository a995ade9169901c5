"""json: for programs. `core/report.schema.json` describes it, made from this model.

Every field is always there, in this order. `version` changes when a field changes its
meaning or goes. Text holds no lone surrogates: see `to_json` in `core/escape.py`.
"""

from __future__ import annotations

from typing import Any, Literal, TextIO, TypeVar, cast

import msgspec

from ..document_schema import document_schema
from ..errors import UsageError
from ..escape import from_json, json_source, to_json
from ..finding import Excerpt, Finding, Place, Severity
from ..report import (
    SCHEMA_VERSION,
    PolicySource,
    Report,
    Section,
    Verdict,
    WaiverInForce,
)
from . import Style

_Said = TypeVar("_Said", Report, Finding)


class RelatedPlace(msgspec.Struct, frozen=True):
    """Another place, and what it has to do with the finding."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str


class FlatFinding(msgspec.Struct, frozen=True):
    """One thing wrong. Lines and columns count from 1, columns in characters, the end is
    exclusive; all four are 0 where the whole file is meant."""

    rule: str
    severity: Severity
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    symbol: str
    migration: str
    phase: str
    message: str
    help: str
    related: tuple[RelatedPlace, ...]
    excerpt: Excerpt | None
    also: tuple[str, ...] = ()


class Document(msgspec.Struct, frozen=True):
    """A report of `backout`."""

    version: Literal[1]
    verdict: Verdict
    judged: str
    policy: PolicySource
    findings: tuple[FlatFinding, ...]
    undecided: tuple[str, ...]
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    waivers: tuple[WaiverInForce, ...]
    whole: bool


# Where the findings come, in a document that is written without them.
_NO_FINDINGS = '\n  "findings": [],\n'


def write(report: Report, out: TextIO, style: Style) -> None:
    """One JSON object, indented, with a line end.

    One finding at a time: tens of thousands take as much memory as all else.
    """
    if report.version != SCHEMA_VERSION:
        raise UsageError(f"only reports of version {SCHEMA_VERSION} can be written")
    # A line feed is in no string: it is written as an escape there.
    head, tail = _source(_document(report)).split(_NO_FINDINGS)
    out.write(f'{head}\n  "findings": [')
    between = "\n    "
    for finding in report.findings:
        out.write(between + _source(_flat(_clean(finding))).replace("\n", "\n    "))
        between = ",\n    "
    end = "\n  " if report.findings else ""
    out.write(f"{end}],\n{tail}\n")


def _source(value: object) -> str:
    text = msgspec.json.format(msgspec.json.encode(value), indent=2)
    return json_source(text.decode("utf-8"))


def read(text: str) -> Report:
    """The report that `write` wrote.

    Raises UsageError where `text` is not one, or one of a version that we do not know.
    """
    try:
        document = msgspec.json.decode(text.encode("utf-8"), type=Document)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise UsageError(f"this is no report of version 1: {error}") from error
    return _report(document)


def schema() -> dict[str, Any]:
    """The JSON Schema of what `write` writes."""
    return document_schema(Document)


def _document(report: Report) -> Document:
    """All but the findings."""
    rest = _clean(msgspec.structs.replace(report, findings=()))
    return Document(
        version=1,
        verdict=report.verdict,
        judged=rest.judged,
        policy=rest.policy,
        findings=(),
        undecided=rest.undecided,
        notes=rest.notes,
        sections=rest.sections,
        waivers=rest.waivers,
        whole=rest.whole,
    )


def _clean(value: _Said) -> _Said:
    """With `to_json` of every text. Most often that changes none, which is soon known."""
    try:
        if "\ufffd".encode() not in msgspec.json.encode(value):
            return value
    except UnicodeEncodeError:  # a lone surrogate
        pass
    return cast(_Said, _mapped(value, to_json))


def _report(document: Document) -> Report:
    report = Report(
        judged=document.judged,
        policy=document.policy,
        findings=tuple(map(_full, document.findings)),
        undecided=document.undecided,
        notes=document.notes,
        sections=document.sections,
        waivers=document.waivers,
        whole=document.whole,
    )
    return cast(Report, _mapped(report, from_json))


def _flat(finding: Finding) -> FlatFinding:
    place = finding.place
    return FlatFinding(
        rule=finding.rule,
        severity=finding.severity,
        path=place.path,
        line=place.line,
        column=place.column,
        end_line=place.end_line,
        end_column=place.end_column,
        symbol=finding.symbol,
        migration=finding.migration,
        phase=finding.phase,
        message=finding.message,
        help=finding.help,
        related=tuple(
            RelatedPlace(p.path, p.line, p.column, p.end_line, p.end_column, what)
            for p, what in finding.related
        ),
        excerpt=finding.excerpt,
        also=finding.also,
    )


def _full(flat: FlatFinding) -> Finding:
    return Finding(
        rule=flat.rule,
        severity=flat.severity,
        place=Place(flat.path, flat.line, flat.column, flat.end_line, flat.end_column),
        message=flat.message,
        help=flat.help,
        symbol=flat.symbol,
        migration=flat.migration,
        phase=flat.phase,
        related=tuple(
            (Place(p.path, p.line, p.column, p.end_line, p.end_column), p.message)
            for p in flat.related
        ),
        excerpt=flat.excerpt,
        also=flat.also,
    )


def _mapped(value: Any, change: Any) -> Any:
    """`value` with every text in it changed: structs and tuples all the way down."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_mapped(item, change) for item in value)  # pyright: ignore
    if isinstance(value, msgspec.Struct):
        fields = {
            n: _mapped(getattr(value, n), change) for n in value.__struct_fields__
        }
        return type(value)(**fields)
    return value


if __name__ == "__main__":
    import json
    import sys

    json.dump(schema(), sys.stdout, indent=2)
    print()
