"""What a file imports, binds and mentions, and where: the facts a rewrite needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import libcst as cst
import msgspec
from libcst.metadata import MetadataWrapper, PositionProvider

from ...checks.symbols.bindings import targets
from ...checks.symbols.naming import absolute
from ...checks.symbols.nodes import dotted, ident, plain, prefixes
from .source import Source


class Statement(msgspec.Struct, eq=False):
    """One import statement. Offsets count characters of the file.

    `module` is the absolute dotted name after `from`, None for a plain `import` and
    where its dots lead nowhere; `module_at` is where that is written, dots included.
    `is_alone` says that it has its line, and its place in a block, for itself.
    """

    node: cst.Import | cst.ImportFrom
    start: int
    end: int
    line: int
    module: str | None
    module_at: tuple[int, int]
    level: int
    scope: Scope
    is_alone: bool
    is_top: bool
    names: list[Bound]


class Bound(msgspec.Struct, eq=False):
    """One name of an import statement: what it binds (`local`) and what that means."""

    statement: Statement
    line: int
    start: int  # of the name as it is imported
    end: int
    stop: int  # after its `as` part
    written: str
    meaning: str
    local: str
    has_alias: bool


class Scope:
    """A module, a function, a class, a lambda or a comprehension: what it binds."""

    def __init__(self, parent: Scope | None) -> None:
        self.parent = parent
        self.bound: dict[str, int] = {}  # with the line of the first time; no imports

    def binds_below(self, name: str, outer: Scope) -> bool:
        """Whether this scope, or one around it that lies in `outer`, binds `name`."""
        scope: Scope | None = self
        while scope is not None and scope is not outer:
            if name in scope.bound:
                return True
            scope = scope.parent
        return False


class FileNames(cst.CSTVisitor):
    """Reads one file. `file` is its dotted name from the top.

    Raises libcst.ParserSyntaxError and RecursionError.
    """

    def __init__(self, source: Source, file: str, is_package: bool) -> None:
        super().__init__()
        self.statements: list[Statement] = []
        self.mentions: dict[str, list[tuple[int, Scope]]] = {}
        self.strings: list[tuple[int, int, str]] = []
        self.declared: set[str] = set()  # global or nonlocal somewhere
        self._source = source
        self._file = file
        self.is_package = is_package
        self.bound_anywhere: set[str] = set()
        self._alone: set[int] = set()
        self._top: set[int] = set()
        module = cst.parse_module(source.normal)
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        self._positions = wrapper.resolve(PositionProvider)
        self.scope = self.top = Scope(None)
        self._top.update(map(id, module.body))
        module.visit(self)

    # Positions

    def _range(self, node: cst.CSTNode) -> tuple[int, int]:
        place = self._positions[node]
        return (
            self._source.at(place.start.line, place.start.column + 1),
            self._source.at(place.end.line, place.end.column + 1),
        )

    def _line(self, node: cst.CSTNode) -> int:
        return self._positions[node].start.line

    # Scopes and bindings

    def on_visit(self, node: cst.CSTNode) -> bool:
        kind = type(node)
        if isinstance(node, cst.SimpleStatementLine):
            if len(node.body) == 1:
                self._alone.add(id(node.body[0]))
            if id(node) in self._top:
                self._top.update(map(id, node.body))
        for name in _bound(node):
            self.scope.bound.setdefault(name, self._line(node))
            self.bound_anywhere.add(name)
        if isinstance(node, (cst.Global, cst.Nonlocal)):
            self.declared.update(ident(item.name.value) for item in node.names)
            return False
        if isinstance(node, (cst.Import, cst.ImportFrom)):
            self._import(node)
            return False
        if isinstance(node, cst.Name):
            start, _ = self._range(node)
            self.mentions.setdefault(ident(node.value), []).append((start, self.scope))
            return False
        if isinstance(node, cst.Attribute):
            node.value.visit(self)
            return False
        if isinstance(node, cst.Arg):
            node.value.visit(self)
            return False
        if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
            text = plain(node)
            if text is not None and len(text) < 200:
                self.strings.append((*self._range(node), text))
        if kind in _SCOPES:
            self.scope = Scope(self.scope)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if type(original_node) in _SCOPES and self.scope.parent is not None:
            self.scope = self.scope.parent

    # Imports

    def _import(self, node: cst.Import | cst.ImportFrom) -> None:
        start, end = self._range(node)
        module: str | None = None
        at = (start, start)
        level = 0
        if isinstance(node, cst.ImportFrom):
            level = len(node.relative)
            relative = dotted(node.module) or ""
            module = absolute(relative, level, self._file, self.is_package)
            parts = [*node.relative, *([node.module] if node.module else [])]
            at = (self._range(parts[0])[0], self._range(parts[-1])[1])
        statement = Statement(
            node, start, end, self._line(node), module, at, level, self.scope,
            id(node) in self._alone, id(node) in self._top, [],
        )  # fmt: skip
        self.statements.append(statement)
        if isinstance(node.names, cst.ImportStar):
            return
        for alias in node.names:
            written = dotted(alias.name)
            if written is None:
                continue
            first, last = self._range(alias.name)
            stop = last
            local = written.split(".", 1)[0]
            meaning = local if isinstance(node, cst.Import) else f"{module}.{written}"
            if alias.asname is not None:
                stop = self._range(alias.asname.name)[1]
                local = dotted(alias.asname.name) or ""
                meaning = meaning if module is not None else written
            statement.names.append(
                Bound(statement, self._line(alias), first, last, stop, written, meaning, local,
                      alias.asname is not None)
            )  # fmt: skip

    # Questions

    def parts_of(self, statement: Statement) -> Iterator[tuple[tuple[int, int], int]]:
        """Each dotted beginning of the names that a statement imports by: its range,
        and the index of the name; -1 for the module after `from`."""
        node = statement.node
        if isinstance(node, cst.ImportFrom):
            if node.module is not None:
                for part, _ in prefixes(node.module):
                    yield self._range(part), -1
        if not isinstance(node.names, cst.ImportStar):
            for index, alias in enumerate(node.names):
                for part, _ in prefixes(alias.name):
                    yield self._range(part), index

    def imports_of(self, local: str) -> list[Bound]:
        """Every import in the file that binds `local`."""
        return [b for s in self.statements for b in s.names if b.local == local]

    def is_free(self, name: str) -> bool:
        """Whether nothing in the file is, or may be, called so."""
        return (
            name not in self.mentions
            and name not in self.declared
            and not self.imports_of(name)
            and not any(name in _words(text) for _, _, text in self.strings)
        )

    def is_only_imported(self, name: str) -> bool:
        """Whether nothing but imports binds `name`, in any scope."""
        return name not in self.declared and name not in self.bound_anywhere


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() or c == "_" else " " for c in text).split()


_SCOPES = {
    cst.FunctionDef, cst.ClassDef, cst.Lambda, cst.ListComp, cst.SetComp, cst.DictComp,
    cst.GeneratorExp,
}  # fmt: skip
_TARGETED = (
    cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For, cst.CompFor, cst.NamedExpr,
    cst.Del,
)  # fmt: skip
_NAMED = (
    cst.AsName, cst.FunctionDef, cst.ClassDef, cst.TypeAlias, cst.MatchAs, cst.MatchStar,
    cst.Param,
)  # fmt: skip


def _bound(node: cst.CSTNode) -> Iterator[str]:
    """The names that a node itself binds where it stands."""
    if isinstance(node, _TARGETED):
        yield from targets(cast(Any, node).target)
    elif isinstance(node, _NAMED):
        name = cast("cst.BaseExpression | None", node.name)
        if name is not None:
            yield from targets(name)
    elif isinstance(node, cst.MatchMapping) and node.rest is not None:
        yield ident(node.rest.value)
