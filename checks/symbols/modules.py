"""Which file of a tree a dotted name lies in, under every source root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

from ...core.tree import Tree
from .naming import physical, root_prefixes, without_root
from .target import Target


class Modules:
    """The Python modules of a tree by the names they can be imported by."""

    def __init__(self, paths: Sequence[str], roots: Sequence[str]) -> None:
        prefixes = root_prefixes(tuple(roots))
        self._files: dict[str, list[str]] = {}
        for path in paths:
            if path.endswith((".py", ".pyi")):
                name, _ = physical(path)
                for spelled in {name, without_root(name, prefixes)}:
                    self._files.setdefault(spelled, []).append(path)

    def split(self, dotted: str) -> tuple[Sequence[str], str]:
        """The files of the longest beginning of `dotted` that is a module, and the rest.

        No files where no part of it is one.
        """
        end = len(dotted)
        while end > 0:
            files = self._files.get(dotted[:end])
            if files is not None:
                return files, dotted[end + 1 :]
            end = dotted.rfind(".", 0, end)
        return (), dotted


_KNOWN: WeakKeyDictionary[Tree, dict[tuple[str, ...], Modules]] = WeakKeyDictionary()


def modules_of(tree: Tree, roots: Sequence[str]) -> Modules:
    """The modules of a tree's files, listed once for all searches of it."""
    known = _KNOWN.setdefault(tree, {})
    made = known.get(tuple(roots))
    if made is None:
        files = sorted(path for path, entry in tree.entries.items() if entry.is_file)
        made = known[tuple(roots)] = Modules(files, roots)
    return made


def home(
    target: Target, paths: Mapping[str, object], roots: Sequence[str]
) -> frozenset[str]:
    """The files among `paths` in which `target` lives and may name itself.

    For a module that is each of its files, for anything else the file of the longest
    beginning of its dotted name that is a module. Empty for a flag, and where it is
    gone already.
    """
    if not target.dotted:
        return frozenset()
    prefixes = root_prefixes(tuple(roots))
    parts = without_root(target.dotted, prefixes).split(".")
    folders = ["", *(prefix.replace(".", "/") for prefix in prefixes)]
    if target.kind == "module":
        stems = {folder + "/".join(parts) for folder in folders}
        single = {stem + suffix for stem in stems for suffix in (".py", ".pyi")}
        inner = tuple(f"{stem}/" for stem in stems)
        return frozenset(
            path for path in paths if path in single or path.startswith(inner)
        )
    for length in range(len(parts) - 1, 0, -1):
        found = {
            path
            for folder in folders
            for stem in [folder + "/".join(parts[:length])]
            for end in (".py", ".pyi", "/__init__.py", "/__init__.pyi")
            if (path := stem + end) in paths
        }
        if found:
            return frozenset(found)
    return frozenset()
