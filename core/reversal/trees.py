"""Trees by their ids: what is in them, and the same with some files exchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from ..git import Git, decode, encode
from ..tree import Entry
from . import folders
from .scratch import Scratch


class Pair(NamedTuple):
    """What a path is in two trees; None where it is not there."""

    old: Entry | None
    new: Entry | None


Differing = dict[str, Pair]  # the paths that are not the same in two trees

_FOLDER = 0o040000


def put_back(scratch: Scratch, tree: str, source: str, paths: Iterable[str]) -> str:
    """`tree` with `paths`, and all beneath them, as they are in the tree `source`."""
    wanted = sorted(paths)
    files: dict[str, Entry | None] = dict.fromkeys(_at(scratch, tree, wanted))
    files.update(_at(scratch, source, wanted))
    return scratch.edited(tree, files)


def _at(scratch: Scratch, tree: str, paths: Sequence[str]) -> dict[str, Entry]:
    """The same as `listed`, without a process: only the folders on the way are read."""

    @cache
    def rows(oid: str) -> folders.Rows:
        return folders.rows(scratch.blob(oid), len(tree) // 2)

    found: dict[str, Entry] = {}
    for path in paths:
        here: Entry | None = Entry(_FOLDER, tree)
        for name in encode(path).split(b"/"):
            inside = rows(here.oid) if here and here.mode == _FOLDER else {}
            mode, oid = inside.get(name, (b"", ""))
            here = Entry(int(mode, 8), oid) if mode else None
        if here is not None and here.mode == _FOLDER:
            found.update(listed(scratch, tree, [path]))
        elif here is not None:
            found[path] = here
    return found


def listed(git: Git, tree: str, paths: Sequence[str] = ()) -> dict[str, Entry]:
    """The files of a tree at `paths` and beneath them; all without any."""
    found: dict[str, Entry] = {}
    for at in range(0, max(len(paths), 1), 500):
        rows = git.run(
            "ls-tree", "-r", "-z", "--full-tree", tree, "--", *paths[at : at + 500]
        )
        for row in rows.split(b"\0")[:-1]:
            facts, path = row.split(b"\t", 1)
            mode, _, oid = facts.decode("ascii").split(" ")
            found[decode(path)] = Entry(int(mode, 8), oid)
    return found


def differing(git: Git, pairs: Iterable[tuple[str, str]]) -> list[Differing]:
    """What differs between the trees of each pair, told by one process for all."""
    asked = "".join(f"{one} {other}\n" for one, other in pairs)
    if not asked:
        return []
    rows = git.run(
        "diff-tree", "--stdin", "-r", "--raw", "-z", "--no-renames", "--no-abbrev",
        data=asked.encode("ascii"),
    ).split(b"\0")  # fmt: skip
    found: list[Differing] = []
    for at in range(0, len(rows), 2):
        # Each pair is said again before what differs in it, ended by a line's end.
        *said, facts = rows[at].split(b"\n")
        found += ({} for _ in said)
        if facts:
            old_mode, mode, old, new, _ = facts[1:].decode("ascii").split(" ")
            pair = Pair(_entry(old_mode, old), _entry(mode, new))
            found[-1][decode(rows[at + 1])] = pair
    return found


def _entry(mode: str, oid: str) -> Entry | None:
    return Entry(int(mode, 8), oid) if int(mode, 8) else None


def limited(
    scratch: Scratch,
    base: str,
    theirs: str,
    chosen: Callable[[str], bool],
    differs: Differing | None = None,
) -> str:
    """The tree `base` with the chosen ones of its differences to the tree `theirs`
    applied: what is chosen is as it is there, and what is not there goes.

    `differs` are these differences, where they are known."""
    known = differing(scratch, [(base, theirs)])[0] if differs is None else differs
    files = {path: pair.new for path, pair in known.items() if chosen(path)}
    if 2 * len(files) < len(known):
        return scratch.edited(base, files)
    rest = known.keys() - files.keys()
    return scratch.edited(theirs, {path: known[path].old for path in rest})
