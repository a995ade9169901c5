"""Changes: what became of the files between two trees, and which of them are judged."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from .errors import CannotDecide
from .git import Git, decode
from .policy import FILE_NAME
from .tree import CommitTree, EmptyTree, Entry, IndexTree, Tree

if TYPE_CHECKING:
    from .rolled_back import RolledBack


class FileChange(NamedTuple):
    """One path before and after; None where it is not there."""

    old: Entry | None
    new: Entry | None


class Change:
    """What is judged.

    `base` is the tree before, None where a whole tree is judged without one. `files`
    holds each path that differs (for a whole tree: each path), deleted ones too, links
    and submodules too. `git` is the repository for the checks that ask about refs and
    history, None for a change that lives in memory alone. `is_staged` says that it is a
    commit in the making: there the hook helps, and the merge gate decides. `base_tip`
    is the commit that a merge would go on top of, "" where there is none: `base` may be
    older than it; `base_label` is what people call it. `head_tip` is the commit that is
    judged, "" where `head` is none. `rolled_back` are the rollbacks of phases that are in
    force in the base.
    `approved_by` are the handles of those who approved the change. `now` (UTC) is the one clock
    that the checks go by.
    """

    def __init__(
        self,
        base: Tree | None,
        head: Tree,
        files: Mapping[str, FileChange] | None = None,
        git: Git | None = None,
        *,
        is_staged: bool = False,
        base_tip: str = "",
        base_label: str = "",
        head_tip: str = "",
        rolled_back: Sequence[RolledBack] = (),
        approved_by: Collection[str] = (),
        now: datetime | None = None,
    ) -> None:
        self.base = base
        self.head = head
        self._files = files
        self._is_part = files is not None
        self.git = git
        self.is_staged = is_staged
        self.base_tip = base_tip
        self.base_label = base_label
        self.head_tip = head_tip
        self.rolled_back = tuple(rolled_back)
        self.approved_by = frozenset(approved_by)
        self.now = datetime.now(UTC) if now is None else now

    @property
    def files(self) -> Mapping[str, FileChange]:
        """What is judged; of a whole tree it is listed when somebody asks."""
        if self._files is None:
            self._files = _compare(self.base, self.head)
        return self._files

    @property
    def is_everything(self) -> bool:
        """Whether the whole tree is judged, and not a part of it: see `part`."""
        return self.is_whole and not self._is_part

    @property
    def is_whole(self) -> bool:
        """Whether the whole tree is judged, changed or not."""
        return self.base is None

    @cached_property
    def trusted(self) -> Tree:
        """The tree that policy, waivers and signers are read from: the base's tip.

        The head where there is no base, or where the base has no policy yet; the staged
        files for a commit in the making.
        """
        if self.is_staged:
            return self.head
        tip = self.base
        if self.base_tip and self.git is not None:
            tip = CommitTree(self.git, self.base_tip, self.base_label)
        return self.head if tip is None or tip.get(FILE_NAME) is None else tip

    def part(self, files: Mapping[str, FileChange]) -> Change:
        """The same change with only `files` of it judged."""
        one = copy(self)
        one._files = dict(files)
        one._is_part = True
        return one

    @property
    def present(self) -> list[str]:
        """The judged paths that are regular files in `head`, sorted."""
        return sorted(
            path
            for path, file in self.files.items()
            if file.new is not None and file.new.is_file
        )


def staged(git: Git) -> Change:
    """What `git commit` would record now."""
    index = IndexTree(git)
    index.begin()
    if git.find_object("HEAD") is not None:
        base = CommitTree(git, "HEAD")
        raw = git.run(
            "diff-index", "--cached", "-z", "--ignore-submodules=none",
            "--ita-invisible-in-index", "HEAD", "--",
        )  # fmt: skip
        files = _raw(raw)
        return Change(base, index, files, git, is_staged=True, base_tip="HEAD")
    if git.test("rev-parse", "--verify", "--quiet", "HEAD"):
        raise CannotDecide("the commit that HEAD names cannot be read. Try: git fsck")
    return Change(EmptyTree(), index, git=git, is_staged=True)


def between(git: Git, base: str, head: str, tip: str = "") -> Change:
    """What `head` holds that is not in `base`, two commits as git names them.

    For a pull request give the merge base, or the first parent of the merge commit, and
    as `tip` the branch that it would be merged into, if that is not `base` itself.
    """
    old, new = CommitTree(git, base), CommitTree(git, head)
    raw = git.run(
        "diff-tree", "-r", "-z", "--ignore-submodules=none", old.oid, new.oid, "--",
    )  # fmt: skip
    commit = git.resolve(tip or base)
    return Change(
        old,
        new,
        _raw(raw),
        git,
        base_tip=commit,
        base_label=_label(tip or base, commit),
        head_tip=git.resolve(head),
    )


def _label(name: str, commit: str) -> str:
    """What people call a commit: "main at 3f2a91c00", or its id alone where CI named it
    by that."""
    short = commit[:9]
    return short if commit.startswith(name) else f"{name} at {short}"


def merge_base(git: Git, one: str, other: str) -> str:
    """The newest commit that both histories hold.

    Raises CannotDecide where there is none, or a shallow clone does not reach it.
    """
    ids = [git.resolve(one), git.resolve(other)]
    found = git.run("merge-base", *ids, codes=(0, 1)).split()
    if found:
        return found[0].decode("ascii")
    why = (
        "this clone is shallow and does not reach back to it. In GitHub Actions: "
        "actions/checkout with fetch-depth: 0"
        if git.is_shallow()
        else "the two histories have nothing in common"
    )
    raise CannotDecide(f"{one} and {other} share no commit: {why}")


def whole(tree: Tree, git: Git | None = None) -> Change:
    """Every file of `tree`, judged as it is."""
    return Change(None, tree, git=git)


def _raw(listing: bytes) -> dict[str, FileChange]:
    """git's `--raw -z` rows: `:MODE MODE ID ID STATUS`, then the path."""
    found: dict[str, FileChange] = {}
    parts = listing.split(b"\0")
    for facts, path in zip(parts[::2], parts[1::2], strict=False):
        old_mode, new_mode, old_id, new_id, status = facts[1:].split(b" ")
        if status == b"U":
            raise CannotDecide(f"{decode(path)!r} is not merged yet")
        old = Entry(int(old_mode, 8), old_id.decode("ascii"))
        new = Entry(int(new_mode, 8), new_id.decode("ascii"))
        found[decode(path)] = FileChange(
            old if old.mode else None, new if new.mode else None
        )
    return found


class _Added(Mapping[str, FileChange]):
    """Each path of a whole tree as if it were new."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    # One path is known without the list of all.

    def __getitem__(self, path: str) -> FileChange:
        entry = self._tree.get(path)
        if entry is None:
            raise KeyError(path)
        return FileChange(None, entry)

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._tree.get(path) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._tree.entries))

    def __len__(self) -> int:
        return self._tree.count()


def _compare(base: Tree | None, head: Tree) -> Mapping[str, FileChange]:
    if base is None:
        return _Added(head)
    before: Mapping[str, Entry] = base.entries
    after = head.entries
    found: dict[str, FileChange] = {}
    for path in sorted({*before, *after}):
        old, new = before.get(path), after.get(path)
        same = old is not None and new is not None and old.mode == new.mode
        if same:
            assert old is not None
            assert new is not None
            known = bool(old.oid) and bool(new.oid)
            if old.oid == new.oid if known else base.read(path) == head.read(path):
                continue
        found[path] = FileChange(old, new)
    return found
