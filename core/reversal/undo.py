"""Undoing: commits, newest first, each as a three-way merge on the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from ..errors import CannotDecide
from ..paths import matcher
from ..tree import Entry
from . import adjacent, commits, hunks
from .commits import Commit
from .merge import Clash, Merged, three_way
from .scratch import Scratch
from .trees import Differing, differing, limited, put_back


class Step(msgspec.Struct, frozen=True):
    """One commit to undo. `mainline` is the parent to go back to, counted from 1; 0 for
    the first commit of all."""

    commit: Commit
    mainline: int = 1

    @property
    def parent(self) -> str:
        """The id of the commit to go back to, "" where there is none."""
        return self.commit.parents[self.mainline - 1] if self.mainline else ""


class Choices(msgspec.Struct, frozen=True):
    """What is done otherwise than by merging, as globs.

    Only files of `paths` are undone (all if empty), and none of `leave`, which stay as
    they are. Those of `restore` become what they are in `baseline`, the id of a commit;
    what is not there goes. `adjacent` keeps both edits where they touch different lines.
    """

    paths: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()
    baseline: str = ""
    adjacent: bool = False

    def undoes(self, path: str) -> bool:
        """Whether a file is undone by merging."""
        if self.paths and not matcher(self.paths)(path):
            return False
        return not matcher(self.leave)(path) and not matcher(self.restore)(path)


class Undone(msgspec.Struct, frozen=True):
    """What undoing one step did, as ids of trees: `base` is the commit's own tree,
    `theirs` the one to go back to, `before` and `after` what it was applied to and gave.

    Where a path clashes, `after` holds it as it was before: a tree never has markers.
    `settled` are the paths that would clash, had not both edits been kept.
    """

    step: Step
    base: str
    theirs: str
    before: str
    after: str
    clashes: tuple[Clash, ...] = ()
    settled: tuple[str, ...] = ()


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
    scratch: Scratch, before: str, steps: Sequence[Step], choices: Choices | None = None
) -> Reversal:
    """Undo `steps`, newest first, on the tree `before`.

    A file that clashes stays as it is, also for the steps after. Raises CannotDecide
    where a parent or a file is not here: a shallow or a partial clone.
    """
    choices = Choices() if choices is None else choices
    undone = tuple(undoing(scratch, before, steps, choices))
    tree = undone[-1].after if undone else before
    if choices.restore:
        source = scratch.resolve(choices.baseline, "tree")
        tree = limited(scratch, tree, source, matcher(choices.restore))
    return Reversal(before, tree, undone)


def undoing(
    scratch: Scratch, before: str, steps: Sequence[Step], choices: Choices
) -> Iterator[Undone]:
    """The same, step by step, for whoever need not see the end."""
    is_limited = bool(choices.paths or choices.leave or choices.restore)
    stuck: set[str] = set()
    tree = before
    parents = parent_trees(scratch, steps)
    differs: list[Differing] = []
    for at, (step, theirs) in enumerate(zip(steps, parents, strict=True)):
        if is_limited or stuck:
            trees = [one.commit.tree for one in steps]
            differs = differs or differing(scratch, zip(trees, parents, strict=True))
            chosen = _chooser(choices, frozenset(stuck))
            theirs = limited(scratch, step.commit.tree, theirs, chosen, differs[at])
        one = _undone(scratch, step, tree, theirs, adjacent_too=choices.adjacent)
        stuck.update(p for clash in one.clashes for p in (clash.path, *clash.others))
        yield one
        tree = one.after


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


def _chooser(choices: Choices, stuck: frozenset[str]) -> Callable[[str], bool]:
    return lambda path: path not in stuck and choices.undoes(path)


def _undone(
    scratch: Scratch, step: Step, before: str, theirs: str, *, adjacent_too: bool
) -> Undone:
    base = step.commit.tree
    merged = three_way(scratch, base, before, theirs)
    if not merged.clashes:
        return Undone(step, base, theirs, before, merged.tree)
    files: dict[str, Entry | None] = {}
    if adjacent_too:
        files = _settled(
            scratch, Undone(step, base, theirs, before, "", merged.clashes)
        )
    after, clashes = _without_clashes(scratch, merged, before, files)
    return Undone(step, base, theirs, before, after, clashes, tuple(files))


def _settled(scratch: Scratch, undone: Undone) -> dict[str, Entry | None]:
    """The clashing files in which both edits can be kept, as they then are."""
    files: dict[str, Entry | None] = {}
    modes = {clash.path: clash.stages.get(2) for clash in undone.clashes}
    cut = hunks.marked(
        scratch, undone.base, undone.before, undone.theirs, undone.clashes
    )
    for path, marked in cut.items():
        content = adjacent.settled(marked)
        mode = modes[path]
        if content is not None and mode is not None:
            files[path] = Entry(mode.mode, scratch.blob_of(content))
    return files


def _without_clashes(
    scratch: Scratch, merged: Merged, before: str, settled: dict[str, Entry | None]
) -> tuple[str, tuple[Clash, ...]]:
    """The merged tree with clashing files as they were before, and the clashes left."""
    left = tuple(clash for clash in merged.clashes if clash.path not in settled)
    paths = {path for clash in left for path in (clash.path, *clash.others)}
    tree = put_back(scratch, merged.tree, before, paths) if paths else merged.tree
    return scratch.edited(tree, settled), left
