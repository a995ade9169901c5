"""What is rolled back: a phase's work that the base took back, and that may not land
again by the way."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from .tree import Entry


class RolledBack(msgspec.Struct, frozen=True):
    """A rollback in force: proven from the base's history, and not landed again since.

    `record` is its record's path; `commits` are the ids of the mainline's commits that
    did it, newest first; `files` holds what each file was before the rollback and after
    it, None where it was not there.
    """

    migration: str
    phases: tuple[str, ...]
    record: str
    commits: tuple[str, ...]
    files: Mapping[str, tuple[Entry | None, Entry | None]]

    @property
    def name(self) -> str:
        """As one types it: "storage-v2/7", "storage-v2/7+8"."""
        return f"{self.migration}/{'+'.join(self.phases)}"
