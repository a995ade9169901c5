"""Whether `backout gate --fix` rewrites a forbidden name, where that is sure at a glance.

What rewrites lies a floor above and needs a second to say; this reads the files that
have findings anyway, once, and leaves unsaid whatever might be ambiguous.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from keyword import iskeyword
from typing import NamedTuple

from ..core.tree import Tree
from .symbols.modules import Modules, modules_of
from .symbols.naming import absolute, physical, root_prefixes, without_root
from .symbols.public import bound_names
from .symbols.target import Target, Use

_PATH = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_LAYOUT = re.compile(r"\\\r?\n|\s")


class _Import(NamedTuple):
    """A name that an import binds: in which line, and to what; a plain `import` binds
    the first part of it."""

    line: int
    meaning: str
    is_plain: bool


class _File(NamedTuple):
    """What a file imports, by the local name, and what binds names in other ways."""

    imports: Mapping[str, Sequence[_Import]]
    bound: frozenset[str]
    words: frozenset[str]


def fixable(
    tree: Tree, roots: Sequence[str], found: Iterable[tuple[Use, str]]
) -> set[Use]:
    """Those of the uses `found`, each with the dotted name to use instead, that are sure
    to be rewritten: each use of the same name in the file is, or none."""
    by_file: dict[str, dict[tuple[Target, str], list[Use]]] = {}
    for use, new in found:
        by_file.setdefault(use.path, {}).setdefault((use.target, new), []).append(use)
    offer = _Offer(tree, roots)
    sure: set[Use] = set()
    for path, groups in by_file.items():
        wanted = {key: uses for key, uses in groups.items() if offer.is_there(*key)}
        file = _read(tree, path) if wanted else None
        if file is None:
            continue
        for (target, new), uses in wanted.items():
            if path in offer.modules.split(new)[0]:
                continue
            if all(offer.is_plain(use, target, new, file) for use in uses):
                sure.update(uses)
    return sure


class _Offer:
    """What stands in for forbidden names, against the modules of a tree."""

    def __init__(self, tree: Tree, roots: Sequence[str]) -> None:
        self._tree = tree
        self._prefixes = root_prefixes(tuple(roots))
        self.modules: Modules = modules_of(tree, roots)
        self._known: dict[tuple[Target, str], bool] = {}

    def is_there(self, target: Target, new: str) -> bool:
        """Whether `new` is defined in this tree, or is somebody else's; what is merely
        imported there may be the old thing under a new name."""
        key = (target, new)
        if key not in self._known:
            self._known[key] = self._is_there(target, new)
        return self._known[key]

    def _is_there(self, target: Target, new: str) -> bool:
        if target.kind != "symbol" or not _PATH.fullmatch(new) or "." not in new:
            return False
        if any(map(iskeyword, new.split("."))):
            return False
        files, last = self.modules.split(new)
        if not files:
            return True
        for path in files:
            try:
                body = ast.parse(self._tree.read(path)).body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return False
            made = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
            defined = {node.name for node in body if isinstance(node, made)}
            others = [node for node in body if not isinstance(node, made)]
            more = bound_names(ast.Module(others, []))
            if more is None or last in more or last not in defined:
                return False
        return True

    def is_plain(self, use: Use, target: Target, new: str, file: _File) -> bool:
        """Whether one import, and nothing else, makes the place what it is."""
        if use.via == "string":
            return not use.alias and self._rooted(use.text) == self._rooted(target.name)
        if use.via not in ("import", "name", "attribute", "comment"):
            return False
        if use.name != target.name:
            return False  # a part of it: that follows, or it does not
        text = _LAYOUT.sub("", use.text)
        local, _, rest = text.partition(".")
        line = use.bound_at or use.span.line
        meant = use.alias or self._rooted(target.name)
        if use.via == "import":
            return any(
                name not in file.bound
                and all(self._rooted(each.meaning) == meant for each in bound)
                and not bound[0].is_plain
                for name, bound in file.imports.items()
                if any(
                    each.line == line and self._rooted(each.meaning) == meant
                    for each in bound
                )
            )
        bound = file.imports.get(local, ())
        full = [f"{each.meaning}.{rest}" if rest else each.meaning for each in bound]
        if not bound or local in file.bound or len({*full}) != 1:
            return False
        if self._rooted(full[0]) != meant or all(each.line != line for each in bound):
            return False
        if not rest:
            return True
        parent, _, last = new.rpartition(".")
        if not use.alias and parent == self._rooted(target.name).rpartition(".")[0]:
            return True
        if bound[0].is_plain:
            return new.split(".", 1)[0] == local
        return last not in file.words

    def _rooted(self, dotted: str) -> str:
        return without_root(dotted, self._prefixes)


def _read(tree: Tree, path: str) -> _File | None:
    """The facts of a Python file; None for another, and for one that does not parse."""
    if not path.endswith((".py", ".pyi", ".pyw")):
        return None
    data = tree.read(path)
    try:
        module = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    imports: dict[str, list[_Import]] = {}
    bound: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for local, each in _imported(node, path):
                imports.setdefault(local, []).append(each)
        else:
            bound.update(_bound(node))
    words = re.findall(r"\w+", data.decode("utf-8", "replace"))
    return _File(imports, frozenset(bound), frozenset(words))


def _imported(
    node: ast.Import | ast.ImportFrom, path: str
) -> Iterator[tuple[str, _Import]]:
    """What an import statement binds, by the local name."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            local = alias.asname or alias.name.split(".", 1)[0]
            meaning = alias.name if alias.asname else local
            yield local, _Import(alias.lineno, meaning, alias.asname is None)
        else:
            module = absolute(node.module or "", node.level, *physical(path))
            meaning = f"{module}.{alias.name}"
            yield alias.asname or alias.name, _Import(alias.lineno, meaning, False)


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a node binds in whatever scope, or says that others may."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.arg(arg=name):
            yield name
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.ExceptHandler(name=str(name)):
            yield name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            yield from names
        case _:
            if type(node).__name__ in ("TypeVar", "ParamSpec", "TypeVarTuple"):
                yield getattr(node, "name", "")
