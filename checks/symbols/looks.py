"""Which words files name, and which names they bind: looked up once, asked often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from ...core.tree import Tree
from .verdicts import Verdicts
from .words import Words, may_bind


class Looks:
    """What a search saw in the bytes of a tree's files."""

    def __init__(self, tree: Tree, verdicts: Verdicts) -> None:
        self._tree = tree
        self._verdicts = verdicts
        self._bound: defaultdict[str, dict[str, bool]] = defaultdict(dict)
        self._named: dict[tuple[str, frozenset[str]], Collection[str]] = {}

    def naming(
        self, asked: Mapping[str, frozenset[str]]
    ) -> Iterator[tuple[str, Collection[str]]]:
        """For each file which of some words it names; see `Words.named`."""
        unread: dict[str, frozenset[str]] = {}
        for path, words in asked.items():
            known = self._named.get((path, words))
            if known is None:
                known = self._verdicts.recall_named(path, words)
            if known is None:
                unread[path] = words
            else:
                yield path, known
        among = Words(frozenset[str]().union(*unread.values()))
        made: dict[frozenset[str], Words] = {}  # their patterns take their time
        for path, data in self._tree.read_all(unread):
            words = unread[path]
            if words not in made:
                made[words] = Words(words)
            named = set(made[words].named(data, among))
            self._verdicts.keep_named(path, words, named)
            self._named[path, words] = named
            yield path, named

    def binding(
        self, asked: Mapping[str, Collection[str]]
    ) -> Iterator[tuple[str, set[str]]]:
        """For each file which of some names an import, or a statement that begins a line,
        may bind there."""
        bound = self._bound
        fresh = {path: {*names} - bound[path].keys() for path, names in asked.items()}
        for path, data in self._tree.read_all(path for path in asked if fresh[path]):
            bound[path].update(
                (name, may_bind(name.encode("utf-8", "replace"), data))
                for name in fresh[path]
            )
        for path, names in asked.items():
            yield path, {name for name in names if bound[path][name]}
