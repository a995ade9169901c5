"""What expressions may be: names, attributes, calls, comprehensions, annotations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import libcst as cst

from .bindings import bound_in, targets
from .naming import Names
from .nodes import children, dotted, ident, inside, plain
from .noting import Noting, Quote
from .scopes import Scope
from .values import (
    NOTHING,
    Function,
    Held,
    Instance,
    LocalClass,
    LocalObject,
    Named,
    Passed,
    Text,
    Values,
    held,
    holding,
    instances,
    listed,
    member,
)

# Subscripted, these stand for what is within the brackets.
TRANSPARENT = {
    "Optional", "Union", "Final", "ClassVar", "Annotated", "Required", "NotRequired",
    "ReadOnly", "TypeGuard", "TypeIs", "Awaitable",
}  # fmt: skip
# Subscripted, these hold what is within the brackets; a mapping, the last of it.
_MAPPINGS = {
    "dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict",
    "OrderedDict",
}  # fmt: skip
_CONTAINERS = {
    "list", "List", "tuple", "Tuple", "set", "Set", "frozenset", "FrozenSet", "deque",
    "Deque", "Sequence", "MutableSequence", "Collection", "Iterable", "Iterator",
    "AsyncIterable", "AsyncIterator", "Generator", "AsyncGenerator",
}  # fmt: skip
# What is looked up by a name may be these where nothing of the file is called so.
_BUILTINS = {
    name: frozenset([Named(f"builtins.{name}")])
    for name in ("getattr", "setattr", "delattr", "hasattr", "__import__")
}


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

    def said(self, node: cst.BaseExpression) -> Sequence[str]:
        """The strings that an expression, which was just read, may be."""
        text = plain(node)
        if text is not None:
            return [text]
        return sorted(v.text for v in self.seen_value(node) if isinstance(v, Text))

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
        if not values:
            return _BUILTINS.get(node.value, NOTHING)
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
            self._unpack(target, values)
        else:
            self.value(target)
            if isinstance(target, cst.Subscript):
                self.store_item(target, values)

    def _unpack(self, target: cst.Tuple | cst.List, values: Values) -> None:
        index: int | None = 0
        for element in target.elements:
            if isinstance(element, cst.StarredElement):
                index = None
                self.assign(element.value, holding([(None, held(values))]))
                continue
            self.assign(
                element.value, held(values, None if index is None else f"{index}")
            )
            index = None if index is None else index + 1

    def _assign_attribute(self, target: cst.Attribute, values: Values) -> None:
        self.value(target)
        name = ident(target.attr.value)
        values = frozenset(v for v in values if not isinstance(v, Function))
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
        return listed(self.value(node))

    # Calls

    def on_call(self, node: cst.Call) -> Values:
        callee = self.value(node.func)
        self.pass_on(node, node.func)
        last = self.called(node.func, callee)
        is_type = last in ("cast", "ForwardRef", "NewType", "TypeVar")
        for index, arg in enumerate(node.args):
            if arg.keyword is not None:
                self.flag(arg.keyword, arg.keyword.value)
            quotes = is_type and (index > 0) == (last in ("NewType", "TypeVar"))
            if quotes or (is_type and arg.keyword and arg.keyword.value == "bound"):
                self.annotation_value(arg.value, False)
            else:
                self.value(arg.value)
        self.keyword_uses(node, callee, last)
        if last == "super" and not callee:
            return self.of_super()
        if last == "cast" and node.args:
            return self.annotation_value(node.args[0].value, False)
        found = self.made_by(callee) | self.after_call(node, callee, last)
        if last == "dict":
            found |= self._dict(node)
        return found

    def _dict(self, node: cst.Call) -> Values:
        """`dict(old=module, mode=1)`."""
        found = holding(
            (
                (ident(arg.keyword.value), self.seen_value(arg.value))
                for arg in node.args
                if arg.keyword is not None
            ),
            is_mapping=True,
        )
        for arg in node.args:
            if arg.keyword is None:
                found |= self.seen_value(arg.value)
            elif ident(arg.keyword.value) in self.names.keywords:
                found |= {Passed(ident(arg.keyword.value), arg.keyword)}
        return found

    def called(self, func: cst.BaseExpression, callee: Values) -> str:
        """By what last name a call goes; see `strings.py`."""
        raise NotImplementedError

    def after_call(self, node: cst.Call, callee: Values, last: str) -> Values:
        """What a call that takes names as strings gives; see `strings.py`."""
        raise NotImplementedError

    def made_text(self, node: cst.BaseExpression) -> Values:
        """What a string may say that is put together; see `strings.py`."""
        raise NotImplementedError

    def flags_within(self, node: cst.CSTNode, text: str, offset: int | None) -> None:
        """Note the flags in a text; see `strings.py`."""
        raise NotImplementedError

    def store_item(self, target: cst.Subscript, values: Values) -> None:
        """Store in a container; see `strings.py`."""
        raise NotImplementedError

    def passed(self, key: cst.BaseExpression) -> Values:
        """A removed keyword as a key; see `strings.py`."""
        raise NotImplementedError

    def keyword_uses(self, node: cst.Call, callee: Values, last: str) -> None:
        """Note the removed keywords that a call passes; see `keywords.py`."""
        raise NotImplementedError

    def of_super(self) -> Values:
        """What `super()` is here."""
        raise NotImplementedError

    def run_lambda(self, node: cst.Lambda) -> Values:
        """Read a lambda's body, later; what the lambda is."""
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
            if self.names.flags and isinstance(part, cst.FormattedStringText):
                is_plain = "\\" not in part.value
                self.flags_within(part, part.value, 0 if is_plain else None)
        return self.made_text(node)

    def on_side_by_side(self, node: cst.ConcatenatedString) -> Values:
        if plain(node) is not None:
            return self.string(node)
        for part in (node.left, node.right):
            # A plain piece says nothing on its own.
            if plain(part) is None:
                self.value(part)
        return self.made_text(node)

    def on_binary(self, node: cst.BinaryOperation) -> Values:
        if plain(node) is not None:
            return self.string(node)
        both = self.value(node.left) | self.value(node.right)
        if isinstance(node.operator, cst.BitOr):
            return frozenset(v for v in both if isinstance(v, (Held, Passed)))
        return self.made_text(node)

    def on_choice(self, node: cst.IfExp) -> Values:
        self.value(node.test)
        before = dict(self.scope.state)
        self.narrow(node.test, True)
        found = self.value(node.body)
        self.scope.state = before
        return found | self.value(node.orelse)

    def on_boolean(self, node: cst.BooleanOperation) -> Values:
        found = self.value(node.left)
        before = dict(self.scope.state)
        self.narrow(node.left, isinstance(node.operator, cst.And))
        found |= self.value(node.right)
        added = {n: v for n, v in self.scope.state.items() if n not in before}
        self.scope.state = {**added, **before} if self.has_walrus else before
        return found

    def narrow(self, test: cst.BaseExpression, is_true: bool) -> None:
        """Let names be what a test, which was just read, says of them."""
        match test:
            case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                self.narrow(inner, not is_true)
            case cst.BooleanOperation(operator=operator):
                if isinstance(operator, cst.And) == is_true:
                    self.narrow(test.left, is_true)
                    self.narrow(test.right, is_true)
            case cst.Call(func=cst.Name(value="isinstance"), args=[one, kind]):
                path = dotted(one.value)
                classes = self.seen_value(kind.value)
                made = self.made_by(classes | held(classes))
                if is_true and path is not None and made:
                    self._has_paths = self._has_paths or "." in path
                    self.scope.state[path] = self.scope.lookup(path) | made
            case _:
                pass

    def on_display(self, node: cst.Tuple | cst.List | cst.Set) -> Values:
        items: list[tuple[str | None, Values]] = []
        is_known = not isinstance(node, cst.Set)
        for index, element in enumerate(node.elements):
            values = self.value(element.value)
            if isinstance(element, cst.StarredElement):
                is_known = False
                values = held(values)
            items.append((f"{index}" if is_known else None, values))
        return holding(items)

    def on_dict(self, node: cst.Dict) -> Values:
        items: list[tuple[str | None, Values]] = []
        found: Values = NOTHING
        for element in node.elements:
            if isinstance(element, cst.DictElement):
                self.value(element.key)
                key = plain(element.key)
                items.append((key, self.value(element.value)))
                found |= self.passed(element.key)
            else:
                found |= self.value(element.value)
        return found | holding(items, is_mapping=True)

    def on_await(self, node: cst.Await) -> Values:
        found = self.value(node.expression)
        self.pass_on(node, node.expression)
        return found

    def on_yield(self, node: cst.Yield) -> Values:
        inner = node.value.item if isinstance(node.value, cst.From) else node.value
        values = NOTHING if inner is None else self.value(inner)
        if self.scope.made is not None:
            each = holding([(None, values)]) if inner is node.value else values
            self.news = self.scope.made.add(each) or self.news
        return NOTHING

    def on_walrus(self, node: cst.NamedExpr) -> Values:
        values = self.value(node.value)
        inner = self.scope
        while self.scope.kind == "comprehension" and self.scope.parent is not None:
            self.scope = self.scope.parent
        self.assign(node.target, values)
        self.scope = inner
        return values

    def on_lambda(self, node: cst.Lambda) -> Values:
        return self.run_lambda(node)

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
            for one in inner:
                if plain(one) is None:
                    self.value(one)
            return NOTHING
        if last == "Annotated":
            for meta in inner[1:]:
                self.value(meta)
            inner = inner[:1]
        to_class = last in ("type", "Type") or (is_class and last in TRANSPARENT)
        found = [self.annotation_value(one, to_class) for one in inner]
        if to_class or last in TRANSPARENT:
            return frozenset(value for values in found for value in values)
        if not is_class and last in _MAPPINGS:
            return holding(((None, one) for one in found[-1:]), is_mapping=True)
        if not is_class and last in _CONTAINERS:
            return holding((None, one) for one in found)
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
        stripped = text.lstrip()
        if offset >= 0:
            offset += len(text) - len(stripped)
        key = (id(holder), offset)
        if key not in self._parsed:
            self._parsed[key] = _expression(stripped.rstrip())
        tree = self._parsed[key]
        if tree is None:
            return None
        if self.quote is not None:
            # A quotation within one: its place is that of the outer one.
            return Quote(self.quote.holder, -1, tree)
        return Quote(holder, offset, tree)

    def parameters(self, node: cst.Parameters, outer: Scope) -> dict[str, Values]:
        """Read annotations and defaults, these in `outer`; what each parameter may be."""
        found: dict[str, Values] = {}
        for param in _all_parameters(node):
            values = NOTHING
            if param.annotation is not None:
                values |= self.annotation(param.annotation)
            if param.default is not None:
                inner, self.scope = self.scope, outer
                values |= self.value(param.default)
                self.scope = inner
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
    cst.ConcatenatedString: Expressions.on_side_by_side,
    cst.FormattedString: Expressions.on_formatted,
    cst.BinaryOperation: Expressions.on_binary,
    cst.IfExp: Expressions.on_choice,
    cst.Tuple: Expressions.on_display,
    cst.List: Expressions.on_display,
    cst.Set: Expressions.on_display,
    cst.Dict: Expressions.on_dict,
    cst.BooleanOperation: Expressions.on_boolean,
    cst.Await: Expressions.on_await,
    cst.NamedExpr: Expressions.on_walrus,
    cst.Yield: Expressions.on_yield,
    cst.Lambda: Expressions.on_lambda,
    cst.ListComp: Expressions.on_comprehension,
    cst.SetComp: Expressions.on_comprehension,
    cst.GeneratorExp: Expressions.on_comprehension,
    cst.DictComp: Expressions.on_comprehension,
    cst.Annotation: lambda self, node: self.annotation(node),
}
