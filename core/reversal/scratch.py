"""A place to compute in: a repository of our own that sees the objects of another."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import zlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Self

from ..errors import CannotDecide
from ..git import Git
from ..tree import Entry
from .folder import Folder
from .folders import edited

# `merge-tree --write-tree`, which merges without a work tree.
OLDEST = (2, 38)

_WHO = "backout <backout@localhost> 0 +0000"


class Scratch(Git):
    """An empty bare repository in a temporary folder, gone when it is closed.

    It reads the objects of `origin` and keeps every new one to itself, so nothing that
    is computed here is left behind. It has no configuration, no attributes, no hooks
    and no refs: neither the repository's nor the person's settings change a result.
    """

    def __init__(self, origin: Git) -> None:
        """Raises CannotDecide where git is too old."""
        facts = origin.run(
            "rev-parse", "--path-format=absolute", "--show-object-format",
            "--git-path", "objects", "--git-path", "shallow",
        )  # fmt: skip
        self.object_format, objects, shallow = (
            os.fsdecode(facts).rstrip("\n").split("\n")
        )
        self.origin = origin
        self._place = Folder()
        self.folder = self._place.path
        try:
            self._lay_out(objects, Path(shallow))
        except BaseException:
            self._place.close()
            raise
        super().__init__(str(self.folder), None)
        self._environment["GIT_CONFIG_GLOBAL"] = os.devnull
        self._environment["GIT_CONFIG_NOSYSTEM"] = "1"
        self._environment["GIT_INDEX_FILE"] = str(self.folder / "index")

    def _lay_out(self, objects: str, shallow: Path) -> None:
        """What `git init --bare` writes, without the process."""
        (self.folder / "refs").mkdir()
        (self.folder / "objects" / "info").mkdir(parents=True)
        (self.folder / "HEAD").write_bytes(b"ref: refs/heads/none\n")
        newer = self.object_format != "sha1"
        config = f"[core]\n\trepositoryformatversion = {int(newer)}\n\tbare = true\n"
        if newer:
            config += f"[extensions]\n\tobjectformat = {self.object_format}\n"
        (self.folder / "config").write_text(config, encoding="ascii")
        # A line that begins with a quote is read as in C, so that a path may hold
        # anything.
        quoted = os.fsencode(objects).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        quoted = quoted.replace(b"\n", b"\\n")
        alternates = self.folder / "objects" / "info" / "alternates"
        alternates.write_bytes(b'"' + quoted + b'"\n')
        if shallow.is_file():
            # The history ends where it ends there.
            shutil.copyfile(shallow, self.folder / "shallow")

    def close(self) -> None:
        super().close()
        self._place.close()

    def __enter__(self) -> Self:
        return self

    def commit(self, tree: str, *parents: str) -> str:
        """A commit object for a computation, written here; its id.

        A merge wants commits, and a process for each would be most of the time.
        """
        lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
        body = "\n".join([*lines, f"author {_WHO}", f"committer {_WHO}", "", "\n"])
        return self._written("commit", body.encode("ascii"))

    def _written(self, kind: str, content: bytes) -> str:
        """An object, written here as git does; its id."""
        data = f"{kind} {len(content)}\0".encode("ascii") + content
        oid = hashlib.new(self.object_format, data, usedforsecurity=False).hexdigest()
        file = self.folder / "objects" / oid[:2] / oid[2:]
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(zlib.compress(data, 1))
        return oid

    def attributes(self, text: str) -> None:
        """Attributes of paths from here on; there are none at first."""
        (self.folder / "info").mkdir(exist_ok=True)
        (self.folder / "info" / "attributes").write_text(text, encoding="ascii")

    def seen_from_origin(self) -> dict[str, str]:
        """The variables with which a git command of `origin` reads and writes here."""
        return {
            "GIT_OBJECT_DIRECTORY": str(self.folder / "objects"),
            "GIT_DIR": str(self.origin.directory),
        }

    def made(self) -> set[str]:
        """The ids of the objects that were made here."""
        return {
            folder.name + file.name
            for folder in (self.folder / "objects").iterdir()
            if len(folder.name) == 2
            for file in folder.iterdir()
        }

    def blob_of(self, content: bytes) -> str:
        """A blob of `content`, written here; its id."""
        return self._written("blob", content)

    def empty_tree(self) -> str:
        """The id of the tree without files."""
        return self._written("tree", b"")

    def edited(self, tree: str, files: Mapping[str, Entry | None]) -> str:
        """`tree` with these paths set, or without those that are None; its id."""
        if not files:
            return tree
        return edited(self.blob, partial(self._written, "tree"), tree, files)


def require_git(git: Git) -> str:
    """The version of the git that runs. Raises CannotDecide where it is too old."""
    said = git.run("version").decode("utf-8", "replace").strip()
    found = re.search(r"(\d+)\.(\d+)(\.\d+)?", said)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        raise CannotDecide(
            f"this is {said}; undoing commits in memory needs git "
            f"{OLDEST[0]}.{OLDEST[1]} or newer (October 2022). Update git, or run "
            f"this where a newer one is on the PATH"
        )
    return found[0]
