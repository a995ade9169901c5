"""What one command does, as a value."""

from __future__ import annotations

from typing import Literal

import msgspec

Database = Literal["", "dump", "restore", "destroy", "down", "up", "query", "create"]


class Effect(msgspec.Struct, frozen=True):
    """What a command does. Paths are as written.

    `reads` are files it needs, `writes` files it makes, `removes` paths it takes away.
    `replaces` says that it overwrites state that cannot be had back from git.
    `database` is what it does to one, `target` the database it names. `stops` and
    `starts` are services. `runs` is a program of the repository's that it starts.
    `interactive` says why it needs a person at the keyboard, `endless` why it does not
    return. `records` says that it makes a commit, `publishes` that it takes the change to where it is run.
    """

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()
    replaces: bool = False
    database: Database = ""
    target: str = ""
    engine: str = ""
    stops: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    runs: str = ""
    interactive: str = ""
    endless: str = ""
    records: bool = False
    publishes: bool = False


NOTHING = Effect()
