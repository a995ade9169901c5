"""A tree with some of its files replaced: what a rewrite would make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ...core.patterns import any_of
from ...core.tree import Entry, ListedTree, Tree


class Overlay(ListedTree):
    """`tree`, but the files in `changed` hold those bytes."""

    def __init__(self, tree: Tree, changed: Mapping[str, bytes]) -> None:
        self._tree = tree
        self._changed = changed
        self.label = tree.label
        new = {path: Entry(tree.entries[path].mode, "") for path in changed}
        self._entries: Mapping[str, Entry] = {**tree.entries, **new}

    @property
    def entries(self) -> Mapping[str, Entry]:
        return self._entries

    def read(self, path: str) -> bytes:
        if path in self._changed:
            return self._changed[path]
        return self._tree.read(path)

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        wanted = list(paths)
        rest = self._tree.read_all(path for path in wanted if path not in self._changed)
        for path in wanted:
            yield (path, self._changed[path]) if path in self._changed else next(rest)

    def containing(self, words: Sequence[bytes]) -> list[str]:
        found = {p for p in self._tree.containing(words) if p not in self._changed}
        for path, data in self._changed.items():
            if any(word in data for word in words):
                found.add(path)
        return sorted(found)

    def matching(self, patterns: Sequence[bytes]) -> Callable[[], list[str]]:
        begun = self._tree.matching(patterns)
        either = any_of(patterns)

        def found() -> list[str]:
            rest = {path for path in begun() if path not in self._changed}
            rest.update(p for p, data in self._changed.items() if either.search(data))
            return sorted(rest)

        return found
