"""Trees: snapshots of files. A check reads files through one and never opens any itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from .errors import CannotDecide
from .git import Git, decode, encode
from .grep import searching
from .patterns import any_of, quoted

if TYPE_CHECKING:
    from pathlib import Path

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

    def get(self, path: str) -> Entry | None:
        """What `entries` has of one path; the others need not be listed for it."""
        ...

    def holds(self, folder: str) -> bool:
        """Whether any path lies in `folder`; the others need not be listed for it."""
        ...

    def count(self) -> int:
        """How many paths there are; they need not be listed for it. In a work tree, as
        git counts them: also a file where a folder lies now."""
        ...

    def expect(self, word: bytes) -> None:
        """Say that `containing([word])` will be asked: the next search of all files
        looks for it on its way."""
        ...

    def containing(self, words: Sequence[bytes]) -> list[str]:
        """The regular files that hold at least one of `words`, byte for byte, sorted.

        Attributes that call a file binary hide nothing.
        """
        ...

    def matching(self, patterns: Sequence[bytes]) -> Callable[[], list[str]]:
        """The same for patterns, of which one matches in a line of the file.

        A pattern means the same to PCRE, to POSIX (extended) and to Python's `re`. The
        search goes on by itself; what is returned waits for its end.
        """
        ...


class ListedTree:
    """What a tree needs not do itself whose `entries` are at hand."""

    @property
    def entries(self) -> Mapping[str, Entry]:
        raise NotImplementedError

    def get(self, path: str) -> Entry | None:
        return self.entries.get(path)

    def holds(self, folder: str) -> bool:
        return any(path.startswith(f"{folder}/") for path in self.entries)

    def count(self) -> int:
        return len(self.entries)

    def expect(self, word: bytes) -> None:
        pass


class GitTree(ListedTree):
    """A tree that git lists when its entries are asked for, and searches."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._listed: Mapping[str, Entry] | None = None
        self._expected: set[bytes] = set()
        # Where the expected words are, once all files were searched for them.
        self._marked: list[str] | None = None

    @property
    def entries(self) -> Mapping[str, Entry]:
        if self._listed is None:
            self._listed = self._list()
        return self._listed

    def _list(self) -> Mapping[str, Entry]:
        raise NotImplementedError

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        raise NotImplementedError

    def expect(self, word: bytes) -> None:
        if self._marked is None:
            self._expected.add(word)

    def containing(self, words: Sequence[bytes]) -> list[str]:
        return self.matching([quoted(word) for word in words])()

    def matching(self, patterns: Sequence[bytes]) -> Callable[[], list[str]]:
        expected = {quoted(word) for word in self._expected}
        if self._marked is not None and expected.issuperset(patterns):
            marked = self._marked
            either = any_of(patterns)
            return lambda: [
                path for path, data in self.read_all(marked) if either.search(data)
            ]
        if not patterns:
            return list
        found = self._searched([*patterns, *expected.difference(patterns)])

        def files() -> list[str]:
            self._marked = found()
            return self._marked

        return files

    def _searched(self, patterns: Sequence[bytes]) -> Callable[[], list[str]]:
        raise NotImplementedError


class _BlobTree(GitTree):
    """What the trees of git's object store share."""

    def __init__(self, git: Git, label: str) -> None:
        super().__init__(git)
        self.label = label

    @property
    def cache_folder(self) -> Path:
        """Where what is known of blobs may be kept: beside them, out of reach of what
        the repository's files say."""
        return self._git.directory / "backout"

    def _grep_source(self) -> Sequence[str]:
        raise NotImplementedError

    def _entry(self, path: str) -> Entry:
        """Raises KeyError where there is none."""
        entry = self.get(path)
        if entry is None:
            raise KeyError(path)
        return entry

    def read(self, path: str) -> bytes:
        return self._git.blob(self._entry(path).oid)

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        wanted = list(paths)
        contents = self._git.blobs(self._entry(path).oid for path in wanted)
        return zip(wanted, contents, strict=True)

    def _searched(self, patterns: Sequence[bytes]) -> Callable[[], list[str]]:
        found = searching(self._git, patterns, self._grep_source())

        return lambda: sorted(filter(self._is_file, found()))

    def _is_file(self, path: str) -> bool:
        entry = self.get(path)
        return entry is not None and entry.is_file


# So many paths are looked up each by itself.
_FEW = 8


class _ListedByGit(_BlobTree):
    """A tree that git lists in rows: facts, a tab, the path, a NUL. What is asked of a
    few paths is found in the rows, many times as fast as in `entries`."""

    def __init__(self, git: Git, label: str) -> None:
        super().__init__(git, label)
        self._begun: Callable[[], bytes] | None = None
        self._by_path: dict[bytes, bytes] | None = None
        self._looked_up: dict[str, Entry | None] = {}

    def begin(self) -> None:
        """Let git list the files now, for something will be asked of them."""
        if self._begun is None and self._listed is None:
            self._begun = self._git.begin(*self._listing())

    def _listing(self) -> Sequence[str]:
        raise NotImplementedError

    def _parsed(self, rows: bytes) -> Mapping[str, Entry]:
        raise NotImplementedError

    def rows(self) -> bytes:
        """All that git lists, as it is."""
        self.begin()
        assert self._begun is not None
        return self._begun()

    def _list(self) -> Mapping[str, Entry]:
        return self._parsed(self.rows())

    def count(self) -> int:
        return self.rows().count(b"\0") if self._listed is None else len(self._listed)

    def get(self, path: str) -> Entry | None:
        if self._listed is not None:
            return self._listed.get(path)
        if path not in self._looked_up:
            # A NUL would lead on into the next row.
            row = None if "\0" in path else self._row_of(encode(path))
            found = None if row is None else self._parsed(row + b"\0")[path]
            self._looked_up[path] = found
        return self._looked_up[path]

    def _row_of(self, path: bytes) -> bytes | None:
        if len(self._looked_up) < _FEW:
            return row_with(b"\t" + path + b"\0", self.rows())
        if self._by_path is None:
            rows = self.rows().split(b"\0")[:-1]
            self._by_path = {row[row.index(b"\t") + 1 :]: row for row in rows}
        return self._by_path.get(path)

    def holds(self, folder: str) -> bool:
        if self._listed is not None:
            return super().holds(folder)
        return row_with(b"\t" + encode(f"{folder}/"), self.rows()) is not None


_FOLDER = 0o040000
_LISTED_ALONE = ("ls-tree", "-z", "--full-tree")
_LISTED = (*_LISTED_ALONE, "-r")


class CommitTree(_ListedByGit):
    """The files of a commit, or of any tree object."""

    def __init__(self, git: Git, name: str, label: str = "") -> None:
        """`name` is what git calls it: a branch, a tag, an id.

        Raises CannotDecide where it is not here.
        """
        self.oid = git.resolve(name, "tree")
        super().__init__(git, label or name)

    def _listing(self) -> Sequence[str]:
        return (*_LISTED, self.oid)

    def _parsed(self, rows: bytes) -> Mapping[str, Entry]:
        return _tree_entries(rows)

    def _is_unlisted(self) -> bool:
        return self._listed is None and self._begun is None

    def get(self, path: str) -> Entry | None:
        is_alone = self._is_unlisted() and len(self._looked_up) < _FEW
        if (
            not is_alone or "\0" in path or path in self._looked_up
        ):  # one list is the sooner
            return super().get(path)
        listing = self._git.run(*_LISTED_ALONE, self.oid, "--", path)
        found = _tree_entries(listing).get(path)
        is_folder = found is not None and found.mode == _FOLDER
        self._looked_up[path] = None if is_folder else found
        return self._looked_up[path]

    def holds(self, folder: str) -> bool:
        if not self._is_unlisted():
            return super().holds(folder)
        return bool(self._git.run(*_LISTED_ALONE, self.oid, "--", f"{folder}/"))

    def _grep_source(self) -> Sequence[str]:
        return (self.oid,)


class EmptyTree(ListedTree):
    """No files at all: what came before the first commit."""

    label = "nothing"

    @property
    def entries(self) -> Mapping[str, Entry]:
        return {}

    def read(self, path: str) -> bytes:
        raise KeyError(path)

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        for path in paths:
            raise KeyError(path)
        return iter(())

    def containing(self, words: Sequence[bytes]) -> list[str]:
        return []

    def matching(self, patterns: Sequence[bytes]) -> Callable[[], list[str]]:
        return list


class IndexTree(_ListedByGit):
    """What the next commit would hold."""

    def __init__(self, git: Git) -> None:
        super().__init__(git, "the index")
        self._is_merged: bool | None = None

    def _listing(self) -> Sequence[str]:
        # TAG, mode, id, stage. The tag is "S" for what a sparse checkout leaves in the
        # index alone, "M" for what is not merged.
        return ("ls-files", "-t", "-s", "-z")

    def _parsed(self, rows: bytes) -> Mapping[str, Entry]:
        return _index_entries(rows)

    def _row_of(self, path: bytes) -> bytes | None:
        if self._is_merged is None:
            self._is_merged = not begin_with(b"M ", self.rows())
        if not self._is_merged:
            _ = self.entries  # which says so
        return super()._row_of(path)

    def _grep_source(self) -> Sequence[str]:
        return ("--cached",)


class MemoryTree(ListedTree):
    """Files given as a mapping: for tests, and for a tree that exists nowhere else."""

    def __init__(self, files: Mapping[str, bytes | str], label: str = "memory") -> None:
        self.label = label
        self._files = {
            path: text.encode() if isinstance(text, str) else text
            for path, text in sorted(files.items())
        }
        self._entries: Mapping[str, Entry] = {p: Entry(FILE, "") for p in self._files}

    @property
    def entries(self) -> Mapping[str, Entry]:
        return self._entries

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

    def matching(self, patterns: Sequence[bytes]) -> Callable[[], list[str]]:
        either = any_of(patterns)
        return lambda: [p for p, text in self._files.items() if either.search(text)]


def row_with(part: bytes, rows: bytes) -> bytes | None:
    """The first of git's rows whose path begins with `part`, after its tab; where that
    ends with a NUL, is it."""
    at = rows.find(part)
    while at >= 0:
        start = rows.rfind(b"\0", 0, at) + 1
        if b"\t" not in rows[start:at]:  # and not a part of a path that holds a tab
            return rows[start : rows.index(b"\0", at)]
        at = rows.find(part, at + 1)
    return None


def begin_with(tag: bytes, rows: bytes) -> int:
    """How many rows do."""
    return rows.startswith(tag) + rows.count(b"\0" + tag)


def _tree_entries(listing: bytes) -> dict[str, Entry]:
    """The rows of `git ls-tree -z`: `MODE TYPE ID`, a tab, the path."""
    found: dict[str, Entry] = {}
    modes: dict[str, int] = {}
    for row in decode(listing).split("\0")[:-1]:
        facts, path = row.split("\t", 1)
        word, _, oid = facts.split(" ")
        if word not in modes:
            modes[word] = int(word, 8)
        found[path] = Entry(modes[word], oid)
    return found


def _index_entries(listed: bytes) -> dict[str, Entry]:
    """The rows of `git ls-files -t -s -z`: `TAG MODE ID STAGE`, a tab, the path."""
    found: dict[str, Entry] = {}
    unmerged: list[str] = []
    modes: dict[str, int] = {}
    # Every hook runs through this for each file of the index: once as text, and cut.
    for row in decode(listed).split("\0")[:-1]:
        facts, path = row.split("\t", 1)
        word = facts[2:8]
        if word not in modes:
            modes[word] = int(word, 8)
        if facts[-1] != "0":
            unmerged.append(path)
        found[path] = Entry(modes[word], facts[9:-2])
    if unmerged:
        raise CannotDecide(
            f"{unmerged[0]!r} is not merged yet: resolve the conflict and git add it"
        )
    return found
