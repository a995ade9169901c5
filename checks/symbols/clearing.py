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
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from .interest import (
    CARRIERS,
    Known,
    bound_by,
    carries,
    given_by,
    mentions,
    stored,
)
from .loading import kept_modules, loaded
from .naming import TAKERS, Names, absolute
from .quoted import flags_in, names_in
from .statements import (
    DEFINITIONS,
    column_of,
    handed_on,
    is_on_line,
    lines_of,
    own_lines,
    own_nodes,
    own_start,
    statements,
)
from .words import BY_NAME

_ESCAPE = re.compile(r"\\(?:[xuUN\n]|[0-7])")
# Whatever takes a name as text: under another name it still does, and a function of
# this file that is called so does not.
TAKING = {
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
RUN = {"exec", "eval", "compile"}


def rebinds(text: str, names: Names, file: str, is_package: bool) -> bool:
    """Whether a file may bind a name of its own, at its top, to a target.

    Not by an import that keeps the name, nor by a definition. True where in doubt.
    """
    try:
        tree = ast.parse(text)
        return Reading(text, tree, names, file, is_package).rebinds()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True


class Reading:
    """What a file can reach, and on which of its lines something of interest stands."""

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
        self.kept: dict[str, set[str]] = {}  # the same of modules that a string names
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
                self.hits.update(range(*lines_of(node)))
        for each in (*self.functions, *self.classes):
            # A class that is made otherwise than its base may keep the keyword.
            is_maker = bool(names.keywords) and each.name in ("__init__", "__new__")
            if each.name in TAKING or is_maker:
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
            if alias.asname and not TAKING.isdisjoint((alias.name, bound)):
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
        met = list(self._at(self.hits))
        if by_name:
            self.kept = kept_modules(met)
        for statement in met:
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
        origins: Iterable[str] = ()
        if isinstance(inner, ast.Name):
            origins = (*self.bound.get(inner.id, ()), *self.kept.get(inner.id, ()))
        elif self.by_name and (name := loaded(inner)):
            origins = (name,)
        self.wants.update(".".join([each, *reversed(parts)]) for each in origins)

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
            lines = range(*lines_of(node))
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
            lines = range(*lines_of(node))
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
            found.update(WORDS.findall(before[-200:].rstrip(" \t\\\n)"))[-1:])
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
            if is_on_line(node, line):
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
            around = (f.lineno for f in self.functions if is_on_line(f, node.lineno))
            outside = max(around, default=0)
        for holder in self.classes:
            if holder.lineno >= node.lineno:
                break
            if holder.lineno > outside and is_on_line(holder, node.lineno):
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
            if isinstance(node, DEFINITIONS) and ":=" not in head:
                # A class is never the target itself, nor is a function.
                continue
            bound = bound_by(node, self.interest, head, self.known)
            if not self.names.words.issuperset(bound):
                return True
        return False

    def _shares(self, node: ast.stmt) -> bool:
        """Whether something else stands before a statement on its line."""
        line = self.lines[own_start(node) - 1]
        return bool(line[: column_of(node, line)].strip())

    def _is_alone(self, node: ast.stmt) -> bool:
        """Whether nothing else stands on the lines of a statement without blocks."""
        last = self.lines[(node.end_lineno or 0) - 1].encode()[node.end_col_offset :]
        after = last.decode().lstrip()
        return after[:1] in ("", "#") and not (
            self._shares(node) or self._is_joined(node.lineno)
        )

    def _is_joined(self, line: int) -> bool:
        return line > 1 and self.lines[line - 2].endswith("\\")


_NEWLINE = re.compile("\n")
WORDS = re.compile(r"\w+")
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


def _puts_together(node: ast.Call) -> bool:
    """Whether a call runs a string, or puts one together."""
    match node.func:
        case ast.Name(id=name):
            return name in RUN
        case ast.Attribute(value=ast.Constant(value=str()), attr="join" | "format"):
            return True
        case _:
            return False


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
