"""What expressions may be: names, attributes, calls, comprehensions, annotations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import libcst as cst

from .bindings import bound_in, targets
from .naming import Names
from .nodes import children, dotted, ident, inside, plain
from .noting import Noting, Quote
from .scopes import Scope
from .values import (
    NOTHING,
    Instance,
    LocalClass,
    LocalObject,
    Values,
    instances,
    member,
)

# Subscripted, these stand for what is within the brackets.
_TRANSPARENT = {
    "Optional", "Union", "Final", "ClassVar", "Annotated", "Required", "NotRequired",
    "ReadOnly", "TypeGuard", "TypeIs", "Awaitable",
}  # fmt: skip


class Expressions(Noting):
    """Reads expressions."""

    has_walrus = True
    file = ""
    is_package = False

    def __init__(self, names: Names) -> None:
        super().__init__(names)
        self._seen: dict[int, Values] = {}
        self._bound: dict[int, frozenset[str]] = {}
        self._parsed: dict[tuple[int, int], cst.BaseExpression | None] = {}
        self._has_paths = False  # whether something was stored as `a.b.c = ...`

    def value(self, node: cst.CSTNode) -> Values:
        """Read an expression; what it may be."""
        read = EXPRESSIONS.get(type(node))
        if read is None:
            for child in children(node):
                self.value(child)
            return NOTHING
        found = read(self, node)
        if found:
            self._seen[id(node)] = found
        else:
            self._seen.pop(id(node), None)
        return found

    def seen_value(self, node: cst.CSTNode) -> Values:
        """What an expression that was just read may be, without reading it again."""
        return self._seen.get(id(node), NOTHING)

    def bound_in(self, body: cst.CSTNode) -> frozenset[str]:
        """The names that a function's body binds."""
        found = self._bound.get(id(body))
        if found is None:
            found = self._bound[id(body)] = bound_in(body, has_walrus=self.has_walrus)
        return found

    def made_by(self, values: Values) -> Values:
        """What calling `values` makes, as far as it is a class."""
        return frozenset(
            value
            for value in instances(values)
            if not isinstance(value, Instance) or self._is_class(value.dotted)
        )

    def _is_class(self, dotted: str) -> bool:
        """By its name, or because a target lies in it."""
        last = self.names.meaning(dotted).rpartition(".")[2].lstrip("_")
        return last[:1].isupper() or self.names.is_way(dotted)

    # Names

    def on_name(self, node: cst.Name) -> Values:
        values = self.scope.lookup(ident(node.value))
        self.flag(node, node.value)
        if values:
            self.use(node, values, "name")
        return values

    def on_attribute(self, node: cst.Attribute) -> Values:
        values = member(self.value(node.value), ident(node.attr.value))
        self.flag(node.attr, node.attr.value)
        if self._has_paths:
            path = dotted(node)
            if path is not None:
                values |= self.scope.lookup(path)
        self.pass_on(node, node.value)
        if values:
            self.use(node, values, "attribute", below=node.value)
        return values

    def assign(self, target: cst.BaseExpression, values: Values) -> None:
        """Store `values` in a target, which may itself name something."""
        if isinstance(target, cst.Name):
            self.flag(target, target.value)
            self.bind(ident(target.value), values)
        elif isinstance(target, cst.Attribute):
            self._assign_attribute(target, values)
        elif isinstance(target, (cst.Tuple, cst.List)):
            for element in target.elements:
                self.assign(element.value, NOTHING)
        elif isinstance(target, cst.StarredElement):
            self.assign(target.value, NOTHING)
        else:
            self.value(target)

    def _assign_attribute(self, target: cst.Attribute, values: Values) -> None:
        self.value(target)
        name = ident(target.attr.value)
        is_own = False
        for holder in self.seen_value(target.value):
            cls = holder.of if isinstance(holder, LocalObject) else holder
            if isinstance(cls, LocalClass):
                is_own = True
                self.news = (bool(values) and cls.add(name, values)) or self.news
        path = dotted(target)
        if path is not None and not is_own and (values or self._has_paths):
            self._has_paths = True
            self.bind(path, values)

    def elements(self, node: cst.BaseExpression) -> Values:
        """Read what is iterated over; what its elements may be."""
        self.value(node)
        if not isinstance(node, (cst.Tuple, cst.List, cst.Set)):
            return NOTHING
        found = (self.seen_value(element.value) for element in node.elements)
        return frozenset(value for values in found for value in values)

    # Calls

    def on_call(self, node: cst.Call) -> Values:
        callee = self.value(node.func)
        self.pass_on(node, node.func)
        last = self.called(node.func, callee)
        special = self.special_call(node, last)
        is_type = last in ("cast", "ForwardRef", "NewType", "TypeVar")
        for index, arg in enumerate(node.args):
            if arg.keyword is not None:
                self.flag(arg.keyword, arg.keyword.value)
            quotes = is_type and index == (1 if last == "NewType" else 0)
            if quotes or (is_type and arg.keyword and arg.keyword.value == "bound"):
                self.annotation_value(arg.value, False)
            else:
                self.value(arg.value)
        self.keyword_uses(node, callee, last)
        if last == "super" and not callee:
            return self.of_super()
        if last == "cast" and node.args:
            return self.annotation_value(node.args[0].value, False)
        after = self.after_call(node, last)
        return self.made_by(callee) | special | after

    def called(self, func: cst.BaseExpression, callee: Values) -> str:
        """By what last name a call goes; see `strings.py`."""
        raise NotImplementedError

    def special_call(self, node: cst.Call, last: str) -> Values:
        """What a call that takes names as strings gives; see `strings.py`."""
        raise NotImplementedError

    def after_call(self, node: cst.Call, last: str) -> Values:
        """The same, once the arguments are read."""
        raise NotImplementedError

    def keyword_uses(self, node: cst.Call, callee: Values, last: str) -> None:
        """Note the removed keywords that a call passes; see `keywords.py`."""
        raise NotImplementedError

    def of_super(self) -> Values:
        """What `super()` is here."""
        raise NotImplementedError

    def run_lambda(self, node: cst.Lambda) -> None:
        """Read a lambda's body, later."""
        raise NotImplementedError

    def string(self, node: cst.BaseExpression) -> Values:
        """Read a string; see `strings.py`."""
        raise NotImplementedError

    def subscript(self, node: cst.Subscript) -> Values:
        """Read `x[...]`; see `strings.py`."""
        raise NotImplementedError

    # Other expressions

    def on_formatted(self, node: cst.FormattedString) -> Values:
        if plain(node) is not None:
            return self.string(node)
        for part in node.parts:
            self.value(part)
        return NOTHING

    def on_binary(self, node: cst.BinaryOperation) -> Values:
        if plain(node) is not None:
            return self.string(node)
        self.value(node.left)
        self.value(node.right)
        return NOTHING

    def on_choice(self, node: cst.IfExp) -> Values:
        self.value(node.test)
        return self.value(node.body) | self.value(node.orelse)

    def on_boolean(self, node: cst.BooleanOperation) -> Values:
        return self.value(node.left) | self.value(node.right)

    def on_await(self, node: cst.Await) -> Values:
        found = self.value(node.expression)
        self.pass_on(node, node.expression)
        return found

    def on_walrus(self, node: cst.NamedExpr) -> Values:
        values = self.value(node.value)
        inner = self.scope
        while self.scope.kind == "comprehension" and self.scope.parent is not None:
            self.scope = self.scope.parent
        self.assign(node.target, values)
        self.scope = inner
        return values

    def on_lambda(self, node: cst.Lambda) -> Values:
        self.run_lambda(node)
        return NOTHING

    def on_comprehension(self, node: cst.BaseComp) -> Values:
        outer = self.scope
        loops: list[cst.CompFor] = []
        loop: cst.CompFor | None = node.for_in
        while loop is not None:
            loops.append(loop)
            loop = loop.inner_for_in
        first = self.elements(node.for_in.iter)
        own = frozenset(name for each in loops for name in targets(each.target))
        self.scope = Scope("comprehension", outer, own)
        for each in loops:
            values = first if each is node.for_in else self.elements(each.iter)
            self.assign(each.target, values)
            for condition in each.ifs:
                self.value(condition.test)
        for child in children(node):
            if child is not node.for_in:
                self.value(child)
        self.scope = outer
        return NOTHING

    # Annotations

    def annotation(self, node: cst.Annotation) -> Values:
        """Read an annotation; what a thing so annotated may be."""
        return self.annotation_value(node.annotation, False)

    def annotation_value(self, node: cst.BaseExpression, is_class: bool) -> Values:
        """The same for its expression; with `is_class`, the class itself is meant."""
        match node:
            case cst.SimpleString() | cst.ConcatenatedString():
                return self._quoted_string(node, is_class)
            case cst.Name() | cst.Attribute():
                values = self.value(node)
                return values if is_class else instances(values)
            case cst.BinaryOperation():
                left = self.annotation_value(node.left, is_class)
                return left | self.annotation_value(node.right, is_class)
            case cst.Subscript():
                return self._generic(node, is_class)
            case cst.List():
                for element in node.elements:
                    self.annotation_value(element.value, is_class)
                return NOTHING
            case _:
                self.value(node)
                return NOTHING

    def _generic(self, node: cst.Subscript, is_class: bool) -> Values:
        base = self.value(node.value)
        last = (dotted(node.value) or "").rpartition(".")[2]
        parts = [e.slice for e in node.slice]
        inner = [part.value for part in parts if isinstance(part, cst.Index)]
        if last == "Literal":
            return NOTHING
        if last == "Annotated":
            for meta in inner[1:]:
                self.value(meta)
            inner = inner[:1]
        to_class = last in ("type", "Type") or (is_class and last in _TRANSPARENT)
        found = [self.annotation_value(one, to_class) for one in inner]
        if to_class or last in _TRANSPARENT:
            return frozenset(value for values in found for value in values)
        return base if is_class else instances(base)

    def _quoted_string(self, node: cst.BaseExpression, is_class: bool) -> Values:
        text = plain(node)
        if text is None:
            return NOTHING
        at = inside(node)
        offset = -1 if at is None else at
        values = self.quoted(node, offset, text, is_class)
        if not values and "." in text and self.quote is None:
            # Nothing of that name is bound: it still says what it says.
            self.string(node)
        return values

    def quoted(
        self, holder: cst.CSTNode, offset: int, text: str, is_class: bool = False
    ) -> Values:
        """Read an annotation that stands in a string or a comment."""
        with_quote = self._parse(holder, offset, text)
        if with_quote is None:
            return NOTHING
        outer, self.quote = self.quote, with_quote
        assert isinstance(with_quote.tree, cst.BaseExpression)
        values = self.annotation_value(with_quote.tree, is_class)
        self.quote = outer
        return values

    def quoted_list(self, holder: cst.CSTNode, offset: int, text: str) -> list[Values]:
        """Read several, in parentheses."""
        with_quote = self._parse(holder, offset, text)
        if with_quote is None:
            return []
        outer, self.quote = self.quote, with_quote
        tree = with_quote.tree
        parts = (
            [e.value for e in tree.elements] if isinstance(tree, cst.Tuple) else [tree]
        )
        found = [
            self.annotation_value(part, False)
            for part in parts
            if isinstance(part, cst.BaseExpression)
        ]
        self.quote = outer
        return found

    def _parse(self, holder: cst.CSTNode, offset: int, text: str) -> Quote | None:
        if self.quote is not None:
            return None  # a quotation within a quotation has no place in the file
        stripped = text.lstrip()
        if offset >= 0:
            offset += len(text) - len(stripped)
        key = (id(holder), offset)
        if key not in self._parsed:
            self._parsed[key] = _expression(stripped.rstrip())
        tree = self._parsed[key]
        return None if tree is None else Quote(holder, offset, tree)

    def parameters(self, node: cst.Parameters) -> dict[str, Values]:
        """Read annotations and defaults; what each parameter may be."""
        found: dict[str, Values] = {}
        for param in _all_parameters(node):
            values = NOTHING
            if param.annotation is not None:
                values |= self.annotation(param.annotation)
            if param.default is not None:
                values |= self.value(param.default)
            # The star's parameters hold a tuple and a dictionary of such.
            if param in (node.star_arg, node.star_kwarg):
                values = NOTHING
            found[ident(param.name.value)] = values
        return found


def _all_parameters(node: cst.Parameters) -> Iterator[cst.Param]:
    yield from node.posonly_params
    yield from node.params
    if isinstance(node.star_arg, cst.Param):
        yield node.star_arg
    yield from node.kwonly_params
    if node.star_kwarg is not None:
        yield node.star_kwarg


def _expression(text: str) -> cst.BaseExpression | None:
    try:
        return cst.parse_expression(text)
    except (cst.ParserSyntaxError, RecursionError, UnicodeError):
        return None


EXPRESSIONS: dict[type[cst.CSTNode], Callable[[Expressions, Any], Values]] = {
    cst.Name: Expressions.on_name,
    cst.Attribute: Expressions.on_attribute,
    cst.Call: Expressions.on_call,
    cst.Subscript: lambda self, node: self.subscript(node),
    cst.SimpleString: lambda self, node: self.string(node),
    cst.ConcatenatedString: lambda self, node: self.string(node),
    cst.FormattedString: Expressions.on_formatted,
    cst.BinaryOperation: Expressions.on_binary,
    cst.IfExp: Expressions.on_choice,
    cst.BooleanOperation: Expressions.on_boolean,
    cst.Await: Expressions.on_await,
    cst.NamedExpr: Expressions.on_walrus,
    cst.Lambda: Expressions.on_lambda,
    cst.ListComp: Expressions.on_comprehension,
    cst.SetComp: Expressions.on_comprehension,
    cst.GeneratorExp: Expressions.on_comprehension,
    cst.DictComp: Expressions.on_comprehension,
    cst.Annotation: lambda self, node: self.annotation(node),
}
