"""Lengths of time as people write them in plans, read into seconds."""

from __future__ import annotations

import re
from typing import NamedTuple

# Each unit in English, German, Dutch, French and Spanish, then its seconds. A letter
# alone ("5m", "2 h") is a unit only right after its number, at most one space away.
_UNITS = (
    (r"s|secs?|seconds?|sek|sekunden?|seconden?|secondes?|segundos?", 1),
    (r"m|mins?|minutes?|minuten?|minutos?", 60),
    (r"h|hrs?|hours?|std|stunden?|uur|uren|heures?|horas?", 3600),
    (r"d|days?|tagen?|tage?|dag|dagen|jours?|días?|dias?", 86400),
    (r"w|weeks?|wochen?|weken?|semaines?|semanas?", 604800),
)
_SECONDS = tuple((re.compile(words, re.IGNORECASE), size) for words, size in _UNITS)
_UNIT = "|".join(words for words, _ in _UNITS)
_STRETCH = re.compile(
    rf"(?<![\w.,$-])(?P<low>\d{{1,6}}(?:[.,]\d{{1,3}})?)"
    rf"(?:\s*(?:-|–|—|to|bis|tot|à|a)\s*(?P<high>\d{{1,6}}(?:[.,]\d{{1,3}})?))?"
    rf"(?:\s|-|\u00a0)?(?P<unit>{_UNIT})(?![\w%/])",
    re.IGNORECASE,
)


class Stretch(NamedTuple):
    """One length of time in a text, in seconds; `low` and `high` differ for a range.

    `start` and `end` are where it stands in the text.
    """

    low: float
    high: float
    start: int
    end: int


def stretches(text: str) -> list[Stretch]:
    """Every length of time in `text`; the parts of "1 h 30 min" are one."""
    found: list[Stretch] = []
    for match in _STRETCH.finditer(text):
        size = _size(match["unit"])
        low = _number(match["low"]) * size
        high = low if match["high"] is None else _number(match["high"]) * size
        this = Stretch(min(low, high), max(low, high), match.start(), match.end())
        last = found[-1] if found else None
        if (
            last is not None
            and not text[last.end : this.start].strip()
            and last.high > this.high
        ):
            found[-1] = Stretch(
                last.low + this.low, last.high + this.high, last.start, this.end
            )
        else:
            found.append(this)
    return found


def spoken(seconds: float) -> str:
    """A length of time for people: "90 s", "5 min", "1 h 20 min", "3 days"."""
    whole = round(seconds)
    if whole < 120 and whole % 60:
        return f"{whole} s"
    minutes, hours = round(whole / 60), whole // 3600
    if minutes < 120 and minutes % 60:
        return f"{minutes} min"
    if whole >= 2 * 86400 and not whole % 86400:
        return f"{whole // 86400} days"
    rest = minutes - hours * 60
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def policy_form(seconds: float) -> str:
    """The same as a policy writes it: "90s", "5m", "2h", "3d"."""
    whole = max(1, round(seconds))
    for size, letter in ((604800, "w"), (86400, "d"), (3600, "h"), (60, "m")):
        if whole % size == 0:
            return f"{whole // size}{letter}"
    return f"{whole}s"


def _size(unit: str) -> int:
    return next(size for words, size in _SECONDS if words.fullmatch(unit))


def _number(text: str) -> float:
    return float(text.replace(",", "."))
