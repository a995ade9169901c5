"""Trees: snapshots of files. A check reads files through one and never opens any itself."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from .errors import CannotDecide
from .git import Git, decode, encode

FILE = 0o100644
EXECUTABLE = 0o100755
LINK = 0o120000
SUBMODULE = 0o160000


class Entry(NamedTuple):
    """One path of a tree: its git mode, and its blob's id.

    `oid` is "" where git has no blob of it yet (an edited file of the work tree). A
    submodule's `oid` is a commit of another repository and cannot be read here.
    """

    mode: int
    oid: str

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file: not a symbolic link, not a submodule."""
        return self.mode in (FILE, EXECUTABLE)


class Tree(Protocol):
    """A snapshot of files. Paths are relative to the top, `/` between their parts."""

    @property
    def label(self) -> str:
        """What a person calls it: "the index", "main at 3f2a91c"."""
        ...

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Every path with what it is, links and submodules too."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of a file, for a link those of its target's name.

        Raises KeyError for a path that is not in the tree, CannotDecide where the
        bytes cannot be had.
        """
        ...

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The same for many paths, in order; much faster than one by one."""
        ...

    def containing(self, words: Sequence[bytes]) -> list[str]:
        """The regular files that hold at least one of `words`, byte for byte, sorted.

        Attributes that call a file binary hide nothing.
        """
        ...


class _BlobTree:
    """What the trees of git's object store share."""

    def __init__(self, git: Git, label: str) -> None:
        self._git = git
        self._listed: Mapping[str, Entry] | None = None
        self.label = label

    @property
    def entries(self) -> Mapping[str, Entry]:
        if self._listed is None:
            self._listed = self._list()
        return self._listed

    @property
    def cache_folder(self) -> Path:
        """Where what is known of blobs may be kept: beside them, out of reach of what
        the repository's files say."""
        return self._git.directory / "backout"

    def _list(self) -> Mapping[str, Entry]:
        raise NotImplementedError

    def _grep_source(self) -> Sequence[str]:
        raise NotImplementedError

    def read(self, path: str) -> bytes:
        return self._git.blob(self.entries[path].oid)

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        wanted = list(paths)
        contents = self._git.blobs(self.entries[path].oid for path in wanted)
        return zip(wanted, contents, strict=True)

    def containing(self, words: Sequence[bytes]) -> list[str]:
        found = _grep(self._git, words, self._grep_source())
        entries = self.entries
        return sorted(p for p in found if p in entries and entries[p].is_file)


class CommitTree(_BlobTree):
    """The files of a commit, or of any tree object."""

    def __init__(self, git: Git, name: str, label: str = "") -> None:
        """`name` is what git calls it: a branch, a tag, an id.

        Raises CannotDecide where it is not here.
        """
        self.oid = git.resolve(name, "tree")
        super().__init__(git, label or name)

    def _list(self) -> Mapping[str, Entry]:
        listing = self._git.run("ls-tree", "-r", "-z", "--full-tree", self.oid)
        found: dict[str, Entry] = {}
        for row in listing.split(b"\0")[:-1]:
            facts, path = row.split(b"\t", 1)
            mode, _, oid = facts.split(b" ")
            found[decode(path)] = Entry(int(mode, 8), oid.decode("ascii"))
        return found

    def _grep_source(self) -> Sequence[str]:
        return (self.oid,)


class EmptyTree:
    """No files at all: what came before the first commit."""

    label = "nothing"
    entries: Mapping[str, Entry] = {}

    def read(self, path: str) -> bytes:
        raise KeyError(path)

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        for path in paths:
            raise KeyError(path)
        return iter(())

    def containing(self, words: Sequence[bytes]) -> list[str]:
        return []


class IndexTree(_BlobTree):
    """What the next commit would hold."""

    def __init__(self, git: Git) -> None:
        super().__init__(git, "the index")

    def _list(self) -> Mapping[str, Entry]:
        return _index_entries(self._git)

    def _grep_source(self) -> Sequence[str]:
        return ("--cached",)


class WorkTree:
    """The files as they lie on disk: tracked ones, and new ones that are not ignored."""

    label = "the work tree"

    def __init__(self, git: Git) -> None:
        if git.top is None:
            raise CannotDecide("a bare repository has no work tree: name a --tree")
        self._git = git
        self._top = git.top
        self._index = IndexTree(git)
        self._links: dict[str, bool] = {}
        self._listed: Mapping[str, Entry] | None = None

    @property
    def entries(self) -> Mapping[str, Entry]:
        if self._listed is None:
            self._listed = self._list()
        return self._listed

    def _list(self) -> Mapping[str, Entry]:
        # Each file is looked at here and not by `git diff-files`, which runs the
        # filters that the repository's configuration names.
        found: dict[str, Entry] = {}
        gone: dict[str, Entry] = {}
        for path, entry in self._index.entries.items():
            mode = self._mode(path, entry.mode == SUBMODULE)
            if mode:
                found[path] = Entry(mode, entry.oid if mode == SUBMODULE else "")
            else:
                gone[path] = entry
        if gone:
            found.update((path, gone[path]) for path in self._sparse() if path in gone)
        listing = self._git.run("ls-files", "-o", "-z", "--exclude-standard")
        for name in listing.split(b"\0")[:-1]:
            mode = self._mode(decode(name))
            if mode:
                found[decode(name)] = Entry(mode, "")
        return dict(sorted(found.items()))

    def _sparse(self) -> Iterator[str]:
        """The paths that a sparse checkout leaves in the index alone."""
        for row in self._git.run("ls-files", "-t", "-z").split(b"\0")[:-1]:
            if row.startswith(b"S "):
                yield decode(row[2:])

    def _mode(self, path: str, is_submodule: bool = False) -> int:
        """The git mode of the file on disk; 0 where there is none that git would take.

        What lies behind a linked folder is not in the work tree, and may be anywhere.
        """
        folder, _, _ = path.rpartition("/")
        if self._is_linked(folder):
            return 0
        try:
            facts = os.lstat(self._place(path))
        except OSError:
            return 0
        if stat.S_ISLNK(facts.st_mode):
            return LINK
        if stat.S_ISREG(facts.st_mode):
            return EXECUTABLE if facts.st_mode & 0o100 else FILE
        return SUBMODULE if is_submodule and stat.S_ISDIR(facts.st_mode) else 0

    def _is_linked(self, folder: str) -> bool:
        """Whether `folder`, or one above it, is a link."""
        if not folder:
            return False
        if folder not in self._links:
            above, _, _ = folder.rpartition("/")
            link = self._is_linked(above) or self._place(folder).is_symlink()
            self._links[folder] = link
        return self._links[folder]

    def _place(self, path: str) -> Path:
        return self._top / (path if os.name == "nt" else os.fsdecode(encode(path)))

    def read(self, path: str) -> bytes:
        entry = self.entries[path]
        if entry.oid:
            return self._git.blob(entry.oid)
        return self._disk(path, entry)

    def _disk(self, path: str, entry: Entry) -> bytes:
        place = self._place(path)
        try:
            if entry.mode == LINK:
                return os.fsencode(place.readlink())
            # Not through a link: it may point to /proc/self/environ by now.
            flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(place, flags), "rb") as file:
                return file.read()
        except OSError as error:
            raise CannotDecide(f"{path} cannot be read: {error.strerror}") from error

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        for path in paths:
            yield path, self.read(path)

    def containing(self, words: Sequence[bytes]) -> list[str]:
        if not words:
            return []
        entries, tracked = self.entries, self._index.entries
        pattern = re.compile(b"|".join(re.escape(word) for word in words))
        new = (
            path
            for path, entry in entries.items()
            if path not in tracked and entry.is_file and pattern.search(self.read(path))
        )
        found = _grep(self._git, words, ())
        known = {p for p in found if p in entries and entries[p].is_file}
        # `git grep` passes over what a sparse checkout leaves in the index alone.
        sparse = {p for p, entry in entries.items() if entry.oid and entry.is_file}
        if sparse:
            known |= sparse.intersection(self._index.containing(words))
        return sorted({*new, *known})


class MemoryTree:
    """Files given as a mapping: for tests, and for a tree that exists nowhere else."""

    def __init__(self, files: Mapping[str, bytes | str], label: str = "memory") -> None:
        self.label = label
        self._files = {
            path: text.encode() if isinstance(text, str) else text
            for path, text in sorted(files.items())
        }
        self.entries: Mapping[str, Entry] = {p: Entry(FILE, "") for p in self._files}

    def read(self, path: str) -> bytes:
        return self._files[path]

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        for path in paths:
            yield path, self._files[path]

    def containing(self, words: Sequence[bytes]) -> list[str]:
        return [
            path
            for path, text in self._files.items()
            if any(word in text for word in words)
        ]


def _index_entries(git: Git) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    unmerged: list[str] = []
    modes: dict[str, int] = {}
    # Every hook runs through this for each file of the index: once as text, and cut.
    listing = decode(git.run("ls-files", "-s", "-z"))
    for row in listing.split("\0")[:-1]:
        facts, path = row.split("\t", 1)
        word = facts[:6]
        if word not in modes:
            modes[word] = int(word, 8)
        if facts[-1] != "0":
            unmerged.append(path)
        found[path] = Entry(modes[word], facts[7:-2])
    if unmerged:
        raise CannotDecide(
            f"{unmerged[0]!r} is not merged yet: resolve the conflict and git add it"
        )
    return found


def _grep(git: Git, words: Sequence[bytes], source: Sequence[str]) -> Iterator[str]:
    """The paths in which `git grep` finds one of `words` as it is."""
    if not words:
        return
    patterns = b"".join(word + b"\n" for word in words)
    # -F -f -: the words are no patterns and no options. A file that .gitattributes calls
    # binary is searched too, as long as names alone are asked for.
    listing = git.run(
        "grep", "-l", "-z", "-F", "--no-color", "-f", "-", *source,
        data=patterns,
        codes=(0, 1),
    )  # fmt: skip
    prefix = b"".join(b"" if s == "--cached" else s.encode() + b":" for s in source)
    for path in listing.split(b"\0")[:-1]:
        yield decode(path.removeprefix(prefix))
