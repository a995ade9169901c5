"""Which names a statement may bind to something that it mentions, read from `ast`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

# A type comment. Those that only silence a type checker say nothing of a name.
_TYPED = re.compile(r"\btype:(?!\s*ignore\b)")

# Says of a dotted expression whether it may be a target, or lead to one.
Leads = Callable[[ast.Attribute], bool]


class Known(NamedTuple):
    """What a file's imports and the targets say of expressions.

    `makes` says of the last part of a dotted name whether a call of that, or what is
    subscripted of it, may be anything that matters: not so for `hass.run()`, where only
    `hass` is of interest.
    """

    leads: Leads
    makes: Callable[[str], bool]


def bound_by(node: ast.stmt, words: set[str], head: str, known: Known) -> Iterator[str]:
    """The names that become of interest because `node` mentions one of `words`.

    `head` is the statement's text without its blocks. A stored attribute counts by its
    last name alone.
    """
    leads = known.leads
    typed = is_typed(head)
    match node:
        case ast.Assign(targets=targets, value=value):
            if typed or carries(value, words, known):
                for target in targets:
                    yield from stored(target)
        case ast.AnnAssign(target=target, annotation=annotation, value=value):
            if (
                typed
                or mentions(annotation, words, leads)
                or (value is not None and carries(value, words, known))
            ):
                yield from stored(target)
        case (
            ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value)
        ):
            if typed or carries(value, words, known):
                yield from stored(target)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                if item.optional_vars is not None and (
                    typed or carries(item.context_expr, words, known)
                ):
                    yield from stored(item.optional_vars)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from _parameters(node.args, words, typed, leads)
            if (
                node.returns is not None and mentions(node.returns, words, leads)
            ) or typed:
                yield node.name
        case ast.ClassDef(name=name):
            yield from (name, "super")
        case ast.If(test=test) | ast.While(test=test) | ast.Assert(test=test):
            if "isinstance" in head:
                yield from _narrowed(test, words, leads)
        case ast.Return():
            if "isinstance" in head:
                yield from _narrowed(node, words, leads)
        case ast.Match():
            yield from _captured(node)
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=held, attr=name), args=[*_, given])
        ) if name in FILLING and carries(given, words, known):
            yield from stored(held)
        case ast.AugAssign(target=target, value=value) if carries(value, words, known):
            yield from stored(target)
        case _:
            if type(node).__name__ == "TypeAlias":
                yield from stored(getattr(node, "name"))  # noqa: B009  # 3.12
    if ":=" in head:
        for inner in ast.walk(node):
            # Its value may be what a comprehension goes through.
            if isinstance(inner, ast.NamedExpr):
                yield from stored(inner.target)


def is_typed(text: str) -> bool:
    """Whether a text may hold a type comment that says what something is."""
    return "type:" in text and _TYPED.search(text) is not None


def stored(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(attr=name):
            yield name
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from stored(part)
        case ast.Starred(value=value) | ast.Subscript(value=value):
            yield from stored(value)
        case _:
            pass


# Calls whose result may be something that only their arguments mention.
CARRIERS = {
    "getattr", "getattr_static", "__getattribute__", "__getitem__", "cast", "attrgetter",
    "methodcaller", "partial", "get", "pop", "setdefault", "vars", "values", "reload",
    "dict", "type", "join", "format", "list", "tuple", "set", "frozenset", "sorted",
    "reversed", "iter", "next", "enumerate", "zip", "items", "copy", "deepcopy",
}  # fmt: skip
# Of these, what gives what its arguments, or what it is a method of, are or hold.
_REPACKING = {
    "list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "next",
    "enumerate", "zip", "copy", "deepcopy",
}  # fmt: skip
# And what looks into what it is a method of.
_LOOKING = {"get", "pop", "setdefault", "values", "items"}


# Methods that put their last argument into what they are methods of.
FILLING = {"append", "add", "insert", "extend", "appendleft", "put"}


def given_by(node: ast.stmt) -> ast.expr | None:
    """What a function gives whoever calls it, if `node` gives something."""
    match node:
        case (
            ast.Return(value=value)
            | ast.Expr(value=ast.Yield(value=value))
            | ast.Expr(value=ast.YieldFrom(value=value))
        ):
            return value
        case _:
            return None


def _narrowed(node: ast.AST, words: set[str], leads: Leads) -> Iterator[str]:
    """What `isinstance` says to be an object of something that `words` name."""
    for inner in ast.walk(node):
        match inner:
            case ast.Call(func=ast.Name(id="isinstance"), args=[one, kind]):
                if mentions(kind, words, leads):
                    yield from stored(one)
            case _:
                pass


def carries(node: ast.expr, words: set[str], known: Known) -> bool:
    """Whether the value of `node` may be something that `words` name, or made from it."""
    match node:
        case ast.Name(id=name):
            return name in words
        case ast.Attribute(value=value, attr=name):
            # Also where it is another module: that may hand a target on.
            return name in words or carries(value, words, known)
        case ast.Call(func=func):
            last = getattr(func, "attr", None) or getattr(func, "id", None)
            if last in _REPACKING and _is_plain(last, words, known):
                parts = [*node.args, *(each.value for each in node.keywords)]
                if isinstance(func, ast.Attribute):
                    parts.append(func.value)
                return any(carries(part, words, known) for part in parts)
            if last in CARRIERS or isinstance(func, ast.Call):
                return not _is_dull(node, words, known) and mentions(node, words)
            if isinstance(func, ast.Attribute) and _is_other(func, words, known.leads):
                return False
            return not _is_dull(node, words, known) and carries(func, words, known)
        case ast.Constant(value=str()) | ast.JoinedStr() | ast.BinOp():
            return mentions(node, words)
        case ast.Lambda(body=value):
            return carries(value, words, known)
        case ast.Dict(keys=keys, values=values):
            either = [part for part in (*keys, *values) if part is not None]
            return any(carries(part, words, known) for part in either)
        case ast.Await(value=value) | ast.Starred(value=value):
            return carries(value, words, known)
        case ast.NamedExpr(value=value):
            return carries(value, words, known)
        case ast.IfExp(body=one, orelse=other):
            return carries(one, words, known) or carries(other, words, known)
        case (
            ast.BoolOp(values=parts)
            | ast.Tuple(elts=parts)
            | ast.List(elts=parts)
            | ast.Set(elts=parts)
        ):
            return any(carries(part, words, known) for part in parts)
        case ast.Subscript(value=value):
            if _is_dull(node, words, known):
                return False
            return carries(value, words, known) or mentions(node, words)
        case _:
            return False


def _is_dull(node: ast.expr, words: set[str], known: Known) -> bool:
    """Whether `node` is a call of an attribute or a part of one, `hass.data[key]`, that
    is nothing which matters, whatever else it mentions."""
    while True:
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr=name)) if (
                name in _LOOKING
            ):
                if not isinstance(inner, ast.Attribute):
                    node = inner
                    continue
                # Both what is looked into and how must be nothing of this file's.
                return _is_plain(name, words, known) and _is_plain(
                    inner.attr, words, known
                )
            case ast.Call(func=ast.Attribute(attr=name)) if name not in CARRIERS:
                return _is_plain(name, words, known)
            case ast.Subscript(value=ast.Attribute(attr=name)):
                return _is_plain(name, words, known)
            case ast.Subscript(value=inner) | ast.Await(value=inner):
                node = inner
            case _:
                return False


def _is_plain(name: str, words: set[str], known: Known) -> bool:
    """Whether an attribute's name says that it is no class and holds nothing that
    matters: what this file stores or defines by it would be of interest, and `__dict__`
    and `sys.modules` are looked into by a string."""
    return not (
        name in words or name.startswith("__") or name == "modules" or known.makes(name)
    )


def arguments(args: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """The parameters of a function but those with stars, each with its default."""
    plain = [*args.posonlyargs, *args.args]
    missing: list[ast.expr | None] = [None] * (len(plain) - len(args.defaults))
    yield from zip(plain, [*missing, *args.defaults], strict=True)
    yield from zip(args.kwonlyargs, args.kw_defaults, strict=True)


def _parameters(
    args: ast.arguments, words: set[str], typed: bool, leads: Leads
) -> Iterator[str]:
    for arg, default in arguments(args):
        mentioned = (
            typed
            or (arg.annotation is not None and mentions(arg.annotation, words, leads))
            or (default is not None and mentions(default, words))
        )
        if mentioned:
            yield arg.arg


def mentions(node: ast.expr, words: set[str], leads: Leads | None = None) -> bool:
    """Whether one of `words` stands anywhere in `node`, or in a string in it.

    With `leads`, which is for what names a type, a dotted expression that is something
    else does not count.
    """
    rest: list[ast.AST] = [node]
    while rest:
        inner = rest.pop()
        match inner:
            case ast.Name(id=name):
                if name in words:
                    return True
            case ast.Attribute(attr=name):
                if name in words:
                    return True
                if leads is not None and _is_other(inner, words, leads):
                    continue
            case ast.Constant(value=str(text)):
                if any(word in text for word in words):
                    return True
            case _:
                pass
        rest.extend(ast.iter_child_nodes(inner))
    return False


def _is_other(node: ast.Attribute, words: set[str], leads: Leads) -> bool:
    """Whether a dotted expression is something else: `old.Bag`, and not `old.Cart`."""
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        if inner.attr in words:
            return False
        inner = inner.value
    return not leads(node)


def _captured(node: ast.Match) -> Iterator[str]:
    for case in node.cases:
        for inner in ast.walk(case.pattern):
            if isinstance(inner, (ast.MatchAs, ast.MatchStar)) and inner.name:
                yield inner.name
