"""A guard in Python: a test, or a script that ends with an exit code."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from .facts import LISTS_EXCEPTIONS, Facts

_SKIPS = ("skip", "skipif", "skipunless", "xfail", "expectedfailure", "importorskip")
_RAISES = ("raises", "warns", "fail", "assertraises", "exit")

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def facts(data: bytes) -> Facts:
    """What the guard in `data` checks. Raises ValueError where it does not parse."""
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(str(error)) from error
    found = Facts.none()
    _body(tree.body, "", found, _Users(tree.body))
    return found


def _body(body: list[ast.stmt], owner: str, found: Facts, users: _Users) -> None:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                _function(node, owner, found)
            case ast.ClassDef():
                _decorators(node, f"{owner}{node.name}", found)
                _body(node.body, f"{owner}{node.name}.", found, users)
            case _:
                _statement(node, owner, found, owner or users.sole(node))


class _Users:
    """Which functions of a module look at its names."""

    def __init__(self, body: list[ast.stmt]) -> None:
        self._body = body

    def sole(self, statement: ast.stmt) -> str:
        """The one that looks at what a module's statement names; "" for none."""
        match statement:
            case ast.Assign(targets=[ast.Name(name)]) | ast.AnnAssign(ast.Name(name)):
                users = self._by_name.get(name, [])
                return users[0] if len(users) == 1 else ""
            case _:
                return ""

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """The functions in which a name stands; "" for what is in none. Read once: to
        walk through a module for each of its names would be felt."""
        found: dict[str, list[str]] = {}
        for user, part in _parts(self._body, ""):
            names = {
                node.id
                for node in ast.walk(part)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
            }
            for name in names:
                found.setdefault(name, []).append(user)
        return found


def _parts(body: list[ast.stmt], owner: str) -> Iterator[tuple[str, ast.stmt]]:
    for part in body:
        if isinstance(part, ast.ClassDef):
            yield from _parts(part.body, f"{owner}{part.name}.")
        else:
            yield f"{owner}{part.name}" if isinstance(part, _Function) else "", part


def _function(node: _Function, owner: str, found: Facts) -> None:
    name = f"{owner}{node.name}"
    found.parts.setdefault(f"test {name}", Counter())
    if node.name.startswith("test"):
        found.strong(f"test {name}", node.lineno)
    _decorators(node, name, found)
    body = node.body
    first = next((s for s in body if not _is_docstring(s)), None)
    if isinstance(first, ast.Return) and len(body) > 1 and first is not body[-1]:
        found.weak(f"{name} returns before it checks anything", first.lineno, name)
    for statement in body:
        _statement(statement, name, found, name)


def _decorators(node: _Function | ast.ClassDef, name: str, found: Facts) -> None:
    for decorator in node.decorator_list:
        if _last(decorator).lower() in _SKIPS:
            what = f"{name} is skipped: @{ast.unparse(decorator)}"
            kind = f"{name} is skipped: @{_without_reason(decorator)}"
            found.weak(what, decorator.lineno, name, kind)


def _statement(statement: ast.stmt, name: str, found: Facts, test: str) -> None:
    """What one statement checks, and all that lies in it: it stands in the function
    `name`, and is about `test`."""
    where = f" of {name}" if name else ""
    for node in ast.walk(statement):
        match node:
            case ast.Assert(test=asserted):
                if _is_constant(asserted):
                    what = f"asserts nothing: assert {ast.unparse(asserted)}{where}"
                    found.weak(what, node.lineno, test)
                else:
                    found.asserts(node.lineno, name)
            case ast.Raise():
                found.asserts(node.lineno, name)
            case ast.Call():
                _call(node, name, found, test)
            case ast.Assign(targets=[target], value=value):
                _assigned(target, value, test, found)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                _assigned(target, value, test, found)
            case ast.If(test=asked) if _is_constant(asked) and not _truth(asked):
                found.weak(f"switches code off: if {ast.unparse(asked)}", node.lineno)
            case ast.If(test=asked) if _asks_for_version(asked):
                found.once(min(map(_assertions, (node.body, node.orelse))), name)
            case _:
                pass


def _call(node: ast.Call, name: str, found: Facts, test: str) -> None:
    called = _last(node.func)
    where = f" of {name}" if name else ""
    if called.lower() in _SKIPS or called == "skipTest":
        what = f"is skipped: {ast.unparse(node)[:60]}{where}"
        kind = f"is skipped: {_without_reason(node)}{where}"
        found.weak(what, node.lineno, test, kind)
    elif called == "exit":
        if node.args and not (_is_constant(node.args[0]) and not _truth(node.args[0])):
            found.asserts(node.lineno, name)
    elif called in ("assertTrue", "assertFalse") and all(map(_is_constant, node.args)):
        found.weak(f"asserts nothing: {ast.unparse(node)}{where}", node.lineno, test)
    elif called.startswith("assert") or called.lower() in _RAISES:
        found.asserts(node.lineno, name)
        found.called.add(called)


def _asks_for_version(asked: ast.expr) -> bool:
    """Whether it is about the Python that runs: one of two branches is for each."""
    parts = (part for part in ast.walk(asked) if isinstance(part, ast.expr))
    return any(_last(part) == "version_info" for part in parts)


def _assertions(body: list[ast.stmt]) -> int:
    """How many plain assertions stand in a branch."""
    return sum(
        isinstance(node, ast.Assert) and not _is_constant(node.test)
        for statement in body
        for node in ast.walk(statement)
    )


def _without_reason(node: ast.expr) -> str:
    """A decorator or a call that skips, as text, without the words that say why: given
    as `reason`, or where unittest and pytest take them."""
    match node:
        case ast.Call(func=func, args=args, keywords=keywords):
            before = {"skip": 0, "skiptest": 0, "skipif": 1, "skipunless": 1}
            shown = args[: before.get(_last(func).lower(), len(args))]
            named = [k for k in keywords if k.arg not in ("reason", "msg")]
            return ast.unparse(ast.Call(func, shown, named))
        case _:
            return ast.unparse(node)


def _assigned(target: ast.expr, value: ast.expr, function: str, found: Facts) -> None:
    name = _last(target)
    if name == "pytestmark" and any(skip in ast.unparse(value) for skip in _SKIPS):
        found.weak(f"is skipped: {ast.unparse(value)}", target.lineno)
    elif name == "__test__" and _is_constant(value) and not _truth(value):
        found.weak("is not collected: __test__ = False", target.lineno)
    elif LISTS_EXCEPTIONS.search(name):
        for entry in _entries(value):
            what = f"lets more through: {ast.unparse(entry)}, in {name}"
            found.weak(what, entry.lineno, function)


def _entries(value: ast.expr) -> list[ast.expr]:
    match value:
        case ast.List(elts=entries) | ast.Set(elts=entries) | ast.Tuple(elts=entries):
            return entries
        case ast.Dict(keys=keys):
            return [key for key in keys if key is not None]
        case ast.Call(args=[inner]):  # frozenset({...}), tuple([...])
            return _entries(inner)
        case ast.BinOp(left=left, op=ast.Add() | ast.BitOr(), right=right):
            return [*_entries(left), *_entries(right)]
        case _:
            return []


def _last(node: ast.expr) -> str:
    """The last name of a dotted expression or call: `skip` of `pytest.mark.skip(...)`."""
    match node:
        case ast.Call(func=func):
            return _last(func)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_constant(node: ast.expr) -> bool:
    """Whether it has one value whatever happens: `True`, `1 == 1`, `not False`."""
    return not any(
        isinstance(part, ast.Name | ast.Call | ast.Await | ast.Yield)
        for part in ast.walk(node)
    )


def _truth(node: ast.expr) -> bool:
    """The truth of a constant; true where that is too hard to say."""
    try:
        return bool(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError):
        return True
