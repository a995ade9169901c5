"""The files as they lie on disk."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property

from .errors import CannotDecide
from .git import Git, decode, encode
from .grep import searching
from .patterns import any_of
from .reencoded import ATTRIBUTE, as_git_keeps_it, is_other
from .tree import (
    EXECUTABLE,
    FILE,
    LINK,
    SUBMODULE,
    Entry,
    GitTree,
    IndexTree,
    begin_with,
    row_with,
)

# What git does not track and does not ignore.
_OTHERS = ("ls-files", "-o", "-z", "--exclude-standard")

# Rows of the index that are no regular file.
_IRREGULAR = re.compile(rb"(?:^|\0)H 1[26][^\t]+\t([^\0]+)")

_ATTRIBUTES = b".gitattributes"

# Then paths are to the system what they are to git.
_IS_UTF8 = os.name == "nt" or sys.getfilesystemencoding() == "utf-8"


# Not through a link, and without waiting for the other end of a pipe.
_PLAIN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def peek(git: Git, path: str) -> bytes:
    """What lies at `path` now, to expect something of it and not to decide by it: git
    may know of no such file. Nothing where there is none to be read."""
    return _content(f"{git.root}{os.sep}{path}")


def _content(place: str) -> bytes:
    try:
        with os.fdopen(os.open(place, _PLAIN), "rb") as file:
            return file.read()
    except OSError:
        return b""


class _Index(IndexTree):
    """The index, and what git was told not to look at on disk: rows of which the tag is
    "S" (a sparse checkout leaves it out), or a small letter (assumed unchanged)."""

    def _listing(self) -> Sequence[str]:
        return ("ls-files", "-v", "-s", "-z")


class WorkTree(GitTree):
    """The files as they lie on disk: tracked ones, and new ones that are not ignored."""

    label = "the work tree"

    def __init__(self, git: Git) -> None:
        if git.root is None:
            raise CannotDecide("a bare repository has no work tree: name a --tree")
        super().__init__(git)
        self._root = f"{git.root}{os.sep}"
        self._index = _Index(git)
        self._others: Callable[[], bytes] | None = None
        self._untracked: Mapping[str, None] | None = None
        self._simple: bool | None = None
        self._links: dict[str, bool] = {"": False}
        self._looked_up: dict[str, Entry | None] = {}
        # What each folder holds: names and kinds.
        self._folders: dict[str, dict[str, int]] = {}

    def begin(self) -> None:
        """Let git list the files now, for `entries` will be asked for."""
        self._index.begin()
        if self._others is None:
            self._others = self._git.begin(*_OTHERS)

    def _list(self) -> Mapping[str, Entry]:
        # Each file is looked at here and not by `git diff-files`, which runs the
        # filters that the repository's configuration names.
        self.begin()
        assert self._others is not None
        kinds = {mode: Entry(mode, "") for mode in (FILE, EXECUTABLE, LINK)}
        found: dict[str, Entry] = {}
        gone: dict[str, Entry] = {}
        for path, entry in self._index.entries.items():
            # Whether a file may be executed no check asks: the index's word is taken.
            kind = self._kind(path) or self._mode(path, entry.mode == SUBMODULE)
            if kind == FILE and entry.is_file:
                found[path] = kinds[entry.mode]
            elif kind == SUBMODULE:  # a folder: as a submodule, or where a file was
                (found if entry.mode == SUBMODULE else gone)[path] = entry
            elif kind:
                found[path] = kinds[kind]
            else:
                gone[path] = entry
        if gone:
            sparse = self._tagged(b"Ss")
            found.update((path, gone[path]) for path in sparse if path in gone)
        for name in self._new():
            mode = self._mode(name)
            if mode:
                found[name] = kinds[mode]
        return dict(sorted(found.items()))

    def _new(self) -> Mapping[str, None]:
        """What git does not track and does not ignore: files, folders of others."""
        if self._untracked is None:
            self.begin()
            assert self._others is not None
            self._untracked = dict.fromkeys(decode(self._others()).split("\0")[:-1])
        return self._untracked

    def _tagged(self, tags: bytes) -> Iterator[str]:
        """The paths of the index whose rows have one of these tags."""
        for row in self._index.rows().split(b"\0")[:-1]:
            if row[:1] in tags:
                yield decode(row.split(b"\t", 1)[1])

    # What git writes to disk in another encoding, and cannot search there.

    @cached_property
    def _encodings(self) -> Mapping[str, str]:
        """By path: the encoding on disk, where it is not the one that git keeps."""
        if not self._may_reencode():
            return {}
        paths = [*self._index.entries, *self._new()]
        printed = self._git.run(
            "check-attr", "-z", "--stdin", ATTRIBUTE,
            data=b"".join(encode(path) + b"\0" for path in paths),
        )  # fmt: skip
        told = decode(printed).split("\0")
        pairs = zip(told[0::3], told[2::3], strict=False)
        return {path: value for path, value in pairs if is_other(value)}

    def _may_reencode(self) -> bool:
        """Whether any file of attributes mentions encodings: hardly ever one does."""
        tracked = [self._place(decode(path)) for path in self._tracked(_ATTRIBUTES)]
        # Where one is gone from disk, git reads the index's.
        if not all(map(os.path.lexists, tracked)):
            return True
        new = (path for path in self._new() if path.endswith(_ATTRIBUTES.decode()))
        return self._mentions_encodings([*tracked, *map(self._place, new)])

    def _tracked(self, name: bytes) -> Iterator[bytes]:
        """The paths of the index that end so."""
        rows = self._index.rows()
        at = rows.find(name + b"\0")
        while at >= 0:
            end = at + len(name)
            yield rows[rows.rfind(b"\0", 0, at) + 1 : end].split(b"\t", 1)[1]
            at = rows.find(name + b"\0", end)

    def _mentions_encodings(self, places: Iterable[str]) -> bool:
        git_dir = self._git.git_dir
        # A linked work tree shares these with the others.
        shared = os.fsdecode(_content(f"{git_dir}{os.sep}commondir")).strip() or "."
        own = os.path.join(git_dir, shared, "info", "attributes")  # noqa: PTH118
        return any(ATTRIBUTE.encode() in _content(place) for place in (*places, own))

    def encoding(self, path: str) -> str:
        """In which encoding a file is on disk that is in another one for git, else ""."""
        if self._others is not None:
            return self._encodings.get(path, "")
        # Nobody asked for all files: then not for the sake of one.
        folders = [path[:at] for at, sign in enumerate(path) if sign == "/"]
        places = [self._place(f"{folder}/.gitattributes") for folder in folders]
        if not self._mentions_encodings([self._place(".gitattributes"), *places]):
            return ""
        printed = self._git.run("check-attr", "-z", ATTRIBUTE, "--", path)
        value = decode(printed).split("\0")[2]
        return value if is_other(value) else ""

    # What can be said while git lists the files, and of most without listing them: to
    # look at each takes longer than to search them all.

    def _is_simple(self) -> bool:
        """Whether git was told to list the files, and each that it tracks is simply
        there: not left out by a sparse checkout, not assumed unchanged, not in
        conflict."""
        if self._others is None:
            return False
        if self._simple is None:
            rows = self._index.rows()
            self._simple = begin_with(b"H ", rows) == rows.count(b"\0")
        return self._simple

    def count(self) -> int:
        """How many files are tracked or new. One that is tracked and gone counts: to look
        whether each is there takes as long as a quarter of the search."""
        if not self._is_simple():
            return len(self.entries)
        # A folder is another repository's.
        new = [path for path in self._new() if not path.endswith("/")]
        return self._index.rows().count(b"\0") + len(new)

    def _is_tracked(self, path: bytes) -> bool:
        """Whether the index has a path that begins so: its end is a NUL."""
        return row_with(b"\t" + path, self._index.rows()) is not None

    def _kind(self, path: str) -> int:
        """FILE, LINK, or SUBMODULE for any folder; 0 where no such name lies there.

        A folder is listed once: to look at each file would take three times as long.
        """
        folder, _, name = path.rpartition("/")
        known = self._folders.get(folder)
        if known is None:
            is_folder = not folder or self._kind(folder) == SUBMODULE
            known = self._folders[folder] = self._scanned(folder) if is_folder else {}
        return known.get(name, 0)

    def _scanned(self, folder: str) -> dict[str, int]:
        kinds: dict[str, int] = {}
        with suppress(OSError), os.scandir(self._place(folder)) as found:
            for file in found:
                name = file.name if _IS_UTF8 else decode(os.fsencode(file.name))
                if file.is_symlink():
                    kinds[name] = LINK
                elif file.is_file(follow_symlinks=False):
                    kinds[name] = FILE
                elif file.is_dir(follow_symlinks=False):
                    kinds[name] = SUBMODULE
        return kinds

    def _mode(self, path: str, is_submodule: bool = False) -> int:
        """The git mode of the file on disk; 0 where there is none that git would take.

        What lies behind a linked folder is not in the work tree, and may be anywhere.
        """
        folder, _, _ = path.rpartition("/")
        if self._is_linked(folder):
            return 0
        try:
            mode = os.lstat(self._place(path)).st_mode
        except OSError:
            return 0
        kind = stat.S_IFMT(mode)
        if kind == stat.S_IFREG:
            return EXECUTABLE if mode & 0o100 else FILE
        if kind == stat.S_IFLNK:
            return LINK
        return SUBMODULE if is_submodule and kind == stat.S_IFDIR else 0

    def _is_linked(self, folder: str) -> bool:
        """Whether `folder`, or one above it, is a link."""
        known = self._links.get(folder)
        if known is None:
            above, _, _ = folder.rpartition("/")
            known = self._is_linked(above)
            with suppress(OSError):
                known = known or stat.S_ISLNK(os.lstat(self._place(folder)).st_mode)
            self._links[folder] = known
        return known

    def _place(self, path: str) -> str:
        return self._root + (path if _IS_UTF8 else os.fsdecode(encode(path)))

    def read(self, path: str) -> bytes:
        entry = self.get(path) if self._listed is None else self._listed[path]
        if entry is None:
            raise KeyError(path)
        if entry.oid:
            return self._git.blob(entry.oid)
        return self._disk(path, entry)

    def _disk(self, path: str, entry: Entry) -> bytes:
        place = self._place(path)
        try:
            if entry.mode == LINK:
                return os.fsencode(os.readlink(place))  # noqa: PTH115
            # Not through a link: it may point to /proc/self/environ by now.
            flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(place, flags), "rb") as file:
                data = file.read()
        except OSError as error:
            raise CannotDecide(f"{path} cannot be read: {error.strerror}") from error
        encoding = self.encoding(path)
        return as_git_keeps_it(path, data, encoding) if encoding else data

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        for path in paths:
            yield path, self.read(path)

    def get(self, path: str) -> Entry | None:
        if self._listed is not None:
            return self._listed.get(path)
        if path not in self._looked_up:
            self._looked_up[path] = None if "\0" in path else self._look_up(path)
        return self._looked_up[path]

    def _look_up(self, path: str) -> Entry | None:
        if self._is_simple():
            mode = self._mode(path, is_submodule=True)
            is_tracked = mode and self._is_tracked(encode(path) + b"\0")
            if mode == SUBMODULE:  # a folder: only where git tracks it as something
                return self.entries.get(path) if is_tracked else None
            is_ours = is_tracked or (mode and path in self._new())
            return Entry(mode, "") if is_ours else None
        facts = os.path.lexists(self._place(path)) and self._git.run(
            "ls-files", "-c", "-o", "-z", "--exclude-standard", "--", path
        )
        # What is not there, or is no plain file: only the whole list says what it is.
        mode = self._mode(path) if facts else 0
        return Entry(mode, "") if mode else self.entries.get(path)

    def holds(self, folder: str) -> bool:
        if self._listed is None and not os.path.lexists(self._place(folder)):
            # A sparse checkout may still have it in the index.
            if not self._is_tracked(encode(f"{folder}/")):
                return False
        return super().holds(folder)

    def _searched(self, patterns: Sequence[bytes]) -> Callable[[], list[str]]:
        found = searching(self._git, patterns, ())
        if self._listed is None and self._is_simple():  # asked while git searches
            here = dict.fromkeys((*self._new(), *self._irregular(), *self._encodings))
            others = list(filter(self._is_file, here))
            return lambda: sorted(
                {p for p in found() if p not in self._encodings and self._is_file(p)}
                | self._searched_here(others, patterns)
            )
        entries, tracked = self.entries, self._index.entries
        # What git does not know, or knows as something else, it does not search; nor what
        # a sparse checkout leaves in the index alone, or what is assumed unchanged; and
        # what is encoded otherwise on disk it does not read.
        unseen = {*self._tagged(b"Ssh"), *self._encodings}
        others = [
            path
            for path, entry in entries.items()
            if entry.is_file
            and not entry.oid
            and (path in unseen or not (path in tracked and tracked[path].is_file))
        ]
        sparse = {p for p, entry in entries.items() if entry.oid and entry.is_file}

        def files() -> list[str]:
            known = {p for p in found() if p in entries and entries[p].is_file}
            known -= unseen
            known |= self._searched_here(others, patterns)
            if sparse:
                known |= sparse.intersection(self._index.matching(patterns)())
            return sorted(known)

        return files

    def _searched_here(
        self, paths: Sequence[str], patterns: Sequence[bytes]
    ) -> set[str]:
        either = any_of(patterns) if paths else None
        return {p for p in paths if either is not None and either.search(self.read(p))}

    def _irregular(self) -> list[str]:
        """What git tracks as something else than a regular file."""
        rows = self._index.rows()
        if begin_with(b"H 100", rows) == rows.count(b"\0"):
            return []
        return [decode(path) for path in _IRREGULAR.findall(rows)]

    def _is_file(self, path: str) -> bool:
        """Whether a path that git tracks, or does not ignore, is a regular file."""
        mode = self._mode(path)
        if mode:
            self._looked_up[path] = Entry(mode, "")
        return mode in (FILE, EXECUTABLE)
