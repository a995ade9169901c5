"""Strings that name things: dotted names, and calls that take a name as text."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from itertools import islice, product

import libcst as cst

from .expressions import TRANSPARENT, Expressions
from .interest import FILLING
from .naming import absolute
from .nodes import children, dotted, ident, inside, plain
from .pieces import put_together
from .quoted import flags_in, names_in
from .values import (
    NOTHING,
    Function,
    Getter,
    Held,
    Inherited,
    LocalClass,
    LocalObject,
    Named,
    Passed,
    Text,
    Values,
    held,
    holding,
    listed,
    member,
)

_IMPORTS = {
    "import_module", "__import__", "find_spec", "resolve_name", "import_string",
    "import_from_string", "importorskip", "locate", "run_module", "find_loader",
    "get_loader", "find_module", "load_module", "is_module_available",
}  # fmt: skip
# The second argument is the name of a member of the first.
_MEMBERS = {
    "getattr", "setattr", "hasattr", "delattr", "getattr_static", "object", "spy",
    "stub",
}  # fmt: skip
_GETTERS = {"getattr", "getattr_static"}
# A method of a module or object that takes the name of a member of it.
_OWN_MEMBERS = {"__getattribute__", "__getattr__", "__setattr__", "__delattr__"}
_TYPES = {"cast", "ForwardRef", "NewType", "TypeVar"}
_RUN = {"exec", "eval", "compile"}
_SPECIAL = (
    _IMPORTS
    | _MEMBERS
    | _TYPES
    | _RUN
    | {"multiple", "attrgetter", "methodcaller", "partial", "partialmethod", "reload"}
)
# So many strings are tried where each part of one may be one of several.
_TEXTS = 16
# A call of one of these gives a container of what its argument holds.
_SAME = {"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "deque"}


class Strings(Expressions):
    """Reads strings and what takes them."""

    def string(self, node: cst.BaseExpression) -> Values:
        text = plain(node)
        if text is None:
            if self.names.flags and isinstance(node, cst.SimpleString):
                # `os.environb` takes bytes.
                self.flags_within(node, _bytes(node), inside(node))
            return NOTHING
        return self._spoken(node, [text])

    def _spoken(self, node: cst.BaseExpression, texts: Iterable[str]) -> Values:
        """Note what strings name that `node` may be; the strings, where they matter."""
        found: set[Text] = set()
        for text in texts:
            self.flags_within(node, text, inside(node))
            for name, offset in names_in(text):
                self._name_in(node, name.replace(":", "."), 0, offset)
            if self.names.is_part(text):
                found.add(Text(text))
        return frozenset(found)

    def flags_within(self, node: cst.CSTNode, text: str, offset: int | None) -> None:
        """Note the flags in a text that begins so far in its node, None: that is not
        known."""
        for flag, targets in self.names.flags.items():
            for at in flags_in(text, flag):
                start = 0 if offset is None else offset + at
                end = -1 if offset is None else start + len(flag)
                for target in targets:
                    self.hit(node, target, "flag", Named(flag), (start, end))

    def made_text(self, node: cst.BaseExpression) -> Values:
        """What a string may say that is put together from others."""
        return self._spoken(node, list(islice(put_together(self, node), _TEXTS)))

    def grown(self, node: cst.AugAssign) -> Values:
        """What `name += more` makes of a string or a container."""
        both = self.seen_value(node.target), self.seen_value(node.value)
        pairs = product(self.said(node.target), self.said(node.value))
        sums = [one + other for one, other in islice(pairs, _TEXTS)]
        kept = (v for v in both[0] if not isinstance(v, Text))
        more = (v for v in both[1] if isinstance(v, Held))
        return frozenset((*kept, *more)) | self._spoken(node.value, sums)

    def _name_in(
        self, node: cst.BaseExpression, name: str, missing: int, offset: int = 0
    ) -> None:
        """Note a string in which, so far from its beginning, is `name`, of which it
        leaves out the first `missing`."""
        noted: set[int] = set()
        end = name.find(".")
        while True:
            part = name if end < 0 else name[:end]
            found = self.names.matches(part, as_module=True)
            new = [t for t in found if t not in noted]
            noted.update(new)
            at = inside(node)
            spot = (0, -1)
            if at is not None and len(part) > missing:
                spot = (at + offset, at + offset + len(part) - missing)
            for target in new:
                self.hit(node, target, "string", Named(part), spot)
            if end < 0:
                break
            end = name.find(".", end + 1)
        if not noted:
            for word in name.split("."):
                if ident(word) in self.names.words and "." in name:
                    self.wants.add(name)

    def called(self, func: cst.BaseExpression, callee: Values) -> str:
        """By what last name a call goes: where the name is known, by what it stands for.

        A name nobody bound is a builtin, or may be anything: it is taken at its word.
        """
        spelled = ""
        if isinstance(func, (cst.Name, cst.Attribute)):
            name = func if isinstance(func, cst.Name) else func.attr
            spelled = ident(name.value)
        named = {
            self.names.meaning(value.dotted).rpartition(".")[2]
            for value in callee
            if isinstance(value, (Named, Inherited))
        }
        if spelled in named or not (named or self._is_own(func, callee, spelled)):
            return spelled
        return min(named & _SPECIAL, key=_rank, default="")

    def _is_own(self, func: cst.BaseExpression, callee: Values, spelled: str) -> bool:
        """Whether a function, class or method of this file is called, and nothing else."""
        if callee:
            return all(
                isinstance(v, (Function, LocalClass, LocalObject)) for v in callee
            )
        if not isinstance(func, cst.Attribute):
            return False
        holders = self.seen_value(func.value)
        classes = [v.of if isinstance(v, LocalObject) else v for v in holders]
        return bool(classes) and all(
            isinstance(v, Function)
            or (isinstance(v, LocalClass) and spelled in v.members)
            for v in classes
        )

    def wrapped(self, node: cst.FunctionDef, is_method: bool) -> Values:
        """The importer or getter that a function of this file hands on to."""
        name = ident(node.name.value)
        if name in _IMPORTS and _mentions_importer(node.body):
            return frozenset([Named(f"importlib.{name}")])
        func = _handed_on(node, is_method)
        if func is None:
            return NOTHING
        values = (
            self.scope.lookup(ident(func.value))
            if isinstance(func, cst.Name)
            else NOTHING
        )
        last = self.called(func, values)
        if last in _IMPORTS | _MEMBERS:
            return frozenset([Named(f"builtins.{last}")])
        return NOTHING

    def after_call(self, node: cst.Call, callee: Values, last: str) -> Values:
        if last in _IMPORTS and node.args:
            return self._imported(node, last)
        if last == "multiple" and node.args:
            self._patched(node)
        args = [arg.value for arg in node.args if arg.keyword is None and not arg.star]
        if not args:
            return self._all_held(node.func) | self.made_text(node)
        if last in _MEMBERS and len(args) > 1:
            found = self._member(args[1], self.seen_value(args[0]))
            return found if last in _GETTERS else NOTHING
        if last in _RUN:
            self._run(args[0])
            return NOTHING
        if last == "reload":
            return self.seen_value(args[0])
        if last == "type" and len(args) == 1:
            return member(self.seen_value(args[0]), "__class__")
        if last == "attrgetter":
            return frozenset([Getter(tuple(args))])
        if last == "methodcaller":
            return frozenset([Getter((args[0],))])
        if last == "partial":
            return self._partial(args)
        found = NOTHING
        for value in callee:
            if isinstance(value, Getter):
                for each in value.nodes:
                    found |= self._member(each, self.seen_value(args[0]))
        if isinstance(node.func, cst.Attribute):
            found |= self._method(node.func, args)
        found |= self._repacked(args, last)
        self._want_taker(node.func, callee, args, last)
        return found | self.made_text(node)

    def _method(self, func: cst.Attribute, args: list[cst.BaseExpression]) -> Values:
        """Methods of namespaces and of modules that take names."""
        last = func.attr.value
        if last in ("get", "pop", "setdefault", "__getitem__"):
            return self._item(func.value, args[0])
        if last in FILLING and isinstance(func.value, cst.Name):
            name = ident(func.value.value)
            given = self.seen_value(args[-1])
            more = listed(given) if last == "extend" else given
            if stored := holding([(None, more)]):
                self.bind(name, self.scope.lookup(name) | stored)
        if last in _OWN_MEMBERS:
            # `object.__getattribute__(module, "Cart")`, or the module's own.
            at = 1 if len(args) > (1 if last.startswith("__get") else 2) else 0
            holder = args[0] if at else func.value
            found = self._member(args[at], self.seen_value(holder))
            return found if last.startswith("__get") else NOTHING
        return NOTHING

    def _all_held(self, func: cst.BaseExpression) -> Values:
        """`{...}.values()`, `{...}.items()`, `[...].copy()`."""
        if not isinstance(func, cst.Attribute):
            return NOTHING
        values = self.seen_value(func.value)
        match func.attr.value:
            case "values":
                return holding([(None, held(values))])
            case "items":
                return holding([(None, holding([("1", held(values))]))])
            case "copy":
                return frozenset(v for v in values if isinstance(v, Held))
            case _:
                return NOTHING

    def _repacked(self, args: list[cst.BaseExpression], last: str) -> Values:
        """What builtins make of a container: another one, or what it holds."""
        inner = [self.seen_value(arg) for arg in args]
        if last in _SAME:
            return holding([(None, listed(inner[0]))])
        match last:
            case "next":
                return listed(inner[0])
            case "enumerate":
                return holding([(None, holding([("1", listed(inner[0]))]))])
            case "zip":
                pairs = ((f"{at}", listed(one)) for at, one in enumerate(inner))
                return holding([(None, holding(pairs))])
            case "copy" | "deepcopy":
                return inner[0]
            case _:
                return NOTHING

    def _partial(self, args: list[cst.BaseExpression]) -> Values:
        """`partial(getattr, module, "Cart")`, `partial(Cart)`: what a call gives."""
        func = self.seen_value(args[0])
        if self.called(args[0], func) in _MEMBERS and len(args) > 2:
            made = self._member(args[2], self.seen_value(args[1]))
        else:
            made = self.made_by(func)
        return frozenset([Function(made, None)]) if made else NOTHING

    def _run(self, node: cst.BaseExpression) -> None:
        """Read the code in a string that is run as it is."""
        for text in self.said(node):
            if any(hit.node is node for hit in self.hits.values()):
                return
            if self.names.mentions(text):
                for target, name in self.run_text(text):
                    self.hit(node, target, "string", Named(name))

    def run_text(self, text: str) -> Iterable[tuple[int, str]]:
        """The targets that code uses, with the names by which it does."""
        raise NotImplementedError

    def _want_taker(
        self,
        func: cst.BaseExpression,
        callee: Values,
        args: list[cst.BaseExpression],
        last: str,
    ) -> None:
        """Ask what another file's function is that gets a name which leads to a target.

        It may be an importer by that file's name for it.
        """
        if last in _SPECIAL or not self._is_telling(args):
            return
        asked = {v.dotted for v in callee if isinstance(v, Named) and "." in v.dotted}
        if not callee and isinstance(func, cst.Name):
            asked = {f"{star}.{ident(func.value)}" for star in self.stars}
        for name in asked:
            self.wants.update((name, f"{name}()"))

    def _is_telling(self, args: list[cst.BaseExpression]) -> bool:
        for text in self.said(args[0]):
            if "." in text and self.names.leads(text):
                return True
            # `attrgetter("old.Cart")`, whatever that is called.
            if not self.names.words.isdisjoint(text.split(".")):
                return True
        return (
            len(args) > 1
            and any(
                isinstance(value, (Named, LocalClass))
                for value in self.seen_value(args[0])
            )
            and any(text in self.names.words for text in self.said(args[1]))
        )

    def _imported(self, node: cst.Call, last: str) -> Values:
        first = node.args[0].value
        found: Values = NOTHING
        for text in self.said(first):
            if text:
                found |= self._module(node, last, first, text)
        return found

    def _module(
        self, node: cst.Call, last: str, first: cst.BaseExpression, text: str
    ) -> Values:
        name = text.lstrip(".").replace(":", ".")
        level = len(text) - len(text.lstrip("."))
        missing = 0
        if level:
            package = self._package(node)
            full = absolute(name, level, package, True) if package else None
            if full is None:
                return NOTHING
            missing = len(full) - len(text)
            name = full
        if "." not in text or level:
            self._name_in(first, name, missing)
        if last == "__import__" and "." in name and not _has_fromlist(node):
            return frozenset([Named(name.split(".", 1)[0], first)])
        return frozenset([Named(name, first)])

    def _package(self, node: cst.Call) -> str | None:
        given = [
            arg.value
            for index, arg in enumerate(node.args)
            if (arg.keyword.value == "package" if arg.keyword else index == 1)
        ]
        if not given:
            return None
        text = plain(given[0])
        if text is None and dotted(given[0]) in ("__package__", "__name__"):
            is_package = self.is_package or dotted(given[0]) == "__name__"
            return self.file if is_package else self.file.rpartition(".")[0]
        return text

    def _patched(self, node: cst.Call) -> None:
        """`patch.multiple("shop.old", Cart=...)`."""
        first = node.args[0].value
        text = plain(first)
        values = frozenset([Named(text)]) if text else self.value(first)
        for arg in node.args[1:]:
            if arg.keyword is not None:
                found = member(values, ident(arg.keyword.value))
                self.use(arg.keyword, found, "string")

    def _member(self, node: cst.BaseExpression, values: Values) -> Values:
        """Note a string that names a member of `values`; what that may be."""
        texts = self.said(node)
        if len(texts) != 1:
            found = (self._of_member(node, values, text) for text in texts)
            return frozenset(value for several in found for value in several)
        return self._of_member(node, values, texts[0])

    def _of_member(self, node: cst.BaseExpression, values: Values, text: str) -> Values:
        end = 0
        noted: set[int] = set()
        for part in text.split("."):
            end += len(part)
            # Only the compiler folds identifiers; getattr() takes them as they are.
            values = member(values, part)
            for value in values:
                if isinstance(value, Named):
                    new = [t for t in self.matching(value) if t not in noted]
                    if new and not noted:
                        self.use_string(node, [(end, value)])
                    noted.update(new)
                    if not new:
                        self.want(value.dotted)
            end += 1
        return values

    def subscript(self, node: cst.Subscript) -> Values:
        base = self.value(node.value)
        self.pass_on(node, node.value)
        for element in node.slice:
            self.value(element)
        if len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
            found = self._item(node.value, node.slice[0].slice.value)
            found |= self._held(base, node.slice[0].slice.value)
            if found:
                return found
        elif len(node.slice) == 1:
            if parts := listed(base):
                return holding([(None, parts)])
        # A generic class stays that class: `Cart[int]()`.
        return frozenset(v for v in base if isinstance(v, Named) and self.is_generic(v))

    def is_generic(self, value: Named) -> bool:
        """Whether brackets after it may mean type parameters: `Union[...]` is another
        type than its name."""
        name = value.dotted.rpartition(".")[2].lstrip("_")
        return name[:1].isupper() and name not in TRANSPARENT

    def _item(self, holder: cst.BaseExpression, key: cst.BaseExpression) -> Values:
        """What `holder[key]` may be where the holder is a namespace."""
        found = self._held(self.seen_value(holder), key)
        for text in self.said(key):
            found |= self._named_item(holder, key, text)
        return found

    def _held(self, values: Values, key: cst.BaseExpression) -> Values:
        """What a container holds at `key`."""
        if isinstance(key, cst.Integer):
            return held(values, key.value)
        texts = self.said(key)
        if not texts:
            return held(values)
        return frozenset(one for text in texts for one in held(values, text))

    def store_item(self, target: cst.Subscript, values: Values) -> None:
        """`NAMES["old"] = values`, `options["mode"] = 1`."""
        if len(target.slice) != 1 or not isinstance(target.slice[0].slice, cst.Index):
            return
        key = target.slice[0].slice.value
        texts: Sequence[str | None] = self.said(key) or [None]
        stored = holding(((text, values) for text in texts), is_mapping=True)
        stored |= self.passed(key)
        if stored and isinstance(target.value, cst.Name):
            name = ident(target.value.value)
            self.bind(name, self.scope.lookup(name) | stored)

    def passed(self, key: cst.BaseExpression) -> Values:
        """A removed keyword as the key of a mapping."""
        return frozenset(
            Passed(text, key) for text in self.said(key) if text in self.names.keywords
        )

    def _named_item(
        self, holder: cst.BaseExpression, key: cst.BaseExpression, text: str
    ) -> Values:
        if isinstance(holder, cst.Call):
            name = dotted(holder.func)
            if name == "vars" and holder.args:
                return self._member(key, self.seen_value(holder.args[0].value))
            if name in ("globals", "vars", "locals"):
                module = self.scope.module()
                if module is None:
                    return NOTHING
                values = module.lookup(text)
                self.use_string(key, [(len(text), value) for value in values])
                return values
        if isinstance(holder, cst.Attribute):
            if holder.attr.value == "__dict__":
                return self._member(key, self.seen_value(holder.value))
        is_all = any(
            isinstance(value, Named) and value.dotted == "sys.modules"
            for value in self.seen_value(holder)
        )
        if is_all or dotted(holder) == "sys.modules":
            if "." not in text:
                self._name_in(key, text, 0)
            return frozenset([Named(text, key)])
        return NOTHING


def _rank(name: str) -> tuple[bool, str]:
    """Of several that a call may be, first the one that says most."""
    return name in ("__import__", "hasattr", "setattr", "delattr"), name


def _has_fromlist(node: cst.Call) -> bool:
    """Whether `__import__` is given a fourth argument: then it gives the module named,
    and not the package at its top."""
    names = [arg.keyword.value if arg.keyword else "" for arg in node.args]
    return "fromlist" in names or len([name for name in names if not name]) > 3


def _bytes(node: cst.SimpleString) -> str:
    """What a string of bytes says, as far as it is ASCII."""
    try:
        value: object = ast.literal_eval(node.value)
    except (SyntaxError, ValueError):
        return ""
    return value.decode("ascii", "replace") if isinstance(value, bytes) else ""


def _handed_on(
    node: cst.FunctionDef, is_method: bool
) -> cst.Name | cst.Attribute | None:
    """What a function calls for what it returns, if with its own parameters as they
    are: `def load(name): return import_module(name)`."""
    every = [*node.params.posonly_params, *node.params.params]
    names = [ident(param.name.value) for param in every]
    if is_method and every and not _is_static(node):
        names = names[1:]
    if not names:
        return None
    for statement in node.body.body:
        lines = (
            statement.body
            if isinstance(statement, cst.SimpleStatementLine)
            else [statement]
        )
        for line in lines:
            match line:
                case cst.Return(value=cst.Call(func=func, args=[first, *rest])) if (
                    isinstance(func, (cst.Name, cst.Attribute))
                ):
                    given = [dotted(arg.value) for arg in (first, *rest)]
                    if given[: len(names)] == names[: len(given)]:
                        return func
                case _:
                    pass
    return None


def _is_static(node: cst.FunctionDef) -> bool:
    return any(dotted(d.decorator) == "staticmethod" for d in node.decorators)


def _mentions_importer(node: cst.CSTNode) -> bool:
    """Whether anything below `node` is called like what imports by a string."""
    if isinstance(node, cst.Name):
        return ident(node.value) in _IMPORTS
    return any(map(_mentions_importer, children(node)))
