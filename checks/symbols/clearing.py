"""Clears what cannot matter, with the standard library's `ast`: a whole file, or all of
its statements that mention nothing which could reach a target.

It only ever clears. What is left is judged on libcst's tree, as if it were the whole
file: so whatever is in doubt is kept. A name is *of interest* if it may be bound to a
target, to something that leads to one, or to an object made from one; a statement is
kept if its text mentions a name of interest, a target's last word or a flag.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import cast

from .interest import (
    CARRIERS,
    FILLING,
    Known,
    arguments,
    bound_by,
    carries,
    given_by,
    is_typed,
    mentions,
    stored,
)
from .naming import TAKERS, Names, absolute
from .quoted import flags_in, names_in
from .words import BY_NAME

_ESCAPE = re.compile(r"\\(?:[xuUN\n]|[0-7])")
# Whatever takes a name as text: under another name it still does, and a function of
# this file that is called so does not.
_TAKING = {
    *BY_NAME, *CARRIERS, "setattr", "hasattr", "delattr", "patch", "object", "spy",
    "stub", "ForwardRef", "NewType", "TypeVar",
}  # fmt: skip
# Packages that hold such: `load = importlib.import_module` needs the import.
_TAKERS = {"importlib", "builtins", "unittest", "mock", "operator", "pytest", "typing"}
# Such a one that is not called where it stands may be called by another name.
_KEPT = re.compile(
    r"(?<!\w)(?:patch\.)?((?<=patch\.)(?:object|multiple)|getattr|setattr|delattr"
    r"|hasattr|__import__)(?!\w)(?![ \t]*\()"
)
_PATCH = re.compile(r"\b(?:monkey)?patch\b")
# One of these is in whatever that finds: to look for them first takes a hundredth of it.
_KEEPABLE = (
    "patch.object", "patch.multiple", "getattr", "setattr", "delattr", "hasattr",
    "__import__",
)  # fmt: skip
_RUN = {"exec", "eval", "compile"}


# For each statement of a block on which line it begins, counted from 0, and of a class or a
# function the same for its own block, where that has lines to itself.
Rows = list[tuple[int, "Rows | None"]]


class Kept:
    """What is left of a file: its text, for each line of it which one it was, and where
    that is known on which of its lines its statements begin."""

    def __init__(
        self, text: str, lines: Sequence[int], rows: Rows | None = None
    ) -> None:
        self.text = text
        self.lines = lines
        self.rows = rows


def whole(text: str) -> Kept:
    """A file of which nothing is cleared."""
    return Kept(text, range(1, text.count("\n") + 3))


def kept(
    text: str,
    names: Names,
    file: str,
    is_package: bool,
    wants: set[str],
    exports: dict[str, str],
) -> Kept | None:
    """What must be judged of a file; None where nothing must.

    Adds to `wants` the names that would be uses if other files re-exported them so:
    all that it imports, and each dotted name that ends in a target's last word. Adds to
    `exports` its own names for importers.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        # No Python reads more brackets in brackets, which take libcst many seconds.
        if "too many nested parentheses" in str(error):
            raise RecursionError from error
        return whole(text)
    try:
        reading = _Reading(text, tree, names, file, is_package)
        wants |= reading.wants
        exports |= reading.takers()
        if names.pieced(text):
            return whole(text)
        if not reading.reaches:
            return None
        return reading.reduced()
    except RecursionError:
        return whole(text)


def rebinds(text: str, names: Names, file: str, is_package: bool) -> bool:
    """Whether a file may bind a name of its own, at its top, to a target.

    Not by an import that keeps the name, nor by a definition. True where in doubt.
    """
    try:
        tree = ast.parse(text)
        return _Reading(text, tree, names, file, is_package).rebinds()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True


class _Reading:
    def __init__(
        self, text: str, tree: ast.Module, names: Names, file: str, is_package: bool
    ) -> None:
        self.names = names
        self.file = file
        self.is_package = is_package
        self.tree = tree
        self.lines = text.split("\n")
        self.wants: set[str] = set()
        self.bound: dict[str, set[str]] = {}  # imported names, and what they are
        # Identifiers are compared as Python does; no line moves by it.
        self.text = text if text.isascii() else unicodedata.normalize("NFKC", text)
        self.starts = [0, *(found.end() for found in _NEWLINE.finditer(self.text))]
        self.interest = set(names.words)
        self.statements = list(statements(tree.body))
        self.imports: list[ast.Import | ast.ImportFrom] = []
        self.classes: list[ast.ClassDef] = []
        self.functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
        self.matches: list[ast.Match] = []
        self.prose: list[ast.Expr] = []
        for statement in self.statements:
            if type(statement) in _LOOKED_FOR:
                match statement:
                    case ast.Import() | ast.ImportFrom():
                        self.imports.append(statement)
                    case ast.ClassDef():
                        self.classes.append(statement)
                    case ast.FunctionDef() | ast.AsyncFunctionDef():
                        self.functions.append(statement)
                    case ast.Match():
                        self.matches.append(statement)
                    case ast.Expr(value=ast.Constant(value=str())):
                        self.prose.append(statement)
                    case _:
                        pass
        self.first = [own_start(node) for node in self.statements]
        self.reaches = False
        self.flows = True
        self.has_taker = False  # whether another file's name for an importer is used
        self.hits: set[int] = set()
        self._held: dict[int, list[ast.AST]] = {}
        # Where a string names something, any function may be one that takes names.
        quoted = list(names.quoted(text))
        for node in self.imports:
            self._read_import(node)
            if quoted:
                self.hits.update(range(*_lines_of(node)))
        for each in (*self.functions, *self.classes):
            # A class that is made otherwise than its base may keep the keyword.
            is_maker = bool(names.keywords) and each.name in ("__init__", "__new__")
            if each.name in _TAKING or is_maker:
                self.hits.add(each.lineno)
        by_name = self.by_name = (
            self.has_taker or any(quoted) or any(name in text for name in BY_NAME)
        )
        if by_name:
            self.interest.update(word.rpartition(".")[2] for word in BY_NAME)
            self.interest.update(names.way_words)
        if any(word in text for word in _KEEPABLE):
            self.interest.update(_KEPT.findall(text))
        self._search(self.interest | set(names.flags) | set(names.keywords))
        if not quoted:
            self._pass_over_paths()
        if "\\" in text and _ESCAPE.search(text):
            self._search_escaped()
        self.reaches |= any(flag in self.text for flag in names.flags)
        self._pass_over_prose()
        self._read_hits(by_name)

    # What a file can reach

    def _read_import(self, node: ast.Import | ast.ImportFrom) -> None:
        names = self.names
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".", 1)[0]
                bound = alias.asname or first
                if first in _TAKERS:
                    self.hits.add(node.lineno)
                self.bound.setdefault(bound, set()).add(
                    alias.name if alias.asname else first
                )
                # `import shop.new` binds `shop`, and `shop.old` may be reached by it.
                if names.leads(alias.name if alias.asname else first):
                    self.reaches = True
                    self.interest.add(bound)
                else:
                    self.wants.add(alias.name)
            return
        module = absolute(node.module or "", node.level, self.file, self.is_package)
        if module is None:
            return
        leads = names.leads(module)
        for alias in node.names:
            if alias.name == "*":
                self.wants.add(f"{module}.*")
                brought = list(names.star(module))
                if brought or names.matches_any(module):
                    self.reaches = True
                    self.interest.update(brought)
                    self.hits.add(node.lineno)
                continue
            full = f"{module}.{alias.name}"
            bound = alias.asname or alias.name
            if alias.asname and not _TAKING.isdisjoint((alias.name, bound)):
                self.interest.add(bound)
            self.bound.setdefault(bound, set()).add(full)
            self.has_taker |= bool(names.taker(full))
            if names.leads(full) or (leads and names.matches_any(module)):
                self.reaches = True
                self.interest.add(bound)
            else:
                self.wants.add(full)

    def _read_hits(self, by_name: bool) -> None:
        """Strings that name a target or what leads to one, and wanted re-exports."""
        words = self.names.words
        if self.reaches and not self._may_want():
            return
        # A name that is put together is no name of a target where there is no package
        # of one, nor what takes names as text.
        may_lead = (
            by_name
            or ("patch" in self.text and _PATCH.search(self.text) is not None)
            or any(top in self.text for top in self.names.tops)
        )
        for statement in self._at(self.hits):
            if isinstance(getattr(statement, "value", None), ast.Constant) and (
                isinstance(statement, ast.Expr)
            ):
                continue  # a docstring names nothing
            for node in self._nodes(statement):
                if isinstance(node, ast.Name):
                    continue
                if isinstance(node, ast.Constant):
                    if isinstance(node.value, str):
                        self._read_string(node.value, by_name)
                elif isinstance(node, ast.BinOp):
                    # `"shop." + "old.Cart"`: what it says is libcst's to read.
                    for side in (node.left, node.right):
                        if isinstance(side, ast.Constant):
                            self.reaches |= may_lead and isinstance(side.value, str)
                elif isinstance(node, ast.JoinedStr):
                    self.reaches |= may_lead and any(
                        isinstance(part, ast.Constant) and "." in str(part.value)
                        for part in node.values
                    )
                elif isinstance(node, ast.Attribute):
                    if node.attr in words:
                        self._want_chain(node)
                elif isinstance(node, ast.Call) and _puts_together(node):
                    self.reaches |= may_lead
                elif isinstance(node, ast.Call) and len(node.args) > 1:
                    second = node.args[1]
                    if isinstance(second, ast.Constant) and second.value in words:
                        name = str(second.value)
                        self._want_chain(ast.Attribute(node.args[0], name, ast.Load()))

    @property
    def known(self) -> Known:
        """Not kept: who holds itself keeps a whole tree until garbage is looked for."""
        return Known(self._may_lead, self.names.may_make)

    def _nodes(self, statement: ast.stmt) -> list[ast.AST]:
        """What a statement holds by itself; it is asked for more than once."""
        found = self._held.get(id(statement))
        if found is None:
            found = self._held[id(statement)] = own_nodes(statement)
        return found

    def _may_want(self) -> bool:
        """Whether there may be anything like `views.Cart`."""
        either = "|".join(map(re.escape, self.names.words))
        return re.search(rf"[.\"'][\s\\]*(?:{either})\b", self.text) is not None

    def _read_string(self, text: str, by_name: bool) -> None:
        if any(any(flags_in(text, flag)) for flag in self.names.flags):
            self.reaches = True
            return
        for name, _ in names_in(text):
            self._read_name(name.replace(":", "."), by_name)
        if by_name and (text.startswith(".") or text.isidentifier()):
            self._read_name(text, by_name)

    def _read_name(self, name: str, by_name: bool) -> None:
        if len(name) > 1000:
            return
        is_dotted = "." in name
        if ((is_dotted or by_name) and self.names.leads(name)) or (
            by_name and name.startswith(".")
        ):
            self.reaches = True
        elif is_dotted and not self.names.words.isdisjoint(name.split(".")):
            self.wants.add(name)

    def _want_chain(self, node: ast.Attribute) -> None:
        """`views.Cart`, where `views` is imported: a re-export, if it is one."""
        parts: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name):
            for origin in self.bound.get(inner.id, ()):
                self.wants.add(".".join([origin, *reversed(parts)]))

    # Lines that mention something of interest

    def _search(self, words: Iterable[str]) -> None:
        """Add to `hits` the lines of `words`, and of what they are assigned to."""
        fresh = set(words)
        seen: set[str] = set()
        while fresh:
            seen |= fresh
            new = {_line_of(self.starts, at) for at in _places(fresh, self.text)}
            self.hits |= new
            fresh = self._assigned(new, seen) - seen
        self.interest |= seen

    def _pass_over_paths(self) -> None:
        """Take the lines of an import out of `hits` where only the way to what it imports
        names something of interest: `from shop.tax import Rate` binds no `shop`."""
        for node in self.imports:
            if isinstance(node, ast.ImportFrom):
                bound = {name for n in node.names for name in (n.name, n.asname)}
            else:
                firsts = {each.name.split(".", 1)[0] for each in node.names}
                if not _TAKERS.isdisjoint(firsts):
                    continue
                bound = {
                    each.asname or each.name.split(".", 1)[0] for each in node.names
                }
            lines = range(*_lines_of(node))
            if self.hits.isdisjoint(lines) or self._is_joined(node.lineno):
                continue
            if "*" in bound or not self.interest.isdisjoint(bound):
                continue
            text = self.lines[node.lineno - 1 : node.end_lineno]
            # Nothing else may stand on its lines.
            is_alone = text[0].lstrip().startswith(("from", "import"))
            if is_alone and ";" not in "".join(text):
                self.hits.difference_update(lines)

    def _pass_over_prose(self) -> None:
        """Take the lines of docstrings out of `hits`: they name nothing."""
        for node in self.prose:
            lines = range(*_lines_of(node))
            if not self.hits.isdisjoint(lines) and self._is_alone(node):
                self.hits.difference_update(lines)

    def _search_escaped(self) -> None:
        """Strings that mention a word only once their escapes are read."""
        pattern = re.compile("|".join(map(re.escape, self.interest)) or "(?!)")
        lines = {
            _line_of(self.starts, at.start()) for at in _ESCAPE.finditer(self.text)
        }
        for statement in self._at(lines):
            for node in own_nodes(statement):
                if not isinstance(node, ast.Constant) or not isinstance(
                    node.value, str
                ):
                    continue
                if pattern.search(node.value) or node.value in self.names.flags:
                    self.hits.update(range(node.lineno, (node.end_lineno or 0) + 1))

    def _assigned(self, lines: set[int], words: set[str]) -> set[str]:
        """The names that statements on `lines` bind to something that is mentioned."""
        found: set[str] = set()
        for statement in self._at(lines):
            if isinstance(statement, _BINDING):
                start, end = own_lines(statement)
                head = self.text[self.starts[start - 1] : self._end(end)]
                bound = set(bound_by(statement, words, head, self.known))
                if isinstance(statement, ast.ClassDef) and ":=" not in head:
                    if not self._inherits(statement, words):
                        bound.clear()
                found.update(bound)
                given = given_by(statement)
                if given is not None and carries(given, words, self.known):
                    found.update(self._makers(start))
                if bound and isinstance(statement, (ast.Assign, ast.AnnAssign)):
                    found.update(self._holders(statement))
        return found

    def _inherits(self, node: ast.ClassDef, words: set[str]) -> bool:
        """Whether a class of this file, or an object of it, may give what is a target.

        A member that it inherits is one only where the target is a member: what inherits
        from a target is none.
        """
        if self.names.keywords:
            return True
        others = (*node.decorator_list, *(each.value for each in node.keywords))
        if any(mentions(other, words, self._may_lead) for other in others):
            return True
        return any(
            self._is_way(base)
            for base in node.bases
            if mentions(base, words, self._may_lead)
        )

    def _is_way(self, base: ast.expr) -> bool:
        """Whether a target may be a member of `base`: not where imports alone say what
        that is."""
        names = self._imported(base)
        return not names or any(map(self.names.is_way, names))

    def _may_lead(self, node: ast.Attribute) -> bool:
        """Whether `node` may be a target or lead to one, by the same."""
        names = self._imported(node)
        return not names or any(map(self.names.leads, names))

    def _imported(self, node: ast.expr) -> list[str]:
        """What a dotted expression is; nothing where imports alone do not say it."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id in self._stored:
            return []
        origins = self.bound.get(node.id, ())
        return [".".join([origin, *reversed(parts)]) for origin in origins]

    @cached_property
    def _stored(self) -> set[str]:
        """The names that are bound otherwise than by an import."""
        found: set[str] = {node.name for node in (*self.functions, *self.classes)}
        for before in self.text.split(":=")[:-1]:
            found.update(_WORDS.findall(before[-200:].rstrip(" \t\\\n)"))[-1:])
        for match in self.matches:
            for part in ast.walk(match):
                if isinstance(part, (ast.MatchAs, ast.MatchStar)):
                    found.add(part.name or "_")
                elif isinstance(part, ast.MatchMapping):
                    found.add(part.rest or "_")
        for function in self.functions:
            args = function.args
            given = (*args.posonlyargs, *args.args, *args.kwonlyargs)
            found.update(each.arg for each in given)
            found.update(each.arg for each in (args.vararg, args.kwarg) if each)
            for default in (*args.defaults, *args.kw_defaults):
                if default is not None and not isinstance(default, _PLAIN):
                    parts = ast.walk(default)
                    found.update(
                        each.arg for each in parts if isinstance(each, ast.arg)
                    )
        for node in self.statements:
            if type(node) not in _STORING:
                continue
            match node:
                case ast.Assign(targets=targets):
                    pass
                case (
                    ast.AnnAssign(target=target)
                    | ast.AugAssign(target=target)
                    | ast.For(target=target)
                    | ast.AsyncFor(target=target)
                ):
                    targets = [target]
                case ast.With(items=items) | ast.AsyncWith(items=items):
                    targets = [i.optional_vars for i in items if i.optional_vars]
                case ast.Try(handlers=handlers) | ast.TryStar(handlers=handlers):
                    found.update(each.name for each in handlers if each.name)
                    continue
                case _:
                    if type(node).__name__ == "TypeAlias":  # 3.12's
                        found.update(stored(getattr(node, "name")))  # noqa: B009
                    continue
            for target in targets:
                found.update(stored(target))
        return found

    def _makers(self, line: int) -> Iterator[str]:
        """The functions around `line`: a call of one may give what it returns."""
        for node in self.functions:
            if node.lineno > line:
                break
            if _spans(node, line):
                yield node.name

    def takers(self) -> dict[str, str]:
        """The file's own names for importers and getters, and what each one is."""
        found: dict[str, str] = {}
        for node in self.tree.body:
            match node:
                case ast.ImportFrom(module=module, names=aliases, level=level):
                    home = absolute(module or "", level, self.file, self.is_package)
                    for alias in aliases:
                        full = f"{home}.{alias.name}"
                        taker = self.names.taker(full)
                        found.pop(bound := alias.asname or alias.name, None)
                        if taker or (alias.name in TAKERS and not level):
                            found[bound] = self.names.meaning(full) if taker else full
                case ast.Assign(targets=targets, value=value):
                    taker = self._taker(value, found)
                    for target in targets:
                        if isinstance(target, ast.Name):
                            found[target.id] = taker
                case ast.FunctionDef(name=name):
                    found[name] = self._taker(handed_on(node), found)
                case _:
                    pass
        return {name: taker for name, taker in found.items() if taker}

    def _taker(self, node: ast.expr | None, known: dict[str, str]) -> str:
        match node:
            case ast.Name(id=name):
                return known.get(name) or (f"builtins.{name}" if name in TAKERS else "")
            case ast.Attribute(attr=name) if name in TAKERS:
                return f"importlib.{name}"
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                for origin in self.bound.get(module, ()):
                    if self.names.taker(f"{origin}.{name}"):
                        return self.names.meaning(f"{origin}.{name}")
                return ""
            case _:
                return ""

    def _holders(self, node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
        """The classes around `node`: they, or their objects, may hold what it stores."""
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        parts = (part for target in targets for part in ast.walk(target))
        outside = 0
        if not any(isinstance(part, ast.Attribute) for part in parts):
            # A name in a method is gone when that ends.
            around = (f.lineno for f in self.functions if _spans(f, node.lineno))
            outside = max(around, default=0)
        for holder in self.classes:
            if holder.lineno >= node.lineno:
                break
            if holder.lineno > outside and _spans(holder, node.lineno):
                yield holder.name

    def _at(self, lines: set[int]) -> Iterator[ast.stmt]:
        """The statements whose own lines are among `lines`."""
        for match in self.matches:
            # Its patterns lie between the statements within it.
            if not lines.isdisjoint(range(match.lineno, (match.end_lineno or 0) + 1)):
                yield match
        last = -1
        for line in sorted(lines):
            index = bisect_right(self.first, line) - 1
            # Statements that share a line lie behind one another.
            while index > last and own_lines(self.statements[index])[1] >= line:
                index -= 1
            for each in range(max(index, last) + 1, len(self.statements)):
                if self.first[each] > line:
                    break
                if own_lines(self.statements[each])[1] >= line:
                    yield self.statements[each]
                    last = each

    def _end(self, line: int) -> int:
        return self.starts[line] if line < len(self.starts) else len(self.text)

    def _has_hit(self, start: int, end: int) -> bool:
        return not self.hits.isdisjoint(range(start, end + 1))

    def rebinds(self) -> bool:
        """Whether a statement at the top gives something of interest a new name."""
        if any(isinstance(node, ast.Global) for node in self.statements):
            return True
        for node in statements(self.tree.body, into_functions=False):
            start, end = own_lines(node)
            if not self._has_hit(start, end):
                continue
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                if any(a.asname not in (None, a.name) for a in node.names):
                    return True
                continue
            head = self.text[self.starts[start - 1] : self._end(end)]
            if isinstance(node, _DEFINITIONS) and ":=" not in head:
                # A class is never the target itself, nor is a function.
                continue
            bound = bound_by(node, self.interest, head, self.known)
            if not self.names.words.issuperset(bound):
                return True
        return False

    # The text that is left

    def reduced(self) -> Kept:
        read = [(node, self._nodes(node)) for node in self._at(self.hits)]
        if objects := self._objects(read):
            read = [
                (statement, nodes)
                for statement, nodes in read
                if not self._passes_over(statement, nodes, objects)
            ]
        self.flows = self._flows(read)
        out: list[str] = []
        numbers: list[int] = []
        rows = self._groups(self.tree.body, out, numbers)
        numbers += [len(self.lines), len(self.lines)]
        return Kept("\n".join([*out, ""]), numbers, rows)

    def _objects(self, read: _Read) -> set[str]:
        """Of the names of interest, those that are all bound to objects of imported
        classes, or to nothing: such an object is no use where it is only passed on."""
        given = [
            (arg, default)
            for function in self.functions
            for arg, default in arguments(function.args)
            if arg.arg in self.interest
        ]
        found = {arg.arg for arg, _ in given if arg.annotation is not None}
        if not found or self.matches or is_typed(self.text):
            return set()
        copied: list[tuple[str, str]] = []
        bound = {node.name for node in (*self.functions, *self.classes)}
        declared: list[tuple[str, ast.expr]] = []
        for statement, nodes in read:
            for node in nodes:
                match node:
                    case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                        if isinstance(statement, ast.AnnAssign) and (
                            _says_nothing(statement.value)
                        ):
                            declared.append((name, statement.annotation))
                        else:
                            bound.add(name)
                    case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()):
                        match statement:
                            case ast.Assign(targets=[_], value=ast.Name(id=source)):
                                copied.append((name, source))
                            case _:
                                bound.add(name)
                    case ast.alias(name="*") | ast.Global() | ast.Nonlocal():
                        return set()
                    case ast.arg(arg=name) if not isinstance(statement, _FUNCTIONS):
                        bound.add(name)
                    case _:
                        pass
        for function in self.functions:
            stars = (function.args.vararg, function.args.kwarg)
            bound.update(star.arg for star in stars if star is not None)
        for arg, default in given:
            if not _says_nothing(default):
                bound.add(arg.arg)
            elif arg.annotation is not None:
                declared.append((arg.arg, arg.annotation))
        for name, kind in declared:
            if not self._is_kind(kind, bound) and mentions(kind, self.interest):
                bound.add(name)
        found -= bound.union(
            self.bound, self.names.words, self.names.way_words, _TAKING
        )
        while lost := {name for name, source in copied if source not in found} & found:
            found -= lost
        return found

    def _is_kind(self, node: ast.expr, bound: set[str]) -> bool:
        """Whether an annotation is the name of an imported class, or says `None` too."""
        match node:
            case ast.Name(id=name):
                return name in self.bound and name not in bound
            case ast.Attribute(value=inner):
                return self._is_kind(inner, bound)
            case ast.BinOp(left=one, op=ast.BitOr(), right=other):
                sides = [each for each in (one, other) if not _says_nothing(each)]
                return all(self._is_kind(each, bound) for each in sides)
            case _:
                return False

    def _passes_over(
        self, statement: ast.stmt, nodes: list[ast.AST], objects: set[str]
    ) -> bool:
        """Take the lines of a statement out of `hits` where all that it mentions of
        interest are `objects`, as arguments of calls of which nothing else is known."""
        if type(statement) not in _PASSING:
            return False
        passed: set[int] = set()
        for node in nodes:
            if isinstance(node, ast.Call) and _last(node.func) not in _USING:
                for arg in (*node.args, *(each.value for each in node.keywords)):
                    match arg:
                        case ast.Name(id=name) if name in objects:
                            passed.add(id(arg))
                        case ast.Attribute(value=ast.Name(), attr=name) if (
                            name in objects
                        ):
                            passed.add(id(arg))
                        case _:
                            pass
        if not passed:
            return False
        for node in nodes:
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    if name in self.interest and id(node) not in passed:
                        return False
                case ast.keyword(arg=str(name)):
                    if name in self.names.keywords or name in self.names.flags:
                        return False
                case ast.Constant(value=str(text)):
                    if any(word in text for word in self.interest):
                        return False
                case ast.Constant(value=bytes()):
                    return False
                case _:
                    pass
        if not self._is_alone(statement):
            return False
        self.hits.difference_update(range(*_lines_of(statement)))
        return True

    def _flows(self, read: _Read) -> bool:
        """Whether it may depend on the flow of control what a name is: not where each is
        bound in one place, in no branch. Then no block's end needs to be known."""
        seen: set[str] = set()
        straight = {id(node) for node in self.tree.body}
        for holder in (*self.functions, *self.classes):
            straight.update(map(id, holder.body))
        parameters: set[str] = set()
        # A class binds its methods whatever happens before.
        methods = {id(node) for each in self.classes for node in each.body}
        for statement in self.statements:
            if isinstance(statement, (ast.Try, ast.TryStar)):
                names = {each.name for each in statement.handlers if each.name}
                if not names.isdisjoint(self.interest):
                    return True
        for statement, nodes in read:
            if isinstance(statement, (ast.Match, ast.Global, ast.Nonlocal)):
                return True
            for node in nodes:
                match node:
                    case ast.Name(id="isinstance") | ast.alias(name="*"):
                        return True
                    case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                        pass
                    case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()):
                        pass
                    case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                        if id(node) in methods:
                            continue
                        name = node.name
                    case ast.alias(name=name, asname=asname):
                        name = asname or name.split(".", 1)[0]
                    case ast.arg(arg=name):
                        parameters.add(name)
                        continue
                    case _:
                        continue
                if name in self.interest:
                    if name in seen or id(statement) not in straight:
                        return True
                    seen.add(name)
        return not seen.isdisjoint(parameters)

    def _take(self, start: int, end: int, out: list[str], numbers: list[int]) -> None:
        out.extend(self.lines[start - 1 : end])
        numbers.extend(range(start, end + 1))

    def _suite(
        self, body: Sequence[ast.stmt], out: list[str], numbers: list[int]
    ) -> Rows:
        """What is left of a block: never nothing."""
        rows = self._groups(body, out, numbers)
        if not rows:
            rows.append((len(out), None))
            out.append(self._indent(body[0]) + "pass")
            numbers.append(own_start(body[0]))
        return rows

    def _groups(
        self, body: Sequence[ast.stmt], out: list[str], numbers: list[int]
    ) -> Rows:
        rows: Rows = []
        for group in _groups(body):
            row = len(out)
            inner = self._group(group, out, numbers)
            if len(out) > row:
                rows.append((row, inner))
        return rows

    def _group(
        self, group: Sequence[ast.stmt], out: list[str], numbers: list[int]
    ) -> Rows | None:
        first, last = group[0], group[-1]
        start, end = own_start(first), last.end_lineno or last.lineno
        if len(group) == 1 and not self._is_joined(start):
            return self._statement(first, start, end, out, numbers)
        if self._has_hit(start, end) or (
            self.flows and any(isinstance(node, _ENDS) for node in group)
        ):
            self._take(start, end, out, numbers)
        return None

    def _statement(
        self, node: ast.stmt, start: int, end: int, out: list[str], numbers: list[int]
    ) -> Rows | None:
        if not self._has_hit(start, end):
            if not self.flows:
                return None
            if isinstance(node, _ENDS):
                # Where a block ends decides what may reach the lines after it.
                word = type(node).__name__.lower()
                out.append(self._indent(node) + word)
                numbers.append(start)
            elif isinstance(node, _BRANCHES) and any(
                isinstance(inner, _ENDS) for inner in statements([node])
            ):
                return self._compound(node, start, end, out, numbers)
            return None
        return self._compound(node, start, end, out, numbers)

    def _compound(
        self, node: ast.stmt, start: int, end: int, out: list[str], numbers: list[int]
    ) -> Rows | None:
        """A statement with blocks: each of its heads, and what is left of each block."""
        inner = blocks(node)
        if not inner or isinstance(node, ast.Match):
            passed = self._passed_over(node) if start < end else ()
            for line in range(start, end + 1):
                if line not in passed:
                    self._take(line, line, out, numbers)
            return None
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self._blank_parameters(node.args)
        at = start
        rows: Rows | None = None
        for block in inner:
            first = own_start(block[0])
            if first <= at or self._is_joined(first) or self._shares(block[0]):
                # A block on the line of its head, or a line continued into it.
                self._take(at, end, out, numbers)
                return None
            self._take(at, first - 1, out, numbers)
            rows = self._suite(block, out, numbers)
            at = (block[-1].end_lineno or 0) + 1
        # A comment after the last block belongs to nothing.
        return rows if isinstance(node, _DEFINITIONS) else None

    def _passed_over(self, node: ast.stmt) -> Collection[int]:
        """The lines of a statement that hold nothing but named arguments of calls and
        items of dictionaries, of no interest.

        Not in what an attribute is asked of: that is shown whole if it is a use. Nor where
        a call may import: its arguments say from where.
        """
        found: set[int] = set()
        value = getattr(node, "value", None)
        todo: list[ast.expr] = [value] if isinstance(value, ast.expr) else []
        while todo and not self.by_name:
            one = todo.pop()
            if one.lineno == one.end_lineno:
                continue
            match one:
                case ast.Await(value=inner):
                    todo.append(inner)
                case ast.List(elts=parts) | ast.Tuple(elts=parts):
                    todo += parts
                case ast.Call(func=func) if _last(func) not in _USING:
                    todo += one.args
                    for named in one.keywords:
                        if lines := self._lines_alone(named, named.value):
                            found.update(lines)
                        else:
                            todo.append(named.value)
                case ast.Dict(keys=keys, values=values):
                    for key, each in zip(keys, values, strict=True):
                        if lines := self._lines_alone(key or each, each):
                            found.update(lines)
                        else:
                            todo.append(each)
                case _:
                    pass
        return found

    def _lines_alone(self, first: ast.expr | ast.keyword, last: ast.expr) -> range:
        """The lines from one node to another if nothing else is there but a comma, and
        nothing of interest."""
        end = last.end_lineno or last.lineno
        before = self.lines[first.lineno - 1].encode()[: first.col_offset].strip()
        after = self.lines[end - 1].encode()[last.end_col_offset :].strip()
        if before or after != b"," or self._has_hit(first.lineno, end):
            return range(0)
        return range(first.lineno, end + 1)

    def _blank_parameters(self, args: ast.arguments) -> None:
        """Put blanks for the last parameters of a function that say nothing of interest:
        its head takes a parser longer than all that is left of its body."""
        if args.posonlyargs or args.kwonlyargs or not args.args:
            return
        missing: list[ast.expr | None] = [None] * (len(args.args) - len(args.defaults))
        pairs = [*zip(args.args, [*missing, *args.defaults], strict=True)]
        pairs += [(arg, None) for arg in (args.vararg, args.kwarg) if arg is not None]
        last = pairs[-1][1] or pairs[-1][0]
        row, column = last.end_lineno or 0, last.end_col_offset or 0
        end: ast.expr | ast.arg = last
        # The first one is `self`, in a method.
        for arg, default in reversed(pairs):
            end = default or arg
            words = set(_WORDS.findall(self._between(arg.lineno, arg.col_offset, end)))
            if arg is pairs[0][0] or not words.isdisjoint(self.interest):
                break
        if end is last:
            return
        first, start = end.end_lineno or 0, end.end_col_offset or 0
        if not all(line.isascii() for line in self.lines[first - 1 : row]):
            return  # where columns are not what `ast` says
        while ")" not in self.lines[row - 1][column:]:
            row, column = row + 1, 0
        column = self.lines[row - 1].index(")", column)
        rows = range(first, row + 1)
        lines = [self.lines[number - 1] for number in rows]
        if any("#" in line or "\\" in line for line in lines):
            return
        for number, line in zip(rows, lines, strict=True):
            left = start if number == first else 0
            right = column if number == row else len(line)
            self.lines[number - 1] = line[:left] + " " * (right - left) + line[right:]

    def _between(self, row: int, column: int, end: ast.expr | ast.arg) -> str:
        """The text from a place to the end of a node, counted in bytes: near enough."""
        last = end.end_lineno or row
        lines = self.lines[row - 1 : last]
        lines[-1] = lines[-1][: end.end_col_offset]
        lines[0] = lines[0][column:]
        return "\n".join(lines)

    def _indent(self, node: ast.stmt) -> str:
        line = self.lines[own_start(node) - 1]
        return line[: len(line) - len(line.lstrip())]

    def _shares(self, node: ast.stmt) -> bool:
        """Whether something else stands before a statement on its line."""
        line = self.lines[own_start(node) - 1]
        return bool(line[: _column(node, line)].strip())

    def _is_alone(self, node: ast.stmt) -> bool:
        """Whether nothing else stands on the lines of a statement without blocks."""
        last = self.lines[(node.end_lineno or 0) - 1].encode()[node.end_col_offset :]
        after = last.decode().lstrip()
        return after[:1] in ("", "#") and not (
            self._shares(node) or self._is_joined(node.lineno)
        )

    def _is_joined(self, line: int) -> bool:
        return line > 1 and self.lines[line - 2].endswith("\\")


# Statements, and what each holds by itself.
_Read = Sequence[tuple[ast.stmt, list[ast.AST]]]
_NEWLINE = re.compile("\n")
_WORDS = re.compile(r"\w+")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Statements without blocks that do nothing but evaluate something, and store it.
_PASSING = {
    ast.Expr,
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.Return,
    ast.Raise,
    ast.Assert,
}
# Calls that use what they are given, or may give it back.
_USING = {*_TAKING, *FILLING, *_RUN, "", "isinstance", "partialmethod", "deque"}
_ENDS = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_BINDING = (
    ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.AsyncFor, ast.With,
    ast.AsyncWith, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Match,
    ast.Expr, ast.If, ast.While, ast.Return, ast.Assert, getattr(ast, "TypeAlias", ast.Assign),
)  # fmt: skip
_LOOKED_FOR = {
    ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef,
    ast.Match, ast.Expr,
}  # fmt: skip
_STORING = {
    ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.AsyncFor, ast.With,
    ast.AsyncWith, ast.Try, ast.TryStar, getattr(ast, "TypeAlias", ast.Assign),
}  # fmt: skip
_PLAIN = (ast.Constant, ast.Name, ast.Attribute)  # without a lambda's parameters in it
_BRANCHES = (ast.If, ast.Try, ast.With, ast.AsyncWith, ast.For, ast.AsyncFor, ast.While)


def _last(node: ast.expr) -> str:
    """By what last name something goes; "" for none."""
    return getattr(node, "attr", "") or getattr(node, "id", "")


def _says_nothing(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def _spans(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or 0)


def _lines_of(node: ast.stmt) -> tuple[int, int]:
    return node.lineno, (node.end_lineno or node.lineno) + 1


def _puts_together(node: ast.Call) -> bool:
    """Whether a call runs a string, or puts one together."""
    match node.func:
        case ast.Name(id=name):
            return name in _RUN
        case ast.Attribute(value=ast.Constant(value=str()), attr="join" | "format"):
            return True
        case _:
            return False


def handed_on(node: ast.FunctionDef) -> ast.expr | None:
    """What a function calls for what it returns, with its own parameters as they are."""
    names = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
    for line in node.body:
        match line:
            case ast.Return(value=ast.Call(func=func, args=[first, *rest])):
                given = [getattr(arg, "id", None) for arg in (first, *rest)]
                if names and given[: len(names)] == names[: len(given)]:
                    return func
            case _:
                pass
    return None


def _column(node: ast.stmt, line: str) -> int:
    """Where a statement begins in its line, in characters."""
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    if decorators:
        return len(line) - len(line.lstrip())
    return len(line.encode()[: node.col_offset].decode("utf-8", "replace"))


def own_start(node: ast.stmt) -> int:
    """The first line of a statement, its decorators counted."""
    if isinstance(node, _DEFINITIONS) and node.decorator_list:
        return min(node.lineno, node.decorator_list[0].lineno)
    return node.lineno


_BLOCKS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.FunctionDef: ("body",),
    ast.AsyncFunctionDef: ("body",),
    ast.ClassDef: ("body",),
    ast.If: ("body", "orelse"),
    ast.For: ("body", "orelse"),
    ast.AsyncFor: ("body", "orelse"),
    ast.While: ("body", "orelse"),
    ast.With: ("body",),
    ast.AsyncWith: ("body",),
    ast.Try: ("body", "handlers", "orelse", "finalbody"),
    ast.TryStar: ("body", "handlers", "orelse", "finalbody"),
    ast.Match: ("cases",),
}


def blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of a compound statement, in their order; none of a simple one."""
    found: list[list[ast.stmt]] = []
    for name in _BLOCKS.get(type(node), ()):
        if name in ("handlers", "cases"):
            found += [part.body for part in getattr(node, name)]
        elif block := getattr(node, name):
            found.append(block)
    return found


def statements(
    body: Iterable[ast.stmt], into_functions: bool = True
) -> Iterator[ast.stmt]:
    """Every statement in `body`, in order, those within others too.

    Without `into_functions`, none of those in functions and classes.
    """
    todo = list(body)[::-1]
    while todo:
        node = todo.pop()
        yield node
        if type(node) not in _BLOCKS:
            continue
        if not into_functions and isinstance(node, _DEFINITIONS):
            continue
        for block in reversed(blocks(node)):
            todo.extend(reversed(block))


def own_lines(node: ast.stmt) -> tuple[int, int]:
    """The lines of a statement up to where its first block begins."""
    start = own_start(node)
    if type(node) not in _BLOCKS:
        return start, node.end_lineno or node.lineno
    first = blocks(node)[0][0]
    return start, max(start, own_start(first) - 1)


def own_nodes(node: ast.stmt) -> list[ast.AST]:
    """What a statement holds, without the statements in its blocks."""
    found: list[ast.AST] = [node]
    for one in found:  # which grows
        kind = type(one)
        if kind is ast.Name or kind is ast.Constant:
            continue
        if isinstance(one, ast.Attribute):
            found.append(one.value)
            continue
        # What `ast.iter_child_nodes` does, in half the time.
        for value in one.__dict__.values():
            if isinstance(value, list):
                found += [
                    each
                    for each in cast("list[object]", value)
                    if isinstance(each, ast.AST) and not isinstance(each, ast.stmt)
                ]
            elif isinstance(value, ast.AST):
                if not isinstance(value, (ast.stmt, ast.expr_context)):
                    found.append(value)
    return found


def _groups(body: Sequence[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Statements that share a line stay together."""
    group: list[ast.stmt] = []
    for node in body:
        if group and own_start(node) > (group[-1].end_lineno or 0):
            yield group
            group = []
        group.append(node)
    if group:
        yield group


def _places(words: Iterable[str], text: str) -> Iterator[int]:
    """Where one of `words` stands on its own in `text`.

    Word by word: a pattern of all of them takes many times as long.
    """
    size = len(text)
    for word in words:
        length = len(word)
        at = text.find(word)
        while at >= 0:
            end = at + length
            if not (
                (at and _is_letter(text[at - 1]))
                or (end < size and _is_letter(text[end]))
            ):
                yield at
            at = text.find(word, end)


def _is_letter(character: str) -> bool:
    return character == "_" or character.isalnum()


def _line_of(starts: Sequence[int], at: int) -> int:
    return bisect_right(starts, at)
