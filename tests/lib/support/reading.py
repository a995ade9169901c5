"""A second, independent reading of Python files, for comparison with the symbol check.

It knows `ast` and nothing of the check. It ignores the order of statements, so it says
two things of a place: it *may* be the name (some binding of it in its scope is), or it
*must* be (there is one binding only, and it is). A right check finds every must and
nothing that is not a may.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from backout.core.policy import Forbid
from support.symbols import judged

Span = tuple[str, int, int, int, int]  # path, line, column, end line, end column

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_PUTS_IN = {"add", "append", "appendleft", "extend", "insert", "setdefault", "update"}
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
SCOPES = FUNCTIONS | COMPREHENSIONS | ast.ClassDef | ast.Module


class Binding(NamedTuple):
    """One way in which a name gets its meaning; neither field: something unknown."""

    line: int
    dotted: str = ""  # an import: what it names
    value: ast.expr | None = None  # an assignment: what is assigned


class Scope:
    """The names that a module, class, function or comprehension binds."""

    def __init__(self, node: ast.AST, parent: Scope | None) -> None:
        self.node = node
        self.parent = parent
        self.bound: dict[str, list[Binding]] = {}
        self.elsewhere: dict[str, Scope] = {}  # global and nonlocal

    def bind(self, name: str, binding: Binding) -> None:
        target = self.elsewhere.get(name, self)
        target.bound.setdefault(name, []).append(binding)

    def find(self, name: str) -> tuple[Scope, list[Binding]] | None:
        """The scope that owns `name` as seen from here, with its bindings."""
        scope: Scope | None = self
        while scope is not None:
            owner = scope.elsewhere.get(name, scope)
            visible = scope is self or not isinstance(owner.node, ast.ClassDef)
            if visible and name in owner.bound:
                return owner, owner.bound[name]
            scope = scope.parent
        return None


class Source:
    """One parsed file."""

    def __init__(self, path: str, module: str, text: str) -> None:
        self.path = path
        self.module = module
        is_package = path.endswith("/__init__.py") or path == "__init__.py"
        self.package = module if is_package else module.rpartition(".")[0]
        # What `ast` counts in bytes of UTF-8, we count in characters.
        self.lines = [line.encode() for line in _physical_lines(text)]
        self.tree = _parsed(text.removeprefix("\ufeff"))
        self.redirects = "global " in text or "nonlocal " in text
        self.scope_of: dict[ast.AST, Scope] = {}
        self.stars: list[str] = []
        self._reached: dict[frozenset[str], set[str]] = {}
        self.top = Scope(self.tree, None)
        _Binder(self).visit_body(self.tree.body, self.top)

    def span(self, first: ast.expr | ast.alias, last: ast.expr) -> Span:
        return (
            self.path,
            first.lineno,
            self.column(first.lineno, first.col_offset),
            last.end_lineno or 0,
            self.column(last.end_lineno or 0, last.end_col_offset or 0),
        )

    def is_quoted(self, span: Span) -> bool:
        """Whether a span lies in a string or in a comment."""
        _, line, column, _, _ = span
        if any(start <= (line, column) <= end for start, end in self.quotes):
            return True
        return b"#" in self.lines[line - 1].decode()[: column - 1].encode()

    @cached_property
    def quotes(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """Where each constant begins and ends."""
        found: list[tuple[tuple[int, int], tuple[int, int]]] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant | ast.JoinedStr):
                start = (node.lineno, self.column(node.lineno, node.col_offset))
                last = node.end_lineno or 0
                end = (last, self.column(last, node.end_col_offset or 0))
                found.append((start, end))
        return found

    def last_word(self, span: Span) -> str:
        """The last name in a span."""
        _, _, _, line, column = span
        words = re.findall(r"\w+", self.lines[line - 1].decode()[: column - 1])
        return words[-1] if words else ""

    def flows(self, span: Span, names: set[str]) -> bool:
        """Whether one of `names` may flow into the names that stand in a span.

        They flow from a value, default or annotation to what it is given to, however
        deep they are in it: an instance, an alias, a subclass.
        """
        key = frozenset(names)
        if key not in self._reached:
            reached = set(names)
            before = 0
            while len(reached) != before:
                before = len(reached)
                for given, to in self.given:
                    if not reached.isdisjoint(given):
                        reached |= to
            self._reached[key] = reached
        _, line, column, end_line, end_column = span
        text = b"\n".join(self.lines[line - 1 : end_line]).decode()
        rest = len(self.lines[end_line - 1].decode()) - end_column + 1
        words = re.findall(r"\w+", text[column - 1 : len(text) - rest])
        return not self._reached[key].isdisjoint(words)

    @cached_property
    def given(self) -> list[tuple[set[str], set[str]]]:
        """For each place that gives something: the names in it, and what gets it."""
        found: list[tuple[set[str], set[str]]] = []
        for node in ast.walk(self.tree):
            if comment := getattr(node, "type_comment", None):
                found.append((set(re.findall(r"\w+", comment)), _commented(node)))
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        found.append((_words(value), _words(target)))
                case ast.AnnAssign(target=target, annotation=kind, value=value):
                    found.append((_words(kind) | _words(value), _words(target)))
                case ast.NamedExpr(target=target, value=value):
                    found.append((_words(value), _words(target)))
                case (
                    ast.For(target=target, iter=value)
                    | ast.comprehension(target=target, iter=value)
                ):
                    found.append((_words(value), _words(target)))
                case ast.withitem(context_expr=value, optional_vars=target):
                    found.append((_words(value), _words(target)))
                case ast.Match(subject=value, cases=cases):
                    for case in cases:
                        found.append((_words(value), _captures(case.pattern)))
                        found.append((_words(case.pattern), _captures(case.pattern)))
                case ast.ClassDef(name=name, bases=bases):
                    for base in bases:
                        found.append((_words(base), {name, "self", "cls", "super"}))
                case ast.arguments():
                    everyone = [*node.posonlyargs, *node.args]
                    values = node.defaults
                    pairs = zip(everyone[::-1], values[::-1], strict=False)
                    found += [(_words(value), {one.arg}) for one, value in pairs]
                    for one, value in zip(
                        node.kwonlyargs, node.kw_defaults, strict=True
                    ):
                        found.append((_words(value), {one.arg}))
                    for one in [*everyone, *node.kwonlyargs]:
                        found.append((_words(one.annotation), {one.arg}))
                case (
                    ast.FunctionDef(name=name, returns=value)
                    | ast.AsyncFunctionDef(name=name, returns=value)
                ):
                    found.append((_words(value), {name}))
                case ast.Call(func=ast.Attribute(value=holder, attr=name), args=args):
                    if name in _PUTS_IN:
                        for put in args:
                            found.append((_words(put), _words(holder)))
                case ast.Call(func=ast.Name(id="isinstance"), args=[one, kind]):
                    found.append((_words(kind), _words(one)))
                case ast.Return(value=value) if value is not None:
                    for name in self.makers.get(node, ()):
                        found.append((_words(value), {name}))
                case _:
                    pass
        return found

    def are_exclusive(self, one: int, other: int) -> bool:
        """Whether only one of two lines runs, as those of an `if` and its `else`."""
        return any(
            any(one in block for block in blocks)
            and any(other in block and one not in block for block in blocks)
            for blocks in self.alternatives
        )

    @cached_property
    def alternatives(self) -> list[list[range]]:
        """The lines of the blocks of each statement of which only one may run."""
        found: list[list[range]] = []
        for node in ast.walk(self.tree):
            match node:
                case ast.If(body=body, orelse=orelse):
                    bodies = [body, orelse]
                case ast.Try(body=body, handlers=handlers, orelse=orelse):
                    bodies = [body, *(handler.body for handler in handlers), orelse]
                case ast.Match(cases=cases):
                    bodies = [case.body for case in cases]
                case _:
                    continue
            found.append(
                [range(b[0].lineno, (b[-1].end_lineno or 0) + 1) for b in bodies if b]
            )
        return found

    @cached_property
    def makers(self) -> dict[ast.AST, list[str]]:
        """For each `return` the functions around it."""
        found: dict[ast.AST, list[str]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Return):
                        found.setdefault(inner, []).append(node.name)
        return found

    @cached_property
    def defined(self) -> dict[str, int]:
        """On which line the module, in no branch, defines a class or function last: what
        was so called before is gone."""
        return {
            node.name: node.lineno
            for node in self.tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        }

    @cached_property
    def opened(self) -> list[str] | None:
        """The names in `__all__`, None where there is none or it is not plain."""
        binds = [b.value for b in self.top.bound.get("__all__", []) if b.value]
        if len(binds) != 1 or not isinstance(binds[0], ast.List | ast.Tuple):
            return None
        if sum(isinstance(n, ast.Name) and n.id == "__all__" for n in self.naming) > 1:
            return None  # it grows
        parts = [part for part in binds[0].elts if isinstance(part, ast.Constant)]
        return [str(part.value) for part in parts]

    @cached_property
    def naming(self) -> list[ast.Import | ast.ImportFrom | ast.Name | ast.Attribute]:
        """The nodes that may name something, in no order."""
        found: list[ast.Import | ast.ImportFrom | ast.Name | ast.Attribute] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import | ast.ImportFrom | ast.Name | ast.Attribute):
                found.append(node)
        return found

    def column(self, line: int, offset: int) -> int:
        return len(self.lines[line - 1][:offset].decode()) + 1

    def absolute(self, node: ast.ImportFrom) -> str:
        """The module that `from X import` names, with its dots resolved."""
        if not node.level:
            return node.module or ""
        parts = self.package.split(".") if self.package else []
        if node.level - 1 > len(parts) or not parts:
            return "\0"  # beyond the top
        base = parts[: len(parts) - node.level + 1]
        return ".".join([*base, *([node.module] if node.module else [])]) or "\0"


class _Binder:
    """Finds what is bound where."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def visit_body(self, body: list[ast.stmt], scope: Scope) -> None:
        for statement in body if self.source.redirects else ():
            for node in _same_scope(statement):
                if isinstance(node, ast.Global):
                    scope.elsewhere.update(dict.fromkeys(node.names, self.source.top))
                elif isinstance(node, ast.Nonlocal):
                    for name in node.names:
                        owner = scope.parent.find(name) if scope.parent else None
                        if owner:
                            scope.elsewhere[name] = owner[0]
        for statement in body:
            self.visit(statement, scope)

    def visit(self, node: ast.AST, scope: Scope) -> None:
        self.source.scope_of[node] = scope
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                self.function(node, scope)
                return
            case ast.ClassDef():
                scope.bind(node.name, Binding(node.lineno))
                inner = self.parameters(node, scope)
                self.visit_all(node.decorator_list, scope)
                self.visit_all([*node.bases, *node.keywords], inner)
                self.visit_body(node.body, Scope(node, inner))
                return
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                inner = Scope(node, scope)
                self.visit(node.generators[0].iter, scope)
                first = node.generators[0]
                self.visit_all([first.target, *first.ifs], inner)
                children = ast.iter_child_nodes(node)
                self.visit_all([c for c in children if c is not first], inner)
                return
            case ast.Import():
                for alias in node.names:
                    name = alias.asname or alias.name.split(".")[0]
                    meaning = alias.name if alias.asname else name
                    scope.bind(name, Binding(node.lineno, meaning))
            case ast.ImportFrom():
                module = self.source.absolute(node)
                for alias in node.names:
                    if alias.name == "*":
                        self.source.stars.append(module)
                    else:
                        meaning = f"{module}.{alias.name}"
                        name = alias.asname or alias.name
                        scope.bind(name, Binding(node.lineno, meaning))
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self.assign(target, value, scope)
            case ast.AnnAssign(target=target, value=value) if value is not None:
                self.assign(target, value, scope)
            case ast.NamedExpr(target=target, value=value):
                outer = scope
                while isinstance(outer.node, COMPREHENSIONS) and outer.parent:
                    outer = outer.parent
                outer.bind(target.id, Binding(node.lineno, value=value))
                self.visit(value, scope)
                return
            case ast.Name(ctx=ast.Store() | ast.Del()):
                scope.bind(node.id, Binding(node.lineno))
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                scope.bind(name, Binding(node.lineno))
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                scope.bind(name, Binding(node.lineno))
            case _:
                pass
        self.visit_all(list(ast.iter_child_nodes(node)), scope)

    def visit_all(self, nodes: Sequence[ast.AST], scope: Scope) -> None:
        for node in nodes:
            self.visit(node, scope)

    def parameters(self, node: ast.AST, scope: Scope) -> Scope:
        """The scope of a definition's type parameters, if it has any."""
        parameters: list[ast.AST] = getattr(node, "type_params", [])
        if not parameters:
            return scope
        inner = Scope(ast.Module([], []), scope)
        for parameter in parameters:
            inner.bind(getattr(parameter, "name", ""), Binding(0))
            self.visit(parameter, inner)
        return inner

    def function(self, node: FUNCTIONS, scope: Scope) -> None:
        arguments = node.args
        everyone = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        everyone += [one for one in (arguments.vararg, arguments.kwarg) if one]
        outer = scope
        if not isinstance(node, ast.Lambda):
            scope.bind(node.name, Binding(node.lineno))
            outer = self.parameters(node, scope)
            self.visit_all(node.decorator_list, scope)
        self.visit_all(arguments.defaults, scope)
        self.visit_all([d for d in arguments.kw_defaults if d], scope)
        for one in everyone:
            if one.annotation:
                self.visit(one.annotation, outer)
        inner = Scope(node, outer)
        for one in everyone:
            inner.bind(one.arg, Binding(one.lineno))
        if isinstance(node, ast.Lambda):
            self.visit(node.body, inner)
        else:
            if node.returns:
                self.visit(node.returns, outer)
            self.visit_body(node.body, inner)

    def assign(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        """Note what is assigned; the plain visit notes that something is."""
        if isinstance(target, ast.Name):
            scope.bind(target.id, Binding(target.lineno, value=value))
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, other in zip(target.elts, value.elts, strict=False):
                self.assign(one, other, scope)


def _runs_later(scope: Scope, owner: Scope) -> bool:
    """Whether a function lies between a scope and one around it."""
    here: Scope | None = scope
    while here is not None and here is not owner:
        if isinstance(here.node, FUNCTIONS):
            return True
        here = here.parent
    return False


def _words(node: ast.AST | None) -> set[str]:
    """The names in an expression, those in its strings too."""
    found: set[str] = set()
    for inner in ast.walk(node) if node is not None else ():
        match inner:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found.add(name)
            case ast.Constant(value=str(text)):
                found.update(re.findall(r"\w+", text))
            case _:
                pass
    return found


def _commented(node: ast.AST) -> set[str]:
    """The names that a type comment of a node may be about."""
    match node:
        case ast.Assign(targets=targets):
            return set[str]().union(*map(_words, targets))
        case ast.For(target=target) | ast.AsyncFor(target=target):
            return _words(target)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return set[str]().union(*(_words(item.optional_vars) for item in items))
        case ast.arg(arg=name):
            return {name}
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            arguments = ast.walk(node.args)
            return {name, *(a.arg for a in arguments if isinstance(a, ast.arg))}
        case _:
            return set()


def _captures(pattern: ast.pattern) -> set[str]:
    return {
        inner.name
        for inner in ast.walk(pattern)
        if isinstance(inner, ast.MatchAs | ast.MatchStar) and inner.name
    }


def _same_scope(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what lies in it, without what lies in scopes of its own."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, SCOPES):
            yield from _same_scope(child)


class Reading:
    """All files of a tree, and what their names mean."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """`files`: path -> text; the top is the only source root."""
        self.files = files
        self.sources: dict[str, Source] = {}
        self.unread: list[str] = []
        for path, text in files.items():
            module = path.removesuffix(".py").replace("/", ".")
            module = module.removesuffix(".__init__")
            try:
                self.sources[module] = Source(path, module, text)
            except (SyntaxError, RecursionError, ValueError):
                self.unread.append(path)
        self._meanings: dict[str, frozenset[str]] = {}

    def meanings(self, dotted: str) -> frozenset[str]:
        """Every name that `dotted` may be, itself too, through all re-exports."""
        known = self._meanings.get(dotted)
        if known is not None:
            return known
        found: set[str] = set()
        fresh = {dotted}
        while fresh:
            name = fresh.pop()
            # An import that names itself makes names without an end.
            if name not in found and name.count(".") < 50:
                found.add(name)
                fresh |= self._named_by(name)
        self._meanings[dotted] = frozenset(found)
        return self._meanings[dotted]

    def _named_by(self, dotted: str) -> set[str]:
        """What the one module that `dotted` goes through says that it is."""
        parts = dotted.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            module, name, rest = ".".join(parts[:cut]), parts[cut], parts[cut + 1 :]
            source = self.sources.get(module)
            if source is not None:
                meanings = self.exported(source, name)
                return {".".join([meaning, *rest]) for meaning in meanings}
        return set()

    def is_within(self, symbol: str, dotted: str) -> bool:
        """Whether `dotted` may be the symbol, or something of it."""
        inner = f"{symbol}."
        return any(m == symbol or m.startswith(inner) for m in self.meanings(dotted))

    def is_module_within(self, symbol: str, dotted: str) -> bool:
        """The same for a place where a module stands: one of the files is meant, whatever
        its package calls so too."""
        if dotted in self.sources:
            return f"{dotted}.".startswith(f"{symbol}.")
        return self.is_within(symbol, dotted)

    def exported(self, source: Source, name: str) -> set[str]:
        """What `name` of a module may be."""
        found: set[str] = set()
        for binding in source.top.bound.get(name, []):
            if binding.line >= source.defined.get(name, 0):
                found |= self.of_binding(source, source.top, binding, frozenset())
        for star in source.stars:
            if star in self.sources and self.opens(star, name):
                found.add(f"{star}.{name}")
        return found

    def opens(self, module: str, name: str) -> bool:
        """Whether a star import of `module` may bring `name`."""
        seen: set[str] = set()
        fresh = {module}
        while fresh:
            source = self.sources.get(module := fresh.pop())
            if source is None or source.opened is None:
                if name.startswith("_"):
                    continue
                if source is None or name in source.top.bound:
                    return True
                if f"{module}.{name}" in self.sources:
                    return True  # somebody may have imported it before
                seen.add(module)
                fresh.update(star for star in source.stars if star not in seen)
            elif name in source.opened:
                return True
        return False

    def of_binding(
        self, source: Source, scope: Scope, binding: Binding, seen: frozenset[str]
    ) -> set[str]:
        if binding.dotted:
            return {binding.dotted}
        if binding.value is not None:
            value = _cast_to(binding.value) or binding.value
            return self.of_expression(source, value, scope, seen)
        return set()

    def of_expression(
        self, source: Source, node: ast.expr, scope: Scope, seen: frozenset[str]
    ) -> set[str]:
        """What an expression of names and dots may be, without re-exports."""
        chain = _chain(node)
        if chain is None:
            return set()
        name, *rest = chain
        key = f"\0{source.path}:{id(scope)}:{name}"
        if key in seen:
            return set()
        found: set[str] = set()
        owner = scope.find(name.id if isinstance(name, ast.Name) else "")
        tail = [part.attr for part in rest if isinstance(part, ast.Attribute)]
        if owner:
            for binding in owner[1]:
                for meaning in self.of_binding(source, owner[0], binding, seen | {key}):
                    found.add(".".join([meaning, *tail]))
        if isinstance(name, ast.Name) and (
            owner is None or isinstance(owner[0].node, ast.Module)
        ):
            found |= {
                ".".join([star, name.id, *tail])
                for star in source.stars
                if self.opens(star, name.id)
            }
        return found

    def flows(
        self, source: Source, span: Span, symbol: str, may: Iterable[Span]
    ) -> bool:
        """Whether the symbol may flow into the names that stand in a span, from what it
        is bound to or from one of the places that `may` be it."""
        names = {symbol.rpartition(".")[2]}
        names.update(source.last_word(each) for each in may if each[0] == span[0])
        for scope in {id(scope): scope for scope in source.scope_of.values()}.values():
            for name, bindings in scope.bound.items():
                for binding in bindings:
                    if binding.dotted and self.is_within(symbol, binding.dotted):
                        names.add(name)
        return source.flows(span, names)

    def spans(self, symbol: str) -> tuple[set[Span], set[Span]]:
        """Where `symbol` may be used, and where it must be."""
        may: set[Span] = set()
        must: set[Span] = set()
        words = self.called(symbol)
        for source in self.sources.values():
            if source.module == symbol.rpartition(".")[0]:
                continue
            for node in source.naming:
                match node:
                    case ast.Import():
                        may |= self.of_import(source, node, symbol)
                    case ast.ImportFrom():
                        may |= self.of_import_from(source, node, symbol)
                    case ast.Name(id=name) | ast.Attribute(attr=name) if name in words:
                        span, sure = self.of_use(source, node, symbol)
                        if span:
                            may.add(span)
                            if sure:
                                must.add(span)
                    case _:
                        pass
        must |= {span for span in may if span not in must and self._is_import(span)}
        return may, must

    def called(self, symbol: str) -> set[str]:
        """The last names that the symbol, and no part of it, may be written by."""
        words = {symbol.rpartition(".")[2]}
        for source in self.sources.values():
            for node in source.naming:
                match node:
                    case ast.ImportFrom(names=aliases):
                        module = source.absolute(node)
                        if module == symbol or module.startswith(f"{symbol}."):
                            words.update(a.asname or a.name for a in aliases)
                            if aliases[0].name == "*" and module in self.sources:
                                brought = self.sources[module]
                                words.update(brought.opened or brought.top.bound)
                    case ast.Import(names=aliases):
                        for alias in aliases:
                            if alias.asname and alias.name.startswith(f"{symbol}."):
                                words.add(alias.asname)
                    case _:
                        pass
        before = 0
        while len(words) != before:
            before = len(words)
            for last, name in self._renamed:
                if last in words:
                    words.add(name)
        return words

    @cached_property
    def _renamed(self) -> set[tuple[str, str]]:
        """Pairs of names: what the first one is, some file also calls by the second."""
        found: set[tuple[str, str]] = set()
        for source in self.sources.values():
            for node in source.naming:
                if isinstance(node, (ast.Import, ast.ImportFrom)):
                    for alias in node.names:
                        last = alias.name.rpartition(".")[2]
                        found.add((last, alias.asname or last))
            for scope in {id(s): s for s in source.scope_of.values()}.values():
                for name, bindings in scope.bound.items():
                    for binding in bindings:
                        # What is of the symbol is found by this name too.
                        for part in (
                            _chain(_cast_to(binding.value) or binding.value) or ()
                        ):
                            match part:
                                case ast.Name(id=last) | ast.Attribute(attr=last):
                                    found.add((last, name))
                                case _:
                                    pass
        return {(last, name) for last, name in found if last != name}

    def _is_import(self, span: Span) -> bool:
        return span in self._imports

    _imports: set[Span] = set()

    def of_import(self, source: Source, node: ast.Import, symbol: str) -> set[Span]:
        found: set[Span] = set()
        for alias in node.names:
            parts = alias.name.split(".")
            for end in range(1, len(parts) + 1):
                if self.is_module_within(symbol, ".".join(parts[:end])):
                    found.add(_name_span(source, alias, ".".join(parts[:end])))
                    break
        self._imports = self._imports | found
        return found

    def of_import_from(
        self, source: Source, node: ast.ImportFrom, symbol: str
    ) -> set[Span]:
        module = source.absolute(node)
        found: set[Span] = set()
        written = (node.module or "").split(".")
        beyond = module[: len(module) - len(node.module or "")]
        for end in range(1, len(written) + 1):
            to = beyond + ".".join(written[:end])
            if node.module and self.is_module_within(symbol, to):
                start = len("from ") + node.level
                found.add(_span_at(source, node, start, ".".join(written[:end])))
                break
        for alias in node.names if not found else ():
            if alias.name == "*":
                if self.star_brings(module, symbol, frozenset()):
                    found.add(_name_span(source, alias, "*"))
            elif self.is_within(symbol, f"{module}.{alias.name}"):
                found.add(_name_span(source, alias, alias.name))
        self._imports = self._imports | found
        return found

    def star_brings(self, module: str, symbol: str, seen: frozenset[str]) -> bool:
        home, _, last = symbol.rpartition(".")
        if module == home:
            return self.opens(module, last)
        source = self.sources.get(module)
        if source is None or module in seen:
            return False
        names = source.opened
        if names is None:
            names = [name for name in source.top.bound if not name.startswith("_")]
        return any(self.is_within(symbol, f"{module}.{name}") for name in names) or any(
            self.star_brings(star, symbol, seen | {module}) for star in source.stars
        )

    def of_use(
        self, source: Source, node: ast.Name | ast.Attribute, symbol: str
    ) -> tuple[Span | None, bool]:
        """The span, if this very expression, and no shorter one in it, is the symbol."""
        chain = _chain(node)
        scope = source.scope_of.get(node)
        if chain is None or scope is None:
            return None, False
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            return None, False  # a name that is bound uses nothing
        here = self.of_expression(source, node, scope, frozenset())
        if not any(self.is_within(symbol, meaning) for meaning in here):
            return None, False
        if isinstance(node, ast.Attribute) and isinstance(
            node.value, ast.Name | ast.Attribute
        ):
            if any(
                self.is_within(symbol, meaning)
                for part in chain[:-1]
                for meaning in self.of_expression(source, part, scope, frozenset())
            ):
                return None, False
        name = chain[0]
        assert isinstance(name, ast.Name)
        owner = scope.find(name.id)
        sure = (
            owner is not None
            and len(owner[1]) == 1
            and bool(owner[1][0].dotted)
            and (_runs_later(scope, owner[0]) or owner[1][0].line < name.lineno)
            and not source.are_exclusive(owner[1][0].line, name.lineno)
            and not source.stars
            and len(here) == 1
        )
        return source.span(name, node), sure


def _cast_to(node: ast.expr | None) -> ast.expr | None:
    """The class that `cast(type[X], y)` says its value to be, quoted or not."""
    match node:
        case ast.Call(func=func, args=[kind, _]) if "cast" in _words(func):
            if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
                try:
                    kind = ast.parse(kind.value, mode="eval").body
                except SyntaxError:
                    return None
            if isinstance(kind, ast.Subscript) and _words(kind.value) & {
                "type",
                "Type",
            }:
                return kind.slice
        case _:
            pass
    return None


def _chain(node: ast.expr | None) -> list[ast.expr] | None:
    """`a.b.c` as the expressions a, a.b and a.b.c; None for anything else."""
    if node is None:
        return None
    chain = [node]
    while isinstance(node, ast.Attribute):
        node = node.value
        chain.append(node)
    return chain[::-1] if isinstance(node, ast.Name) else None


def _name_span(source: Source, alias: ast.alias, name: str) -> Span:
    """A name of an import; spaces around its dots are not expected."""
    return _span_at(source, alias, 0, name)


def _span_at(
    source: Source, node: ast.alias | ast.ImportFrom, start: int, name: str
) -> Span:
    """A name that stands `start` characters after where a node begins."""
    column = source.column(node.lineno, node.col_offset) + start
    return (source.path, node.lineno, column, node.lineno, column + len(name))


def _parsed(text: str) -> ast.Module:
    """The tree, with its type comments where none is misplaced."""
    try:
        return ast.parse(text, type_comments=True)
    except SyntaxError:
        return ast.parse(text)


def _physical_lines(text: str) -> list[str]:
    """Lines as Python counts them: LF, CRLF and CR end one."""
    return (
        text.removeprefix("\ufeff")
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .split("\n")
    )


class Comparison(NamedTuple):
    """What the check and the reading say of the same files.

    `missed`: must be the symbol, and the check does not find it. `unexplained`: the
    check finds it, and by no binding can it be, nor is it in a string or a comment.
    `beyond`: the check finds it in a string or a comment, which the reading does not
    know. `flowing`: the symbol may flow there, as an instance, by an annotation or a
    default, which the reading does not follow. `passed`: it may be the symbol, and the check says no.
    """

    agreed: int
    missed: list[Span]
    unexplained: list[Span]
    beyond: list[Span]
    flowing: list[Span]
    passed: list[Span]


def compared(reading: Reading, symbol: str) -> Comparison:
    """Judge the reading's files by the check too."""
    may, must = reading.spans(symbol)
    found: set[Span] = set()
    for finding in judged(reading.files, Forbid(symbol=symbol), roots=["."], world={}):
        if finding.rule == "forbidden-symbol":
            place = finding.place
            found.add(
                (place.path, place.line, place.column, place.end_line, place.end_column)
            )
    by_path = {source.path: source for source in reading.sources.values()}
    extra = sorted(span for span in found - may if span[0] in by_path)
    beyond = [span for span in extra if by_path[span[0]].is_quoted(span)]
    flowing = [
        span
        for span in extra
        if span not in beyond and reading.flows(by_path[span[0]], span, symbol, may)
    ]
    return Comparison(
        agreed=len(found & may),
        missed=sorted(must - found),
        unexplained=sorted({*extra} - {*beyond} - {*flowing}),
        beyond=beyond,
        flowing=flowing,
        passed=sorted(may - found - must),
    )
