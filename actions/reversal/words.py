"""How the plan's text counts, dates and names things."""

from __future__ import annotations

from datetime import datetime

from ...core.escape import terminal
from .plan import CommitFacts

_UNITS = ((86400 * 365, "year"), (86400, "day"), (3600, "hour"), (60, "minute"))


def count(number: int, noun: str) -> str:
    """ "1 file", "2 files"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def ago(when: datetime, now: datetime) -> str:
    """How long ago, as people say it."""
    seconds = (now - when).total_seconds()
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{count(int(seconds // size), unit)} ago"
    return "just now"


def commit(fact: CommitFacts, now: datetime) -> str:
    """A commit on one line, escaped for a terminal."""
    return f"{fact.sha[:9]} {named(fact)}  {ago(fact.when, now)}"


def named(fact: CommitFacts) -> str:
    """Its pull request and its subject, escaped for a terminal."""
    subject = fact.subject.removesuffix(f"(#{fact.pull})").rstrip()
    return (f"#{fact.pull} " if fact.pull else "") + terminal(subject)


def briefly(fact: CommitFacts) -> str:
    """Its pull request, or the beginning of its id."""
    return f"#{fact.pull}" if fact.pull else fact.sha[:9]


def joined(words: list[str], most: int = 4) -> str:
    """ "a, b and 3 more"."""
    if len(words) <= most:
        return ", ".join(words)
    return f"{', '.join(words[: most - 1])} and {len(words) - most + 1} more"
