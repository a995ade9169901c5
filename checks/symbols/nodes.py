"""libcst's nodes, read lightly: their children, dotted names, plain strings."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import cast

import libcst as cst

# Fields that hold only layout, or names that are not expressions.
_LAYOUT = (
    "whitespace", "leading_lines", "lines_after", "lpar", "rpar", "lbracket",
    "rbracket", "lbrace", "rbrace", "comma", "semicolon", "equal", "dot", "header",
    "footer", "indent", "trailing_whitespace", "operator", "newline",
)  # fmt: skip


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(name for name in _all_fields(kind) if not name.startswith(_LAYOUT))


@cache
def _all_fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    # Not by `dataclasses.fields`: a worker's nodes are none (`light.py`).
    return tuple(name for name in kind.__dataclass_fields__ if name[0] != "_")


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The nodes right below `node`, without layout."""
    for name in _fields(type(node)):
        value: object = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, (tuple, list)):
            for item in cast(Sequence[object], value):
                if isinstance(item, cst.CSTNode):
                    yield item


def comments(node: cst.CSTNode) -> Iterator[cst.Comment]:
    """Every comment in and around `node`."""
    for name in _all_fields(type(node)):
        value: object = getattr(node, name)
        is_many = isinstance(value, (tuple, list))
        for item in cast(Sequence[object], value) if is_many else (value,):
            if isinstance(item, cst.Comment):
                yield item
            elif isinstance(item, cst.CSTNode):
                yield from comments(item)


def ident(name: str) -> str:
    """An identifier as Python compares it (PEP 3131)."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def dotted(node: cst.CSTNode | None) -> str | None:
    """`a.b.c` for a name or a chain of attributes of a name, else None."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(ident(node.attr.value))
        node = node.value
    if not isinstance(node, cst.Name):
        return None
    parts.append(ident(node.value))
    return ".".join(reversed(parts))


def prefixes(node: cst.CSTNode) -> list[tuple[cst.CSTNode, str]]:
    """Each part of a dotted name that begins at its start, the shortest first."""
    whole: list[cst.CSTNode] = [node]
    while isinstance(node, cst.Attribute):
        node = node.value
        whole.append(node)
    found: list[tuple[cst.CSTNode, str]] = []
    for part in reversed(whole):
        name = dotted(part)
        if name is not None:
            found.append((part, name))
    return found


def plain(node: cst.CSTNode) -> str | None:
    """The value of a string without placeholders, None for anything else."""
    if isinstance(node, cst.SimpleString):
        raw = node.value
        start = raw.index(raw[-1])
        prefix = raw[:start].lower()
        if "b" in prefix:
            return None
        width = 3 if raw[start:].startswith(raw[-1] * 3) and len(raw) > start + 5 else 1
        if "\\" not in raw or "r" in prefix:
            return raw[start + width : -width]
        try:
            value: object = ast.literal_eval(raw)
        except (SyntaxError, ValueError):
            return None
        return value if isinstance(value, str) else None
    if isinstance(node, cst.ConcatenatedString):
        left, right = plain(node.left), plain(node.right)
        return None if left is None or right is None else left + right
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        right = plain(node.right)
        left = None if right is None else plain(node.left)
        return None if left is None or right is None else left + right
    if isinstance(node, cst.FormattedString):
        texts = [p for p in node.parts if isinstance(p, cst.FormattedStringText)]
        if len(texts) == len(node.parts):
            return "".join(text.value for text in texts)
    return None


def inside(node: cst.CSTNode) -> int | None:
    """Where the value of a string begins in its own text; None where its characters
    are not the value's, one by one: it has escapes, or is pieced together."""
    if not isinstance(node, cst.SimpleString):
        return None
    raw = node.value
    if "\\" in raw:
        return None
    start = raw.index(raw[-1])
    is_triple = raw[start:].startswith(raw[-1] * 3) and len(raw) > start + 5
    return start + (3 if is_triple else 1)
