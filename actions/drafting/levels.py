"""The levels of rollback that a document describes, with what it says of each."""

from __future__ import annotations

import re
from typing import NamedTuple

from ...checks.plans.meaning import words
from .gathered import Gathered
from .words import one_line

_KINDS = (
    ("flag", r"\b(environment variable|feature flags?|flags?|toggle|kill switch)\b"),
    ("config", r"\b(config\w*|settings?)\b"),
    ("data", r"\b(data|database|backup|restore)\b"),
    ("code", r"\b(code|git|revert)\b"),
)


class Level(NamedTuple):
    """One level; what the document does not say is "" or empty."""

    line: int
    name: str
    when: str
    time_to_effect: str
    advantages: tuple[str, ...]
    disadvantages: tuple[str, ...]


def levels(document: Gathered) -> list[Level]:
    """Sections such as "Level 1: Immediate Rollback (Environment Variable)"."""
    found: dict[str, Level] = {}
    for section in document.plan.sections:
        title = words(section.title)
        if not re.match(r"(?:\d+ )*(?:level|stufe|niveau|nivel) \d", title):
            continue
        name = next((n for n, pattern in _KINDS if re.search(pattern, title)), "")
        if not name or name in found:
            continue
        said: dict[str, str] = {}
        lists: dict[str, tuple[str, ...]] = {}
        for topic in document.sought.topics:
            if topic.heading or not section.line < topic.line < section.end_line:
                continue
            key = words(topic.title)
            said.setdefault(key, one_line(topic.first))
            lists.setdefault(
                key,
                tuple(
                    one_line(text.text)
                    for text in document.sought.texts(topic)
                    if text.kind == "item"
                ),
            )
        found[name] = Level(
            section.line, name, said.get("when to use", ""),
            said.get("time to effect", ""), lists.get("advantages", ()),
            lists.get("disadvantages", ()),
        )  # fmt: skip
    return list(found.values())
