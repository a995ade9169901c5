"""Python files of a tree: parsed once, and the modules and names that they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from ...core.tree import Tree
from .bound import bound
from .source import Source, parsed


class Sources:
    """The Python files of `tree`, where modules are imported from `roots`."""

    def __init__(self, tree: Tree, roots: Sequence[str]) -> None:
        self.tree = tree
        self.roots = roots
        self._roots = [root.strip("/") for root in roots]
        self._parsed: dict[str, Source] = {}
        self._names: dict[str, frozenset[str] | None] = {}
        self._files: dict[str, str | None] = {}

    def load(self, paths: Iterable[str]) -> None:
        """Read and parse many files at once."""
        wanted = [path for path in paths if path not in self._parsed]
        for path, content in self.tree.read_all(wanted):
            self._parsed[path] = parsed(content)

    def source(self, path: str) -> Source:
        """One file, parsed."""
        self.load([path])
        return self._parsed[path]

    def modules_of(self, path: str) -> list[str]:
        """The dotted names under which a file is imported, the most likely one first."""
        stem, dot, _ = path.rpartition(".py")
        if not dot:
            return []
        stem = stem.removesuffix("/__init__") if stem != "__init__" else ""
        found: list[str] = []
        for root in self._roots:
            if root in ("", "."):
                inside = stem
            elif stem.startswith(f"{root}/"):
                inside = stem[len(root) + 1 :]
            else:
                continue
            parts = inside.split("/")
            if inside and all(part.isidentifier() for part in parts):
                found.append(".".join(parts))
        return sorted(set(found), key=len)

    def file_of(self, module: str) -> str | None:
        """The file that makes a module, "" for a folder without `__init__`, None."""
        if module not in self._files:
            self._files[module] = self._found(module.replace(".", "/"))
        return self._files[module]

    def is_module(self, name: str) -> bool:
        """Whether a dotted name is a module or a package of this tree."""
        return self.file_of(name) is not None

    def names_in(self, path: str) -> frozenset[str] | None:
        """What the module in a file binds; None where that cannot be known."""
        if path not in self._names:
            tree = self.source(path).tree
            self._names[path] = None if tree is None else bound(tree)
        return self._names[path]

    def has(self, name: str) -> bool | None:
        """Whether a dotted name is a module, or bound in one; None if not known."""
        if self.is_module(name):
            return True
        module, _, last = name.rpartition(".")
        path = self.file_of(module) if module else None
        if not path:
            return False
        bound = self.names_in(path)
        return None if bound is None else last in bound

    def _found(self, inside: str) -> str | None:
        folders = [f"{root}/" if root not in ("", ".") else "" for root in self._roots]
        entries = self.tree.entries
        for folder in folders:
            for end in ("/__init__.py", ".py", "/__init__.pyi", ".pyi"):
                if f"{folder}{inside}{end}" in entries:
                    return f"{folder}{inside}{end}"
        is_folder = any(f"{folder}{inside}" in self._packages for folder in folders)
        return "" if is_folder else None

    @cached_property
    def _packages(self) -> set[str]:
        """Every folder that holds Python files, or a folder that does."""
        found: set[str] = set()
        for path in self.tree.entries:
            if path.endswith((".py", ".pyi")):
                while "/" in path:
                    path = path.rpartition("/")[0]
                    if path in found:
                        break
                    found.add(path)
        return found
