"""Trees by their ids: what is in them, and the same with some files exchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..git import Git, decode
from ..tree import Entry
from .scratch import Scratch


def put_back(scratch: Scratch, tree: str, source: str, paths: Iterable[str]) -> str:
    """`tree` with `paths`, and all beneath them, as they are in the tree `source`."""
    wanted = sorted(paths)
    files: dict[str, Entry | None] = dict.fromkeys(listed(scratch, tree, wanted))
    files.update(listed(scratch, source, wanted))
    return scratch.edited(tree, files)


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


def limited(
    scratch: Scratch, base: str, theirs: str, chosen: Callable[[str], bool]
) -> str:
    """The tree `base` with the chosen ones of its differences to the tree `theirs`
    applied: what is chosen is as it is there, and what is not there goes."""
    files: dict[str, Entry | None] = {}
    rows = scratch.run(
        "diff-tree", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", base, theirs
    ).split(b"\0")
    is_whole = True
    for facts, name in zip(rows[::2], rows[1::2], strict=False):
        path = decode(name)
        if not chosen(path):
            is_whole = False
            continue
        _, mode, _, oid, _ = facts.decode("ascii").split(" ")
        files[path] = Entry(int(mode, 8), oid) if int(mode, 8) else None
    return theirs if is_whole else scratch.edited(base, files)
