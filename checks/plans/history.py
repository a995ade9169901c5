"""What the repository's history says to a plan's words: refs, commits, paths at refs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from ...core.errors import CannotDecide
from ...core.git import Git, decode

if TYPE_CHECKING:
    from ...core.reversal.commits import Commit
    from .rule import Context

_SHA = re.compile(r"^[0-9a-f]{7,64}$")


class History:
    """One repository, asked about each name once."""

    def __init__(self, git: Git) -> None:
        self.git = git
        self._ids: dict[str, str | None] = {}
        self._entries: dict[str, frozenset[str]] = {}
        self._held: dict[str, bool] = {}

    def commit(self, name: str) -> str | None:
        """The id of the commit that `name` means, as a clone of it would know it.

        None where there is none. Raises CannotDecide in a shallow clone, which holds
        neither tags nor old commits.
        """
        if name not in self._ids:
            self._ids[name] = self._commit(name)
        return self._ids[name]

    def _commit(self, name: str) -> str | None:
        for full in (name, f"refs/remotes/origin/{name}"):
            found = self.git.find_object(full)
            if found is not None:
                return found
        if self._is_shallow:
            raise CannotDecide(
                f"whether {name}, which a plan names, exists cannot be known: this "
                f"clone is shallow. In GitHub Actions: actions/checkout with "
                f"fetch-depth: 0"
            )
        return None

    @cached_property
    def _is_shallow(self) -> bool:
        return self.git.is_shallow()

    def holds(self, commit: str, path: str) -> bool:
        """Whether `path` is a file or folder at `commit`."""
        if commit not in self._entries:
            # One process for a commit, however many of its paths a plan names.
            rows = self.git.run(
                "ls-tree", "-r", "-t", "-z", "--full-tree", "--name-only", commit
            )
            self._entries[commit] = frozenset(map(decode, rows.split(b"\0")))
        path = posixpath.normpath(path)
        return path == "." or path in self._entries[commit]

    def ever_held(self, path: str) -> bool:
        """Whether some commit of any ref touched `path`."""
        path = posixpath.normpath(path)
        if path not in self._held:
            head = self.commit("HEAD")
            self._held[path] = (
                self._is_shallow
                or (head is not None and self.holds(head, path))
                or bool(
                    self.git.run("rev-list", "-1", "--all", "HEAD", "--", path).strip()
                )
            )
        return self._held[path]

    def read(self, sha: str) -> Commit:
        """The commit itself."""
        from ...core.reversal import commits

        return commits.read_one(self.git, sha)

    def added_by(self, path: str) -> str | None:
        """The commit that added `path` to the history of HEAD; None if none did."""
        found = self.git.run(
            "log", "-1", "--diff-filter=A", "--no-renames", "--format=%H", "HEAD", "--",
            path,
        )  # fmt: skip
        return found.decode("ascii").strip() or None

    def files_of(self, sha: str) -> Iterator[tuple[str, str]]:
        """The files that a commit changed against its first parent: status, path."""
        rows = self.git.run(
            "diff-tree", "-r", "-z", "--no-renames", "--name-status", "--root", "-m",
            "--first-parent", "--no-commit-id", sha,
        ).split(b"\0")  # fmt: skip
        for status, path in zip(rows[::2], rows[1::2], strict=False):
            yield status.decode("ascii"), decode(path)


def history(context: Context) -> History | None:
    """The history that a plan is judged against, None where there is none."""
    if context.git is None:
        return None
    known = context.memo.get("history")
    if not isinstance(known, History):
        known = context.memo["history"] = History(context.git)
    return known


def is_sha(text: str) -> bool:
    """Whether a text is a commit's id, whole or shortened."""
    return _SHA.match(text) is not None
