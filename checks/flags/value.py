"""What a piece of code makes of a flag's value: computed on the syntax, never run."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

# Values that a flag's text can become on its way.
Value = str | int | float | bool | None | tuple["Value", ...]


class Unknown(Exception):
    """The expression has a part whose value cannot be known from here."""


class Fails(Exception):
    """The expression raises for this value: `int("false")`."""


_WORDS = {
    **dict.fromkeys(("y", "yes", "t", "true", "on", "1"), True),
    **dict.fromkeys(("n", "no", "f", "false", "off", "0"), False),
}


def strtobool(text: object) -> bool:
    """What the parsers of settings libraries take for true and for false."""
    if isinstance(text, bool):
        return text
    try:
        return _WORDS[str(text).strip().lower()]
    except KeyError:
        raise Fails from None


_CALLS: dict[str, Callable[..., Any]] = {
    "bool": bool,
    "int": int,
    "float": float,
    "str": str,
    "strtobool": strtobool,
    "str2bool": strtobool,
    "to_bool": strtobool,
    "asbool": strtobool,
}
_METHODS = frozenset(
    [
        "lower",
        "upper",
        "casefold",
        "strip",
        "lstrip",
        "rstrip",
        "title",
        "capitalize",
        "removeprefix",
        "removesuffix",
        "startswith",
        "endswith",
        "isdigit",
    ]
)
_COMPARES: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Is: lambda a, b: a is b,
    ast.IsNot: lambda a, b: a is not b,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
}


def evaluate(node: ast.expr, read: ast.expr, value: Value) -> Any:
    """The value of `node`, in which the expression `read` has the value `value`.

    Raises Unknown where something else is needed to know it, Fails where it raises.
    """
    if node is read:
        return value

    def of(part: ast.expr) -> Any:
        return evaluate(part, read, value)

    try:
        match node:
            case ast.Constant(value=str() | int() | float() | None as constant):
                return constant
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                return tuple(map(of, parts))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not of(operand)
            case ast.BoolOp(op=op, values=parts):
                return _either(isinstance(op, ast.Or), parts, of)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return of(body) if of(test) else of(orelse)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return _COMPARES[type(op)](of(left), of(right))
            case ast.Call(func=func, args=args, keywords=[]):
                return _call(func, [of(arg) for arg in args], of)
            case ast.NamedExpr(value=inner):
                return of(inner)
            case _:
                raise Unknown
    except (TypeError, ValueError, AttributeError) as error:
        raise Fails from error


def _either(is_or: bool, parts: list[ast.expr], of: Callable[[ast.expr], Any]) -> Value:
    result: Value = None
    for part in parts:
        result = of(part)
        if bool(result) is is_or:
            return result
    return result


def _call(func: ast.expr, args: list[Any], of: Callable[[ast.expr], Any]) -> Any:
    match func:
        case ast.Name(id=name) if name in _CALLS:
            return _CALLS[name](*args)
        case ast.Attribute(value=owner, attr=name):
            if name in ("strtobool", "str2bool", "to_bool"):
                return strtobool(*args)
            if name in _METHODS:
                text = of(owner)
                if text is None:
                    raise Fails
                return getattr(str(text), name)(*args)
        case _:
            pass
    raise Unknown
