"""Undoing: commits, newest first, each as a three-way merge on the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from ..errors import CannotDecide
from ..git import Git, decode
from ..paths import matcher
from ..tree import Entry
from . import commits
from .commits import Commit
from .merge import Clash, three_way
from .scratch import Scratch


class Step(msgspec.Struct, frozen=True):
    """One commit to undo. `mainline` is the parent to go back to, counted from 1; 0 for
    the first commit of all."""

    commit: Commit
    mainline: int = 1

    @property
    def parent(self) -> str:
        """The id of the commit to go back to, "" where there is none."""
        return self.commit.parents[self.mainline - 1] if self.mainline else ""


class Limits(msgspec.Struct, frozen=True):
    """Which files are undone, as globs: those of `paths` (all if empty), but not those
    of `leave`, which stay as they are now."""

    paths: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()

    def chooser(self) -> Callable[[str], bool]:
        """Whether a path is undone."""
        inside, outside = matcher(self.paths), matcher(self.leave)
        return lambda path: (
            (not self.paths or inside(path))
            and not (bool(self.leave) and outside(path))
        )


class Undone(msgspec.Struct, frozen=True):
    """What undoing one step did, as ids of trees: `base` is the commit's own tree,
    `theirs` the one to go back to, `before` and `after` what it was applied to and gave.

    Where a path clashes, `after` holds it as it was before: a tree never has markers.
    """

    step: Step
    base: str
    theirs: str
    before: str
    after: str
    clashes: tuple[Clash, ...] = ()


class Reversal(msgspec.Struct, frozen=True):
    """All steps, newest first. `before` and `tree` are ids of trees."""

    before: str
    tree: str
    undone: tuple[Undone, ...]

    @property
    def clashes(self) -> list[tuple[Undone, Clash]]:
        """Every clash with the step that met it."""
        return [(undone, clash) for undone in self.undone for clash in undone.clashes]


def reverse(
    scratch: Scratch, before: str, steps: Sequence[Step], limits: Limits | None = None
) -> Reversal:
    """Undo `steps`, newest first, on the tree `before`.

    A file that clashes stays as it is, also for the steps after. Raises CannotDecide
    where a parent or a file is not here: a shallow or a partial clone.
    """
    chosen = (limits or Limits()).chooser()
    is_limited = limits is not None and bool(limits.paths or limits.leave)
    stuck: set[str] = set()
    tree = before
    undone: list[Undone] = []
    parents = parent_trees(scratch, steps)
    for step, theirs in zip(steps, parents, strict=True):
        base = step.commit.tree
        if is_limited or stuck:
            theirs = _limited(scratch, base, theirs, chosen, frozenset(stuck))
        merged = three_way(scratch, base, tree, theirs)
        after = merged.tree
        if merged.clashes:
            paths = {p for c in merged.clashes for p in (c.path, *c.others)}
            after = put_back(scratch, merged.tree, tree, paths)
            stuck |= paths
        undone.append(Undone(step, base, theirs, tree, after, merged.clashes))
        tree = after
    return Reversal(before, tree, tuple(undone))


def parent_trees(scratch: Scratch, steps: Sequence[Step]) -> list[str]:
    """The tree that each step goes back to."""
    known = [step.parent for step in steps if step.parent]
    try:
        trees = {commit.sha: commit.tree for commit in commits.read(scratch, known)}
    except CannotDecide as error:
        if scratch.is_shallow():
            raise CannotDecide(
                "the parent of a commit to undo is not here: this clone is shallow. "
                "Try: git fetch --unshallow"
            ) from error
        raise
    return [
        trees[step.parent] if step.parent else scratch.empty_tree() for step in steps
    ]


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


def _limited(
    scratch: Scratch,
    base: str,
    theirs: str,
    chosen: Callable[[str], bool],
    stuck: frozenset[str],
) -> str:
    """The tree to go back to, with only the chosen files back that are not stuck."""
    files: dict[str, Entry | None] = {}
    rows = scratch.run(
        "diff-tree", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", base, theirs
    ).split(b"\0")
    is_whole = True
    for facts, name in zip(rows[::2], rows[1::2], strict=False):
        path = decode(name)
        if path in stuck or not chosen(path):
            is_whole = False
            continue
        _, mode, _, oid, _ = facts.decode("ascii").split(" ")
        files[path] = Entry(int(mode, 8), oid) if int(mode, 8) else None
    return theirs if is_whole else scratch.edited(base, files)
