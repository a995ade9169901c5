"""Where a file went that is no longer at its place."""

from __future__ import annotations

from ..core.change import Change


def moved_to(change: Change, path: str) -> str:
    """The new path in the head of a file that the change took away, "" if it is gone.

    The same content elsewhere, or else the only new file of the same name.
    """
    gone = change.files.get(path)
    if gone is None or gone.old is None:
        return ""
    new = {p: f.new for p, f in change.files.items() if f.old is None and f.new}
    for other, entry in sorted(new.items()):
        if gone.old.oid and entry.oid == gone.old.oid:
            return other
    name = path.rpartition("/")[2]
    alike = [other for other in new if other.rpartition("/")[2] == name]
    return alike[0] if len(alike) == 1 else ""
