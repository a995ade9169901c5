"""The trees that a rollback's result is judged by: the present one, and results of it.

The present one is listed and searched once, however many results are judged: each is
known by the few files in which it differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ..patterns import any_of
from ..tree import CommitTree, Entry, ListedTree
from .differences import Difference
from .scratch import Scratch


class Present(CommitTree):
    """The tree that a rollback goes on top of."""

    def __init__(self, scratch: Scratch, tree: str) -> None:
        super().__init__(scratch, tree)
        self.scratch = scratch
        self._known: dict[str, Entry] = {}
        self._found: dict[bytes, frozenset[str]] = {}

    def learn(self, files: Iterable[Difference]) -> None:
        """Remember what `files` are here: reading them lists nothing."""
        self._known.update((file.path, file.old) for file in files if file.old)

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        wanted = list(paths)
        if any(path not in self._known for path in wanted):
            return super().read_all(wanted)
        contents = self._git.blobs(self._known[path].oid for path in wanted)
        return zip(wanted, contents, strict=True)

    def containing(self, words: Sequence[bytes]) -> list[str]:
        """As of every tree, but a file may be there for a word that was searched for
        together with one of `words` before."""
        new = [word for word in words if word not in self._found]
        if new:
            found = frozenset(super().containing(new))
            self._found.update(dict.fromkeys(new, found))
        files: set[str] = set()
        return sorted(files.union(*(self._found[word] for word in words)))


class Result(ListedTree):
    """The tree that a rollback gives: `present`, where `files` differ."""

    def __init__(self, present: Present, files: Iterable[Difference]) -> None:
        self.label = "the result"
        self._present = present
        self._new = {file.path: file.new for file in files}
        self._listed: dict[str, Entry] | None = None

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Every path with what it is."""
        if self._listed is None:
            self._listed = self._list()
        return self._listed

    def _list(self) -> dict[str, Entry]:
        found = {p: e for p, e in self._present.entries.items() if p not in self._new}
        found.update((path, entry) for path, entry in self._new.items() if entry)
        return dict(sorted(found.items()))

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        return next(self.read_all([path]))[1]

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The same for many paths, in order."""
        wanted = list(paths)
        entries = [self._new.get(path) or self.entries[path] for path in wanted]
        contents = self._present.scratch.blobs(entry.oid for entry in entries)
        return zip(wanted, contents, strict=True)

    def containing(self, words: Sequence[bytes]) -> list[str]:
        """The files that may hold one of `words`; see `Present.containing`."""
        found = {p for p in self._present.containing(words) if p not in self._new}
        mine = [path for path, entry in self._new.items() if entry and entry.is_file]
        found.update(
            path
            for path, content in self.read_all(mine)
            if any(word in content for word in words)
        )
        return sorted(found)

    def matching(self, patterns: Sequence[bytes]) -> Callable[[], list[str]]:
        """The files in which a pattern matches a line."""
        begun = self._present.matching(patterns)
        either = any_of(patterns)
        mine = [path for path, entry in self._new.items() if entry and entry.is_file]

        def found() -> list[str]:
            files = {path for path in begun() if path not in self._new}
            files.update(p for p, data in self.read_all(mine) if either.search(data))
            return sorted(files)

        return found
