"""Python files of a tree: parsed once, and the modules and names that they make."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from ...core.tree import Tree


class Source:
    """A file; `tree` is None where it does not parse: `why` and `line` (from 1) say why.

    The nodes that matter are gathered in one walk: walking takes longer than parsing.
    """

    def __init__(
        self, content: bytes, tree: ast.Module | None, why: str = "", line: int = 0
    ) -> None:
        self.content = content
        self.tree = tree
        self.why = why
        self.line = line
        self.imports: list[ast.Import | ast.ImportFrom] = []
        self.attributes: list[ast.Attribute] = []
        self.names: list[ast.Name] = []
        self.tries: list[ast.Try] = []
        for node in ast.walk(tree) if tree is not None else ():
            match node:
                case ast.Name():
                    self.names.append(node)
                case ast.Attribute():
                    self.attributes.append(node)
                case ast.Import() | ast.ImportFrom():
                    self.imports.append(node)
                case ast.Try():
                    self.tries.append(node)
                case _:
                    pass

    def span(self, node: ast.expr | ast.alias) -> tuple[int, int, int, int]:
        """Where a node begins and ends, as a `Place` counts: columns in characters."""
        end = node.end_lineno or node.lineno
        return (
            node.lineno,
            self._column(node.lineno, node.col_offset),
            end,
            self._column(end, node.end_col_offset or node.col_offset),
        )

    def _column(self, line: int, offset: int) -> int:
        """From the parser's offset, which counts bytes of UTF-8 from 0."""
        if self._is_ascii:
            return offset + 1
        before = self._rows[line - 1].encode()[:offset]
        return len(before.decode("utf-8", "replace")) + 1

    @cached_property
    def _is_ascii(self) -> bool:
        return self.content.isascii()

    @cached_property
    def _rows(self) -> list[str]:
        import io
        import tokenize

        encoding, _ = tokenize.detect_encoding(io.BytesIO(self.content).readline)
        # What ends a line for the parser; a form feed does not.
        return re.split("\r\n|\r|\n", self.content.decode(encoding))

    @property
    def is_open(self) -> bool:
        """Whether a star import brings names that one cannot see."""
        return any(
            isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
            for node in self.imports
        )


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
            self._names[path] = None if tree is None else _bound(tree)
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


def parsed(content: bytes) -> Source:
    """`content` as a syntax tree. Nothing of it runs."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of invalid escapes, which are not ours
            return Source(content, ast.parse(content))
    except SyntaxError as error:
        return Source(content, None, error.msg, error.lineno or 0)
    except (ValueError, RecursionError, MemoryError) as error:
        return Source(content, None, str(error) or type(error).__name__)


def _bound(tree: ast.Module) -> frozenset[str] | None:
    """The names that a module binds; None with a star import or `__getattr__`."""
    found: set[str] = {"__name__", "__file__", "__doc__", "__path__", "__all__"}
    for node in _module_level(tree.body):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
            case ast.Import():
                found.update(a.asname or a.name.partition(".")[0] for a in node.names)
            case ast.ImportFrom():
                if any(alias.name == "*" for alias in node.names):
                    return None
                found.update(alias.asname or alias.name for alias in node.names)
            case ast.Name(ctx=ast.Store()):
                found.add(node.id)
            case ast.Global():
                found.update(node.names)
            case ast.ExceptHandler() if node.name:
                found.add(node.name)
            case _:
                pass
    uses_globals = any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("globals", "vars", "setattr")
        for node in _module_level(tree.body)
    )
    return None if "__getattr__" in found or uses_globals else frozenset(found)


def _module_level(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every node that belongs to the module's own scope, and `global` statements."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += [n for n in ast.walk(node) if isinstance(n, ast.Global)]
        elif not isinstance(node, ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
