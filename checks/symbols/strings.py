"""Strings that name things: dotted names, and calls that take a name as text."""

from __future__ import annotations

import re

import libcst as cst

from .expressions import Expressions
from .naming import absolute
from .nodes import children, dotted, ident, inside, plain
from .values import (
    NOTHING,
    Function,
    Inherited,
    LocalClass,
    LocalObject,
    Named,
    Values,
    member,
)

_DOTTED = re.compile(r"[^\W\d]\w*(?:[.:][^\W\d]\w*)+")
_IMPORTS = {
    "import_module", "__import__", "find_spec", "resolve_name", "import_string",
    "import_from_string", "importorskip", "locate", "run_module", "find_loader",
    "get_loader", "find_module", "load_module", "is_module_available",
}  # fmt: skip
# The second argument is the name of a member of the first.
_MEMBERS = {"getattr", "setattr", "hasattr", "delattr", "object", "spy", "stub"}
_TYPES = {"cast", "ForwardRef", "NewType", "TypeVar"}
_SPECIAL = (
    _IMPORTS
    | _MEMBERS
    | _TYPES
    | {"multiple", "attrgetter", "partial", "partialmethod"}
)


class Strings(Expressions):
    """Reads strings and what takes them."""

    def string(self, node: cst.BaseExpression) -> Values:
        text = plain(node)
        if text is None:
            return NOTHING
        for flag, found in self.names.flags.items():
            if text == flag or text.startswith(f"{flag}="):
                offset = inside(node)
                end = (0, -1) if offset is None else (offset, offset + len(flag))
                for target in found:
                    self.hit(node, target, "flag", Named(flag), end)
        if _DOTTED.fullmatch(text):
            self._name_in(node, text.replace(":", "."), 0)
        return NOTHING

    def _name_in(self, node: cst.BaseExpression, name: str, missing: int) -> None:
        """Note a string that is `name`, of which it leaves out the first `missing`."""
        noted: set[int] = set()
        end = name.find(".")
        while True:
            part = name if end < 0 else name[:end]
            new = [t for t in self.names.matches(part) if t not in noted]
            noted.update(new)
            at = inside(node)
            spot = (0, -1)
            if at is not None and len(part) > missing:
                spot = (at, at + len(part) - missing)
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
            value.dotted.rpartition(".")[2]
            for value in callee
            if isinstance(value, (Named, Inherited))
        }
        if spelled in named or not (named or self._is_own(func, callee, spelled)):
            return spelled
        return min(named & _SPECIAL, default="")

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

    def wrapped(self, node: cst.FunctionDef) -> Values:
        """What a function of this file that is called like an importer hands on to."""
        name = ident(node.name.value)
        if name in _IMPORTS and _mentions_importer(node.body):
            return frozenset([Named(f"importlib.{name}")])
        return NOTHING

    def special_call(self, node: cst.Call, last: str) -> Values:
        if last in _IMPORTS and node.args:
            return self._imported(node, last)
        if last == "multiple" and node.args:
            self._patched(node)
        return NOTHING

    def after_call(self, node: cst.Call, last: str) -> Values:
        args = [arg for arg in node.args if arg.keyword is None and not arg.star]
        if last in _MEMBERS and len(args) > 1:
            values = self.seen_value(args[0].value)
            found = self._member(args[1].value, values)
            return found if last == "getattr" else NOTHING
        if isinstance(node.func, cst.Call) and args:
            return self._got(node.func, self.seen_value(args[0].value))
        is_lookup = last in ("get", "pop", "setdefault") and args
        if is_lookup and isinstance(node.func, cst.Attribute):
            return self._item(node.func.value, args[0].value)
        return NOTHING

    def _got(self, func: cst.Call, values: Values) -> Values:
        """`operator.attrgetter("Cart")(module)`."""
        if self.called(func.func, self.seen_value(func.func)) != "attrgetter":
            return NOTHING
        found: Values = NOTHING
        for arg in func.args:
            found |= self._member(arg.value, values)
        return found

    def _imported(self, node: cst.Call, last: str) -> Values:
        first = node.args[0].value
        text = plain(first)
        if not text:
            return NOTHING
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
        text = plain(node)
        if text is None:
            return NOTHING
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
            if found:
                return found
        # A generic class stays that class: `Cart[int]()`.
        return frozenset(v for v in base if isinstance(v, Named) and self.is_generic(v))

    def is_generic(self, value: Named) -> bool:
        """Whether brackets after it may mean type parameters."""
        return value.dotted.rpartition(".")[2].lstrip("_")[:1].isupper()

    def _item(self, holder: cst.BaseExpression, key: cst.BaseExpression) -> Values:
        """What `holder[key]` may be where the holder is a namespace."""
        text = plain(key)
        if text is None:
            return NOTHING
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
            if dotted(holder) == "sys.modules":
                if "." not in text:
                    self._name_in(key, text, 0)
                return frozenset([Named(text, key)])
        return NOTHING


def _has_fromlist(node: cst.Call) -> bool:
    """Whether `__import__` is given a fourth argument: then it gives the module named,
    and not the package at its top."""
    names = [arg.keyword.value if arg.keyword else "" for arg in node.args]
    return "fromlist" in names or len([name for name in names if not name]) > 3


def _mentions_importer(node: cst.CSTNode) -> bool:
    """Whether anything below `node` is called like what imports by a string."""
    if isinstance(node, cst.Name):
        return ident(node.value) in _IMPORTS
    return any(map(_mentions_importer, children(node)))
