"""Reads a file's libcst tree once, in the order in which it runs, and notes each use.

Expressions are evaluated to what they may be (`values.py`), names are looked up where
they stand (`scopes.py`). Statements are here, expressions in `expressions.py`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import libcst as cst

from .comments import TypeComments
from .keywords import Keywords
from .naming import Names, absolute
from .nodes import children, dotted, ident, plain, prefixes
from .patterns import Patterns
from .scopes import Scope, State, joined
from .strings import Strings
from .values import (
    NOTHING,
    Function,
    LocalClass,
    LocalObject,
    Made,
    Named,
    Property,
    Values,
    instances,
    listed,
)

# A second pass settles almost every file: what a method stores, another one reads.
_PASSES = 4
_PROPERTIES = {"property", "cached_property", "functools.cached_property"}


class Resolver(Patterns, TypeComments, Strings, Keywords):
    """One file. After `run`, `hits` holds its uses and `exports` its re-exports.

    `file` is the dotted name of the file from the repository's top.
    """

    def __init__(self, names: Names, file: str, is_package: bool) -> None:
        super().__init__(names)
        self.file = file
        self.is_package = is_package
        self.exports: dict[str, str] = {}
        self._later: deque[Callable[[], None]] = deque()
        self._loops: list[list[State]] = []
        self._line_type: Values = NOTHING
        self._classes: dict[int, LocalClass] = {}
        self._made: dict[int, Made] = {}
        self.given: State = {}  # what is bound before the first line
        self._anytimes: dict[int, State] = {}
        # What is listed in `__all__`, and in which statement.
        self._all: list[tuple[cst.CSTNode | None, cst.BaseExpression]] = []
        self._top = Scope("module")

    def run(self, module: cst.Module) -> None:
        """Read the whole file."""
        for _ in range(_PASSES):
            self.news = False
            anytime = self._top.anytime
            self._top = self.scope = Scope("module")
            self._top.anytime = anytime
            self._top.state.update(self.given)
            self._all.clear()
            self._each(module.body)
            while self._later:
                self._later.popleft()()
            if not self.news:
                break
        self.scope = self._top
        for name in {**self._top.anytime, **self._top.state}:
            values = self._top.lookup(name)
            dotted = (value.dotted for value in values if isinstance(value, Named))
            leading = {self.names.meaning(d) for d in dotted if self.names.leads(d)}
            if leading:
                # Where it may be several things: rather a target than what leads to one.
                news = {each for each in leading if self.names.is_news(each)}
                self.exports[name] = min(news or leading)
        for statement, node in self._all:
            self.statement = statement
            self._exported(node)

    # Blocks

    def _suite(self, body: cst.BaseSuite) -> bool:
        return self._block(cast(Sequence[cst.CSTNode], body.body))

    def _own_suite(self, node: cst.ClassDef | cst.FunctionDef) -> None:
        """Read the body of a definition. Each statement in it counts by itself, where
        the definition does: not in a branch, or a loop."""
        if self.statement is node and isinstance(node.body, cst.IndentedBlock):
            self._each(node.body.body)
            self.statement = node
        else:
            self._suite(node.body)

    def _each(self, body: Iterable[cst.CSTNode]) -> None:
        for statement in body:
            self.statement = statement
            self._block([statement])

    def _block(self, body: Iterable[cst.CSTNode]) -> bool:
        """Run statements; whether the end is never reached."""
        ended = False
        for statement in body:
            if isinstance(statement, cst.SimpleStatementLine):
                self._line_type = self.line_type(statement)
                for small in statement.body:
                    ended = self._statement(small) or ended
            else:
                ended = self._statement(statement) or ended
        return ended

    def _statement(self, node: cst.CSTNode) -> bool:
        run = _STATEMENTS.get(type(node))
        if run is not None:
            return bool(run(self, node))
        for child in children(node):
            self.value(child)
        return False

    def on_if(self, node: cst.If) -> bool:
        self.value(node.test)
        before = dict(self.scope.state)
        self.narrow(node.test, True)
        ended = self._suite(node.body)
        after, self.scope.state = self.scope.state, before
        self.narrow(node.test, False)
        other_ended = False
        if isinstance(node.orelse, cst.If):
            other_ended = self.on_if(node.orelse)
        elif node.orelse is not None:
            other_ended = self._suite(node.orelse.body)
        if ended:
            return other_ended
        if other_ended:
            self.scope.state = after
        else:
            self.scope.state = joined([after, self.scope.state])
        return False

    def on_try(self, node: cst.Try | cst.TryStar) -> bool:
        before = dict(self.scope.state)
        mark = len(self.scope.bindings)
        ended = self._suite(node.body)
        after = self.scope.state
        # An exception may come after any of the body's bindings.
        thrown = joined([before, after])
        for name, values in self.scope.bindings[mark:]:
            thrown[name] = thrown.get(name, NOTHING) | values
        ways: list[State] = []
        if node.orelse is not None and not ended:
            ended = self._suite(node.orelse.body)
            after = self.scope.state
        if not ended:
            ways.append(after)
        for handler in node.handlers:
            self.scope.state = dict(thrown)
            if handler.type is not None:
                self.value(handler.type)
            if handler.name is not None:
                self.assign(handler.name.name, NOTHING)
            if not self._suite(handler.body):
                ways.append(self.scope.state)
        self.scope.state = joined(ways) if ways else dict(thrown)
        if node.finalbody is not None and self._suite(node.finalbody.body):
            return True
        return not ways

    def _loop(self, node: cst.For | cst.While, head: Callable[[], None]) -> bool:
        for _ in range(2):
            start = dict(self.scope.state)
            self._loops.append([])
            head()
            ended = self._suite(node.body)
            ways = [start, *self._loops.pop()]
            if not ended:
                ways.append(self.scope.state)
            self.scope.state = joined(ways)
            if self.scope.state == start:
                break
        if node.orelse is not None:
            self._suite(node.orelse.body)
        return False

    def on_for(self, node: cst.For) -> bool:
        elements = self.elements(node.iter)
        elements |= self.block_type(node.body)
        return self._loop(node, lambda: self.assign(node.target, elements))

    def on_while(self, node: cst.While) -> bool:
        return self._loop(node, lambda: void(self.value(node.test)))

    def on_jump(self, node: cst.CSTNode) -> bool:
        if self._loops:
            self._loops[-1].append(dict(self.scope.state))
        return True

    def on_end(self, node: cst.Return | cst.Raise) -> bool:
        for child in children(node):
            values = self.value(child)
            if self.scope.made is not None and isinstance(node, cst.Return):
                self.news = self.scope.made.add(values) or self.news
        return True

    def on_assert(self, node: cst.Assert) -> None:
        self.value(node.test)
        if node.msg is not None:
            self.value(node.msg)
        self.narrow(node.test, True)

    def on_with(self, node: cst.With) -> bool:
        typed = self.block_type(node.body)
        for item in node.items:
            values = self.value(item.item)
            if item.asname is not None:
                # A context manager may be a generator, and gives what that yields.
                self.assign(item.asname.name, values | listed(values) | typed)
        return self._suite(node.body)

    def on_match(self, node: cst.Match) -> bool:
        subject = self.value(node.subject)
        before = self.scope.state
        ways = [before]
        for case in node.cases:
            self.scope.state = dict(before)
            self.pattern(case.pattern, subject)
            if case.guard is not None:
                self.value(case.guard)
            if not self._suite(case.body):
                ways.append(self.scope.state)
        self.scope.state = joined(ways)
        return False

    # Bindings

    def on_import(self, node: cst.Import) -> None:
        for alias in node.names:
            name = dotted(alias.name) or ""
            self.use_chain(prefixes(alias.name), "import")
            self.import_wanted(name)
            if alias.asname is not None:
                self.assign(
                    alias.asname.name, frozenset([Named(name, self.brought_by(alias))])
                )
                continue
            first = name.split(".", 1)[0]
            held = self.scope.lookup(first)
            # `import shop.new` does not take away what `import shop.old` brought.
            is_held = any(isinstance(v, Named) and v.dotted == first for v in held)
            if is_held and not self.names.leads(name):
                continue
            self.bind(first, frozenset([Named(first, self.brought_by(alias))]))

    def on_from(self, node: cst.ImportFrom) -> None:
        relative = dotted(node.module) or ""
        level = len(node.relative)
        module = absolute(relative, level, self.file, self.is_package)
        if module is not None and node.module is not None:
            base = module[: len(module) - len(relative)]
            parts = [(part, base + name) for part, name in prefixes(node.module)]
            self.use_chain(parts, "import")
            self.note(node, self.names.matches(module, as_module=True))
        if isinstance(node.names, cst.ImportStar):
            if module is not None:
                self._star(node.names, module, node)
            return
        for alias in node.names:
            name = dotted(alias.name) or ""
            bound = alias.asname.name if alias.asname is not None else alias.name
            if module is None:
                self.assign(bound, NOTHING)
                continue
            full = f"{module}.{name}"
            self.import_wanted(full)
            self.use(alias.name, [Named(full)], "import", below=node)
            self.assign(bound, frozenset([Named(full, self.brought_by(alias))]))

    def _star(self, node: cst.ImportStar, module: str, holder: cst.ImportFrom) -> None:
        self.wants.add(f"{module}.*")
        self.stars.add(module)
        for name in self.names.star(module):
            full = f"{module}.{name}"
            self.import_wanted(full)
            self.use(node, [Named(full)], "star", below=holder)
            self.bind(name, frozenset([Named(full, self.brought_by(node))]))

    def on_assign(self, node: cst.Assign) -> None:
        values = self.value(node.value) | self._line_type
        for target in node.targets:
            self._assign_one(target.target, values, node.value)

    def _assign_one(
        self, target: cst.BaseExpression, values: Values, source: cst.BaseExpression
    ) -> None:
        if isinstance(target, (cst.Tuple, cst.List)) and isinstance(
            source, (cst.Tuple, cst.List)
        ):
            parts = [e.value for e in target.elements]
            given = [e.value for e in source.elements]
            starred = (cst.StarredElement,)
            if len(parts) == len(given) and not any(
                isinstance(e, starred) for e in (*target.elements, *source.elements)
            ):
                for part, one in zip(parts, given, strict=True):
                    self._assign_one(part, self.seen_value(one), one)
                return
        if isinstance(target, cst.Name) and target.value == "__all__":
            self._all.append((self.statement, source))
        self.assign(target, values)

    def on_annotated(self, node: cst.AnnAssign) -> None:
        values = self.annotation(node.annotation)
        if node.value is not None:
            values |= self.value(node.value)
            if isinstance(node.target, cst.Name) and node.target.value == "__all__":
                self._all.append((self.statement, node.value))
        self.assign(node.target, values)

    def on_augmented(self, node: cst.AugAssign) -> None:
        self.value(node.target)
        self.value(node.value)
        if isinstance(node.target, cst.Name) and node.target.value == "__all__":
            self._all.append((self.statement, node.value))
        elif isinstance(node.target, cst.Name):
            if isinstance(node.operator, cst.AddAssign):
                self.bind(ident(node.target.value), self.grown(node))

    def on_delete(self, node: cst.Del) -> None:
        self.value(node.target)
        if isinstance(node.target, cst.Name):
            self.bind(ident(node.target.value), NOTHING)

    def on_expression(self, node: cst.Expr) -> None:
        if plain(node.value) is None:
            self.value(node.value)
            self._all_call(node.value)

    def _all_call(self, node: cst.BaseExpression) -> None:
        """`__all__.extend([...])`, `__all__.append(...)`."""
        if isinstance(node, cst.Call) and node.args:
            name = dotted(node.func)
            if name in ("__all__.append", "__all__.extend"):
                self._all.append((self.statement, node.args[0].value))

    def _exported(self, node: cst.BaseExpression) -> None:
        """Each string of an `__all__` that names a target at the module's end."""
        text = plain(node)
        if text is None:
            for child in children(node):
                if isinstance(child, cst.Element):
                    self._exported(child.value)
                elif isinstance(child, cst.BaseExpression):
                    self._exported(child)
            return
        self.use_string(node, [(len(text), v) for v in self._top.lookup(text)])

    def on_global(self, node: cst.Global | cst.Nonlocal) -> None:
        for item in node.names:
            name = ident(item.name.value)
            if isinstance(node, cst.Global):
                module = self.scope.module()
                if module is not None and module is not self.scope:
                    self.scope.elsewhere[name] = module
                continue
            for view in self.scope.views:
                if view.scope.kind == "function" and name in view.scope.own:
                    self.scope.elsewhere[name] = view.scope
                    break

    def on_alias(self, node: cst.TypeAlias) -> None:
        outer = self._open(node.type_parameters)
        values = self.annotation_value(node.value, True)
        self.scope = outer
        self.bind(ident(node.name.value), values)

    # Functions and classes

    def on_function(self, node: cst.FunctionDef) -> None:
        for decorator in node.decorators:
            self.value(decorator.decorator)
        outer = self._open(node.type_parameters)
        given = self.parameters(node.params, outer)
        returns = self.annotation(node.returns) if node.returns else NOTHING
        returns |= self.signature_type(node, given)
        inner, self.scope = self.scope, outer
        cls = outer.cls if outer.kind == "class" else None
        made = self._made.setdefault(id(node), Made())
        found: Values = frozenset([Function(returns, made)])
        marks = {dotted(d.decorator) for d in node.decorators}
        if cls is not None and not _PROPERTIES.isdisjoint(marks):
            found = frozenset([Property(returns, made)])
        found |= self.wrapped(node, cls is not None)
        self.bind(ident(node.name.value), found)
        if cls is not None:
            self._receive_self(node, given, cls)
        self.scope = inner
        self._run_later(node, given, made)
        self.scope = outer

    def _open(self, node: cst.TypeParameters | None) -> Scope:
        """Begin the scope of type parameters (PEP 695), if there are any.

        Returns the scope around it, in which what has them is bound.
        """
        outer = self.scope
        if node is not None:
            own = frozenset(ident(each.param.name.value) for each in node.params)
            self.scope = Scope("type", outer, own, cls=outer.cls)
            for each in node.params:
                self._bounds(each)
        return outer

    def _bounds(self, node: cst.TypeParam) -> None:
        """Read a type parameter's bound and default; its name is none of these."""
        if isinstance(node.param, cst.TypeVar) and node.param.bound is not None:
            self.annotation_value(node.param.bound, False)
        if node.default is not None:
            self.annotation_value(node.default, False)

    def _receive_self(
        self, node: cst.FunctionDef, given: dict[str, Values], cls: LocalClass
    ) -> None:
        marks = {dotted(d.decorator) for d in node.decorators}
        params = (*node.params.posonly_params, *node.params.params)
        if "staticmethod" in marks or not params:
            return
        first = ident(params[0].name.value)
        is_class = "classmethod" in marks or node.name.value == "__new__"
        given[first] = frozenset([cls if is_class else LocalObject(cls)])

    def _run_later(
        self,
        holder: cst.FunctionDef | cst.Lambda,
        given: dict[str, Values],
        made: Made,
    ) -> None:
        """Queue a function's body: it runs when what is around it is complete."""
        body = holder.body
        own = frozenset(given) | self.bound_in(body)
        cls = self.scope.cls if self.scope.kind != "module" else None
        scope = Scope("function", None, own, self.scope.seen_by_functions(), cls)
        scope.made = made
        # What inner functions bind by `nonlocal` is known from the second pass on.
        scope.anytime = self._anytimes.setdefault(id(body), scope.anytime)
        scope.state = {name: values for name, values in given.items() if values}
        scope.bindings = list(scope.state.items())
        statement = self.statement

        def run() -> None:
            self.statement = statement
            outer, self.scope = self.scope, scope
            loops, self._loops = self._loops, []
            if isinstance(holder, cst.FunctionDef):
                self._own_suite(holder)
            else:
                self.news = made.add(self.value(holder.body)) or self.news
            self.scope, self._loops = outer, loops

        self._later.append(run)

    def run_lambda(self, node: cst.Lambda) -> Values:
        given = self.parameters(node.params, self.scope)
        made = self._made.setdefault(id(node), Made())
        self._run_later(node, given, made)
        return frozenset([Function(NOTHING, made)])

    def run_text(self, text: str) -> Iterable[tuple[int, str]]:
        try:
            module = cst.parse_module(text)
        except (cst.ParserSyntaxError, RecursionError):
            return []
        inner = Resolver(self.names, self.file, self.is_package)
        around = self.scope.module()
        inner.given = {**(around.state if around else {}), **self.scope.state}
        inner.run(module)
        self.wants |= inner.wants
        return [(hit.target, hit.dotted) for hit in inner.hits.values()]

    def on_class(self, node: cst.ClassDef) -> None:
        for decorator in node.decorators:
            self.value(decorator.decorator)
        outer = self._open(node.type_parameters)
        bases = [self.value(arg.value) for arg in node.bases]
        for arg in node.keywords:
            self.value(arg.value)
        cls = self._classes.setdefault(id(node), LocalClass())
        cls.bases = frozenset(value for values in bases for value in values)
        self.scope = Scope("class", self.scope, cls=cls)
        self._own_suite(node)
        for name, values in self.scope.state.items():
            cls.members.add(name)
            # A method that gives nothing is no news, and what one gives is its own.
            is_told = any(
                v.returns if isinstance(v, (Function, Property)) else True
                for v in values
            )
            if values and cls.add(name, values) and is_told:
                self.news = True
        self.scope = outer
        self.bind(ident(node.name.value), frozenset([cls]))

    def of_super(self) -> Values:
        """What `super()` is here: an object that has only what the bases have."""
        scope: Scope | None = self.scope
        while scope is not None and scope.cls is None:
            scope = scope.parent
        if scope is None or scope.cls is None:
            return NOTHING
        stand_in = LocalClass()
        stand_in.bases = scope.cls.bases
        return instances(frozenset([stand_in]))


def void(_: object) -> None:
    """Nothing, of anything."""


_STATEMENTS: dict[type[cst.CSTNode], Callable[[Resolver, Any], object]] = {
    cst.If: Resolver.on_if,
    cst.Try: Resolver.on_try,
    cst.TryStar: Resolver.on_try,
    cst.For: Resolver.on_for,
    cst.While: Resolver.on_while,
    cst.With: Resolver.on_with,
    cst.Match: Resolver.on_match,
    cst.Break: Resolver.on_jump,
    cst.Continue: Resolver.on_jump,
    cst.Return: Resolver.on_end,
    cst.Raise: Resolver.on_end,
    cst.Import: Resolver.on_import,
    cst.ImportFrom: Resolver.on_from,
    cst.Assign: Resolver.on_assign,
    cst.AnnAssign: Resolver.on_annotated,
    cst.AugAssign: Resolver.on_augmented,
    cst.Del: Resolver.on_delete,
    cst.Assert: Resolver.on_assert,
    cst.Expr: Resolver.on_expression,
    cst.Global: Resolver.on_global,
    cst.Nonlocal: Resolver.on_global,
    cst.TypeAlias: Resolver.on_alias,
    cst.FunctionDef: Resolver.on_function,
    cst.ClassDef: Resolver.on_class,
}
