"""Which file of a tree a dotted name lies in, under every source root."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from .naming import physical, root_prefixes, without_root
from .target import Target

if TYPE_CHECKING:  # a worker needs none
    from ...core.tree import Tree


class Modules:
    """The Python modules of a tree by the names they can be imported by.

    A few are looked for where they would lie. Once many are asked for, all files are
    listed.
    """

    def __init__(self, tree: Tree, roots: Sequence[str]) -> None:
        self._tree = tree
        self._prefixes = root_prefixes(tuple(roots))
        self._folders = ["", *_folders(roots)]
        self._found: dict[str, list[str]] = {}
        self._listed: dict[str, list[str]] | None = None

    def split(self, dotted: str) -> tuple[Sequence[str], str]:
        """The files of the longest beginning of `dotted` that is a module, and the rest.

        No files where no part of it is one.
        """
        end = len(dotted)
        while end > 0:
            files = self._files(dotted[:end])
            if files:
                return files, dotted[end + 1 :]
            end = dotted.rfind(".", 0, end)
        return (), dotted

    def _files(self, dotted: str) -> list[str]:
        if self._listed is not None:
            return self._listed.get(dotted, [])
        if dotted not in self._found:
            if len(self._found) >= _FEW:
                self._listed = self._list()
                return self._listed.get(dotted, [])
            self._found[dotted] = sorted(self._looked_up(dotted))
        return self._found[dotted]

    def _looked_up(self, dotted: str) -> Iterator[str]:
        for folder in self._folders:
            stem = folder + dotted.replace(".", "/")
            for path in (stem + end for end in _ENDS):
                if dotted in self._names(path) and _is_file(self._tree, path):
                    yield path

    def _names(self, path: str) -> set[str]:
        """What the module in a file is imported by."""
        name, _ = physical(path)
        return {name, without_root(name, self._prefixes)}

    def _list(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path, entry in sorted(self._tree.entries.items()):
            if entry.is_file and path.endswith((".py", ".pyi")):
                # Where a folder's own name has a dot, nothing can be imported.
                is_dotted = "." in path[: path.rindex(".")]
                for name in self._names(path):
                    if not is_dotted or path in self._looked_up(name):
                        found.setdefault(name, []).append(path)
        return found


# So many names are looked up each by itself.
_FEW = 300
_ENDS = (".py", ".pyi", "/__init__.py", "/__init__.pyi")
_KNOWN: WeakKeyDictionary[Tree, dict[tuple[str, ...], Modules]] = WeakKeyDictionary()


def modules_of(tree: Tree, roots: Sequence[str]) -> Modules:
    """The modules of a tree's files, for all searches of it."""
    known = _KNOWN.setdefault(tree, {})
    return known.setdefault(tuple(roots), Modules(tree, roots))


def _folders(roots: Sequence[str]) -> list[str]:
    named = {root.strip("/").removeprefix("./") for root in roots}
    return sorted(f"{root}/" for root in named if root not in ("", "."))


def _is_file(tree: Tree, path: str) -> bool:
    try:
        entry = tree.get(path)
    except ValueError:  # a name from a string of some file: no path can be like that
        return False
    return entry is not None and entry.is_file


class Homes:
    """In which files of a tree a target lives, and may name itself."""

    def __init__(self, tree: Tree, roots: Sequence[str]) -> None:
        self._tree = tree
        self._roots = roots
        self._known: dict[Target, tuple[frozenset[str], tuple[str, ...]]] = {}

    def hold(self, target: Target, path: str) -> bool:
        """Whether a file of the tree is one.

        For a module that is each of its files, for anything else the file of the longest
        beginning of its dotted name that is a module: none where it is gone already.
        """
        if target not in self._known:
            self._known[target] = self._of(target)
        files, folders = self._known[target]
        return path in files or path.startswith(folders)

    def _of(self, target: Target) -> tuple[frozenset[str], tuple[str, ...]]:
        if target.kind != "module":
            return first_home(target, self._roots, self._is_there), ()
        stems = {stem for stem, _ in _stems(target, self._roots)}
        single = {stem + suffix for stem in stems for suffix in (".py", ".pyi")}
        return frozenset(single), tuple(f"{stem}/" for stem in stems)

    def _is_there(self, path: str) -> bool:
        return self._tree.get(path) is not None


def first_home(
    target: Target, roots: Sequence[str], is_there: Callable[[str], bool]
) -> frozenset[str]:
    """The file that bears the name of the longest beginning of a target's dotted name;
    `is_there` says whether there is such a file."""
    length = 0
    found: set[str] = set()
    for stem, size in _stems(target, roots):
        if found and size < length:
            break
        length = size
        found.update(path for end in _ENDS if is_there(path := stem + end))
    return frozenset(found)


def _stems(target: Target, roots: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Where the module of `target` may lie, without an ending, and of how many parts its
    name then is: the longest first. A module is one itself, and lies nowhere else."""
    if not target.dotted:
        return
    prefixes = root_prefixes(tuple(roots))
    parts = without_root(target.dotted, prefixes).split(".")
    folders = ["", *_folders(roots)]
    is_module = target.kind == "module"
    for length in [len(parts)] if is_module else range(len(parts) - 1, 0, -1):
        for folder in folders:
            yield folder + "/".join(parts[:length]), length
