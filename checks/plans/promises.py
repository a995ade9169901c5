"""The recovery times a plan promises, and where: the numbers a rehearsal will test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .document import Plan
from .durations import stretches
from .meaning import words
from .outline import Outline, plain

# What a line is about when its duration is a promise of how long the rollback takes.
_PROMISES = re.compile(
    r"\b(?:recovery time|rto|time to (?:recover|restore|roll ?back)|rollback (?:time|sla|"
    r"duration|window)|estimated (?:rollback )?(?:time|duration)|expected (?:time|"
    r"duration)|total (?:time|duration|rto)|downtime|sla|recover(?:s|y)? (?:in|within)|"
    r"completes? (?:in|within)|takes? (?:about|up to|less|under|roughly)?|"
    r"wiederherstellungszeit|dauer|dauert|hersteltijd|duur|duurt|duree|delai|temps de "
    r"(?:retour|restauration|reprise)|tiempo de recuperacion|duracion|tarda)\b"
)
_NOT = re.compile(
    r"\b(?:monitor|watch|observe|wait|soak|every|hold|keep|retention|error rate|"
    r"latency|cpu|timeout|beobacht|warte|uberwach|surveill|vigil)"
)
_STEP_TITLE = re.compile(r"\((?P<inside>[^()]{1,40})\)\W*$")


class Promise(NamedTuple):
    """A recovery time: at most `seconds`, in `line`; `kind` says how it is stated.

    "stated" of a whole (a phase, a document), "step" of one step's title or row.
    """

    line: int
    seconds: float
    kind: str


def promises(sought: Outline) -> list[Promise]:
    """Every recovery time that the plan states, in its order."""
    found = {*_front(sought), *_titles(sought), *_sentences(sought), *_rows(sought)}
    return sorted(found)


def _front(sought: Outline) -> Iterator[Promise]:
    value = sought.front("recovery-time", "rto")
    for stretch in stretches(str(value)) if value is not None else ():
        yield Promise(1, stretch.high, "stated")


def _titles(sought: Outline) -> Iterator[Promise]:
    """ "### 2. Start rollback (1 min)", "**IMMEDIATE ROLLBACK** (<5 minutes)"."""
    for topic in sought.topics:
        shown = f"{topic.title} {topic.first}".strip()
        inside = _STEP_TITLE.search(shown.rstrip(":* "))
        if inside is None or _NOT.search(words(shown)):
            continue
        is_whole = any(word in words(shown) for word in ("rollback", "recovery"))
        for stretch in stretches(inside["inside"])[:1]:
            yield Promise(topic.line, stretch.high, "stated" if is_whole else "step")


def _sentences(sought: Outline) -> Iterator[Promise]:
    for line, text in _lines(sought.plan):
        plain_words = words(text)
        about = _PROMISES.search(plain_words) or sought.is_in(line, "recovery-time")
        if not about or _NOT.search(plain_words):
            continue
        if sought.is_in(line, "triggers") and not _PROMISES.search(plain_words):
            continue
        for stretch in stretches(text)[:1]:
            yield Promise(line, stretch.high, "stated")


def _rows(sought: Outline) -> Iterator[Promise]:
    for table in sought.plan.tables:
        columns = [
            index
            for index, cell in enumerate(table.header)
            if _PROMISES.search(words(cell))
            or re.search(
                r"\b(?:time|duration|dauer|zeit|tijd|temps|tiempo)\b", words(cell)
            )
        ]
        inside = sought.is_in(table.line, "recovery-time")
        for row in table.rows:
            labelled = bool(row.cells) and _PROMISES.search(words(row.cells[0]))
            wanted = (
                range(len(row.cells))
                if labelled or (inside and not columns)
                else columns
            )
            for index in wanted:
                if index >= len(row.cells):
                    continue
                for stretch in stretches(plain(row.cells[index]))[:1]:
                    kind = "step" if columns and not labelled else "stated"
                    yield Promise(row.line, stretch.high, kind)


def _lines(plan: Plan) -> Iterator[tuple[int, str]]:
    """The lines of paragraphs and items, as plain text."""
    for text in plan.texts:
        for offset, line in enumerate(text.text.split("\n")):
            yield text.line + offset, plain(line)
