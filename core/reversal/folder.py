"""A temporary folder of our own: what a killed run left behind goes with the next one.

Its owner holds a lock on a file in it, which the system lets go however the owner ends.
Who gets that lock knows that nobody is there any more; a process's number would not say
so where containers share a folder.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

_PREFIX = "backout-scratch-"
_LOCK = "lock"


class Folder:
    """An empty folder at `path`, there until it is closed."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="backout-new-"))
        self._lock = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        if not _locks(self._lock):
            return  # no lock on this system: nobody will take it for left behind
        # It has its name only now, so that whatever has it was locked at first.
        named = self.path.with_name(self.path.name.replace("backout-new-", _PREFIX))
        self.path = self.path.rename(named)
        _sweep(self.path.parent)

    def close(self) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _sweep(parent: Path) -> None:
    """Remove what runs left that were killed."""
    with suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and entry.is_dir(follow_symlinks=False):
                _remove_if_left(Path(entry.path))


def _remove_if_left(folder: Path) -> None:
    try:
        # Another person's cannot be opened, and one without a lock is none of ours.
        lock = os.open(folder / _LOCK, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return
    try:
        if _locks(lock):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _locks(file: int) -> bool:
    """Whether the lock on an open file can be had, at once."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
