"""A template with {fields}, filled in with what is known; the rest is marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

_FIELD = re.compile(r"(?<!\{)\{([^{}\n]{1,80})\}(?!\})")

# What a text may not say by itself: nobody has looked yet.
_CLAIMS = re.compile(
    r"\bno (?:\w+ )?data (?:has been|have been|was|were|is) lost\b|\bno data loss\b"
    r"|\b(?:have|has) been (?:preserved|restored|resolved|recovered)\b"
    r"|\b(?:is|are) (?:fully |now )?(?:resolved|restored|recovered)\b"
    r"|\ball systems (?:are )?(?:operational|normal)\b|\bsuccessfully\b",
    re.IGNORECASE,
)

# Other words for a field, as people write them in templates.
_ALSO = {
    "reason": "issue", "problem": "issue", "list": "impact", "affected": "impact",
    "action": "next_steps", "action_1": "next_steps", "description": "root_cause",
    "pr": "branch", "rto": "recovery_time", "expected_resolution": "timeline",
    "title": "phase_title",
}  # fmt: skip


class Claim(msgspec.Struct, frozen=True):
    """Words of a template that promise something; `line` counts from 1."""

    line: int
    words: str


class Rendered(msgspec.Struct, frozen=True):
    """The text, the fields in it that nobody knows, and what it claims by itself."""

    text: str
    unknown: tuple[str, ...]
    claims: tuple[Claim, ...]


def render(template: str, known: Mapping[str, str]) -> Rendered:
    """The template with each {field} filled in, or marked as `[TO FILL IN: field]`.

    A field is found by its name, without regard to case, blanks and remarks after a
    dash: `{DESCRIPTION - if known}`. What stands in `{{ }}` is left alone.
    """
    unknown: dict[str, None] = {}

    def filled(match: re.Match[str]) -> str:
        name = field_name(match[1])
        value = known.get(name) or known.get(_ALSO.get(name, ""), "")
        if value:
            return value
        unknown[match[1]] = None
        return f"[TO FILL IN: {match[1]}]"

    return Rendered(
        _FIELD.sub(filled, template), tuple(unknown), tuple(_claims(template))
    )


def field_name(text: str) -> str:
    """A field's name as it is looked up: `DESCRIPTION - if known` is `description`."""
    word = re.split(r"\s[-\N{EN DASH}\N{EM DASH}:]\s", text.strip(), maxsplit=1)[0]
    return re.sub(r"\W+", "_", word.strip().lower()).strip("_")


def _claims(template: str) -> Iterator[Claim]:
    for number, line in enumerate(template.splitlines(), start=1):
        for found in _CLAIMS.finditer(line):
            yield Claim(number, found[0])
