"""One three-way merge of trees, in the object store alone."""

from __future__ import annotations

from typing import NamedTuple

from ..errors import CannotDecide
from ..git import FETCH, GitError, decode
from ..tree import Entry
from .scratch import Scratch, require_git


class Clash(NamedTuple):
    """One path that could not be merged. `stages`: 1 is the base, 2 ours, 3 theirs.

    `kind` is git's name for it: "contents", "modify/delete", "binary", "rename/delete",
    "file/directory" and so on. `others` are the paths that git names beside it.
    """

    path: str
    kind: str
    stages: dict[int, Entry]
    others: tuple[str, ...] = ()


class Merged(NamedTuple):
    """What came out: a tree (with markers where paths clash), and the clashes."""

    tree: str
    clashes: tuple[Clash, ...]


def three_way(
    scratch: Scratch, base: str, ours: str, theirs: str, *, markers: int = 0
) -> Merged:
    """Apply to the tree `ours` what leads from the tree `base` to the tree `theirs`.

    All three are ids of trees. With `markers`, clashing files show the base too, between
    markers of that length. Raises CannotDecide where git cannot merge at all.
    """
    # Everything else is git's default, for the scratch has no configuration: a computed
    # rollback is computed again by the gate, elsewhere, and must come out the same.
    settings = ("-c", "merge.conflictStyle=diff3") if markers else ()
    if markers:
        scratch.attributes(f"* conflict-marker-size={markers}\n")
    root = scratch.commit(base)
    # Made-up parents, so that the merge base is the one that is meant: older gits know
    # no --merge-base.
    sides = [scratch.commit(tree, root) for tree in (ours, theirs)]
    try:
        answer = scratch.run(
            *settings, "merge-tree", "--write-tree", "-z", *sides, codes=(0, 1)
        )
    except GitError as error:
        require_git(scratch)
        raise CannotDecide(
            f"git could not merge ({error.stderr.strip()[:300]}): {FETCH}"
        ) from error
    finally:
        if markers:
            scratch.attributes("")
    return _parsed(answer)


def _parsed(answer: bytes) -> Merged:
    """A tree, rows `MODE ID STAGE TAB PATH`, an empty one, and what git says of each."""
    parts = answer.split(b"\0")
    tree = parts[0].decode("ascii")
    at = 1
    stages: dict[str, dict[int, Entry]] = {}
    while at < len(parts) and parts[at]:
        facts, raw = parts[at].split(b"\t", 1)
        mode, oid, stage = facts.decode("ascii").split(" ")
        stages.setdefault(decode(raw), {})[int(stage)] = Entry(int(mode, 8), oid)
        at += 1
    at += 1
    kinds: dict[str, str] = {}
    beside: dict[str, tuple[str, ...]] = {}
    while at < len(parts) and parts[at]:
        count = int(parts[at])
        paths = [decode(raw) for raw in parts[at + 1 : at + 1 + count]]
        kind = parts[at + 1 + count].decode("utf-8", "replace")
        at += count + 3
        if not kind.startswith("CONFLICT ("):
            continue
        for name in paths:
            kinds.setdefault(name, kind[10:-1])
            beside.setdefault(name, tuple(p for p in paths if p != name))
    # A folder that was renamed to two others clashes without a file that does.
    named = dict.fromkeys([*stages, *(() if stages else kinds)])
    return Merged(
        tree,
        tuple(
            Clash(
                path,
                _kind(kinds.get(path, "contents"), stages.get(path, {})),
                stages.get(path, {}),
                beside.get(path, ()),
            )
            for path in named
        ),
    )


def _kind(said: str, stages: dict[int, Entry]) -> str:
    """git's name for a clash; it says "contents" too where both sides added a file."""
    return "add/add" if said == "contents" and stages and 1 not in stages else said
