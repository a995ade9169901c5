"""Where a file went that is no longer at its place."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.change import Change


def moved_to(change: Change, path: str) -> str:
    """The new path in the head of a file that the change took away, "" if it is gone.

    The same content elsewhere, or else the only new file of the same name, or else the
    new one that holds the most of it, half of it at the least.
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
    if len(alike) == 1:
        return alike[0]
    return _most_alike(change, path, [p for p, entry in new.items() if entry.is_file])


def _most_alike(change: Change, path: str, new: Sequence[str]) -> str:
    kind = path.rpartition("/")[2].rpartition(".")[2]
    same_kind = sorted(p for p in new if p.endswith(kind))
    if change.base is None or not same_kind:
        return ""
    from ..core.reversal.alike import Text

    old = Text(change.base.read(path))
    shares = {
        other: old.share(Text(data), 0.5)
        for other, data in change.head.read_all(same_kind)
    }
    best = max(same_kind, key=lambda other: shares[other])
    return best if shares[best] else ""
