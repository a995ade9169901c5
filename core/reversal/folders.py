"""Tree objects: read as folders, and written again with some files exchanged.

Only the folders on the way to those files are read and written, so it takes as long in
a large tree as in a small one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..errors import CannotDecide
from ..git import encode
from ..tree import Entry

Rows = dict[bytes, tuple[bytes, str]]  # a name -> its mode as git writes it, its id
Read = Callable[[str], bytes]  # a tree's id -> its content
Write = Callable[[bytes], str]  # the other way round
_FOLDER = b"40000"


def edited(
    read: Read, write: Write, tree: str, files: Mapping[str, Entry | None]
) -> str:
    """`tree` with these paths set, or without those that are None; its id.

    A file that is set takes the place of a folder of its name, and the other way round.
    Raises CannotDecide for a path that git would not take.
    """
    wanted = {_parts(path): entry for path, entry in files.items()}
    return _edited(read, write, tree, wanted) or write(b"")


def _parts(path: str) -> tuple[bytes, ...]:
    parts = tuple(encode(path).split(b"/"))
    if any(part in (b"", b".", b"..") or part.lower() == b".git" for part in parts):
        raise CannotDecide(f"git takes no file called {path!r}")
    return parts


def rows(data: bytes, width: int) -> Rows:
    """A tree's content; an id has `width` bytes."""
    found: Rows = {}
    at = 0
    while at < len(data):
        blank = data.index(b" ", at)
        end = data.index(b"\0", blank)
        oid = data[end + 1 : end + 1 + width].hex()
        found[data[blank + 1 : end]] = (data[at:blank], oid)
        at = end + 1 + width
    return found


def content(found: Rows) -> bytes:
    """The inverse of `rows`, in git's order: a folder's name counts with a slash."""
    order = sorted(
        found, key=lambda name: name + b"/" if found[name][0] == _FOLDER else name
    )
    return b"".join(
        found[name][0] + b" " + name + b"\0" + bytes.fromhex(found[name][1])
        for name in order
    )


def _edited(
    read: Read,
    write: Write,
    tree: str,
    files: Mapping[tuple[bytes, ...], Entry | None],
) -> str:
    """The new tree's id, "" where nothing is left in it. `tree` is "" for a new one."""
    old = rows(read(tree), len(tree) // 2) if tree else {}
    new = dict(old)
    inside: dict[bytes, dict[tuple[bytes, ...], Entry | None]] = {}
    for (name, *rest), entry in files.items():
        if rest:
            inside.setdefault(name, {})[tuple(rest)] = entry
        elif entry is None and new.get(name, (b"", ""))[0] != _FOLDER:
            new.pop(name, None)
    for name, some in inside.items():
        mode, oid = new.get(name, (b"", ""))
        if mode != _FOLDER:
            oid = ""
            if not any(some.values()):
                continue  # nothing to take out of what is no folder
        made = _edited(read, write, oid, some)
        if made:
            new[name] = (_FOLDER, made)
        else:
            new.pop(name, None)
    for (name, *rest), entry in files.items():
        if not rest and entry is not None:
            new[name] = (f"{entry.mode:o}".encode("ascii"), entry.oid)
    if new == old and tree:
        return tree
    return write(content(new)) if new else ""
