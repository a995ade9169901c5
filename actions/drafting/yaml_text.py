"""Text as YAML that is read back as that text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from .gathered import Said

_PLAIN = re.compile(r"[A-Za-z][\w./-]*")
_TRUTHS = frozenset(["y", "yes", "n", "no", "on", "off", "true", "false", "null"])


def item_lines(items: Iterable[Said], indent: str) -> Iterator[str]:
    for item in items:
        yield f"{indent}- {scalar(item.text)}  # line {item.line}"


def flow(items: Iterable[str]) -> str:
    return ", ".join(scalar(item) for item in items)


def key_of(name: str) -> str:
    return scalar(name)


def scalar(value: str) -> str:
    """A text as YAML has it: plain where nobody could misread it."""
    if _PLAIN.fullmatch(value) and value.lower() not in _TRUTHS:
        return value
    return json.dumps(value, ensure_ascii=False)


def printable(line: str) -> str:
    """Without what YAML does not take: marks that nobody sees."""
    return "".join(c if c.isprintable() else " " for c in line)
