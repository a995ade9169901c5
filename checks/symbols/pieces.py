"""What strings say that are put together: sums, forms that are filled, what is joined."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from itertools import product

import libcst as cst

from .expressions import Expressions
from .nodes import ident, plain
from .values import Held, Text

_PERCENT = re.compile(r"%(?:\(\w+\))?[s%]")
_BRACES = re.compile(r"\{\w*\}")


def put_together(reader: Expressions, node: cst.BaseExpression) -> Iterator[str]:
    """What `node` may say, whose parts `reader` has just read."""
    match node:
        case cst.BinaryOperation(operator=cst.Add()):
            for pair in product(reader.said(node.left), reader.said(node.right)):
                yield "".join(pair)
        case cst.BinaryOperation(operator=cst.Modulo()):
            yield from _formed(reader, node)
        case cst.ConcatenatedString():
            for pair in product(reader.said(node.left), reader.said(node.right)):
                yield "".join(pair)
        case cst.FormattedString():
            for parts in product(*(_of_part(reader, part) for part in node.parts)):
                yield "".join(parts)
        case cst.Call(func=cst.Attribute(value=holder, attr=cst.Name(value=name))):
            if name == "format" and not any(a.star for a in node.args):
                yield from _filled(reader, node, holder)
            elif name == "join" and len(node.args) == 1:
                several = _several(reader, node.args[0].value)
                for mark, *values in product(reader.said(holder), *several):
                    yield mark.join(values)
        case _:
            pass


def _formed(reader: Expressions, node: cst.BinaryOperation) -> Iterator[str]:
    """`"%sService" % "AI"`, with one value, a tuple or a dictionary."""
    forms = [form for form in reader.said(node.left) if not _odd(_PERCENT, form, "%")]
    if isinstance(node.right, cst.Dict):
        keys, given = _by_key(reader, node.right)
        for form, *values in product(forms, *given):
            with contextlib.suppress(TypeError, KeyError):
                yield form % dict(zip(keys, values, strict=True))
        return
    is_tuple = isinstance(node.right, cst.Tuple)
    each = _several(reader, node.right) if is_tuple else [reader.said(node.right)]
    for form, *values in product(forms, *each):
        with contextlib.suppress(TypeError):
            yield form % tuple(values)


def _by_key(
    reader: Expressions, node: cst.Dict
) -> tuple[list[str], list[Sequence[str]]]:
    keys: list[str] = []
    given: list[Sequence[str]] = []
    for element in node.elements:
        key = plain(element.key) if isinstance(element, cst.DictElement) else None
        if key is not None:
            keys.append(key)
            # What nobody knows may not be asked for.
            given.append(reader.said(element.value) or [""])
    return keys, given


def _filled(
    reader: Expressions, node: cst.Call, holder: cst.BaseExpression
) -> Iterator[str]:
    """`"{}Service".format("AI")`, with values by position or by name."""
    forms = [form for form in reader.said(holder) if not _odd(_BRACES, form, "{}")]
    keys = [ident(a.keyword.value) if a.keyword else "" for a in node.args]
    given = [reader.said(a.value) for a in node.args]
    for form, *values in product(forms, *given):
        pairs = list(zip(keys, values, strict=True))
        with contextlib.suppress(IndexError, KeyError, ValueError):
            yield form.format(
                *(value for key, value in pairs if not key),
                **{key: value for key, value in pairs if key},
            )


def _several(reader: Expressions, node: cst.BaseExpression) -> list[Sequence[str]]:
    """What each element of a sequence may say; [[]] where that is not known."""
    if isinstance(node, (cst.Tuple, cst.List)):
        return [reader.said(element.value) for element in node.elements]
    for value in reader.seen_value(node):
        if isinstance(value, Held) and not value.is_mapping:
            keys = [key for key, _ in value.items]
            if keys == [f"{index}" for index in range(len(keys))]:
                return [
                    [v.text for v in values if isinstance(v, Text)]
                    for _, values in value.items
                ]
    return [[]]


def _of_part(
    reader: Expressions, part: cst.BaseFormattedStringContent
) -> Sequence[str]:
    if isinstance(part, cst.FormattedStringText):
        return [part.value]
    if isinstance(part, cst.FormattedStringExpression):
        if part.conversion in (None, "s") and part.format_spec is None:
            return reader.said(part.expression)
    return []


def _odd(plain_fields: re.Pattern[str], form: str, signs: str) -> bool:
    """Whether a form has other fields than plain ones: some take any memory."""
    rest = plain_fields.sub("", form)
    return any(sign in rest for sign in signs)
