"""The plan of a reland, as one value: what `--dry-run` prints and the branch does."""

from __future__ import annotations

import msgspec

from ..reversal.plan import CommitFacts, File


class Item(msgspec.Struct, frozen=True):
    """One thing that must be done before, and whether somebody states that it is."""

    text: str
    done: bool


class Moved(msgspec.Struct, frozen=True):
    """A file that does not come back as it was rolled back: later `commits` changed it."""

    path: str
    commits: tuple[CommitFacts, ...]


class Plan(msgspec.Struct, frozen=True):
    """The whole plan.

    `name` is the phase as one types it, `rollback` the path of the record of the rollback
    that ends, `commits` the mainline's commits that are reverted, newest first; `merge`
    says that the newest is a merge, so that merging the old branch again would bring
    nothing. `conflicts` stay as they are at present. `steps` and `stages` are how it goes
    on, in words.
    """

    name: str
    title: str
    rollback: str
    reason: str
    onto_ref: str
    onto: str
    tree: str
    branch: str
    commits: tuple[CommitFacts, ...]
    merge: bool
    files: tuple[File, ...]
    conflicts: tuple[str, ...]
    moved: tuple[Moved, ...]
    items: tuple[Item, ...]
    steps: tuple[str, ...]
    stages: tuple[str, ...]
    version: int = 1

    @property
    def open(self) -> list[str]:
        """The items that nobody has stated to be done."""
        return [item.text for item in self.items if not item.done]
