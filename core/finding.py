"""What a check says: facts, without colour or layout, the same for every format."""

from __future__ import annotations

from enum import Enum

import msgspec


class Severity(Enum):
    """How bad it is. Only an error stops a commit or a merge."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where: a file, and if known a span in it.

    `path` is relative to the repository's top, with `/` between its parts; bytes that
    are not UTF-8 are carried as lone surrogates (`surrogateescape`). Lines and columns
    count from 1, columns in characters, a byte order mark not counted; the end is
    exclusive. All four are 0 where the whole file is meant.
    """

    path: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0


class Excerpt(msgspec.Struct, frozen=True):
    """Some source lines around a place, without their line ends.

    `first` is the number of the first line, `column` that of the first character kept of
    each: very long lines are cut on both sides.
    """

    first: int
    lines: tuple[str, ...]
    column: int = 1


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing wrong.

    `message` says what is wrong and why, in whole sentences; `help` says what to do.
    `symbol`, `migration` and `phase` are empty where they do not apply; `also` are the
    further migrations or phases that it is about, as MIGRATION or MIGRATION/PHASE.
    `related` are other places with what each has to do with it. `excerpt` is filled in
    by the gate.
    """

    rule: str
    severity: Severity
    place: Place
    message: str
    help: str = ""
    symbol: str = ""
    migration: str = ""
    phase: str = ""
    related: tuple[tuple[Place, str], ...] = ()
    excerpt: Excerpt | None = None
    also: tuple[str, ...] = ()

    @property
    def migrations(self) -> set[str]:
        """The migrations that it is about; none where it is about all of them."""
        also = {address.partition("/")[0] for address in self.also}
        return {self.migration, *also} if self.migration else set()

    def is_about(self, migration: str, phase: str) -> bool:
        """Whether it is about this phase, if only as one of its migration's or of all."""
        own = f"{self.migration}/{self.phase}" if self.phase else self.migration
        meant = {"", migration, f"{migration}/{phase}"}
        return not meant.isdisjoint((own, *self.also))


class Note(msgspec.Struct, frozen=True):
    """A sentence of a check's that is no finding: worth saying when nothing is wrong."""

    sentence: str


class Rule(msgspec.Struct, frozen=True):
    """A kind of finding. `id` is stable and kebab-case; `docs/rules/<id>.md` is its page.

    `summary` is what it finds, as one short clause without a full stop.
    """

    id: str
    summary: str
    severity: Severity = Severity.ERROR
