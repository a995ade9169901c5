"""What importing a file leads to: chains of imports, from one file to the next.

A package around a module runs when the module is imported, and runs no further: what
stands in its functions counts where somebody asks the package for a name that leads there.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .broken_rollback.imports import Reference, is_meant, references
from .broken_rollback.python import Sources
from .broken_rollback.source import Source

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Span = tuple[int, int, int, int]


# A module, and the names that it is asked for; None for all that there are.
Asked = tuple[str, frozenset[str] | None]


class Hop(NamedTuple):
    """A module that is reached, and the file and place that import it."""

    module: str
    path: str
    at: Reference


class _Import(NamedTuple):
    """A module that a file imports, where, and the names that it asks it for."""

    module: str
    at: Reference
    names: frozenset[str] | None


class Imports:
    """What each file of a tree imports, found out once: the ways from one kept file lead
    through the same files as those from the next."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._of: dict[tuple[str, frozenset[str] | None], list[_Import]] = {}

    def asked_by(self, path: str) -> set[Asked]:
        """What a file imports, if it is there."""
        if path not in self.sources.tree.entries:
            return set()
        return {
            (one.module, one.names if self._is_package(one.module) else None)
            for one in self._imported_by(path, None)
        }

    def lead(self, asked: Iterable[Asked], forbidden: Sequence[str]) -> bool:
        """Whether one of the modules asked for is forbidden, or leads to one that is."""
        starts: list[tuple[str, frozenset[str] | None]] = []
        for module, names in asked:
            if _is_any(module, forbidden):
                return True
            file = self.sources.file_of(module)
            if file:
                starts.append((file, names))
        return any(True for _ in self._ways(starts, forbidden))

    def ways(self, start: str, forbidden: Sequence[str]) -> Iterator[tuple[Hop, ...]]:
        """Chains of imports from a file to forbidden modules, the shortest ones first."""
        return self._ways([(start, None)], forbidden)

    def _is_package(self, module: str) -> bool:
        return (self.sources.file_of(module) or "").endswith("/__init__.py")

    def _ways(
        self,
        starts: Sequence[tuple[str, frozenset[str] | None]],
        forbidden: Sequence[str],
    ) -> Iterator[tuple[Hop, ...]]:
        waiting: deque[tuple[str, frozenset[str] | None, tuple[Hop, ...]]] = deque()
        waiting.extend((file, names, ()) for file, names in starts)
        seen: dict[str, frozenset[str] | None] = dict(starts)
        while waiting:
            path, names, chain = waiting.popleft()
            told: Reference | None = None
            for module, reference, asked in self._imported_by(path, names):
                hop = Hop(module, path, reference)
                if _is_any(module, forbidden):
                    # `a.b` and the package `a` around it are one import.
                    if reference is not told:
                        yield (*chain, hop)
                    told = reference
                    continue
                file = self.sources.file_of(module)
                if not file:
                    continue
                if not self._is_package(module):
                    asked = None
                known = seen.get(file, frozenset())
                if file not in seen or (
                    known is not None and (asked is None or not asked <= known)
                ):
                    both = None if known is None or asked is None else known | asked
                    seen[file] = both
                    waiting.append((file, both, (*chain, hop)))

    def _imported_by(self, path: str, names: frozenset[str] | None) -> list[_Import]:
        """What a file imports when it runs, the packages around it too; where it is
        asked for some names alone, only what runs then."""
        if (path, None) not in self._of:
            self._of[path, None] = list(_imported(self.sources, path))
        if (path, names) not in self._of:
            idle = _idle(self.sources.source(path), names or frozenset())
            self._of[path, names] = [
                one
                for one in self._of[path, None]
                if not any(_stands_in(one.at, span) for span in idle)
            ]
        return self._of[path, names]


def is_within(module: str, name: str) -> bool:
    """Whether a module is `name`, or in it."""
    return module == name or module.startswith(f"{name}.")


def _is_any(module: str, names: Sequence[str]) -> bool:
    return any(is_within(module, name) for name in names)


def _imported(sources: Sources, path: str) -> Iterator[_Import]:
    source = sources.source(path)
    unreal = _only_for_types(source)
    asked = _asked_for(sources, source)
    for reference in references(sources, path):
        if reference.optional or not is_meant(reference, sources):
            continue
        if (reference.line, reference.column) in unreal:
            continue
        name, rest = reference.name, ""
        while name and not sources.is_module(name):
            name, _, rest = name.rpartition(".")
        if not name:
            # It may be there no more, and must not be asked for all the same.
            yield _Import(reference.name, reference, None)
            continue
        yield _Import(name, reference, frozenset([rest]) if rest else None)
        while name := name.rpartition(".")[0]:
            yield _Import(name, reference, asked.get(name, frozenset()))


def _asked_for(sources: Sources, source: Source) -> dict[str, frozenset[str] | None]:
    """What a file asks of the packages around the modules that it imports under their
    full names: after `import a.b`, `a.run()` is one of `a`."""
    tops = {
        alias.name.partition(".")[0]
        for node in source.imports
        if isinstance(node, ast.Import)
        for alias in node.names
        if "." in alias.name and not alias.asname
    }
    tops = {top for top in tops if sources.is_module(top)}
    found: dict[str, frozenset[str] | None] = {}
    if not tops:
        return found
    owners: set[int] = set()
    for attribute in source.attributes:
        owners.add(id(attribute.value))
        package = _dotted(attribute.value)
        if package.partition(".")[0] in tops and sources.is_module(package):
            if not sources.is_module(f"{package}.{attribute.attr}"):
                known = found.get(package) or frozenset()
                found[package] = known | {attribute.attr}
    # Who hands a package on has asked it for anything.
    bare = {name.id for name in source.names if id(name) not in owners}
    return {**found, **dict.fromkeys(tops & bare)}


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(value, attr):
            owner = _dotted(value)
            return owner and f"{owner}.{attr}"
        case _:
            return ""


def _only_for_types(source: Source) -> set[tuple[int, int]]:
    """Where the names stand that are imported under `if TYPE_CHECKING:`."""
    found: set[tuple[int, int]] = set()
    for node in source.ifs:
        test = node.test
        name = test.attr if isinstance(test, ast.Attribute) else ""
        if isinstance(test, ast.Name):
            name = test.id
        if name == "TYPE_CHECKING":
            for statement in node.body:
                for part in ast.walk(statement):
                    if isinstance(part, ast.alias):
                        found.add((part.lineno, part.col_offset + 1))
    return found


def _idle(source: Source, names: frozenset[str]) -> list[_Span]:
    """The functions that do not run where a module is imported for `names` alone: the
    code outside of functions names none of them, and nor does one that is named."""
    waiting: list[tuple[ast.AST, frozenset[str]]] = []
    if source.tree is not None:
        waiting.append((source.tree, frozenset()))
    functions: list[tuple[_Function, frozenset[str]]] = []
    # A module may make any name in `__getattr__`.
    named = set(names | {"__getattr__"} if names else names)
    while waiting:
        node, around = waiting.pop()
        named |= _named(node)
        parts = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.ClassDef):
            around |= {node.name}
        elif isinstance(node, _Function):
            parts = [*node.decorator_list, node.args]
            # Who is decorated is handed on, and may be called at once.
            functions.append((node, around | {node.name}))
            if node.decorator_list:
                named.add(node.name)
        waiting += [(part, around) for part in parts]
    while running := [one for one in functions if named & one[1]]:
        functions = [one for one in functions if one not in running]
        for function, _ in running:
            named.update(*map(_named, ast.walk(function)))
    return [source.span(function) for function, _ in functions]


def _named(node: ast.AST) -> set[str]:
    match node:
        case ast.Name(name, ast.Load()) | ast.Attribute(attr=name):
            return {name}
        case _:
            return set()


def _stands_in(reference: Reference, span: _Span) -> bool:
    return span[:2] <= (reference.line, reference.column) < span[2:]
