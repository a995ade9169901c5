"""What a reversal changes, file by file, in lines."""

from __future__ import annotations

from typing import Literal

import msgspec

from ..git import decode
from ..tree import Entry
from .scratch import Scratch


class Difference(msgspec.Struct, frozen=True):
    """One path that differs. `added` and `removed` are lines, -1 for a binary file."""

    path: str
    old: Entry | None
    new: Entry | None
    added: int = 0
    removed: int = 0

    @property
    def kind(self) -> Literal["restored", "deleted", "changed"]:
        """Whether it comes back, goes, or changes back."""
        if self.old is None:
            return "restored"
        return "deleted" if self.new is None else "changed"


def differences(scratch: Scratch, before: str, after: str) -> list[Difference]:
    """The files that differ between two trees, by path."""
    if before == after:
        return []
    rows = scratch.run(
        "diff-tree", "-r", "--raw", "--numstat", "-z", "--no-renames", "--no-abbrev",
        before, after,
    ).split(b"\0")  # fmt: skip
    entries: dict[bytes, tuple[Entry | None, Entry | None]] = {}
    at = 0
    while rows[at].startswith(b":"):
        old_mode, new_mode, old, new, _ = rows[at][1:].decode("ascii").split(" ")
        entries[rows[at + 1]] = (_entry(old_mode, old), _entry(new_mode, new))
        at += 2
    lines: dict[bytes, tuple[int, int]] = {}
    for row in rows[at:-1]:
        added, removed, path = row.split(b"\t", 2)
        lines[path] = (_count(added), _count(removed))
    return [
        Difference(decode(path), old, new, *lines.get(path, (0, 0)))
        for path, (old, new) in entries.items()
    ]


def _entry(mode: str, oid: str) -> Entry | None:
    return Entry(int(mode, 8), oid) if int(mode, 8) else None


def _count(number: bytes) -> int:
    return -1 if number == b"-" else int(number)
