"""Which file of a tree a dotted name lies in, under every source root."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from .naming import physical, root_prefixes, without_root
from .target import Target

if TYPE_CHECKING:  # a worker needs none
    from ...core.tree import Tree


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
    if target.kind != "module":
        return first_home(target, roots, paths.__contains__)
    stems = {stem for stem, _ in _stems(target, roots)}
    single = {stem + suffix for stem in stems for suffix in (".py", ".pyi")}
    inner = tuple(f"{stem}/" for stem in stems)
    return frozenset(path for path in paths if path in single or path.startswith(inner))


def first_home(
    target: Target, roots: Sequence[str], is_there: Callable[[str], bool]
) -> frozenset[str]:
    """The same, of a module the file that bears its name alone; `is_there` says whether
    there is such a file."""
    ends = (".py", ".pyi", "/__init__.py", "/__init__.pyi")
    length = 0
    found: set[str] = set()
    for stem, size in _stems(target, roots):
        if found and size < length:
            break
        length = size
        found.update(path for end in ends if is_there(path := stem + end))
    return frozenset(found)


def _stems(target: Target, roots: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Where the module of `target` may lie, without an ending, and of how many parts its
    name then is: the longest first. A module is one itself, and lies nowhere else."""
    if not target.dotted:
        return
    prefixes = root_prefixes(tuple(roots))
    parts = without_root(target.dotted, prefixes).split(".")
    folders = ["", *(prefix.replace(".", "/") for prefix in prefixes)]
    is_module = target.kind == "module"
    for length in [len(parts)] if is_module else range(len(parts) - 1, 0, -1):
        for folder in folders:
            yield folder + "/".join(parts[:length]), length
