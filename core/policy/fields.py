"""What the model says of its own parts and fields: read from its source."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from typing import NamedTuple, get_args, get_type_hints

import msgspec

from . import Policy
from .values import Part


class Described(NamedTuple):
    """A part of the policy: what it is, and what uses each field, by its name."""

    part: type[Part]
    text: str
    fields: dict[str, str]


def described() -> Iterator[Described]:
    """Every part of the policy once, the whole first, each before those it holds."""
    todo: list[object] = [Policy]
    done: set[object] = set()
    while todo:
        hint = todo.pop(0)
        if not (isinstance(hint, type) and issubclass(hint, Part)):
            todo[:0] = get_args(hint)
        elif hint not in done:
            done.add(hint)
            yield Described(hint, " ".join((hint.__doc__ or "").split()), _texts(hint))
            todo += get_type_hints(hint).values()


def _texts(part: type[Part]) -> dict[str, str]:
    """The string below each field, by the field's name in the file."""
    [node] = ast.parse(inspect.getsource(part)).body
    assert isinstance(node, ast.ClassDef)
    names = {f.name: f.encode_name for f in msgspec.structs.fields(part)}
    texts = dict.fromkeys(names.values(), "")
    for field, below in zip(node.body, node.body[1:], strict=False):
        if not isinstance(field, ast.AnnAssign) or not isinstance(below, ast.Expr):
            continue
        assert isinstance(field.target, ast.Name)
        assert isinstance(below.value, ast.Constant)
        texts[names[field.target.id]] = " ".join(str(below.value.value).split())
    return texts
