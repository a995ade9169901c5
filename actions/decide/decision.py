"""The decision, as one value: what is printed and what programs read."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

SCHEMA_VERSION = 1

# roll-back: at once or by the deadline. undecided: an answer that matters is missing.
Verdict = Literal["roll-back", "fix-forward", "investigate", "no-rollback", "undecided"]


class Reason(msgspec.Struct, frozen=True):
    """What calls for something: a trigger that fired, or where the tree ended. `level`
    is the level of rollback that is enough for it; "" where nobody says."""

    what: str
    severity: str = ""
    action: str = ""
    level: str = ""
    procedure: str = ""
    note: str = ""


class Person(msgspec.Struct, frozen=True):
    """Somebody to ask or to tell: a role of the policy, and how it is reached."""

    role: str
    contact: str


class Deed(msgspec.Struct, frozen=True):
    """Something to do, in words, and the command that does it; "" where there is none."""

    do: str
    run: str = ""


class Way(msgspec.Struct, frozen=True):
    """A level of rollback, and what is done at it. `effect` says how soon it acts, `when`
    when it is meant; `pro` and `con` are what speaks for it and against it."""

    level: str
    deeds: tuple[Deed, ...]
    effect: str = ""
    when: str = ""
    pro: tuple[str, ...] = ()
    con: tuple[str, ...] = ()


class Decision(msgspec.Struct, frozen=True):
    """The whole decision.

    `name` is what it is about, "" where nothing was named. `ways` are the levels that are
    enough, fastest first; `next` is the command to go on with. `deadline` is UTC. `missing` are the
    keys of questions that nobody answered, `symptoms` how a failure of the phase looks.
    """

    verdict: Verdict
    name: str
    title: str
    severity: str
    reasons: tuple[Reason, ...]
    within: str
    deadline: datetime | None
    approve: tuple[Person, ...]
    notify: tuple[Person, ...]
    escalation: tuple[Person, ...]
    ways: tuple[Way, ...]
    next: str
    before: tuple[str, ...]
    notes: tuple[str, ...]
    missing: tuple[str, ...]
    symptoms: tuple[str, ...] = ()
    version: int = SCHEMA_VERSION
